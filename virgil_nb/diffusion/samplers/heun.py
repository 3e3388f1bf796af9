"""Heun's method."""

from __future__ import annotations

import math

from torch import Tensor

from virgil_nb.diffusion.noise import SamplingNoise
from virgil_nb.diffusion.samplers.euler import churned
from virgil_nb.diffusion.samplers.step import Denoiser, Step, Steps, pairs


def heun(
    denoise: Denoiser,
    x: Tensor,
    sigmas: Tensor,
    noise: SamplingNoise,
    *,
    s_churn: float = 0.0,
    s_tmin: float = 0.0,
    s_tmax: float = math.inf,
    s_noise: float = 1.0,
) -> Steps:
    """Euler's step, corrected by the slope at its end: two model calls a step. Source: Karras et al. 2022, arXiv:2206.00364, alg. 2."""
    for i, sigma, sigma_next in pairs(sigmas):
        x, sigma_hat = churned(x, sigma, noise, len(sigmas) - 1, s_churn, s_tmin, s_tmax, s_noise)
        denoised = denoise(x, float(sigma_hat))
        yield Step.at(i, sigmas, x, denoised)
        slope = (x - denoised) / sigma_hat
        ahead = x + slope * (sigma_next - sigma_hat)
        if sigma_next > 0:
            slope_there = (ahead - denoise(ahead, float(sigma_next))) / sigma_next
            ahead = x + (slope + slope_there) / 2 * (sigma_next - sigma_hat)
        x = ahead
    return x
