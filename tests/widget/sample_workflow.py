"""A small text-to-image workflow as the wire carries it, with the node types it needs."""

from __future__ import annotations

from typing import Any

from virgil_nb.widget.messages.document import DocumentJSON, NodeJSON
from virgil_nb.widget.messages.specs import InputSpecJSON, SpecJSON

PLAIN = {"INT", "FLOAT", "STRING", "BOOLEAN", "COMBO"}


def field(name: str, type_: str, **more: Any) -> InputSpecJSON:
    return {"name": name, "type": type_, "required": True, "widget": type_ in PLAIN, **more}  # type: ignore[typeddict-item]


def spec(type_: str, inputs: list[InputSpecJSON], outputs: list[str], name: str | None = None) -> SpecJSON:
    return {
        "type": type_,
        "display_name": name or type_,
        "category": "",
        "description": "",
        "output_node": not outputs,
        "inputs": inputs,
        "outputs": [{"name": output, "type": output} for output in outputs],
    }


def node(id_: str, type_: str, values: dict[str, Any] | None = None, links: dict[str, Any] | None = None, **more: Any) -> NodeJSON:
    return {"id": id_, "type": type_, "values": values or {}, "links": links or {}, **more}  # type: ignore[typeddict-item]


SPECS: dict[str, SpecJSON] = {
    kind["type"]: kind
    for kind in (
        spec("Checkpoint", [field("ckpt_name", "COMBO")], ["MODEL", "CLIP", "VAE"]),
        spec("Prompt", [field("clip", "CLIP"), field("text", "STRING", multiline=True)], ["CONDITIONING"]),
        spec(
            "Sampler", [field("model", "MODEL"), field("positive", "CONDITIONING"), field("seed", "INT"), field("cfg", "FLOAT")], ["LATENT"]
        ),
        spec("Save", [field("images", "LATENT"), field("prefix", "STRING", default="virgil")], []),
    )
}


def document(*nodes: NodeJSON, name: str = "Sample") -> DocumentJSON:
    return {"format": "virgil_nb", "version": 1, "name": name, "nodes": list(nodes)}


def sample(prompt: str = "a red fox", title: str | None = None) -> DocumentJSON:
    return document(
        node("1", "Checkpoint", {"ckpt_name": "model.safetensors"}, position=[0, 0]),
        node("2", "Prompt", {"text": prompt}, {"clip": ["1", 1]}, position=[300, 0], title=title),
        node("3", "Sampler", {"seed": 7, "cfg": 8.0}, {"model": ["1", 0], "positive": ["2", 0]}, position=[600, 0]),
        node("4", "Save", {}, {"images": ["3", 0]}, position=[900, 0]),
    )
