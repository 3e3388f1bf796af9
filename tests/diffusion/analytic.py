"""A diffusion model that can be written down: the exact denoiser of three Gaussians, of which a prompt moves the means.

The formula is that of the golden figures; see `tests/goldens/b_samplers.json`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from virgil_nb.diffusion import LatentFormat, NoiseSchedule

POSITIVE_MEANS = ((-1.2, 0.3, 0.9, -0.4), (0.1, -0.8, 1.5, 0.7), (1.4, 0.6, -1.1, 0.2))
NEGATIVE_MEANS = ((0.5, -0.5, 0.2, 1.0), (-0.9, 1.1, -0.3, -1.3), (0.0, 0.4, 0.8, -0.2))
SHARES = (0.5, 0.3, 0.2)
SPREADS = (0.25, 0.4, 0.15)

POSITIVE: list[list[Any]] = [[torch.ones(1, 1, 1), {}]]
NEGATIVE: list[list[Any]] = [[torch.zeros(1, 1, 1), {}]]


@dataclass(frozen=True)
class AnalyticModel:
    """Satisfies what sampling wants of a model. A conditioning holds one number: 1 for the positive means, 0 for the negative."""

    schedule: NoiseSchedule = field(default_factory=NoiseSchedule)
    latent_format: LatentFormat = field(default_factory=lambda: LatentFormat(scale=1.0))

    def denoise(self, x: Tensor, sigma: Tensor, context: Tensor) -> Tensor:
        towards = context[:, 0, 0].double().view(-1, 1, 1, 1)
        x, sigma = x.double(), sigma.double().view(-1, 1, 1, 1)
        channel = torch.arange(x.shape[1]) % 4
        scores, guesses = [], []
        for positive, negative, share, spread in zip(POSITIVE_MEANS, NEGATIVE_MEANS, SHARES, SPREADS, strict=True):
            means = [torch.tensor(mean, dtype=torch.float64)[channel].view(1, -1, 1, 1) for mean in (positive, negative)]
            mean = towards * means[0] + (1 - towards) * means[1]
            variance = spread**2 + sigma**2
            scores.append(torch.log(torch.tensor(share)).double() - 0.5 * variance.log() - 0.5 * (x - mean) ** 2 / variance)
            guesses.append(mean + spread**2 / variance * (x - mean))
        return (torch.softmax(torch.stack(scores), 0) * torch.stack(guesses)).sum(0).float()
