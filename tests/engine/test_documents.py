"""Documents: what they hold, what they refuse, and their JSON form."""

from __future__ import annotations

import json
import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engine.kinds import draw
from virgil_nb.engine import Document, DocumentError, Frame, Link, Node, ObjectRef, PanelItem

plain = st.none() | st.booleans() | st.integers(-(2**64), 2**64) | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8)
values = st.recursive(
    plain, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3), max_leaves=6
)
names = st.text(min_size=1, max_size=6)
floats = st.floats(-1e6, 1e6)
nodes = st.builds(
    Node,
    id=names,
    type=names,
    values=st.dictionaries(names, values, max_size=3),
    links=st.dictionaries(names, st.builds(Link, names, st.integers(-3, 9)), max_size=3),
    title=st.none() | st.text(max_size=5),
    position=st.none() | st.tuples(floats, floats),
    size=st.none() | st.tuples(floats, floats),
    mode=st.sampled_from(["on", "muted", "bypassed"]),
    control=st.dictionaries(names, st.sampled_from(["fixed", "increment", "decrement", "randomize"]), max_size=2),
    colour=st.none() | st.sampled_from(["#2a363b", "#FFFFFF"]),
    folded=st.booleans(),
    extra=st.dictionaries(names, values, max_size=2),
)
frames = st.builds(
    Frame,
    title=st.text(max_size=5),
    box=st.tuples(floats, floats, st.floats(0, 1e6), st.floats(0, 1e6)),
    colour=st.none() | st.just("#335577"),
)
panels = st.none() | st.lists(
    st.builds(PanelItem, names, names, st.none() | st.text(max_size=4)), max_size=3, unique_by=lambda item: (item.node, item.input)
).map(tuple)
documents = st.builds(
    lambda found, name, boxes, panel: Document({node.id: node for node in found}, name, frames=boxes, panel=panel),
    st.lists(nodes, max_size=5, unique_by=lambda n: n.id),
    st.text(max_size=5),
    st.dictionaries(names, frames, max_size=2),
    panels,
)
anything = st.recursive(
    plain | st.floats() | st.binary(max_size=3),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4) | st.integers(), inner, max_size=4),
    max_leaves=12,
)


def fields_of(*fields: str) -> st.SearchStrategy[dict[str, object]]:
    return st.dictionaries(st.sampled_from(fields), anything)


@given(documents)
@settings(max_examples=60, deadline=None)
def test_a_document_survives_json_text_and_pickle(document: Document) -> None:
    assert Document.from_json(json.loads(json.dumps(document.to_json()))) == document
    assert pickle.loads(pickle.dumps(document)) == document


@given(
    st.fixed_dictionaries(
        {"format": st.just("virgil_nb"), "version": st.just(1) | anything, "nodes": anything | st.lists(anything, max_size=3)},
        optional={
            "name": anything,
            "extra": anything,
            "frames": anything
            | st.dictionaries(st.text(max_size=2), st.dictionaries(st.sampled_from(["title", "box", "colour"]), anything)),
            "panel": anything | st.lists(fields_of("node", "input", "label"), max_size=2),
        },
    )
    | anything
)
@settings(max_examples=100, deadline=None)
def test_a_hostile_document_raises_a_document_error_and_nothing_else(data: object) -> None:
    try:
        Document.from_json(data)
    except DocumentError as error:
        assert str(error)


@given(
    st.dictionaries(
        st.sampled_from(["id", "type", "values", "links", "title", "position", "size", "mode", "control", "colour", "folded", "extra"]),
        anything,
    )
)
@settings(max_examples=100, deadline=None)
def test_a_hostile_node_raises_a_document_error_and_nothing_else(data: dict[str, object]) -> None:
    try:
        Node.from_json(data)
    except DocumentError as error:
        assert str(error)


def test_a_newer_version_is_refused_and_says_what_to_do() -> None:
    with pytest.raises(DocumentError, match=r"version 2.*install a newer"):
        Document.from_json({"format": "virgil_nb", "version": 2, "nodes": []})


