"""Models with the layout of Stable Diffusion 1.x and hardly any weights, drawn from a seed: they make noise, fast."""

from __future__ import annotations

import json
import math
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor

from virgil_nb.diffusion.networks.unet import UNet, UNetConfig
from virgil_nb.diffusion.networks.vae import AutoencoderKL, VAEConfig
from virgil_nb.diffusion.text.clip import ClipTextConfig, expected_shapes

WIDTH = 16
METADATA = {
    "modelspec.architecture": "stable-diffusion-v1",
    "modelspec.title": "Tiny",
    "modelspec.resolution": "64x64",
    "modelspec.prediction_type": "v",
    "virgil.num_heads": "2",
    "virgil.text_heads": "2",
    "virgil.words": json.dumps(["a", "red", "fox", "on", "blue", "background"]),
}


def tiny_weights(width: int = WIDTH, seed: int = 0) -> dict[str, Tensor]:
    """The state dict of a whole checkpoint; `width` is the text encoder's."""
    unet = UNetConfig(model_channels=8, channel_mult=(1, 2), num_res_blocks=1, transformer_depth=(0, 1), context_dim=width, num_heads=2)
    text = ClipTextConfig(width=width, layers=1, heads=2, mlp_width=2 * width)
    vae = VAEConfig(ch=8, ch_mult=(1, 1, 1, 1), num_res_blocks=1)
    with torch.device("meta"):
        parts = {
            "model.diffusion_model.": {key: tuple(value.shape) for key, value in UNet(unet).state_dict().items()},
            "first_stage_model.": {key: tuple(value.shape) for key, value in AutoencoderKL(vae).state_dict().items()},
            "cond_stage_model.transformer.text_model.": expected_shapes(text),
        }
    source = torch.Generator().manual_seed(seed)
    return {prefix + key: weight(key, shape, source) for prefix, shapes in parts.items() for key, shape in sorted(shapes.items())}


def weight(key: str, shape: tuple[int, ...], source: torch.Generator) -> Tensor:
    x = torch.randn(shape, generator=source)
    if len(shape) > 1:
        return (x / math.sqrt(math.prod(shape[1:]))).half()
    return (1 + 0.1 * x if key.endswith("weight") else 0.1 * x).half()


def write_checkpoint(path: Path, *, width: int = WIDTH, seed: int = 0, **metadata: str) -> Path:
    """A tiny checkpoint at `path`; the same seed gives the same file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file(tiny_weights(width, seed), path, METADATA | {key.replace("__", "."): value for key, value in metadata.items()})
    return path


def write_vae(path: Path, seed: int = 1) -> Path:
    """The autoencoder of such a checkpoint in a file of its own."""
    path.parent.mkdir(parents=True, exist_ok=True)
    prefix = "first_stage_model."
    save_file({key.removeprefix(prefix): value for key, value in tiny_weights(seed=seed).items() if key.startswith(prefix)}, path)
    return path
