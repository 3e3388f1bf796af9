"""Latent nodes give ComfyUI's figures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from tests.nodes.goldens_input import cases, drawn, figures, weight
from virgil_nb.nodes.inpainting import encode_for_inpaint, set_noise_mask
from virgil_nb.nodes.latents import empty_latent, upscale_latent


def named(node: str) -> list[Any]:
    return [pytest.param(case, id=case["id"]) for case in cases(node)]


def inputs_of(case: dict[str, Any]) -> dict[str, Any]:
    return {name: drawn(rule) for name, rule in case["inputs"].items()}


@pytest.mark.parametrize("case", named("LatentUpscale"))
def test_upscaled_latents_are_comfyuis(case: dict[str, Any]) -> None:
    given = inputs_of(case)
    before = given["samples"]["samples"].clone()
    found = upscale_latent(**given)["samples"]
    torch.testing.assert_close(found, figures()[f"{case['id']}/out0.samples"], rtol=1e-5, atol=1e-5)
    assert torch.equal(given["samples"]["samples"], before), "the input was changed"


@pytest.mark.parametrize("case", named("SetLatentNoiseMask"))
def test_noise_masks_are_comfyuis(case: dict[str, Any]) -> None:
    given = inputs_of(case)
    found = set_noise_mask(**given)
    for name in ("samples", "noise_mask"):
        torch.testing.assert_close(found[name], figures()[f"{case['id']}/out0.{name}"], rtol=0, atol=0)
    assert "noise_mask" not in given["samples"], "the input was changed"


@pytest.mark.parametrize("case", named("EmptyLatentImage"))
def test_empty_latents_are_comfyuis_for_sizes_that_are_no_multiple_of_8_too(case: dict[str, Any]) -> None:
    torch.testing.assert_close(empty_latent(**case["inputs"])["samples"], figures()[f"{case['id']}/out0.samples"], rtol=0, atol=0)


@pytest.mark.slow
@pytest.mark.parametrize("case", named("vae_encode_inpaint"))
def test_inpainting_latents_are_comfyuis_at_full_width(case: dict[str, Any], full_width_vae: Any) -> None:
    picture = drawn(case["image"])
    found = encode_for_inpaint(picture.clone(), full_width_vae, drawn(case["mask"]), case["grow_mask_by"])
    wanted = figures()
    torch.testing.assert_close(found["noise_mask"], wanted[f"{case['id']}/noise_mask"], rtol=0, atol=0)
    latent = wanted[f"{case['id']}/encoded"]
    torch.testing.assert_close(found["samples"], latent, rtol=2e-4, atol=2e-4 * float(latent.std()))


@pytest.fixture(scope="module")
def full_width_vae(tmp_path_factory: pytest.TempPathFactory) -> Any:
    from safetensors.torch import save_file

    from virgil_nb.diffusion.checkpoint import load_vae
    from virgil_nb.diffusion.networks.vae import AutoencoderKL, VAEConfig

    with torch.device("meta"):
        shapes = {f"first_stage_model.{key}": tuple(tensor.shape) for key, tensor in AutoencoderKL(VAEConfig()).state_dict().items()}
    path = Path(tmp_path_factory.mktemp("vae")) / "full.safetensors"
    save_file({key: weight(key, shape) for key, shape in shapes.items()}, path)
    yield load_vae(path, "cpu")
    path.unlink()
