"""Edits that were made on one document, made again on another: what fits, and what doesn't, in words.

A node that was added under an id which is taken now gets a new one, and so do the edits that follow on it. An edit of a node whose
id stands for another type now is left out: it would change something that nobody meant.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from virgil_nb.engine import Batch, Document, Edit, EditError, edit_from_json
from virgil_nb.widget.keeping.steps import Step, flat


@dataclass(frozen=True)
class Fitted:
    """edit: what fits, as one; None if nothing does. left_out: why the others don't, a sentence each."""

    edit: Edit | None
    left_out: tuple[str, ...]


def fit(steps: Iterable[Step], base: Document, document: Document) -> Fitted:
    """The steps, made on `base`, as an edit of `document`. Code's own steps are left to the code."""
    names: dict[str, str] = {}
    edits: list[Edit] = []
    left_out: list[str] = []
    for op in (part.to_json() for step in steps if step.by != "code" for part in flat(step.edit)):
        try:
            edit = _fitted(op, base, document, names)
            document = edit.apply(document)
        except EditError as problem:
            left_out.append(str(problem))
        else:
            edits.append(edit)
    return Fitted(Batch(tuple(edits)) if edits else None, tuple(left_out))


def _fitted(op: Mapping[str, Any], base: Document, document: Document, names: dict[str, str]) -> Edit:
    """The edit that `op` is on `document`. names: what ids have become; a new node's is added. Raises EditError."""
    if op["op"] == "add" and op["node"]["id"] in document.nodes:
        names[op["node"]["id"]] = document.new_id()
    if op["op"] == "move":
        there = {id_: place for id_, place in op["positions"].items() if names.get(id_, id_) in document.nodes}
        if op["positions"] and not there:
            raise EditError(f"there is no node {next(iter(op['positions']))!r} any more")
        op = {**op, "positions": there}
    for id_ in _nodes_of(op):
        was, now = base.nodes.get(id_), document.nodes.get(id_)
        if id_ not in names and was is not None and now is not None and was.type != now.type:
            raise EditError(f"node {id_} is a {now.type} now; the edit was made on a {was.type}")
    return edit_from_json(_renamed(op, names))


def _nodes_of(op: Mapping[str, Any]) -> list[str]:
    """The nodes, there already, that an op is about."""
    match op["op"]:
        case "add":
            return [link[0] for link in op["node"]["links"].values()]
        case "move":
            return list(op["positions"])
        case "link":
            return [op["id"], op["source"][0]]
        case "frame" | "panel" | "rename" | "document":
            return []
        case _:
            return [op["id"]]


def _renamed(op: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """The op with other ids for its nodes."""
    if not names:
        return dict(op)
    match op["op"]:
        case "add":
            node = op["node"]
            links = {name: [names.get(source, source), slot] for name, (source, slot) in node["links"].items()}
            return {**op, "node": {**node, "id": names.get(node["id"], node["id"]), "links": links}}
        case "move":
            return {**op, "positions": {names.get(id_, id_): place for id_, place in op["positions"].items()}}
        case "link":
            source, slot = op["source"]
            return {**op, "id": names.get(op["id"], op["id"]), "source": [names.get(source, source), slot]}
        case "panel":
            items = op["items"]
            return {**op, "items": items and [{**item, "node": names.get(item["node"], item["node"])} for item in items]}
        case "frame" | "rename" | "document":
            return dict(op)
        case _:
            return {**op, "id": names.get(op["id"], op["id"])}
