"""Noise schedules: how noisy a latent is at each of the 1,000 timesteps a model was trained on, and what the model predicts there.

A latent at noise level sigma is `x = x0 + sigma * noise` (variance exploding). The network sees `x / sqrt(sigma**2 + 1)` and the
timestep that belongs to sigma. Schedulers, which choose the sigmas to sample at, are in `schedulers.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import torch
from torch import Tensor

Prediction = Literal["epsilon", "v"]

ZERO_SNR_ALPHA_BAR = 4.8973451890853435e-08
"""The last alpha-bar of a schedule rescaled to zero terminal SNR; exactly 0 would make sigma infinite."""


def linear_betas(start: float = 0.00085, end: float = 0.012, timesteps: int = 1000) -> Tensor:
    """The variances added at each timestep, linear in their square roots; float64. Source: Rombach et al. 2022, SD1.x's config."""
    return torch.linspace(start**0.5, end**0.5, timesteps, dtype=torch.float64) ** 2


@dataclass(frozen=True)
class NoiseSchedule:
    """Sigmas of the training timesteps, and the conversions between sigma, timestep, network output and denoised latent.

    prediction: what the network gives: the noise ("epsilon") or the velocity ("v"; Salimans and Ho 2022, arXiv:2202.00512).
    zero_snr: the schedule is rescaled so that its last step is pure noise (Lin et al. 2023, arXiv:2305.08891, algorithm 1).
    """

    prediction: Prediction = "epsilon"
    zero_snr: bool = False
    beta_start: float = 0.00085
    beta_end: float = 0.012
    timesteps: int = 1000

    @cached_property
    def _exact_sigmas(self) -> Tensor:
        alpha_bar = torch.cumprod(1 - linear_betas(self.beta_start, self.beta_end, self.timesteps), dim=0)
        if self.zero_snr:
            root = alpha_bar.sqrt()
            alpha_bar = ((root - root[-1]) * (root[0] / (root[0] - root[-1]))) ** 2
            alpha_bar[-1] = ZERO_SNR_ALPHA_BAR
        return ((1 - alpha_bar) / alpha_bar).sqrt()

    @cached_property
    def sigmas(self) -> Tensor:
        """Sigma of each timestep, rising; float32, on the CPU."""
        return self._exact_sigmas.float()

    @cached_property
    def log_sigmas(self) -> Tensor:
        return self._exact_sigmas.log().float()

    @property
    def sigma_min(self) -> float:
        return float(self.sigmas[0])

    @property
    def sigma_max(self) -> float:
        return float(self.sigmas[-1])

    def timestep(self, sigma: Tensor) -> Tensor:
        """The timestep whose sigma is nearest in the logarithm; same shape as `sigma`, float32."""
        distance = (sigma.detach().float().cpu().log()[..., None] - self.log_sigmas).abs()
        return distance.argmin(dim=-1).float().to(sigma.device)

    def sigma(self, timestep: Tensor) -> Tensor:
        """Sigma at a timestep, fractions interpolated in the logarithm. Same shape, float32."""
        t = timestep.float().clamp(0, self.timesteps - 1)
        low, high = t.floor().long(), t.ceil().long()
        table = self.log_sigmas.to(t.device)
        share = t.frac()
        return ((1 - share) * table[low] + share * table[high]).exp()

    def sigma_at(self, percent: float) -> float:
        """Sigma when `percent` (0..1) of the sampling is done; a huge number at 0, 0 at 1."""
        if percent <= 0:
            return 999999999.9
        if percent >= 1:
            return 0.0
        return float(self.sigma(torch.tensor((1.0 - percent) * 999.0)))

    def scale_input(self, x: Tensor, sigma: Tensor) -> Tensor:
        """What the network is shown of the noisy latent `x`. sigma: broadcastable to x."""
        return x / (sigma**2 + 1).sqrt()

    def denoised(self, x: Tensor, output: Tensor, sigma: Tensor) -> Tensor:
        """The clean latent that the network's `output` for `x` stands for. sigma: broadcastable to x."""
        if self.prediction == "epsilon":
            return x - output * sigma
        return x / (sigma**2 + 1) - output * sigma / (sigma**2 + 1).sqrt()

    def add_noise(self, x0: Tensor, noise: Tensor, sigma: float, *, full: bool) -> Tensor:
        """`x0` at noise level `sigma`. full: sampling starts at the highest noise, where the variance is one more than sigma's."""
        level = torch.tensor(sigma, dtype=torch.float32)  # float32 arithmetic, as the reference figures have it
        return noise * (1 + level**2).sqrt() + x0 if full else noise * level + x0
