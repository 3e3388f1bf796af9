"""From trained parts to the one file: half precision, Stable Diffusion 1.x's key layout; what can't be read from shapes in the metadata."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from torch import Tensor, nn

from training import autoencoder, denoiser
from training.captions import known_words
from training.concepts import COLOURS, CONCEPTS
from training.icons import IconSet
from training.latents import load_map
from training.related import related_words
from training.text import HEADS, VOCABULARY, used_ids
from training.text import load as load_text
from virgil_nb.diffusion.networks.unet import UNet
from virgil_nb.diffusion.networks.vae import AutoencoderKL

TITLE = "virgil icons 1"


def metadata(
    factors: list[list[float]] | None = None, bias: list[float] | None = None, related: dict[str, str] | None = None
) -> dict[str, str]:
    """The header of the file: modelspec's keys, and ours for what SD1.x's layout leaves open. factors, bias: the preview's colours.

    related: the table of related.py.
    """
    groups = autoencoder.CONFIG.groups
    found = {
        "modelspec.sai_model_spec": "1.0.0",
        "modelspec.architecture": "stable-diffusion-v1",
        "modelspec.implementation": "sgm",
        "modelspec.title": TITLE,
        "modelspec.author": "The virgil_nb authors",
        "modelspec.description": f"Draws one of {len(CONCEPTS)} things as an icon on one of {len(COLOURS)} background colours.",
        "modelspec.license": "MIT",
        "modelspec.resolution": "128x128",
        "modelspec.prediction_type": "v",
        "virgil.num_heads": str(denoiser.CONFIG.num_heads),
        "virgil.norm_groups": str(denoiser.CONFIG.groups),
        "virgil.vae_norm_groups": str(groups),
        "virgil.text_heads": str(HEADS),
        "virgil.words": json.dumps(known_words()),
        "virgil.concepts": json.dumps([concept.name for concept in CONCEPTS]),
        "virgil.colours": json.dumps([colour.name for colour in COLOURS]),
    }
    if factors is not None and bias is not None:
        found |= {"virgil.latent_rgb_factors": json.dumps(factors), "virgil.latent_rgb_bias": json.dumps(bias)}
    if related is not None:
        found["virgil.related"] = json.dumps(related)
    return found


def full_embedding(small: Tensor, ids: Iterable[int]) -> Tensor:
    """The checkpoint's embedding table, (49408, D): row `ids[n]` is row n + 1 of the small one, all others are zero."""
    table = torch.zeros(VOCABULARY, small.shape[1])
    for row, index in enumerate(ids):
        table[index] = small[row + 1]
    return table


def checkpoint(unet: nn.Module, text: nn.Module, vae: nn.Module, ids: Iterable[int]) -> dict[str, Tensor]:
    """All weights under SD1.x's names, in half precision."""
    tensors = {f"model.diffusion_model.{name}": value for name, value in unet.state_dict().items()}
    tensors |= {f"first_stage_model.{name}": value for name, value in vae.state_dict().items()}
    for name, value in text.state_dict().items():
        name = name.removeprefix("text_model.")
        if name.endswith("position_ids"):
            continue
        value = full_embedding(value, ids) if name == "embeddings.token_embedding.weight" else value
        tensors[f"cond_stage_model.transformer.text_model.{name}"] = value
    return {name: value.detach().to(torch.float16).contiguous() for name, value in tensors.items()}


def preview_colours(icons: IconSet, work: Path) -> tuple[list[list[float]], list[float]]:
    """The linear map from a latent cell to its colour in -1..1, fitted on scenes: factors (4, 3) and bias (3)."""
    scenes = autoencoder.known_scenes(icons, 128, 128, np.random.default_rng(9))
    z = load_map(work / "map.pt")(scenes).transpose(0, 1).flatten(1).T
    rgb = F.avg_pool2d(scenes, 8).transpose(0, 1).flatten(1).T
    fit = torch.linalg.lstsq(torch.cat([z, torch.ones(len(z), 1)], 1), rgb).solution
    rows = [[round(float(v), 4) for v in row] for row in fit]
    return rows[:4], rows[4]


def trained_autoencoder(work: Path) -> AutoencoderKL:
    vae = autoencoder.fresh()
    vae.decoder.load_state_dict(torch.load(work / "decoder.pt", weights_only=True))
    if (work / "encoder.pt").exists():
        vae.encoder.load_state_dict(torch.load(work / "encoder.pt", weights_only=True))
    return vae


def trained_unet(work: Path) -> UNet:
    """The averaged weights."""
    unet = UNet(denoiser.CONFIG)
    state = torch.load(work / "denoiser.pt", weights_only=True)
    with torch.no_grad():
        for parameter, mean in zip(unet.parameters(), state["average"], strict=True):
            parameter.copy_(mean)
    return unet


def export(icons: IconSet, work: Path, path: Path) -> None:
    """Writes the model file and prints its size."""
    tensors = checkpoint(trained_unet(work), load_text(work).text, trained_autoencoder(work), used_ids())
    new = path.with_suffix(".new")
    save_file(tensors, new, metadata(*preview_colours(icons, work), related_words(work)))
    new.chmod(0o644)
    new.replace(path)
    print(f"{path}: {path.stat().st_size / 1e6:.1f} MB, {sum(t.numel() for t in tensors.values()) / 1e6:.1f} M weights")
