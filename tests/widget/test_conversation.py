"""Views and document stay in step: what a view sends takes effect or is refused, and everyone hears of it."""

from __future__ import annotations

import json
import threading
from typing import Any, Literal, get_args, get_origin, get_type_hints

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.widget.conftest import Bench, MakeBench, Nodes
from tests.widget.test_parsing import BAD
from virgil_nb.engine import Document, Editor, Node, SetTitle, SetValue, node
from virgil_nb.widget.parsing import FIELDS, KINDS

READY = {"kind": "ready", "view": "v", "protocol": 1}


def set_value(value: object, id_: str = "1", name: str = "value") -> dict[str, Any]:
    return {"op": "set", "id": id_, "input": name, "value": value}


def test_a_view_that_is_ready_gets_everything(bench: Bench, nodes: Nodes) -> None:
    bench.receive(READY)
    snapshot = bench.until(lambda: bench.of("snapshot"))[0]
    assert snapshot["view"] == "v"
    assert Document.from_json(snapshot["document"]) == bench._editor.document
    assert {spec["type"] for spec in snapshot["specs"]} == {spec.type for spec in nodes.registry}
    assert (snapshot["rev"], snapshot["title"], snapshot["can_undo"], snapshot["run"]) == (0, "Test", False, None)
    assert snapshot["static"] == bench._still.id


def test_an_edit_takes_effect_and_comes_back_with_its_number(bench: Bench) -> None:
    seq = bench.edit(set_value(9))
    assert bench._editor.document.nodes["1"].values["value"] == 9
    assert bench.of("applied") == [
        {"kind": "applied", "rev": 1, "ops": [set_value(9)], "origin": "v", "seq": seq, "can_undo": True, "can_redo": False}
    ]


def test_several_operations_are_one_step_and_all_or_nothing(bench: Bench) -> None:
    bench.edit(set_value(9), {"op": "title", "id": "1", "title": "Nine"})
    assert [op["op"] for op in bench.of("applied")[0]["ops"]] == ["set", "title"]
    seq = bench.edit(set_value(10), {"op": "remove", "id": "gone"})
    assert bench._editor.document.nodes["1"].values["value"] == 9
    rejected = bench.of("rejected")[0]
    assert (rejected["view"], rejected["seq"], rejected["rev"]) == ("v", seq, 1)
    assert "gone" in rejected["message"]
    bench.receive({"kind": "undo", "view": "v", "seq": 9})
    assert bench._editor.document.nodes["1"].values["value"] == 7
    assert bench._editor.document.nodes["1"].title is None


def test_an_edit_from_python_appears_in_the_views(bench: Bench) -> None:
    bench._editor.apply(SetValue("1", "value", 42))
    assert bench.of("applied") == [
        {"kind": "applied", "rev": 1, "ops": [set_value(42)], "origin": None, "seq": None, "can_undo": True, "can_redo": False}
    ]


def test_undo_and_redo_work_from_the_browser_on_edits_of_both_sides(bench: Bench) -> None:
    bench._editor.apply(SetTitle("1", "from Python"))
    bench.edit(set_value(9))
    for seq, (kind, title, value) in enumerate(
        [("undo", "from Python", 7), ("undo", None, 7), ("redo", "from Python", 7), ("redo", "from Python", 9)], start=10
    ):
        bench.receive({"kind": kind, "view": "v", "seq": seq})
        here = bench._editor.document.nodes["1"]
        assert (here.title, here.values["value"]) == (title, value)
        applied = bench.of("applied")[-1]
        assert (applied["origin"], applied["seq"]) == ("v", seq)
    bench.receive({"kind": "redo", "view": "v", "seq": 20})
    assert bench.of("rejected")[-1]["seq"] == 20


def test_typing_is_one_undo_step_and_two_views_typing_are_two(bench: Bench) -> None:
    for letters in ("a", "a c", "a cat"):
        bench.edit(set_value(letters), merge="1.value")
    bench.receive({"kind": "edit", "view": "w", "seq": 1, "base": 3, "ops": [set_value("b")], "merge": "1.value"})
    bench.receive({"kind": "undo", "view": "v", "seq": 8})
    assert bench._editor.document.nodes["1"].values["value"] == "a cat"
    bench.receive({"kind": "undo", "view": "v", "seq": 9})
    assert bench._editor.document.nodes["1"].values["value"] == 7


