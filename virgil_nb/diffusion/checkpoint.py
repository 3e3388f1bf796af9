"""Opening a model file: what is in it, and the recipes for its parts. Only the header is read here.

Widths and depths come from the weights' shapes. What can't be read from them (heads, norm groups, what the network predicts) comes
from the file's metadata, else it is Stable Diffusion 1.x's.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from virgil_nb.diffusion.assemble import below, check_shapes, empty
from virgil_nb.diffusion.errors import CheckpointError, MismatchedWeights, MissingWeights, UnknownModel
from virgil_nb.diffusion.latents import SD1_RGB, LatentFormat
from virgil_nb.diffusion.model import Model
from virgil_nb.diffusion.networks.unet import UNet, UNetConfig
from virgil_nb.diffusion.networks.vae import AutoencoderKL, VAEConfig
from virgil_nb.diffusion.schedule import NoiseSchedule, Prediction
from virgil_nb.diffusion.text.clip import Clip, config_from_shapes, expected_shapes
from virgil_nb.diffusion.vae import Vae
from virgil_nb.diffusion.weights import Shapes, WeightFile, model_identity, open_weights

UNET = "model.diffusion_model."
VAE = "first_stage_model."
TEXT = "cond_stage_model.transformer."

Config = TypeVar("Config")


@dataclass(frozen=True)
class CheckpointInfo:
    """What a file says about itself. resolution: (width, height) in pixels that it was trained at; None if it doesn't say.

    known_words: the words it was trained on; None if it doesn't say, as large models don't. related: for common other words, the
    nearest thing that it knows; empty if it doesn't say.
    """

    title: str
    family: str
    prediction: Prediction
    resolution: tuple[int, int] | None
    known_words: frozenset[str] | None
    related: Mapping[str, str] = field(repr=False, compare=False)
    metadata: Mapping[str, str] = field(repr=False, compare=False)


@dataclass(frozen=True)
class Checkpoint:
    """A file's parts, ready to be used."""

    model: Model
    clip: Clip
    vae: Vae
    info: CheckpointInfo


def open_checkpoint(path: str | Path, device: str = "auto") -> Checkpoint:
    """The parts of a Stable Diffusion 1.x checkpoint; weights are read when a part is first used.

    Raises a CheckpointError: the file isn't there, is cut short, is a pickle that could run code, holds another kind of model,
    or lacks weights.
    """
    path = Path(path).expanduser().absolute()
    file = open_weights(path)
    identity = model_identity(path)
    shapes, metadata = file.shapes, file.metadata
    _check_family(path, shapes)
    info = _info(file)
    text_prefix = TEXT + ("text_model." if any(key.startswith(TEXT + "text_model.") for key in shapes) else "")
    unet = _config(path, "diffusion model", below(shapes, UNET), metadata, UNetConfig.from_shapes, _unet_shapes)
    text = _config(path, "text encoder", below(shapes, text_prefix), metadata, config_from_shapes, expected_shapes)
    vae = _config(path, "autoencoder", below(shapes, VAE), metadata, VAEConfig.from_shapes, _vae_shapes)
    if unet.context_dim != text.width:
        raise MismatchedWeights(
            path,
            f"the diffusion model wants prompts of width {unet.context_dim}; the text encoder gives {text.width}. They are of two models.",
        )
    schedule = NoiseSchedule(info.prediction, zero_snr="ztsnr" in shapes)
    return Checkpoint(
        Model(str(path), identity, UNET, unet, schedule, _latent_format(path, unet, vae, metadata), device),
        Clip(str(path), identity, text_prefix, text, info.known_words, device=device, related=info.related),
        Vae(str(path), identity, VAE, vae, device),
        info,
    )


def load_vae(path: str | Path, device: str = "auto") -> Vae:
    """The autoencoder in a file of its own, or in a checkpoint. Raises a CheckpointError as `open_checkpoint` does."""
    path = Path(path).expanduser().absolute()
    file = open_weights(path)
    prefix = VAE if any(key.startswith(VAE) for key in file.shapes) else ""
    shapes = below(file.shapes, prefix)
    if "decoder.conv_in.weight" not in shapes:
        found = (
            "one in diffusers' layout" if any("decoder.up_blocks." in key for key in shapes) else f"{len(shapes)} weights of another kind"
        )
        raise UnknownModel(path, f"no autoencoder as Stable Diffusion's files have it (encoder.*, decoder.*); found {found}.")
    config = _config(path, "autoencoder", shapes, file.metadata, VAEConfig.from_shapes, _vae_shapes)
    return Vae(str(path), model_identity(path), prefix, config, device)


