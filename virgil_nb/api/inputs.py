"""What code gives to a node's inputs (values, other nodes' outputs, Python objects), as edits of the document."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from virgil_nb.api.handles import as_link
from virgil_nb.engine import MISSING, Edit, EditError, Link, Node, NodeSpec, Registry, SetLink, SetValue, Unlink, UnsetValue

if TYPE_CHECKING:
    from virgil_nb.api.editing import EditableGraph


def spec_named(type_: str | Callable[..., Any], registry: Registry) -> NodeSpec:
    """The spec of a type's name, or of a function made a node. Raises EditError with close names, or TypeError."""
    own = getattr(type_, "spec", None)
    name = own.type if own is not None else type_
    if not isinstance(name, str):
        raise TypeError(f"A node's type is its name or a function made with @vnb.node; got {name!r}.")
    known = registry.get(name)
    if known is None:
        close = registry.close_names(name)
        raise EditError(f"There is no node type {name!r}." + (f" Did you mean {' or '.join(close)}?" if close else ""))
    return known


def new_node(workflow: EditableGraph, spec: NodeSpec, given: Mapping[str, object], title: str | None) -> Node:
    """A node of this type with these inputs, under a new id. Raises EditError for an input that it lacks."""
    declared = [item.name for item in spec.inputs]
    unknown = [name for name in given if name not in declared]
    if unknown:
        raise EditError(f"{spec.type} has no input {unknown[0]!r}. Its inputs: {', '.join(declared) or 'none'}.")
    values: dict[str, object] = {}
    links: dict[str, Link] = {}
    for name, value in given.items():
        link = as_link(value, workflow, f"{spec.type}.{name}")
        if link is not None:
            links[name] = link
        elif value is not None:
            values[name] = workflow.objects.as_value(value, place=f"{spec.type}.{name}")
    return Node(id=workflow.document.new_id(), type=spec.type, values=values, links=links, title=title)


def first_choices(spec: NodeSpec, given: Mapping[str, object]) -> dict[str, object]:
    """The first entries of the choices that have no default and were not given: where the editor starts, too."""
    from virgil_nb.api.session import default_session

    chosen: dict[str, object] = {}
    for item in spec.inputs:
        if item.type == "COMBO" and item.required and item.default is MISSING and item.name not in given:
            choices = item.find_choices(default_session().services)
            chosen |= {item.name: choices[0]} if choices else {}
    return chosen


def assignment(workflow: EditableGraph, node: Node, name: str, value: object) -> list[Edit]:
    """The edits that give `value` to an input; None: they cut its link, or take its value away."""
    place = f"{node.type}.{name}"
    link = as_link(value, workflow, place)
    if link is not None:
        return [SetLink(node.id, name, link)]
    edits: list[Edit] = [Unlink(node.id, name)] if name in node.links else []
    if value is not None:
        edits.append(SetValue(node.id, name, workflow.objects.as_value(value, place=place)))
    elif not edits and name in node.values:
        edits.append(UnsetValue(node.id, name))
    return edits
