"""What the numbers in a latent mean: their scale, and the colours they stand for."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

Rows = tuple[tuple[float, float, float], ...]

SD1_RGB: Rows = ((0.3512, 0.2297, 0.3227), (0.3250, 0.4974, 0.2350), (-0.2829, 0.1762, 0.2721), (-0.2120, -0.2616, -0.7177))
"""Colours of SD1's four channels, a fit that the community made and every previewer uses (ComfyUI's table)."""


@dataclass(frozen=True)
class LatentFormat:
    """The latent space of a family of models.

    scale: what a first-stage latent is multiplied with before the diffusion model sees it.
    rgb_factors, rgb_bias: a linear map from a scaled latent cell to its colour in -1..1, for previews.
    """

    channels: int = 4
    scale: float = 0.18215
    downscale: int = 8
    rgb_factors: Rows = SD1_RGB
    rgb_bias: tuple[float, float, float] = (0.0, 0.0, 0.0)

    def into_model(self, latent: Tensor) -> Tensor:
        """A latent of the wire in the model's scale."""
        return latent * self.scale

    def out_of_model(self, latent: Tensor) -> Tensor:
        """A latent of the model in the wire's scale."""
        return latent / self.scale


def latent_to_rgb(denoised: Tensor, latent_format: LatentFormat) -> Tensor:
    """A small picture of the first latent of a batch: (B, C, h, w) in the model's scale -> (h, w, 3), uint8, on the CPU."""
    latent = denoised[0].detach().float()
    factors = torch.tensor(latent_format.rgb_factors, device=latent.device)
    colour = latent.movedim(0, -1) @ factors + torch.tensor(latent_format.rgb_bias, device=latent.device)
    return ((colour + 1) / 2).clamp(0, 1).mul(255).to(torch.uint8).cpu()