def test_two_views_hear_of_each_others_edits_in_one_order(bench: Bench) -> None:
    def type_in(view: str) -> None:
        for seq in range(40):
            bench.receive({"kind": "edit", "view": view, "seq": seq, "base": 0, "ops": [set_value(seq)]})

    threads = [threading.Thread(target=type_in, args=(view,)) for view in ("a", "b", "c")]
    for thread in threads:
        thread.start()
    for _ in range(5):
        bench.receive(READY)
    for thread in threads:
        thread.join()
    bench.until(lambda: len(bench.of("applied")) == 120)
    assert [message["rev"] for message in bench.of("applied")] == list(range(1, 121))
    assert {(m["origin"], m["seq"]) for m in bench.of("applied")} == {(view, seq) for view in "abc" for seq in range(40)}
    told = 0
    for message, _ in bench.sent:  # a snapshot never takes back what a view was told
        if message["kind"] == "applied":
            told = message["rev"]
        if message["kind"] == "snapshot":
            assert message["rev"] >= told


@pytest.mark.parametrize("message", BAD.values(), ids=BAD.keys())
def test_a_malformed_message_is_answered_and_changes_nothing(bench: Bench, message: object) -> None:
    before = bench._editor.document
    bench.receive(message)
    assert bench._editor.document is before
    assert [sent["kind"] for sent, _ in bench.sent] in (["rejected"], ["notice"])
    bench.edit(set_value(9))
    assert bench.of("applied"), "and the conversation goes on"


@pytest.mark.parametrize(
    "op",
    [
        {"op": "explode"},
        {"op": "set", "id": "1"},
        {"op": "set", "id": "99", "input": "value", "value": 1},
        {"op": "set", "id": 1, "input": "value", "value": 1},
        {"op": "add", "node": {"id": "1", "type": "Number"}},
        {"op": "add", "node": {"id": "3"}},
        {"op": "add", "node": "Number"},
        {"op": "link", "id": "2", "input": "value", "source": ["99", 0]},
        {"op": "link", "id": "2", "input": "value", "source": "1"},
        {"op": "move", "positions": {"1": ["left", 0]}},
        {"op": "mode", "id": "1", "mode": "hidden"},
        {"op": "batch", "ops": "all"},
        {"op": "document", "document": {"format": "other"}},
        {"op": "document", "document": {"format": "virgil_nb", "version": 999, "nodes": []}},
    ],
    ids=lambda op: f"{op['op']} {sorted(op)}",
)
def test_an_operation_that_fits_nothing_is_rejected(bench: Bench, op: dict[str, Any]) -> None:
    before = bench._editor.document
    seq = bench.edit(op)
    assert bench._editor.document is before
    assert [(m["view"], m["seq"]) for m in bench.of("rejected")] == [("v", seq)]
    assert bench.of("rejected")[0]["message"]


def test_an_edit_made_for_an_earlier_kernel_is_rejected(bench: Bench) -> None:
    bench.receive({"kind": "edit", "view": "v", "seq": 1, "base": 500, "ops": [set_value(9)]})
    assert bench._editor.document.nodes["1"].values["value"] == 7
    assert "earlier kernel" in bench.of("rejected")[0]["message"]


def test_a_page_with_another_version_of_the_editor_is_told(bench: Bench) -> None:
    bench.receive({**READY, "protocol": 99})
    assert "Reload" in bench.of("notice")[0]["text"]


def test_faults_are_told_with_their_place_and_go_when_mended(bench: Bench) -> None:
    bench.edit(set_value(1000))
    problems = bench.until(lambda: [m for m in bench.of("problems") if m["problems"]])[-1]
    assert problems["rev"] == 1
    assert [(p["node"], p["input"], p["kind"]) for p in problems["problems"]] == [("1", "value", "value_bigger_than_max")]
    bench.edit(set_value(10))
    bench.until(lambda: bench.of("problems")[-1] == {"kind": "problems", "rev": 2, "problems": []})


