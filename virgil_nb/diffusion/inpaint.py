"""Changing only a part of a picture: the noise mask during sampling, and the picture's preparation before encoding."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from virgil_nb.diffusion.samplers.step import Denoiser


class Masked:
    """A denoiser that keeps the original where the mask is 0.

    Outside the mask, the model is shown the original at the noise level of the step, and its guess is replaced by the original.
    mask: (B or 1, 1, h, w) in 0..1. original, noise: (B, C, h, w), in the model's scale.
    """

    def __init__(self, denoise: Denoiser, mask: Tensor, original: Tensor, noise: Tensor) -> None:
        self._denoise, self._mask, self._original, self._noise = denoise, mask, original, noise

    def __call__(self, x: Tensor, sigma: float) -> Tensor:
        known = self._original + self._noise * sigma
        guess = self._denoise(x * self._mask + known * (1 - self._mask), sigma)
        return guess * self._mask + self._original * (1 - self._mask)


def latent_mask(mask: Tensor, shape: torch.Size) -> Tensor:
    """`mask`, (H, W), (B, H, W) or (B, 1, H, W) at any size, as (B', 1, h, w) for latents of `shape`; B' is 1 or the batch."""
    mask = mask.float().reshape(-1, 1, *mask.shape[-2:])
    if mask.shape[-2:] != shape[-2:]:
        mask = F.interpolate(mask, size=tuple(shape[-2:]), mode="bilinear")
    if len(mask) not in (1, shape[0]):
        mask = mask.repeat(-(-shape[0] // len(mask)), 1, 1, 1)[: shape[0]]
    return mask


def greyed_out(pixels: Tensor, mask: Tensor, grow_mask_by: int = 6, downscale: int = 8) -> tuple[Tensor, Tensor]:
    """The picture with what is to be painted set to grey, and the noise mask that goes with it.

    pixels: (B, H, W, C) in 0..1, centre-cropped to multiples of `downscale`. mask: any size, 1 where to paint.
    grow_mask_by: side in pixels of the box by which the noise mask (not the grey) grows, so that the seam is painted over.
    Gives (pixels, mask (B, 1, H, W), zeros and ones).
    """
    height, width = pixels.shape[1] // downscale * downscale, pixels.shape[2] // downscale * downscale
    mask = mask.float().reshape(-1, 1, *mask.shape[-2:])
    mask = F.interpolate(mask, size=pixels.shape[1:3], mode="bilinear")
    top, left = (pixels.shape[1] - height) // 2, (pixels.shape[2] - width) // 2
    pixels = pixels[:, top : top + height, left : left + width]
    mask = mask[:, :, top : top + height, left : left + width]
    grown = mask
    if grow_mask_by:
        box = torch.ones(1, 1, grow_mask_by, grow_mask_by, device=mask.device)
        grown = F.conv2d(mask.round(), box, padding=math.ceil((grow_mask_by - 1) / 2)).clamp(0, 1)
    kept = (1.0 - mask.round()).movedim(1, -1)
    return (pixels - 0.5) * kept + 0.5, grown[:, :, :height, :width].round()
