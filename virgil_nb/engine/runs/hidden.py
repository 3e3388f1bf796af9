"""What a node may ask for without an input: its id, and the workflow that it is part of (for the metadata of saved pictures)."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from virgil_nb.engine.documents.document import Document
from virgil_nb.engine.documents.document_node import Node
from virgil_nb.engine.formats import has_writer, write_document
from virgil_nb.engine.json_values import ObjectRef, thaw
from virgil_nb.engine.kinds.registry import Registry
from virgil_nb.engine.planning.modes import effective_document

if TYPE_CHECKING:
    from virgil_nb.engine.runs.graph import RunGraph

log = logging.getLogger(__name__)


def hidden_values(hidden: Mapping[str, str], node: str, graph: RunGraph, registry: Registry) -> dict[str, Any]:
    """Parameter name to value. PROMPT: ComfyUI's API form; EXTRA_PNGINFO: {"workflow": its UI form}, where those can be written.

    DYNPROMPT: a `LivePrompt`, which also knows the nodes that came by expansion.
    """
    document = graph.plan.document
    found: dict[str, Any] = {}
    for name, kind in hidden.items():
        if kind == "UNIQUE_ID":
            found[name] = node
        elif kind == "PROMPT":
            found[name] = prompt_of(document, registry)
        elif kind == "DYNPROMPT":
            found[name] = LivePrompt(graph)
        elif kind == "EXTRA_PNGINFO":
            workflow = _written("comfyui-ui", document, registry)
            found[name] = {"workflow": document.to_json() if workflow is None else workflow}
    return found


def prompt_of(document: Document, registry: Registry) -> dict[str, Any]:
    """The workflow in ComfyUI's API form."""
    return _written("comfyui-api", document, registry) or api_form(effective_document(document, registry))


class LivePrompt:
    """The nodes of the run as a node may look them up while it goes on, in the API form: ComfyUI's DYNPROMPT, with its method names."""

    def __init__(self, graph: RunGraph) -> None:
        self._graph = graph

    def has_node(self, node_id: str) -> bool:
        """Whether the run knows the node."""
        return node_id in self._graph.prepared or node_id in self._graph.plan.effective.nodes

    def get_node(self, node_id: str) -> dict[str, Any]:
        """{"class_type", "inputs"} of a node, links as [id, slot]. Raises KeyError."""
        prepared = self._graph.prepared.get(node_id)
        node = prepared.node if prepared is not None else self._graph.plan.effective.nodes.get(node_id)
        if node is None:
            raise KeyError(f"the run has no node {node_id!r}")
        form = node_form(node)
        for name, value in node.values.items():
            if type(value) is ObjectRef and value.hash in self._graph.objects:
                form["inputs"][name] = self._graph.objects[value.hash]
        return form

    def get_display_node_id(self, node_id: str) -> str:
        """The node of the workflow that shows what this one does."""
        return self._graph.display.get(node_id, node_id)

    def get_real_node_id(self, node_id: str) -> str:
        """As `get_display_node_id`: the nearest node that is in the workflow."""
        return self._graph.display.get(node_id, node_id)

    def all_node_ids(self) -> set[str]:
        """The ids of all nodes, those that came by expansion included."""
        return {*self._graph.plan.effective.nodes, *self._graph.prepared}

    def get_original_prompt(self) -> dict[str, Any]:
        """The workflow as it was submitted."""
        return api_form(self._graph.plan.effective)


def api_form(document: Document) -> dict[str, Any]:
    """Every node as {"class_type", "inputs"}, links as [id, slot]: enough to know what was run, when nobody writes the real form."""
    return {node.id: node_form(node) for node in document.nodes.values()}


def node_form(node: Node) -> dict[str, Any]:
    """One node as {"class_type", "inputs"}."""
    inputs = thaw(node.values)
    inputs.update({name: [link.node, link.slot] for name, link in node.links.items()})
    return {"class_type": node.type, "inputs": inputs}


def _written(name: str, document: Document, registry: Registry) -> dict[str, Any] | None:
    if not has_writer(name):
        return None
    try:
        return write_document(name, document, registry)
    except Exception:
        log.warning("the workflow could not be written as %s", name, exc_info=True)
        return None