def test_two_nodes_can_not_share_an_id() -> None:
    with pytest.raises(DocumentError, match="two nodes have the id '1'"):
        Document.of(Node("1", "a"), Node("1", "b"))


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 1 << 5000, {1: 2}, {"a": {2, 3}}, object(), b"x"])
def test_values_that_json_can_not_carry_are_refused(value: object) -> None:
    with pytest.raises(DocumentError):
        Node("1", "a", {"x": value})


def test_a_value_nested_without_end_is_refused() -> None:
    deep: list[object] = []
    for _ in range(5000):
        deep = [deep]
    with pytest.raises(DocumentError, match="nested"):
        Node("1", "a", {"x": deep})


def test_a_document_can_not_be_changed_through_what_it_was_made_of_or_gives_out() -> None:
    points = [1, [2]]
    node = Node("1", "a", {"points": points})
    document = Document.of(node)
    points.append(3)
    document.to_json()["nodes"].append(1)  # type: ignore[attr-defined]
    node.to_json()["values"]["points"][1].append(9)  # type: ignore[index]
    assert document.to_json()["nodes"] == [{"id": "1", "type": "a", "values": {"points": [1, [2]]}, "links": {}}]
    with pytest.raises(TypeError):
        node.values["points"] = 4  # type: ignore[index]
    with pytest.raises(TypeError):
        document.nodes["2"] = node  # type: ignore[index]


def test_the_order_of_the_nodes_is_part_of_a_document() -> None:
    a, b = Node("2", "a"), Node("1", "b")
    assert Document.of(a, b) != Document.of(b, a)
    assert list(Document.from_json(Document.of(a, b).to_json()).nodes) == ["2", "1"]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({"nodes": [{"id": "1", "type": "a", "colour": "red"}]}, "must be like '#2a363b'"),
        ({"nodes": [{"id": "1", "type": "a", "folded": 1}]}, "must be true or false"),
        ({"frames": []}, "an object from ids to frames"),
        ({"frames": {"": {"title": "", "box": [0, 0, 1, 1]}}}, "a frame's id is ''"),
        ({"frames": {"1": {"title": "Text", "box": [0, 0, 1]}}}, "frame 'Text', box is [0, 0, 1]; it must be four finite numbers"),
        ({"frames": {"1": {"title": "Text", "box": [0, 0, -1, 1]}}}, "neither may be negative"),
        ({"frames": {"1": {"box": [0, 0, 1, 1]}}}, "a frame has no title"),
        ({"frames": {"1": {"title": "", "box": [0, 0, 1, 1], "color": "#fff"}}}, "it takes title, box, colour"),
        ({"panel": [{"node": "1"}]}, "has no input"),
        ({"panel": [{"node": "1", "input": "a"}, {"node": "1", "input": "a", "label": "b"}]}, "1.a twice"),
        ({"panel": "all"}, "a list of inputs, or null"),
    ],
)
def test_a_wrong_frame_panel_or_colour_says_what_is_wrong_with_it(data: dict[str, object], says: str) -> None:
    with pytest.raises(DocumentError) as caught:
        Document.from_json({"format": "virgil_nb", "version": 1, "nodes": [], **data})
    assert says in str(caught.value)


def test_a_panel_that_nobody_chose_is_not_an_empty_panel() -> None:
    assert Document() != Document(panel=())
    assert "panel" not in Document().to_json() and Document(panel=()).to_json()["panel"] == []
    assert Document.from_json(Document(panel=()).to_json()).panel == ()


def test_an_object_reference_has_a_form_in_json() -> None:
    node = Node("1", "a", {"image": ObjectRef("abc", "torch.Tensor")})
    assert node.to_json()["values"] == {"image": {"__object__": "abc", "type": "torch.Tensor"}}
    assert Node.from_json(node.to_json()) == node


def test_consumers_lists_who_uses_each_node() -> None:
    document = draw("""
        A:number -> B:add.x -> C:total.a
        A -> C.b
    """)
    assert document.consumers == {"A": (("B", "x"), ("C", "b")), "B": (("C", "a"),)}
