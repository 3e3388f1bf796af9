"""The two-step DPM-Solver++ methods, deterministic and stochastic. With lambda = -log(sigma), a step has the length h in lambda."""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor

from virgil_nb.diffusion.errors import InvalidSampling
from virgil_nb.diffusion.noise import SamplingNoise
from virgil_nb.diffusion.samplers.step import Denoiser, Step, Steps, pairs


def dpmpp_2m(denoise: Denoiser, x: Tensor, sigmas: Tensor, noise: SamplingNoise) -> Steps:  # noqa: ARG001  (every sampler's signature)
    """Second order from the last two guesses. Source: Lu et al. 2022, arXiv:2211.01095, algorithm 2."""
    before: Tensor | None = None
    h_before = torch.zeros(())
    for i, sigma, sigma_next in pairs(sigmas):
        denoised = denoise(x, float(sigma))
        yield Step.at(i, sigmas, x, denoised)
        if sigma_next == 0:
            return denoised
        h = sigma.log() - sigma_next.log()
        target = denoised
        if before is not None:
            r = h_before / h
            target = (1 + 1 / (2 * r)) * denoised - (1 / (2 * r)) * before
        x = (sigma_next / sigma) * x - (-h).expm1() * target
        before, h_before = denoised, h
    return x


def dpmpp_2m_sde(
    denoise: Denoiser,
    x: Tensor,
    sigmas: Tensor,
    noise: SamplingNoise,
    *,
    eta: float = 1.0,
    s_noise: float = 1.0,
    solver_type: Literal["midpoint", "heun"] = "midpoint",
) -> Steps:
    """Second order for the diffusion SDE, with Brownian noise. Source: Lu et al. 2022, arXiv:2211.01095, section 4 and appendix B."""
    if solver_type not in ("midpoint", "heun"):
        raise InvalidSampling(f'solver_type is "{solver_type}"; it must be "midpoint" or "heun".')
    if len(sigmas) < 2:
        return x
    path = noise.brownian(x, float(sigmas[sigmas > 0].min()), float(sigmas.max()))
    before: Tensor | None = None
    h_before = torch.zeros(())
    for i, sigma, sigma_next in pairs(sigmas):
        denoised = denoise(x, float(sigma))
        yield Step.at(i, sigmas, x, denoised)
        if sigma_next == 0:
            return denoised
        h = sigma.log() - sigma_next.log()
        h_eta = h * (eta + 1)
        decay = -(-h_eta).expm1()
        x = sigma_next / sigma * (-h * eta).exp() * x + decay * denoised
        if before is not None:
            weight = 0.5 * decay if solver_type == "midpoint" else 1 - decay / h_eta
            x = x + weight * (h / h_before) * (denoised - before)
        if eta > 0 and s_noise > 0:
            x = x + path(float(sigma), float(sigma_next)) * sigma_next * (-(-2 * h * eta).expm1()).sqrt() * s_noise
        before, h_before = denoised, h
    return x
