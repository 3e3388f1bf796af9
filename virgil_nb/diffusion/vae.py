"""A checkpoint's autoencoder: pictures to latents and back."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from virgil_nb.diffusion import device as devices
from virgil_nb.diffusion.assemble import assembled
from virgil_nb.diffusion.errors import InvalidSampling
from virgil_nb.diffusion.memory import loaded_networks
from virgil_nb.diffusion.networks.vae import AutoencoderKL, VAEConfig
from virgil_nb.diffusion.threads import fitting_threads

CELLS_AT_ONCE = 96 * 96
"""Latent cells that are decoded together; a larger batch goes picture by picture."""


@dataclass(frozen=True)
class Vae:
    """An autoencoder as a recipe: which file, which part of it. Immutable and picklable; weights come on first use."""

    path: str
    identity: str
    prefix: str
    config: VAEConfig
    device: str = "auto"

    @property
    def downscale(self) -> int:
        """Pixels along the side of a latent cell."""
        return self.config.downscale

    def decode(self, samples: Tensor) -> Tensor:
        """Pictures (B, H, W, 3) in 0..1, float32, on the CPU. samples: (B, C, h, w) in the wire's scale. Gradients flow through."""
        if samples.dim() != 4 or samples.shape[1] != self.config.embed_dim:
            raise InvalidSampling(
                f"the latent has shape {tuple(samples.shape)}; this autoencoder wants (batch, {self.config.embed_dim}, height, width)."
            )
        device = devices.pick(self.device)
        network, dtype = self.network(), devices.vae_dtype(device)
        at_once = max(1, CELLS_AT_ONCE // (samples.shape[2] * samples.shape[3]))
        with fitting_threads(network):
            parts = [network.decode(part.to(device, dtype)).float().cpu() for part in torch.split(samples, at_once)]
        return ((torch.cat(parts) + 1) / 2).clamp(0, 1).movedim(1, -1).contiguous()

    def encode(self, pixels: Tensor) -> Tensor:
        """Latents (B, C, h, w) in the wire's scale, float32, on the CPU: the means, nothing is drawn. Gradients flow through.

        pixels: (B, H, W, 3 or more) in 0..1; further channels are ignored, sides centre-cropped to multiples of 8.
        """
        if pixels.dim() != 4 or pixels.shape[-1] < 3 or min(pixels.shape[1:3]) < self.downscale:
            raise InvalidSampling(
                f"the picture has shape {tuple(pixels.shape)}; wanted (batch, height, width, 3) of at least {self.downscale} pixels."
            )
        device = devices.pick(self.device)
        network, dtype = self.network(), devices.vae_dtype(device)
        pixels = centre_crop(pixels, self.downscale)[..., :3].movedim(-1, 1) * 2 - 1
        at_once = max(1, CELLS_AT_ONCE * self.downscale**2 // (pixels.shape[2] * pixels.shape[3]))
        with fitting_threads(network):
            parts = [network.encode(part.to(device, dtype))[0].float().cpu() for part in torch.split(pixels, at_once)]
        return torch.cat(parts)

    def network(self) -> AutoencoderKL:
        """The autoencoder itself, loaded if it isn't yet. Shared: don't change its weights."""
        device = devices.pick(self.device)
        return loaded_networks(device).get((self.identity, self.prefix, self.config), lambda: self._load(device))

    def _load(self, device: torch.device) -> AutoencoderKL:
        build = lambda: AutoencoderKL(self.config)  # noqa: E731
        return assembled(self.path, self.identity, self.prefix, build, device=device, dtype=devices.vae_dtype(device))


def centre_crop(pixels: Tensor, multiple: int) -> Tensor:
    """The middle of (B, H, W, C), its sides the largest multiples of `multiple`."""
    height, width = (side // multiple * multiple for side in pixels.shape[1:3])
    top, left = (pixels.shape[1] - height) // 2, (pixels.shape[2] - width) // 2
    return pixels[:, top : top + height, left : left + width]
