"""Muted and bypassed nodes, resolved for formats that do not know them.

1 ── 2 (muted) ── 3       →  1      3         the input of 3 is gone, its value too
1 ── 2 (bypassed) ── 3    →  1 ────── 3       the input of 2 whose type fits stands in
"""

from __future__ import annotations

from virgil_nb.comfy.flatten import bypass
from virgil_nb.engine import Document, Link, Node, Registry


def without_modes(document: Document, registry: Registry) -> Document:
    """`document` with only the nodes that are on, and links that pass through bypassed ones."""
    if all(node.mode == "on" for node in document.nodes.values()):
        return document
    return Document({node.id: _wired(node, document, registry) for node in document.nodes.values() if node.mode == "on"}, document.name)


def _wired(node: Node, document: Document, registry: Registry) -> Node:
    links: dict[str, Link] = {}
    cut = set()
    spec = registry.get(node.type)
    for name, link in node.links.items():
        item = spec.by_name.get(name) if spec is not None else None
        found, muted = _through(link, item.type if item is not None else "*", document, registry)
        if found is not None:
            links[name] = found
        elif muted:
            cut.add(name)
    values = {name: value for name, value in node.values.items() if name not in cut}
    return node.with_(links=links, values=values)


def _through(link: Link, wanted: str, document: Document, registry: Registry) -> tuple[Link | None, bool]:
    """(the link that `link` stands for, or None; whether it ended at a muted node)."""
    seen: set[Link] = set()
    while link not in seen:
        seen.add(link)
        source = document.nodes.get(link.node)
        if source is None or source.mode == "on":
            return link, False
        if source.mode == "muted":
            return None, True
        spec = registry.get(source.type)
        given = spec.outputs[link.slot].type if spec is not None and 0 <= link.slot < len(spec.outputs) else "*"
        inputs = [(item.name, item.type) for item in spec.inputs] if spec is not None else [(name, "*") for name in source.links]
        chosen = bypass(given, link.slot, wanted, inputs)
        if chosen is None or chosen not in source.links:
            return None, False
        link = source.links[chosen]
    return None, False
