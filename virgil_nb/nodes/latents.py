"""Nodes that make and resize latents, and what a LATENT must be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from virgil_nb.engine import Range, node
from virgil_nb.engine.kinds.types import Latent
from virgil_nb.nodes.errors import ValueMismatchError
from virgil_nb.nodes.resize import Method

if TYPE_CHECKING:
    from torch import Tensor

CELL = 8  # pixels a latent cell, both ways


def samples_of(latent: object, name: str) -> Tensor:
    """The tensor (B, C, h, w) of a LATENT; raises ValueMismatchError, naming the input `name`, if it is none."""
    import torch

    samples = latent.get("samples") if isinstance(latent, dict) else None
    if samples is None:
        found = f"a dict with {sorted(map(str, latent))}" if isinstance(latent, dict) else f"a {type(latent).__name__}"
        hint = ' Wrap it: {"samples": tensor}.' if isinstance(latent, torch.Tensor) else ""
        raise ValueMismatchError(f'{name} is {found}; a LATENT is a dict {{"samples": tensor (batch, channels, height, width)}}.{hint}')
    if not isinstance(samples, torch.Tensor) or samples.ndim not in (4, 5) or 0 in samples.shape:
        found = f"has shape {tuple(samples.shape)}" if isinstance(samples, torch.Tensor) else f"is a {type(samples).__name__}"
        raise ValueMismatchError(f'{name}["samples"] {found}; it must be a tensor (batch, channels, height, width).')
    if not samples.is_floating_point():
        raise ValueMismatchError(f'{name}["samples"] holds {samples.dtype}; a latent holds floating-point numbers. Use .float().')
    return samples.detach()


@node("EmptyLatentImage", display_name="Empty Latent Image", category="latent", trusted=True)
def empty_latent(
    width: Annotated[int, Range(16, 16384, step=8)] = 512,
    height: Annotated[int, Range(16, 16384, step=8)] = 512,
    batch_size: Annotated[int, Range(1, 4096)] = 1,
) -> Latent:
    """An empty latent: the sampler makes a picture of this size from noise alone.

    Args:
        width: In pixels; rounded down to a multiple of 8.
        height: In pixels; rounded down to a multiple of 8.
        batch_size: How many pictures.
    """
    import torch

    return {"samples": torch.zeros(batch_size, 4, height // CELL, width // CELL)}


@node("LatentUpscale", display_name="Upscale Latent", category="latent", trusted=True)
def upscale_latent(
    samples: Latent,
    upscale_method: Method = "nearest-exact",
    width: Annotated[int, Range(0, 16384, step=8)] = 512,
    height: Annotated[int, Range(0, 16384, step=8)] = 512,
    crop: Literal["disabled", "center"] = "disabled",
) -> Latent:
    """The latent at another size.

    Args:
        samples: The latent to resize.
        upscale_method: How values between cells are found.
        width: Of the picture, in pixels; 0 follows the height.
        height: Of the picture, in pixels; 0 follows the width. Both 0: nothing is changed.
        crop: "center" keeps the aspect ratio and cuts off what is too much.
    """
    tensor = samples_of(samples, "samples")
    if width == 0 and height == 0:
        return samples
    old_height, old_width = tensor.shape[-2:]
    if width == 0:
        height = max(64, height)
        width = max(64, round(old_width * height / old_height))
    elif height == 0:
        width = max(64, width)
        height = max(64, round(old_height * width / old_width))
    else:
        width, height = max(64, width), max(64, height)
    from virgil_nb.nodes.resize import resize

    resized: dict[str, Any] = {**samples, "samples": resize(tensor, width // CELL, height // CELL, upscale_method, crop)}
    return resized
