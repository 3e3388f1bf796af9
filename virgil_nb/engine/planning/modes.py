"""What of a document runs: muted, bypassed and virtual nodes are left out, and links led past them.

Muted: every input that referred to the node is as if nothing were linked or typed in. Bypassed: what used an output gets what the fitting
input of the node gets; ComfyUI's rule for which input that is. Virtual (a reroute): what used an output gets what the input of the same
place gets, whatever its type.

    4 ──MODEL──▶ [5 LoraLoader, bypassed] ──MODEL──▶ ◦ reroute ──MODEL──▶ 3      becomes      4 ──MODEL──▶ 3
"""

from __future__ import annotations

from typing import Final

from virgil_nb.engine.documents.document import Document
from virgil_nb.engine.documents.document_node import Link, Node
from virgil_nb.engine.kinds.registry import Registry
from virgil_nb.engine.kinds.spec import NodeSpec
from virgil_nb.engine.kinds.types import types_fit

_MUTED: Final = object()  # a link that comes from a muted node, in place of where it comes from


def effective_document(document: Document, registry: Registry) -> Document:
    """The document that runs: no muted, bypassed or virtual nodes, and links led past them. The same object if there are none."""
    virtual = registry.virtual
    if all(node.mode == "on" and node.type not in virtual for node in document.nodes.values()):
        return document
    kept = [node for node in document.nodes.values() if node.mode == "on" and node.type not in virtual]
    return document.with_nodes({node.id: _led_past(node, document, registry) for node in kept})


def source_behind(link: Link, document: Document, registry: Registry) -> Link | None:
    """Where `link` comes from once nodes that are left out are passed by; None if from nowhere, or from a muted node."""
    found = _source(link, "*", document, registry)
    return found if isinstance(found, Link) else None


def _led_past(node: Node, document: Document, registry: Registry) -> Node:
    """`node` with the links that it has once nodes are left out; itself if none of its links leads to such a node."""
    nodes, virtual = document.nodes, registry.virtual
    touched = [
        name for name, link in node.links.items() if (source := nodes.get(link.node)) and (source.mode != "on" or source.type in virtual)
    ]
    if not touched:
        return node
    links, values = dict(node.links), dict(node.values)
    spec = registry.get(node.type)
    for name in touched:
        declared = spec.by_name.get(name) if spec else None
        found = _source(links[name], declared.type if declared else "*", document, registry)
        if isinstance(found, Link):
            links[name] = found
            continue
        del links[name]
        if found is _MUTED:
            values.pop(name, None)
    return node.with_(links=links, values=values)


def _source(link: Link, wanted: str, document: Document, registry: Registry) -> object:
    """The Link that `link` is once nodes that are left out are passed by; _MUTED, or None if it comes from nowhere."""
    passed: set[Link] = set()
    while (node := document.nodes.get(link.node)) is not None:
        spec = registry.get(node.type)
        virtual = spec is not None and spec.virtual
        if node.mode == "muted":
            return _MUTED
        if node.mode == "on" and not virtual:
            return link
        if link in passed or spec is None:
            return None
        passed.add(link)
        name = _same_place(spec, link.slot) if virtual else _fitting_input(spec, link.slot, wanted)
        inner = node.links.get(name) if name is not None else None
        if inner is None:
            return None
        link = inner
    return link


def _same_place(spec: NodeSpec, slot: int) -> str | None:
    """The input of a virtual node that stands for its output `slot`."""
    return spec.inputs[slot].name if 0 <= slot < min(len(spec.inputs), len(spec.outputs)) else None


def _fitting_input(spec: NodeSpec, slot: int, wanted: str) -> str | None:
    """The input of a bypassed node that stands for its output `slot`, as ComfyUI's front end chooses it."""
    inputs = [item for item in spec.inputs if not item.widget] + [item for item in spec.inputs if item.widget]
    if not inputs or not 0 <= slot < len(spec.outputs):
        return None
    if wanted == "*":
        return inputs[slot if slot < len(inputs) else 0].name
    given = spec.outputs[slot].type
    if slot < len(inputs) and types_fit(inputs[slot].type, given) and types_fit(inputs[slot].type, wanted):
        return inputs[slot].name
    for item in inputs:
        if item.type == wanted:
            return item.name
    for item in inputs:
        if types_fit(item.type, given) and types_fit(item.type, wanted):
            return item.name
    return None
