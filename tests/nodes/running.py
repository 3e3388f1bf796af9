"""Graphs of built-in nodes, and an engine to run them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from virgil_nb import comfy, nodes
from virgil_nb.engine import Document, Link, Node, Services, default_registry
from virgil_nb.engine.engine import Engine
from virgil_nb.nodes.folders import Folders
from virgil_nb.nodes.services import Device

CHECKPOINT, POSITIVE, NEGATIVE, START, SAMPLER, DECODER, SHOWN = "4", "6", "7", "5", "3", "8", "9"


def engine_for(folders: Folders) -> Engine:
    nodes.load()
    comfy.register()
    return Engine(default_registry(), services=Services(folders, Device("cpu")))


def node(node_id: str, kind: str, **inputs: Any) -> Node:
    """A node; an input that is a (node, slot) tuple is a link."""
    links = {name: Link(*value) for name, value in inputs.items() if isinstance(value, tuple)}
    return Node(node_id, kind, {name: value for name, value in inputs.items() if name not in links}, links)


def text_to_image(start: Node | None = None, output: str = "PreviewImage", more: tuple[Node, ...] = (), **sampler: Any) -> Document:
    """checkpoint → prompts, size → sampler → picture; `start` in place of the empty latent."""
    settings: dict[str, Any] = {"seed": 1, "steps": 3, "cfg": 4.0, "sampler_name": "euler", "scheduler": "normal", "denoise": 1.0}
    start = start or node(START, "EmptyLatentImage", width=64, height=64, batch_size=1)
    return Document.of(
        node(CHECKPOINT, "CheckpointLoaderSimple", ckpt_name="tiny.safetensors"),
        node(POSITIVE, "CLIPTextEncode", text="a red fox", clip=(CHECKPOINT, 1)),
        node(NEGATIVE, "CLIPTextEncode", text="", clip=(CHECKPOINT, 1)),
        *more,
        start,
        node(
            SAMPLER,
            "KSampler",
            model=(CHECKPOINT, 0),
            positive=(POSITIVE, 0),
            negative=(NEGATIVE, 0),
            latent_image=(start.id, 0),
            **{**settings, **sampler},
        ),
        node(DECODER, "VAEDecode", samples=(SAMPLER, 0), vae=(CHECKPOINT, 2)),
        node(SHOWN, output, images=(DECODER, 0)),
    )


def with_values(document: Document, node_id: str, **values: Any) -> Document:
    """`document` with other values in one node."""
    changed: Mapping[str, Node] = {
        key: one.with_(values={**one.values, **values}) if key == node_id else one for key, one in document.nodes.items()
    }
    return document.with_nodes(dict(changed))
