"""Stable Diffusion 1.5 at full width, on seeded noise for weights, gives ComfyUI's figures; and loads within its memory."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from tests.goldens.regenerate import apart, cases, figure, section, tensor, write_sd15
from virgil_nb.diffusion import Checkpoint, free_memory, greyed_out, open_checkpoint, sample

pytestmark = pytest.mark.slow
SECTION = "d_sd15"


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Any:
    path = write_sd15(tmp_path_factory.mktemp("sd15") / "sd15.safetensors")
    yield path
    free_memory()
    path.unlink()


@pytest.fixture(scope="module")
def checkpoint(file: Path) -> Checkpoint:
    return open_checkpoint(file, device="cpu")


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux for the process's anonymous memory")
def test_loading_takes_little_more_memory_than_the_file_has(file: Path) -> None:
    command = [sys.executable, "-m", "tests.diffusion.anonymous_memory", str(file)]
    peak = int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    assert peak <= 1.3 * file.stat().st_size


def check(case: dict[str, Any], results: dict[str, Tensor], times: float = 1.0) -> None:
    tolerance = section(SECTION)["tolerance"]
    wrong = {
        name: list(apart(results[name].detach(), figure(SECTION, case, name), tolerance, scaled=True, times=times))
        for name in case["outputs"]
    }
    assert not any(wrong.values()), wrong


def of(*kinds: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("case", cases(SECTION, *kinds), ids=lambda case: case["id"])


@of("unet")
def test_the_unet(case: dict[str, Any], checkpoint: Checkpoint) -> None:
    out = checkpoint.model.network()(tensor(case["x"]), torch.tensor(case["timesteps"]), tensor(case["context"]))
    check(case, {"out": out})


@of("apply_model")
def test_denoising(case: dict[str, Any], checkpoint: Checkpoint) -> None:
    sigma = torch.tensor(case["sigma"])
    assert checkpoint.model.schedule.timestep(sigma).tolist() == case["timesteps"]
    check(case, {"denoised": checkpoint.model.denoise(tensor(case["x"]), sigma, tensor(case["context"]))})


@of("vae_encode")
def test_encoding_pictures(case: dict[str, Any], checkpoint: Checkpoint) -> None:
    check(case, {"latent": checkpoint.vae.encode(tensor(case["image"]))})


@of("vae_decode")
def test_decoding_latents(case: dict[str, Any], checkpoint: Checkpoint) -> None:
    z = tensor(case["z"])
    check(case, {"raw": checkpoint.vae.network().decode(z), "image": checkpoint.vae.decode(z)})


@of("vae_encode_inpaint")
def test_encoding_for_inpainting(case: dict[str, Any], checkpoint: Checkpoint) -> None:
    pixels, mask = greyed_out(tensor(case["image"]), tensor(case["mask"]), case["grow_mask_by"])
    check(case, {"encoded": checkpoint.vae.encode(pixels), "noise_mask": mask})


@of("clip_l")
def test_encoding_prompts(case: dict[str, Any], checkpoint: Checkpoint) -> None:
    clip = checkpoint.clip if case["clip_skip"] is None else checkpoint.clip.at_layer(case["clip_skip"])
    [[cond, options]] = clip.encode(case["prompt"])
    assert list(cond.shape) == case["cond_shape"]
    assert float(cond.sum()) == pytest.approx(case["cond_sum"], abs=0.05)
    check(case, {"cond": cond[:, ::4] if case["cond_rows"] == "every 4th token row" else cond, "pooled": options["pooled_output"]})


def run(case: dict[str, Any], checkpoint: Checkpoint, latent: Tensor, noise_mask: Tensor | None = None) -> Tensor:
    positive, negative = checkpoint.clip.encode(case["positive"]), checkpoint.clip.encode(case["negative"])
    settings = {name: case[name] for name in ("seed", "steps", "cfg", "sampler", "scheduler", "denoise")}
    return sample(checkpoint.model, latent, positive=positive, negative=negative, noise_mask=noise_mask, **settings)


@of("e2e")
def test_text_to_image(case: dict[str, Any], checkpoint: Checkpoint) -> None:
    latent = run(case, checkpoint, torch.zeros(1, 4, case["height"] // 8, case["width"] // 8))
    check(case, {"latent": latent, "image": checkpoint.vae.decode(latent)}, times=10)


@of("e2e_img2img")
def test_image_to_image(case: dict[str, Any], checkpoint: Checkpoint) -> None:
    check(case, {"latent": run(case, checkpoint, checkpoint.vae.encode(tensor(case["image"])))}, times=10)


@of("e2e_inpaint")
def test_inpainting(case: dict[str, Any], checkpoint: Checkpoint) -> None:
    pixels, mask = greyed_out(tensor(case["image"]), tensor(case["mask"]), case["grow_mask_by"])
    encoded = checkpoint.vae.encode(pixels)
    check(case, {"encoded": encoded, "noise_mask": mask, "latent": run(case, checkpoint, encoded, mask)}, times=10)
