"""Whatever a document, a node or a kernel holds, it arrives in the browser, and comes back with every digit."""

from __future__ import annotations

import json
from typing import Annotated

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.widget.conftest import Bench, MakeBench, Nodes
from virgil_nb.engine import Document, Node, Range, Seed, SetTitle, node
from virgil_nb.widget.wire import packed, unpacked

LARGEST = 2**64 - 1
whole_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**1000), 2**1000) | st.floats(allow_nan=False, allow_infinity=False) | whole_text,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(whole_text, inner, max_size=4),
    max_leaves=15,
)


def sent(message: object) -> object:
    """What arrives of a message: JSON in UTF-8, whole numbers rounded as JavaScript rounds them."""
    text = json.dumps(packed(message), ensure_ascii=False, allow_nan=False).encode()
    return json.loads(text, parse_int=lambda digits: int(float(digits)) if abs(int(digits)) > 2**53 else int(digits))


@given(values)
def test_a_value_comes_back_as_it_was(value: object) -> None:
    assert unpacked(sent({"value": value})) == {"value": value}


@given(
    st.recursive(st.integers() | st.floats() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8)
)
def test_every_message_can_be_sent(message: object) -> None:
    sent(message)


def test_a_message_that_nothing_would_damage_is_sent_as_it_is() -> None:
    message = {"values": {"cfg": 0.1234567890123456, "seed": 10**15 - 1, "text": "12 🦊"}}
    assert packed(message) is message


@pytest.mark.parametrize("value", [LARGEST, 2**53 + 1, -(2**53) - 1, 10**300])
def test_a_large_whole_number_goes_round_between_kernel_and_browser(bench: Bench, value: int) -> None:
    bench._editor.apply(SetTitle("1", "a title"))
    bench.edit({"op": "set", "id": "1", "input": "value", "value": {"__int__": str(value)}})
    assert bench._editor.document.nodes["1"].values["value"] == value
    told = bench.of("applied")[-1]["ops"][0]["value"]
    assert told == {"__int__": str(value)}
    bench.receive({"kind": "ready", "view": "v", "protocol": 1})
    snapshot = bench.until(lambda: bench.of("snapshot"))[-1]
    assert snapshot["document"]["nodes"][0]["values"]["value"] == told
    bench.receive({"kind": "undo", "view": "v", "seq": 9})
    assert bench._editor.document.nodes["1"].values["value"] == 7


@pytest.mark.parametrize("digits", ["1e99", "<b>", "9" * 400, "٣" * 20, 5, None])
def test_what_is_no_packed_number_stays_what_it_is(digits: object) -> None:
    assert unpacked({"__int__": digits}) == {"__int__": digits}


def test_the_limits_of_a_seed_are_plain_numbers(make_bench: MakeBench, nodes: Nodes) -> None:
    @node("Seeded", registry=nodes.registry)
    def seeded(seed: Annotated[int, Seed()] = LARGEST, far: Annotated[int, Range(-(2**63), 2**63)] = 0) -> int:
        """Seeded."""
        return seed

    bench = make_bench(Document.of(Node("1", "Seeded")))
    bench.receive({"kind": "ready", "view": "v", "protocol": 1})
    specs = {spec["type"]: spec for spec in bench.until(lambda: bench.of("snapshot"))[0]["specs"]}
    seed, far = specs["Seeded"]["inputs"]
    assert [seed["min"], seed["max"], far["min"], far["max"]] == [0, 2.0**64, -(2.0**63), 2.0**63]
    assert seed["default"] == {"__int__": str(LARGEST)}


def test_half_of_a_letter_pair_keeps_no_edit_from_the_views(bench: Bench) -> None:
    """JavaScript cuts 🦊 in two where a text is cut after so many letters, and JSON carries the halves."""
    seq = bench.edit({"op": "set", "id": "1", "input": "value", "value": "a \ud83e cut"})
    assert bench.of("applied")[-1]["seq"] == seq
    for message, _ in bench.sent:
        json.dumps(message, ensure_ascii=False, allow_nan=False).encode()
    assert bench.of("applied")[-1]["ops"][0]["value"] == "a � cut"
