"""Names, inputs, defaults and ranges are ComfyUI's, so that workflows carry over."""

from __future__ import annotations

from typing import Any

import pytest

from tests.comfy.signatures import signatures
from virgil_nb import nodes
from virgil_nb.engine import MISSING, InputSpec, NodeSpec, default_registry

BUILT_IN = [
    "CheckpointLoaderSimple", "VAELoader", "CLIPTextEncode", "KSampler", "VAEDecode", "VAEEncode", "VAEEncodeForInpaint",
    "SetLatentNoiseMask", "EmptyLatentImage", "LatentUpscale", "LoadImage", "SaveImage", "PreviewImage",
]  # fmt: skip


def spec_of(name: str) -> NodeSpec:
    nodes.load()
    spec = default_registry().get(name)
    assert spec is not None
    return spec


@pytest.mark.parametrize("name", BUILT_IN)
def test_a_built_in_node_is_declared_as_comfyui_declares_it(name: str) -> None:
    spec, theirs = spec_of(name), signatures()[name]
    required = theirs["input"]["required"]
    assert [item.name for item in spec.inputs] == list(required)
    assert [(item.name, item.type) for item in spec.outputs] == list(zip(theirs["output_name"], theirs["output"], strict=True))
    assert spec.display_name == theirs["display_name"]
    assert spec.category == theirs["category"]
    assert spec.output_node == theirs.get("output_node", False)
    for item in spec.inputs:
        kind, *more = required[item.name]
        check_input(item, kind, more[0] if more else {})


def check_input(item: InputSpec, kind: Any, options: dict[str, Any]) -> None:
    assert item.required
    if isinstance(kind, list):
        assert item.type == "COMBO"
        if isinstance(item.choices, tuple):
            assert [choice for choice in kind if choice in item.choices] == list(item.choices), "choices are ComfyUI's, in its order"
            assert item.default == options.get("default", kind[0])
    else:
        assert item.type == kind
        assert item.default == options.get("default", MISSING)
        for limit in ("min", "max", "round"):
            assert getattr(item, limit) == options.get(limit)
        if "step" in options:
            assert item.step == options["step"]
    assert item.multiline == options.get("multiline", False)
    assert item.dynamic_prompts == options.get("dynamicPrompts", False)
    assert item.control_after_generate == options.get("control_after_generate", False)
    assert item.image_upload == options.get("image_upload", False)


def test_only_what_is_implemented_can_be_chosen() -> None:
    from virgil_nb.diffusion.samplers import SAMPLERS
    from virgil_nb.diffusion.schedulers import SCHEDULERS

    inputs = spec_of("KSampler").by_name
    assert set(inputs["sampler_name"].choices) == set(SAMPLERS)  # type: ignore[arg-type]
    assert set(inputs["scheduler"].choices) == set(SCHEDULERS)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", BUILT_IN)
def test_every_input_and_every_node_has_a_line_of_help(name: str) -> None:
    spec = spec_of(name)
    assert spec.description
    assert all(item.tooltip for item in spec.inputs), [item.name for item in spec.inputs if not item.tooltip]
