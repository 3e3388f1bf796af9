"""What a node may ask for without an input: its id, and the workflow that it is part of (for the metadata of saved pictures)."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from virgil_nb.engine.document import Document
from virgil_nb.engine.formats import has_writer, write_document
from virgil_nb.engine.json_values import thaw
from virgil_nb.engine.modes import effective_document
from virgil_nb.engine.registry import Registry

log = logging.getLogger(__name__)


def hidden_values(hidden: Mapping[str, str], node: str, document: Document, registry: Registry) -> dict[str, Any]:
    """Parameter name to value. PROMPT: ComfyUI's API form; EXTRA_PNGINFO: {"workflow": its UI form}, where those can be written."""
    found: dict[str, Any] = {}
    for name, kind in hidden.items():
        if kind == "UNIQUE_ID":
            found[name] = node
        elif kind == "PROMPT" or kind == "DYNPROMPT":
            found[name] = _written("comfyui-api", document, registry) or api_form(effective_document(document, registry))
        elif kind == "EXTRA_PNGINFO":
            workflow = _written("comfyui-ui", document, registry)
            found[name] = {"workflow": document.to_json() if workflow is None else workflow}
    return found


def api_form(document: Document) -> dict[str, Any]:
    """Every node as {"class_type", "inputs"}, links as [id, slot]: enough to know what was run, when nobody writes the real form."""
    form = {}
    for node in document.nodes.values():
        inputs = thaw(node.values)
        inputs.update({name: [link.node, link.slot] for name, link in node.links.items()})
        form[node.id] = {"class_type": node.type, "inputs": inputs}
    return form


def _written(name: str, document: Document, registry: Registry) -> dict[str, Any] | None:
    if not has_writer(name):
        return None
    try:
        return write_document(name, document, registry)
    except Exception:
        log.warning("the workflow could not be written as %s", name, exc_info=True)
        return None
