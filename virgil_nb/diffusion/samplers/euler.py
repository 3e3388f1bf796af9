"""Euler's method, plain and ancestral."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from virgil_nb.diffusion.noise import SamplingNoise
from virgil_nb.diffusion.samplers.step import Denoiser, Step, Steps, pairs


def churned(
    x: Tensor, sigma: Tensor, noise: SamplingNoise, steps: int, churn: float, tmin: float, tmax: float, s_noise: float
) -> tuple[Tensor, Tensor]:
    """`x` with some noise put back, and its raised sigma; x as it is outside tmin..tmax. Source: Karras et al. 2022, algorithm 2."""
    gamma = min(churn / steps, math.sqrt(2) - 1) if tmin <= float(sigma) <= tmax else 0.0
    if gamma <= 0:
        return x, sigma
    raised = sigma * (gamma + 1)
    return x + noise.continued(x) * s_noise * (raised**2 - sigma**2).sqrt(), raised


def euler(
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
    """One straight step a noise level. Source: Karras et al. 2022, arXiv:2206.00364, algorithm 2 without its second order."""
    for i, sigma, sigma_next in pairs(sigmas):
        x, sigma_hat = churned(x, sigma, noise, len(sigmas) - 1, s_churn, s_tmin, s_tmax, s_noise)
        denoised = denoise(x, float(sigma_hat))
        yield Step.at(i, sigmas, x, denoised)
        slope = (x - denoised) / sigma_hat
        x = x + slope * (sigma_next - sigma_hat)
    return x


def ancestral_split(sigma: Tensor, sigma_next: Tensor, eta: float) -> tuple[Tensor, Tensor]:
    """The level to go down to, and the noise to add there, so that together they make `sigma_next`."""
    if not eta:
        return sigma_next, torch.zeros(())
    up = torch.minimum(sigma_next, eta * (sigma_next**2 * (sigma**2 - sigma_next**2) / sigma**2).sqrt())
    return (sigma_next**2 - up**2).sqrt(), up


def euler_ancestral(denoise: Denoiser, x: Tensor, sigmas: Tensor, noise: SamplingNoise, *, eta: float = 1.0, s_noise: float = 1.0) -> Steps:
    """Euler's step further down, then new noise up to the level wanted. Source: Song et al. 2021, arXiv:2011.13456; k-diffusion."""
    for i, sigma, sigma_next in pairs(sigmas):
        denoised = denoise(x, float(sigma))
        yield Step.at(i, sigmas, x, denoised)
        down, up = ancestral_split(sigma, sigma_next, eta)
        slope = (x - denoised) / sigma
        x = x + slope * (down - sigma)
        if up > 0:
            x = x + noise.fresh(x) * s_noise * up
    return x


def ddim(denoise: Denoiser, x: Tensor, sigmas: Tensor, noise: SamplingNoise) -> Steps:
    """DDIM without added noise, which in these variables is Euler's method. Source: Song et al. 2021, arXiv:2010.02502, section 4.3."""
    return (yield from euler(denoise, x, sigmas, noise))
