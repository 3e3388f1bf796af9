"""The end of a workflow's Python: the edits that say what `wf.add` can't. Modes, what fields do after a run, frames, panel, colours.

    wf.edit(
        {"op": "mode", "id": preview, "mode": "muted"},
        {"op": "frame", "id": "1", "frame": {"title": "Sampling", "box": [0.0, 0.0, 400.0, 300.0]}},
    )

Places are left to the editor's layout, unless there are frames or reroutes, which mean nothing without them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from virgil_nb.engine import Document, ObjectRef, PanelItem, Registry
from virgil_nb.engine.json_values import thaw


def edit_lines(document: Document, names: Mapping[str, str], registry: Registry) -> list[str]:
    """The lines of the call of `wf.edit`; none if there is nothing to say. names: the variable of each node."""
    edits = [*_node_edits(document, names), *_place_edits(document, names, registry), *_document_edits(document, names)]
    return ["", "wf.edit(", *(f"    {text}," for text in edits), ")"] if edits else []


def _node_edits(document: Document, names: Mapping[str, str]) -> Iterable[str]:
    for node in document.nodes.values():
        name = names[node.id]
        for input_name, value in node.values.items():
            if input_name in node.links and not isinstance(value, ObjectRef):  # it comes back when the link is cut
                yield _op("set", name, input=input_name, value=thaw(value))
        for input_name, control in node.control.items():
            yield _op("control", name, input=input_name, control=control)
        if node.mode != "on":
            yield _op("mode", name, mode=node.mode)
        if node.colour is not None:
            yield _op("colour", name, colour=node.colour)
        if node.folded:
            yield _op("fold", name, folded=True)


def _place_edits(document: Document, names: Mapping[str, str], registry: Registry) -> Iterable[str]:
    if not document.frames and all(node.type not in registry.virtual for node in document.nodes.values()):
        return
    placed = [node for node in document.nodes.values() if node.position is not None]
    if placed:
        yield '{"op": "move", "positions": {' + ", ".join(f"{names[node.id]}: {_pair(node.position)}" for node in placed) + "}}"
    for node in document.nodes.values():
        if node.size is not None:
            yield '{"op": "resize", "id": ' + f'{names[node.id]}, "size": {_pair(node.size)}}}'


def _document_edits(document: Document, names: Mapping[str, str]) -> Iterable[str]:
    for key, frame in document.frames.items():
        yield f'{{"op": "frame", "id": {key!r}, "frame": {frame.to_json()!r}}}'
    if document.panel is not None:
        items = [_item(names[item.node], item) for item in document.panel if item.node in names]
        yield '{"op": "panel", "items": [' + ", ".join(items) + "]}"
    if document.name:
        yield f'{{"op": "rename", "name": {document.name!r}}}'


def _item(node: str, item: PanelItem) -> str:
    label = f', "label": {item.label!r}' if item.label is not None else ""
    return f'{{"node": {node}, "input": {item.input!r}{label}}}'


def _op(op: str, node: str, **fields: object) -> str:
    """One edit of a node, as source."""
    return f'{{"op": "{op}", "id": {node}, ' + ", ".join(f'"{name}": {value!r}' for name, value in fields.items()) + "}"


def _pair(pair: tuple[float, float] | None) -> str:
    return "None" if pair is None else f"[{_short(pair[0])}, {_short(pair[1])}]"


def _short(number: float) -> str:
    return str(int(number)) if number.is_integer() else repr(number)