def _check_family(path: Path, shapes: Shapes) -> None:
    """Raises UnknownModel unless these are the keys of a Stable Diffusion 1.x checkpoint."""
    wanted = "This version reads Stable Diffusion 1.x checkpoints: diffusion model, text encoder and autoencoder in one file."
    for mark, found in _OTHERS.items():
        if any(mark in key for key in shapes):
            raise UnknownModel(path, f"this is {found}. {wanted}")
    for prefix, part in ((UNET, "diffusion model"), (VAE, "autoencoder"), (TEXT, "text encoder")):
        if not any(key.startswith(prefix) for key in shapes):
            raise UnknownModel(path, f"no {part} in it (no key starts with {prefix}), among {len(shapes)} weights. {wanted}")
    channels = shapes.get(UNET + "input_blocks.0.0.weight", (0, 4))[1]
    if channels != 4:
        raise UnknownModel(path, f"its diffusion model takes {channels} channels, as inpainting and editing variants do. {wanted}")


_OTHERS = {
    "conditioner.embedders.": "a Stable Diffusion XL checkpoint",
    "cond_stage_model.model.": "a Stable Diffusion 2 checkpoint",
    "joint_blocks.": "a Stable Diffusion 3 model",
    "double_blocks.": "a Flux model",
    "lora_": "a LoRA, which changes a model and is none itself",
    "control_model.": "a ControlNet",
    "down_blocks.": "a model in diffusers' layout",
}
"""Parts of keys, and what they tell."""


def _config(
    path: Path,
    part: str,
    found: Shapes,
    metadata: Mapping[str, str],
    read: Callable[[Shapes, Mapping[str, str]], Config],
    expected: Callable[[Config], Shapes],
) -> Config:
    """The part's config; raises MissingWeights, MismatchedWeights, or CheckpointError for metadata that make no sense."""
    try:
        config = read(found, metadata)
        wanted = expected(config)
    except KeyError as error:
        raise MissingWeights(path, part, [str(error.args[0])]) from error
    except (ValueError, TypeError, ZeroDivisionError) as error:
        raise CheckpointError(path, f"the {part}'s shapes and metadata don't fit together ({error}).") from error
    check_shapes(path, part, wanted, found)
    return config


@cache
def _unet_shapes(config: UNetConfig) -> Shapes:
    return {key: tuple(tensor.shape) for key, tensor in empty(lambda: UNet(config)).state_dict().items()}


@cache
def _vae_shapes(config: VAEConfig) -> Shapes:
    return {key: tuple(tensor.shape) for key, tensor in empty(lambda: AutoencoderKL(config)).state_dict().items()}


def _info(file: WeightFile) -> CheckpointInfo:
    metadata = file.metadata
    predicted = metadata.get("modelspec.prediction_type", "v" if "v_pred" in file.shapes else "epsilon")
    if predicted not in ("v", "epsilon"):
        raise CheckpointError(file.path, f'modelspec.prediction_type is "{predicted}"; it must be "v" or "epsilon".')
    width, _, height = metadata.get("modelspec.resolution", "").partition("x")
    words = _json(file.path, metadata, "virgil.words")
    related = _json(file.path, metadata, "virgil.related") or {}
    if not isinstance(related, dict) or not isinstance(words, list | None):
        raise CheckpointError(file.path, "its metadata virgil.words must be a JSON list and virgil.related a JSON object.")
    return CheckpointInfo(
        title=metadata.get("modelspec.title", file.path.stem),
        family="sd15",
        prediction="v" if predicted == "v" else "epsilon",
        resolution=(int(width), int(height)) if width.isdigit() and height.isdigit() else None,
        known_words=None if words is None else frozenset(str(word).lower() for word in words),
        related={word: str(thing) for thing, near in related.items() for word in str(near).split()},
        metadata=metadata,
    )


def _latent_format(path: Path, unet: UNetConfig, vae: VAEConfig, metadata: Mapping[str, str]) -> LatentFormat:
    factors, bias = _json(path, metadata, "virgil.latent_rgb_factors"), _json(path, metadata, "virgil.latent_rgb_bias")
    try:
        rows = SD1_RGB if factors is None else tuple((float(r), float(g), float(b)) for r, g, b in factors)
        r, g, b = (0.0, 0.0, 0.0) if bias is None else bias
        scale = float(metadata.get("virgil.latent_scale", LatentFormat.scale))
        if len(rows) != unet.in_channels:
            raise ValueError(f"{len(rows)} colours for {unet.in_channels} channels")
        return LatentFormat(unet.in_channels, scale, vae.downscale, rows, (float(r), float(g), float(b)))
    except (ValueError, TypeError) as error:
        raise CheckpointError(path, f"its metadata virgil.latent_* make no sense ({error}).") from error


def _json(path: Path, metadata: Mapping[str, str], key: str) -> Any:
    if key not in metadata:
        return None
    try:
        return json.loads(metadata[key])
    except ValueError as error:
        raise CheckpointError(path, f"its metadata {key} is not JSON ({error}).") from error
