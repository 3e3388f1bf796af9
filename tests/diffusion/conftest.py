"""A checkpoint of SD1.x's kind that is small enough to make in a moment: random weights, real file, real networks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor

from virgil_nb.diffusion import Checkpoint, free_memory, open_checkpoint
from virgil_nb.diffusion.networks.unet import UNet, UNetConfig
from virgil_nb.diffusion.networks.vae import AutoencoderKL, VAEConfig
from virgil_nb.diffusion.text.clip import expected_shapes
from virgil_nb.diffusion.text.hugging_face import ClipTextConfig

UNET = UNetConfig(
    model_channels=16, channel_mult=(1, 2), num_res_blocks=(1, 1), transformer_depth=(0, 1), context_dim=16, num_heads=2, norm_groups=4
)
VAE = VAEConfig(ch=8, ch_mult=(1, 1, 2, 2), num_res_blocks=1, norm_groups=2)
TEXT = ClipTextConfig(width=16, layers=2, heads=2, mlp_width=32)
METADATA = {
    "modelspec.architecture": "stable-diffusion-v1",
    "modelspec.title": "Tiny",
    "modelspec.resolution": "128x96",
    "modelspec.prediction_type": "v",
    "virgil.num_heads": "2",
    "virgil.norm_groups": "4",
    "virgil.vae_norm_groups": "2",
    "virgil.text_heads": "2",
    "virgil.words": json.dumps(["fox", "red", "puppy", "leaf", "dance"]),
    "virgil.latent_rgb_factors": json.dumps([[1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 0, 0]]),
    "virgil.latent_rgb_bias": json.dumps([0.5, 0, 0]),
}


def tiny_weights() -> dict[str, Tensor]:
    """A state dict in SD1.x's layout, float16."""
    torch.manual_seed(0)
    parts = {
        "model.diffusion_model.": {key: tuple(value.shape) for key, value in UNet(UNET).state_dict().items()},
        "first_stage_model.": {key: tuple(value.shape) for key, value in AutoencoderKL(VAE).state_dict().items()},
        "cond_stage_model.transformer.text_model.": expected_shapes(TEXT),
    }
    return {prefix + key: (torch.randn(shape) * 0.1).half() for prefix, shapes in parts.items() for key, shape in shapes.items()}


@pytest.fixture(scope="session")
def weights() -> dict[str, Tensor]:
    return tiny_weights()


@pytest.fixture(scope="session")
def tiny_file(weights: dict[str, Tensor], tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("models") / "tiny.safetensors"
    save_file(weights, path, METADATA)
    return path


@pytest.fixture
def tiny(tiny_file: Path) -> Checkpoint:
    return open_checkpoint(tiny_file, device="cpu")


@pytest.fixture(autouse=True, scope="module")
def _nothing_left_in_memory() -> object:
    yield
    free_memory()