def test_a_document_put_in_whole_reaches_every_view_as_a_snapshot(bench: Bench) -> None:
    bench._editor.replace(Document.of(Node("9", "Number"), name="Other"))
    snapshot = bench.until(lambda: bench.of("snapshot"))[0]
    assert (snapshot["view"], snapshot["title"], snapshot["rev"]) == ("*", "Other", 1)
    assert bench.of("applied") == []


def test_a_node_defined_again_reaches_the_palette(bench: Bench, nodes: Nodes) -> None:
    @node("Number", registry=nodes.registry)
    def number(value: int = 1, factor: int = 2) -> int:
        """A number, changed."""
        return value * factor

    specs = bench.until(lambda: bench.of("specs"))[0]["specs"]
    assert [spec["type"] for spec in specs] == ["Number"]
    assert [item["name"] for item in specs[0]["inputs"]] == ["value", "factor"]


def test_two_workbenches_on_one_workflow_stay_in_step(make_bench: MakeBench) -> None:
    editor = Editor(Document.of(Node("1", "Number", {"value": 7})))
    one, other = make_bench(editor=editor), make_bench(editor=editor)
    one.edit(set_value(8))
    assert other.of("applied")[0]["ops"] == [set_value(8)]
    one.close()
    other.edit(set_value(9))
    assert editor.document.nodes["1"].values["value"] == 9
    assert len(one.of("applied")) == 1, "a closed workbench hears no more"


def test_a_handler_never_raises_even_if_the_editor_does(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("no more memory")

    monkeypatch.setattr(bench._editor, "apply", fail)
    bench.edit(set_value(9))
    assert "no more memory" in bench.of("rejected")[0]["message"]


hostile = st.text(max_size=20) | st.sampled_from(
    ["<script>alert(1)</script>", "../../x", "\u202e", "\ud83e", "\x00", "__proto__", "1", "{}", "[" * 999]
)
counts = st.integers(0, 3) | st.integers(0, 2**53 - 1)
FITTING: dict[str, st.SearchStrategy[Any]] = {
    "view": st.just("v"),
    **dict.fromkeys(("node", "merge", "upload", "name", "run", "before", "data", "text", "folder"), hostile),
    **dict.fromkeys(("protocol", "seq", "base", "frame", "size", "offset"), counts),
    **dict.fromkeys(("outputs", "nodes", "names"), st.lists(hostile, max_size=3)),
    "large": st.booleans(),
    "ops": st.lists(
        st.dictionaries(st.sampled_from(["id", "input", "value", "node", "items", "frame"]), hostile), min_size=1, max_size=2
    ).map(lambda ops: [{"op": "set", **op} for op in ops]),
}


def fitting(kind: str) -> st.SearchStrategy[dict[str, Any]]:
    """Messages of a kind: words where the kind has a choice of words, else whatever the field takes."""
    hints = get_type_hints(KINDS[kind])
    words = {name: st.sampled_from(get_args(hint)) for name, hint in hints.items() if get_origin(hint) is Literal}
    fields = {name: words[name] if name in words else FITTING[name] for name in hints}
    required = {name for name, needed in FIELDS[kind].items() if needed}
    return st.fixed_dictionaries(
        {name: fields[name] for name in fields if name in required},
        optional={name: fields[name] for name in fields if name not in required},
    )


well_formed = st.sampled_from(sorted(FIELDS)).flatmap(fitting)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(messages=st.lists(well_formed, max_size=5))
def test_whatever_is_asked_is_done_or_refused_and_the_document_stays_whole(bench: Bench, messages: list[dict[str, Any]]) -> None:
    for message in messages:
        bench.receive(message)
    assert bench._clerk.settle(10)
    assert not [notice for notice in bench.of("notice") if "could not handle" in notice["text"]]
    assert Document.from_json(bench._editor.document.to_json()) == bench._editor.document
    json.dumps([message for message, _ in bench.sent], ensure_ascii=False, allow_nan=False).encode()
    bench.sent.clear()
