"""Edits: each has an inverse and a JSON form; a bad one changes nothing."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engine.kinds import draw
from tests.engine.test_documents import anything, documents, names, nodes, values
from virgil_nb.engine import AddNode, Batch, Document, Edit, EditError, Editor, Link, Node, ObjectRef, RemoveNode, SetValue, edit_from_json

ids = st.sampled_from(["1", "2", "3", "4"])
inputs = st.sampled_from(["a", "b"])
place = st.tuples(st.floats(-9, 9), st.floats(-9, 9))


def op(kind: str, **fields: st.SearchStrategy[object]) -> st.SearchStrategy[dict[str, object]]:
    return st.fixed_dictionaries({"op": st.just(kind), **fields})


def tuple_of(item: dict[str, object]) -> tuple[object, ...]:
    return tuple(item.values())


small_node = st.builds(
    lambda key, given, links: {"id": key, "type": "t", "values": given, "links": links},
    ids,
    st.dictionaries(inputs, st.integers(0, 3), max_size=2),
    st.dictionaries(inputs, st.tuples(st.sampled_from(["1", "2", "3", "gone"]), st.integers(-1, 2)), max_size=2),
)
panel_items = st.lists(st.builds(lambda key, name: {"node": key, "input": name}, ids, inputs), max_size=3, unique_by=tuple_of)
single = st.one_of(
    op("add", node=small_node),
    op("add", node=small_node, index=st.integers(0, 3)),
    op("remove", id=ids),
    op("set", id=ids, input=inputs, value=values),
    op("unset", id=ids, input=inputs),
    op("link", id=ids, input=inputs, source=st.tuples(ids, st.integers(0, 2))),
    op("unlink", id=ids, input=inputs),
    op("move", positions=st.dictionaries(ids, place, max_size=2)),
    op("resize", id=ids, size=st.none() | place),
    op("title", id=ids, title=st.none() | st.text(max_size=3)),
    op("mode", id=ids, mode=st.sampled_from(["on", "muted", "bypassed"])),
    op("control", id=ids, input=inputs, control=st.sampled_from(["fixed", "randomize"])),
    op("colour", id=ids, colour=st.none() | st.just("#2a363b")),
    op("fold", id=ids, folded=st.booleans()),
    op("frame", id=ids, frame=st.none() | st.builds(lambda at, title: {"title": title, "box": [*at, 9, 4]}, place, st.text(max_size=2))),
    op("panel", items=st.none() | panel_items),
    op("rename", name=st.text(max_size=3)),
)
edits = single | st.builds(lambda found: {"op": "batch", "ops": found}, st.lists(single, max_size=4))
small_documents = st.builds(
    lambda found, items: Document.from_json({"format": "virgil_nb", "version": 1, "nodes": found, "panel": items}),
    st.lists(small_node, max_size=4, unique_by=lambda data: data["id"]),
    st.none() | panel_items,
)


@given(small_documents, st.lists(edits, max_size=12))
@settings(max_examples=100, deadline=None)
def test_undoing_any_edits_gives_the_document_back(document: Document, sequence: list[dict[str, object]]) -> None:
    history: list[tuple[Document, Edit]] = []
    now = document
    for data in sequence:
        edit = edit_from_json(data)
        try:
            after = edit.apply(now)
        except EditError:
            continue
        history.append((now, edit.inverse(now)))
        now = after
    for before, inverse in reversed(history):
        now = edit_from_json(json.loads(json.dumps(inverse.to_json()))).apply(now)
        assert now == before
    assert now == document


@given(edits)
@settings(max_examples=80, deadline=None)
def test_an_edit_survives_json_text(data: dict[str, object]) -> None:
    edit = edit_from_json(data)
    assert edit_from_json(json.loads(json.dumps(edit.to_json()))) == edit


@given(documents, documents)
@settings(max_examples=50, deadline=None)
def test_replacing_the_document_is_an_edit_like_others(before: Document, after: Document) -> None:
    edit = edit_from_json({"op": "document", "document": after.to_json()})
    assert edit.apply(before) == after
    assert edit.inverse(before).apply(after) == before


@given(anything | st.dictionaries(st.sampled_from(["op", "id", "input", "value", "node", "ops", "source", "positions", "index"]), anything))
@settings(max_examples=100, deadline=None)
def test_a_hostile_edit_raises_an_edit_error_and_nothing_else(data: object) -> None:
    with pytest.raises(EditError):
        edit_from_json(data).apply(Document())


@given(
    st.sampled_from(
        [
            "add",
            "remove",
            "set",
            "link",
            "move",
            "resize",
            "title",
            "mode",
            "control",
            "colour",
            "fold",
            "frame",
            "panel",
            "rename",
            "batch",
            "document",
        ]
    ),
    st.data(),
)
@settings(max_examples=100, deadline=None)
def test_a_known_edit_with_hostile_fields_raises_an_edit_error_or_works(kind: str, data: st.DataObject) -> None:
    keys = st.sampled_from(
        [
            "id",
            "input",
            "value",
            "node",
            "source",
            "positions",
            "index",
            "size",
            "title",
            "mode",
            "control",
            "colour",
            "folded",
            "frame",
            "items",
            "name",
            "ops",
        ]
    )
    fields = data.draw(st.dictionaries(keys, anything, max_size=5))
    document = Document.of(data.draw(nodes))
    before = document.to_json()
    try:
        edit_from_json({"op": kind, **fields}).apply(document)
    except EditError as error:
        assert str(error)
    assert document.to_json() == before


def test_a_batch_with_one_bad_edit_changes_nothing() -> None:
    document = draw("A:number(value=1) -> B:add.x")
    batch = Batch((SetValue("A", "value", 5), RemoveNode("nobody")))
    with pytest.raises(EditError, match="nobody"):
        batch.apply(document)
    assert document == draw("A:number(value=1) -> B:add.x")


def test_removing_a_node_cuts_its_links_and_undo_brings_them_back() -> None:
    document = draw("""
        A:number -> B:add.x -> C:total.a
        A -> C.b
    """)
    edit = RemoveNode("A")
    after = edit.apply(document)
    assert list(after.nodes) == ["B", "C"]
    assert after.nodes["B"].links == {} and list(after.nodes["C"].links) == ["a"]
    assert edit.inverse(document).apply(after) == document


def test_removing_a_node_takes_its_inputs_off_the_panel_and_undo_puts_them_back_in_their_places() -> None:
    panel = [{"node": "A", "input": "value"}, {"node": "B", "input": "step", "label": "Step"}, {"node": "A", "input": "other"}]
    document = edit_from_json({"op": "panel", "items": panel}).apply(draw("A:number -> B:add.x"))
    edit = RemoveNode("A")
    after = edit.apply(document)
    assert after.to_json()["panel"] == [{"node": "B", "input": "step", "label": "Step"}]
    assert edit.inverse(document).apply(after) == document


def test_a_frame_is_put_changed_and_taken_away_without_its_nodes() -> None:
    document = draw("A:number -> B:add.x")
    put = edit_from_json({"op": "frame", "id": "1", "frame": {"title": "Numbers", "box": [0, 0, 400, 300]}})
    wider = edit_from_json({"op": "frame", "id": "1", "frame": {"title": "Numbers", "box": [0, 0, 500, 300], "colour": "#336699"}})
    gone = edit_from_json({"op": "frame", "id": "1", "frame": None})
    framed = put.apply(document)
    changed = wider.apply(framed)
    assert changed.frames["1"].box == (0, 0, 500, 300)
    assert gone.apply(changed) == document == gone.apply(document)
    assert wider.inverse(framed).apply(changed) == framed
    assert gone.inverse(changed).apply(document) == changed


def test_a_linked_input_keeps_its_value_for_when_the_link_is_cut() -> None:
    document = SetValue("B", "x", 9).apply(draw("A:number -> B:add.x"))
    after = edit_from_json({"op": "unlink", "id": "B", "input": "x"}).apply(document)
    assert after.nodes["B"].values["x"] == 9 and not after.nodes["B"].links


def test_links_may_make_a_circle() -> None:
    document = draw("A:add -> B:add.x")
    after = edit_from_json({"op": "link", "id": "A", "input": "x", "source": ["B", 0]}).apply(document)
    assert after.nodes["A"].links["x"].node == "B"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({"op": "ad", "node": {}}, "did you mean 'add'"),
        ({"op": "set", "id": "A", "input": "x"}, "value is missing"),
        ({"op": "set", "id": "A", "input": "x", "value": 1, "valeu": 2}, "valeu"),
        ({"op": "set", "id": "AB", "input": "x", "value": 1}, "no node 'AB'"),
        ({"op": "add", "node": {"id": "A", "type": "add"}}, "already"),
        ({"op": "add", "node": {"id": "N", "type": "add"}, "index": 9}, "place 9"),
        ({"op": "link", "id": "A", "input": "x", "source": ["nobody", 0]}, "nobody"),
        ({"op": "link", "id": "A", "input": "x", "source": ["A"]}, "[node id, number"),
        ({"op": "mode", "id": "A", "mode": "off"}, "must be one of on, muted, bypassed"),
        ({"op": "move", "positions": {"A": [1]}}, "two finite numbers"),
        ({"op": "set", "id": "A", "input": "x", "value": float("nan")}, "finite"),
        ({"op": "batch", "ops": {}}, "must be a list"),
        ({"op": "colour", "id": "A", "colour": "blue"}, "must be like '#2a363b'"),
        ({"op": "fold", "id": "A", "folded": "yes"}, "must be true or false"),
        ({"op": "frame", "id": "1", "frame": {"title": "x"}}, "a frame has no box"),
        ({"op": "frame", "id": "", "frame": {"title": "x", "box": [0, 0, 1, 1]}}, "a frame's id is ''"),
        ({"op": "panel", "items": [{"node": "A", "input": "x", "order": 1}]}, "it takes node, input, label"),
    ],
)
def test_a_bad_edit_says_what_is_wrong_with_it(data: dict[str, object], says: str) -> None:
    with pytest.raises(EditError) as caught:
        edit_from_json(data).apply(draw("A:number"))
    assert says in str(caught.value)


def test_batches_nested_without_end_are_refused() -> None:
    data: dict[str, object] = {"op": "batch", "ops": []}
    for _ in range(3000):
        data = {"op": "batch", "ops": [data]}
    with pytest.raises(EditError, match="nested"):
        edit_from_json(data)


def test_an_object_reference_travels_in_an_edit() -> None:
    edit = SetValue("A", "image", ObjectRef("abc", "PIL.Image.Image"))
    assert edit_from_json(edit.to_json()) == edit


@given(names, values)
@settings(max_examples=50, deadline=None)
def test_an_edit_never_touches_the_document_it_is_applied_to(name: str, value: object) -> None:
    document = draw("A:number(value=1)")
    SetValue("A", name, value).apply(document)
    assert document == draw("A:number(value=1)")


@given(small_documents, st.lists(single, max_size=6))
def test_a_batch_does_what_its_edits_do_one_after_the_other(document: Document, sequence: list[dict[str, object]]) -> None:
    done, edits = document, []
    for data in sequence:
        edit = edit_from_json(data)
        try:
            done = edit.apply(done)
        except EditError:
            with pytest.raises(EditError):
                Batch((*edits, edit)).apply(document)
            continue
        edits.append(edit)
    assert Batch(tuple(edits)).apply(document) == done


def test_ten_thousand_nodes_come_and_go_as_one_step_each() -> None:
    editor = Editor(Document.of(Node("x", "Words"), name="Large"))
    before = editor.document
    chain = [Node(str(i), "Words", links={"text": Link(str(i - 1), 0)} if i else {}) for i in range(10_000)]
    editor.apply(Batch(tuple(AddNode(node) for node in chain)))
    full = editor.document
    assert list(full.nodes) == ["x", *(node.id for node in chain)]
    editor.apply(Batch(tuple(RemoveNode(node.id) for node in chain)))
    assert editor.document == before
    editor.undo()
    assert editor.document == full
    editor.undo()
    assert editor.document == before
    editor.redo()
    assert editor.document == full
