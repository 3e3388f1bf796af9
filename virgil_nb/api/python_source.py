"""A workflow written as the Python that makes it: readable, to copy into a cell, to diff."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable

from virgil_nb.api.python_edits import edit_lines
from virgil_nb.engine import Document, Node, ObjectRef, Registry
from virgil_nb.engine.formats import register_text_writer
from virgil_nb.engine.planning.topology import order_nodes

_TAKEN = {"vnb", "wf", "inputs", "title"}


def python_source(document: Document, registry: Registry) -> str:
    """Source that builds `document` anew: one `wf.add` a node, sources before what they feed.

    What `wf.add` can't say (modes, frames, the panel, …) is one `wf.edit` at the end. An input that holds a Python object is written as
    a comment; `extra`, which only files know of, is left out.
    """
    names = _names(document.nodes.values(), registry)
    done: set[str] = set()
    later: list[str] = []
    lines = ["import virgil_nb as vnb", "", "wf = vnb.Workflow()"]
    for node in _in_order(document):
        arguments = [repr(node.type)]
        plain: list[str] = []
        keyed: list[str] = []
        comments: list[str] = []
        for name, text in _inputs(node, document, registry, names, done, later, comments):
            if name.isidentifier() and not keyword.iskeyword(name) and name not in _TAKEN:
                plain.append(f"{name}={text}")
            else:
                keyed.append(f"{name!r}: {text}")
        if keyed:
            arguments.append("{" + ", ".join(keyed) + "}")
        arguments += plain
        if node.title:
            arguments.append(f"title={node.title!r}")
        comment = f"  # {'; '.join(comments)}" if comments else ""
        lines.append(f"{names[node.id]} = wf.add({', '.join(arguments)}){comment}")
        done.add(node.id)
    return "\n".join([*lines, *later, *edit_lines(document, names, registry)]) + "\n"


def _inputs(
    node: Node, document: Document, registry: Registry, names: dict[str, str], done: set[str], later: list[str], comments: list[str]
) -> Iterable[tuple[str, str]]:
    for name, link in node.links.items():
        source = document.nodes.get(link.node)
        if source is None:
            comments.append(f"{name} was linked to node {link.node!r}, which is not there")
            continue
        text = f"{names[link.node]}{_output(source, link.slot, registry)}"
        if link.node in done:
            yield name, text
        else:
            later.append(f"{names[node.id]}.inputs[{name!r}] = {text}")
    for name, value in node.values.items():
        if name in node.links:
            continue
        if isinstance(value, ObjectRef):
            comments.append(f"{name} was a {value.type_name}")
        else:
            yield name, repr(value)


def _output(source: Node, slot: int, registry: Registry) -> str:
    spec = registry.get(source.type)
    if spec is not None and 0 <= slot < len(spec.outputs):
        name = spec.outputs[slot].name
        unique = [o.name for o in spec.outputs].count(name) == 1
        if unique and name.isidentifier() and not keyword.iskeyword(name) and name not in {i.name for i in spec.inputs}:
            return f".{name}"
    return f"[{slot}]"


def _names(nodes: Iterable[Node], registry: Registry) -> dict[str, str]:
    used: set[str] = set(_TAKEN)
    names: dict[str, str] = {}
    for node in nodes:
        spec = registry.get(node.type)
        label = node.title or (spec.display_name if spec else node.type)
        words = re.sub(r"\(.*?\)", "", label)
        base = re.sub(r"\W+", "_", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", words)).strip("_").lower() or "node"
        if not base.isidentifier() or keyword.iskeyword(base):
            base = f"node_{base}"
        name, count = base, 2
        while name in used:
            name, count = f"{base}_{count}", count + 1
        used.add(name)
        names[node.id] = name
    return names


def _in_order(document: Document) -> list[Node]:
    """The nodes, each after its sources where there is no cycle, else in document order."""
    nodes = document.nodes
    order = order_nodes(nodes, lambda node_id: [link.node for link in nodes[node_id].links.values() if link.node in nodes])
    return [nodes[node_id] for node_id in order.order]


register_text_writer("python", python_source)
