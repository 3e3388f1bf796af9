"""Muted and bypassed nodes: how a document's links look once they are left out.

Muted: every input that referred to the node is as if nothing were linked or typed in. Bypassed: what used an output gets what the fitting
input of the node gets; ComfyUI's rule for which input that is.

    4 ──MODEL──▶ [5 LoraLoader, bypassed] ──MODEL──▶ 3      becomes      4 ──MODEL──▶ 3
"""

from __future__ import annotations

from virgil_nb.engine.document import Document
from virgil_nb.engine.document_node import Link, Node
from virgil_nb.engine.registry import Registry
from virgil_nb.engine.spec import NodeSpec
from virgil_nb.engine.types import types_fit


def without_switched_off(document: Document, registry: Registry) -> Document:
    """The document that runs: no muted or bypassed nodes, and links led past them. The same object if all nodes are on."""
    if all(node.mode == "on" for node in document.nodes.values()):
        return document
    return document.with_nodes({key: _led_past(node, document, registry) for key, node in document.nodes.items() if node.mode == "on"})


def _led_past(node: Node, document: Document, registry: Registry) -> Node:
    """`node` with the links that it has once nodes are left out; itself if none of its links leads to such a node."""
    touched = [name for name, link in node.links.items() if link.node in document.nodes and document.nodes[link.node].mode != "on"]
    if not touched:
        return node
    links, values = dict(node.links), dict(node.values)
    spec = registry.get(node.type)
    for name in touched:
        declared = spec.by_name.get(name) if spec else None
        link = _source(links.pop(name), declared.type if declared else "*", document, registry)
        if link is None:
            values.pop(name, None)
        else:
            links[name] = link
    return node.with_(links=links, values=values)


def _source(link: Link, wanted: str, document: Document, registry: Registry) -> Link | None:
    """Where `link` comes from once bypassed nodes are passed by; None if from nowhere."""
    passed: set[Link] = set()
    while (node := document.nodes.get(link.node)) is not None and node.mode != "on":
        if node.mode == "muted" or link in passed:
            return None
        passed.add(link)
        spec = registry.get(node.type)
        name = _fitting_input(spec, link.slot, wanted) if spec else None
        inner = node.links.get(name) if name is not None else None
        if inner is None:
            return None
        link = inner
    return link


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
