"""Whatever a browser sends is one of our messages, or MalformedError and nothing else."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from virgil_nb.widget.messages import MAX_MESSAGE_BYTES
from virgil_nb.widget.messages.to_kernel import ToKernel
from virgil_nb.widget.parsing import FIELDS, KINDS, MalformedError, parse

EDIT = {"kind": "edit", "view": "v1", "seq": 1, "base": 0, "ops": [{"op": "set", "id": "3", "input": "seed", "value": 7}]}
UPLOAD = {"kind": "upload", "view": "v1", "upload": "v1.1", "name": "fox.png", "size": 3, "offset": 0, "data": "Zm94"}
GOOD = [
    {"kind": "ready", "view": "v1", "protocol": 1},
    EDIT,
    {**EDIT, "merge": "typing 3.text"},
    {**EDIT, "ops": [{"op": "batch", "ops": EDIT["ops"]}]},
    {"kind": "undo", "view": "v1", "seq": 2},
    {"kind": "redo", "view": "v1", "seq": 3},
    {"kind": "run", "view": "v1"},
    {"kind": "run", "view": "v1", "outputs": ["9"]},
    {"kind": "stop", "view": "v1"},
    {"kind": "ack", "view": "v1", "node": "3", "frame": 4},
    {"kind": "bye", "view": "v1"},
    UPLOAD,
    {**UPLOAD, "use": "workflow"},
    {"kind": "restore", "view": "v1", "take": "forget"},
    {"kind": "ask_history", "view": "v1"},
    {"kind": "ask_history", "view": "v1", "before": "a1b2"},
    {"kind": "use_run", "view": "v1", "run": "a1b2", "take": "values"},
    {"kind": "ask_text", "view": "v1", "format": "python", "nodes": ["3"]},
    {"kind": "open", "view": "v1", "text": "{}"},
    {"kind": "open", "view": "v1", "upload": "v1.1"},
    {"kind": "ask_text", "view": "v1", "format": "comfyui-ui", "run": "a1b2"},
    {"kind": "ask_text", "view": "v1", "format": "wb"},
    {"kind": "ask_files", "view": "v1", "folder": "input", "names": ["fox.png"], "large": True},
    {"kind": "turn", "view": "v1", "side": "panel"},
]


def deep(levels: int) -> object:
    value: object = 1
    for _ in range(levels):
        value = [value]
    return value


BAD = {
    "no object": "run",
    "nothing": None,
    "a list": [EDIT],
    "no kind": {"view": "v1"},
    "unknown kind": {"kind": "format_disk", "view": "v1"},
    "kind of a wrong type": {"kind": ["edit"], "view": "v1"},
    "no view": {"kind": "stop"},
    "view with markup": {"kind": "stop", "view": "<script>"},
    "view too long": {"kind": "stop", "view": "v" * 65},
    "view of a wrong type": {"kind": "stop", "view": 1},
    "a field too many": {"kind": "stop", "view": "v1", "force": True},
    "a field missing": {"kind": "undo", "view": "v1"},
    "seq as text": {**EDIT, "seq": "1"},
    "seq as truth": {**EDIT, "seq": True},
    "seq negative": {**EDIT, "seq": -1},
    "seq with a fraction": {**EDIT, "seq": 1.5},
    "seq beyond what a number in JavaScript holds": {**EDIT, "seq": 2**53},
    "seq huge": {**EDIT, "seq": 10**5000},
    "base missing": {key: value for key, value in EDIT.items() if key != "base"},
    "ops no list": {**EDIT, "ops": {"op": "rename"}},
    "ops empty": {**EDIT, "ops": []},
    "op no object": {**EDIT, "ops": ["remove"]},
    "op without op": {**EDIT, "ops": [{"id": "3"}]},
    "op within a batch no object": {**EDIT, "ops": [{"op": "batch", "ops": [3]}]},
    "too many ops": {**EDIT, "ops": [{"op": "rename", "name": ""}] * 20_001},
    "no finite number": {**EDIT, "ops": [{"op": "set", "id": "3", "input": "cfg", "value": float("nan")}]},
    "infinite": {**EDIT, "ops": [{"op": "move", "positions": {"3": [float("inf"), 0]}}]},
    "nested too deep": {**EDIT, "ops": [{"op": "set", "id": "3", "input": "a", "value": deep(5000)}]},
    "too large": {**EDIT, "ops": [{"op": "set", "id": "3", "input": "text", "value": "x" * (MAX_MESSAGE_BYTES + 1)}]},
    "too large in many parts": {**EDIT, "ops": [{"op": "set", "id": "3", "input": "a", "value": ["x" * 1000] * 11_000}]},
    "not JSON": {**EDIT, "ops": [{"op": "set", "id": "3", "input": "a", "value": b"bytes"}]},
    "keys that are no text": {**EDIT, "ops": [{"op": "set", "id": "3", "input": "a", "value": {1: 2}}]},
    "outputs no list": {"kind": "run", "view": "v1", "outputs": "9"},
    "outputs of numbers": {"kind": "run", "view": "v1", "outputs": [9]},
    "frame as text": {"kind": "ack", "view": "v1", "node": "3", "frame": "4"},
    "node no text": {"kind": "ack", "view": "v1", "node": None, "frame": 4},
    "size below nothing": {**UPLOAD, "size": -1},
    "offset no whole number": {**UPLOAD, "offset": 0.5},
    "data no text": {**UPLOAD, "data": [102]},
    "data too large": {**UPLOAD, "data": "A" * (MAX_MESSAGE_BYTES + 1)},
    "name no text": {**UPLOAD, "name": {"first": "fox"}},
    "name too long": {**UPLOAD, "name": "x" * 1001},
    "use of another kind": {**UPLOAD, "use": "program"},
    "format unknown": {"kind": "ask_text", "view": "v1", "format": "exe"},
    "format as list": {"kind": "ask_text", "view": "v1", "format": ["python"]},
    "nodes as text": {"kind": "ask_text", "view": "v1", "format": "python", "nodes": "3"},
    "nothing to take": {"kind": "use_run", "view": "v1", "run": "a1b2"},
    "take of another kind": {"kind": "restore", "view": "v1", "take": "all"},
    "run as number": {"kind": "use_run", "view": "v1", "run": 7, "take": "values"},
    "text as object": {"kind": "open", "view": "v1", "text": {"format": "virgil_nb"}},
    "merge too long": {**EDIT, "merge": "m" * 1001},
}


@pytest.mark.parametrize("message", GOOD, ids=lambda message: str(message["kind"]))
def test_our_own_messages_are_understood(message: dict[str, object]) -> None:
    assert parse(message) == message


@pytest.mark.parametrize("message", BAD.values(), ids=BAD.keys())
def test_anything_else_is_malformed_and_says_why(message: object) -> None:
    with pytest.raises(MalformedError) as caught:
        parse(message)
    assert 10 < len(str(caught.value)) < 400


def test_binary_data_is_refused() -> None:
    with pytest.raises(MalformedError, match="binary"):
        parse(EDIT, [b"x"])


def test_the_sender_is_named_when_it_can_be_read() -> None:
    with pytest.raises(MalformedError) as caught:
        parse({**EDIT, "ops": 3})
    assert (caught.value.view, caught.value.seq) == ("v1", 1)
    with pytest.raises(MalformedError) as caught:
        parse({"kind": "edit", "view": "<b>", "seq": [1]})
    assert (caught.value.view, caught.value.seq) == (None, None)


def test_every_kind_of_the_union_is_known() -> None:
    assert set(KINDS.values()) == set(ToKernel.__args__)
    assert all("view" in fields for fields in FIELDS.values())


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
near_messages = st.fixed_dictionaries(
    {"kind": st.sampled_from(sorted(KINDS)) | json_values, "view": st.just("v1") | json_values},
    optional=dict.fromkeys({name for fields in FIELDS.values() for name in fields} - {"kind", "view"}, json_values),
)


@given(json_values | near_messages)
def test_nothing_but_malformed_is_ever_raised(message: object) -> None:
    try:
        parsed = parse(message)
    except MalformedError:
        return
    assert parsed["kind"] in KINDS
    json.dumps(parsed, allow_nan=False)
