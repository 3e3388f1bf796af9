"""ComfyUI's node classes as specs of ours, from the table of their signatures; and the real workflow files."""

from __future__ import annotations

import gzip
import json
from functools import cache
from pathlib import Path
from typing import Any

from virgil_nb.engine import MISSING, InputSpec, NodeSpec, OutputSpec, Registry
from virgil_nb.nodes.reroute import SPEC as REROUTE

DATA = Path(__file__).parent / "data"
UPLOADS = ("image_upload", "video_upload", "audio_upload", "animated_image_upload")


@cache
def signatures() -> dict[str, Any]:
    return json.loads(gzip.decompress((DATA / "node_signatures.json.gz").read_bytes()))


@cache
def real_workflows() -> list[dict[str, Any]]:
    return json.loads(gzip.decompress((DATA / "workflows.json.gz").read_bytes()))


@cache
def comfy_registry() -> Registry:
    registry = Registry()
    for name, signature in signatures().items():
        registry.register(spec_of(name, signature))
    registry.register(REROUTE)
    return registry


def spec_of(name: str, signature: dict[str, Any]) -> NodeSpec:
    inputs = [
        input_of(one, *declared, required=section == "required")
        for section in ("required", "optional")
        for one, declared in signature["input"].get(section, {}).items()
    ]
    outputs = tuple(
        OutputSpec(one, kind if isinstance(kind, str) else "COMBO")
        for one, kind in zip(signature["output_name"], signature["output"], strict=True)
    )
    return NodeSpec(name, lambda: None, tuple(inputs), outputs, signature.get("display_name") or name)


def input_of(name: str, kind: Any, options: dict[str, Any] | None = None, *, required: bool) -> InputSpec:
    options = options or {}
    choices = tuple(kind) if isinstance(kind, list) else tuple(options["options"]) if "options" in options else None
    return InputSpec(
        name,
        "COMBO" if isinstance(kind, list) else kind,
        required,
        options.get("default", MISSING),
        choices=choices,
        link_only=bool(options.get("forceInput")),
        control_after_generate=bool(options.get("control_after_generate")),
        image_upload=any(options.get(key) for key in UPLOADS),
    )
