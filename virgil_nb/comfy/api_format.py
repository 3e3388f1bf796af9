"""ComfyUI's API format: what its server runs.

    {"3": {"class_type": "KSampler", "inputs": {"seed": 7, "model": ["4", 0]}, "_meta": {"title": "KSampler"}}}

It knows no places, colours or modes: muted and bypassed nodes are left out, and the links through them resolved.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from virgil_nb.comfy.slots import field_value
from virgil_nb.engine import Document, DocumentError, Link, Node, ObjectRef, Registry
from virgil_nb.engine.json_values import thaw
from virgil_nb.engine.kinds.spec import NodeSpec
from virgil_nb.engine.planning.modes import effective_document


def is_api(source: object) -> bool:
    """Whether this is the API format, alone or as the `prompt` of a request."""
    graph = unwrapped(source)
    return bool(graph) and all(isinstance(node, Mapping) and isinstance(node.get("class_type"), str) for node in graph.values())


def unwrapped(source: object) -> Mapping[str, Any]:
    """The graph itself, out of a request body if it is in one; empty if there is none."""
    if not isinstance(source, Mapping):
        return {}
    prompt = source.get("prompt")
    return prompt if isinstance(prompt, Mapping) and "class_type" not in prompt else source


def open_api(source: object, registry: Registry) -> Document:
    """The document of an API graph. Raises DocumentError if it is malformed."""
    nodes = {}
    for key, data in unwrapped(source).items():
        inputs = data.get("inputs", {})
        if not isinstance(inputs, Mapping):
            raise DocumentError(f"node {key}: its inputs are {type(inputs).__name__}; they must be an object")
        spec = registry.get(data["class_type"])
        links = {str(name): link for name, value in inputs.items() if (link := as_link(value)) is not None}
        values = {str(name): unwrap_list(value) for name, value in inputs.items() if str(name) not in links and takes(spec, str(name))}
        nodes[str(key)] = Node(str(key), data["class_type"], values, links, title=read_title(data, spec))
    return Document(nodes)


def takes(spec: NodeSpec | None, name: str) -> bool:
    """Whether a constant called `name` is kept: as in ComfyUI, what a known type does not declare (a button such as `upload`) is not."""
    return spec is None or spec.extra_inputs or name in spec.by_name


def as_link(value: object) -> Link | None:
    """The link that `[id, slot]` is, else None."""
    if isinstance(value, list | tuple) and len(value) == 2 and isinstance(value[0], str | int) and type(value[1]) is int:
        return Link(str(value[0]), value[1]) if not isinstance(value[0], bool) else None
    return None


def unwrap_list(value: object) -> object:
    """A list out of its wrapping: as a bare list it would look like a link."""
    return value["__value__"] if isinstance(value, Mapping) and set(value) == {"__value__"} else value


def read_title(data: Mapping[str, Any], spec: NodeSpec | None) -> str | None:
    """The title that a person gave; None when it is only the type's own name."""
    meta = data.get("_meta")
    title = meta.get("title") if isinstance(meta, Mapping) else None
    plain = (data["class_type"], spec.display_name if spec is not None else None)
    return title if isinstance(title, str) and title and title not in plain else None


def write_api(document: Document, registry: Registry) -> dict[str, Any]:
    """The API graph of a document. Fields without a value get their default, as ComfyUI sends every field.

    A Python object as an input becomes {"__object__": hash, "type": …}, which only this package understands.
    """
    return {node.id: write_node(node, registry.get(node.type)) for node in effective_document(document, registry).nodes.values()}


def write_node(node: Node, spec: NodeSpec | None) -> dict[str, Any]:
    """One node of the API graph: fields first, in the definition's order, then links."""
    inputs: dict[str, Any] = {}
    for item in spec.inputs if spec is not None else ():
        if item.widget and item.name not in node.links:
            value = field_value(item, node.values)
            if value is not None:
                inputs[item.name] = wrap_list(value)
    for name, value in node.values.items():
        if name not in inputs and name not in node.links:
            inputs[name] = wrap_list(value)
    inputs.update({name: [link.node, link.slot] for name, link in node.links.items()})
    return {
        "inputs": inputs,
        "class_type": node.type,
        "_meta": {"title": node.title or (spec.display_name if spec is not None else node.type)},
    }


def wrap_list(value: object) -> object:
    """`value` in JSON's types, a list wrapped so that it is no link."""
    if isinstance(value, ObjectRef):
        return value.to_json()
    plain = thaw(value)
    return {"__value__": plain} if isinstance(plain, list) else plain
