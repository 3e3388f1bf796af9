"""The latent that everything is trained on: a linear map of overlapping 16 x 16 pixel patches, 8 pixels apart, to 4 numbers.

    picture ── map ── latent ── decoder ── picture

The map starts as the four leading principal components of 8 x 8 patches and is then trained together with the decoder. Because
it is linear, latents cost next to nothing, so the denoiser can start before the autoencoder is finished; the checkpoint's encoder
is trained last, to give the same numbers.
"""

from __future__ import annotations

from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

PATCH = 8
CHANNELS = 4


class LatentMap(nn.Module):
    """(B, 3, H, W) in -1..1 -> (B, 4, H/8, W/8). After `standardise`, every channel has mean 0 and variance 1 on the scenes."""

    def __init__(self) -> None:
        super().__init__()
        self.kernel = nn.Parameter(torch.zeros(CHANNELS, 3, 2 * PATCH, 2 * PATCH))
        self.mean: Tensor
        self.scale: Tensor
        self.register_buffer("mean", torch.zeros(CHANNELS))
        self.register_buffer("scale", torch.ones(CHANNELS))

    def forward(self, x: Tensor) -> Tensor:
        margin = PATCH // 2
        raw = F.conv2d(F.pad(x, (margin,) * 4, mode="replicate"), self.kernel, stride=PATCH)
        return (raw - self.mean[:, None, None]) / self.scale[:, None, None]

    @torch.no_grad()
    def start_from_components(self, pictures: Tensor) -> None:
        """Sets the kernel to the 4 leading principal components of the pictures' 8 x 8 patches, scaled to unit variance."""
        patches = F.unfold(pictures, PATCH, stride=PATCH).transpose(1, 2).reshape(-1, 3 * PATCH * PATCH).double()
        centred = patches - patches.mean(0)
        values, vectors = torch.linalg.eigh(centred.T @ centred / len(centred))
        leading = (vectors[:, -CHANNELS:] / values[-CHANNELS:].sqrt()).T.flip(0).reshape(CHANNELS, 3, PATCH, PATCH)
        margin = PATCH // 2
        self.kernel.zero_()
        self.kernel[:, :, margin:-margin, margin:-margin] = leading.float()

    @torch.no_grad()
    def standardise(self, pictures: Tensor) -> None:
        """Measures mean and scale of each channel on `pictures`."""
        self.mean.zero_()
        self.scale.fill_(1)
        latents = self(pictures)
        self.mean.copy_(latents.mean((0, 2, 3)))
        self.scale.copy_(latents.std((0, 2, 3)))


def load_map(path: Path) -> LatentMap:
    """The frozen map written by the autoencoder's training."""
    mapping = LatentMap()
    mapping.load_state_dict(torch.load(path, weights_only=True))
    return mapping.requires_grad_(False).eval()
