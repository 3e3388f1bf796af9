"""Documents: what they hold, what they refuse, and their JSON form."""

from __future__ import annotations

import json
import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engine.kinds import draw
from virgil_nb.engine import Document, DocumentError, Link, Node, ObjectRef

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
    extra=st.dictionaries(names, values, max_size=2),
)
documents = st.builds(
    lambda found, name: Document.of(*found, name=name), st.lists(nodes, max_size=5, unique_by=lambda n: n.id), st.text(max_size=5)
)
anything = st.recursive(
    plain | st.floats() | st.binary(max_size=3),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4) | st.integers(), inner, max_size=4),
    max_leaves=12,
)


@given(documents)
@settings(max_examples=60, deadline=None)
def test_a_document_survives_json_text_and_pickle(document: Document) -> None:
    assert Document.from_json(json.loads(json.dumps(document.to_json()))) == document
    assert pickle.loads(pickle.dumps(document)) == document


@given(
    st.fixed_dictionaries(
        {"format": st.just("virgil_nb"), "version": st.just(1) | anything, "nodes": anything | st.lists(anything, max_size=3)},
        optional={"name": anything, "extra": anything},
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
    st.dictionaries(st.sampled_from(["id", "type", "values", "links", "title", "position", "size", "mode", "control", "extra"]), anything)
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
