"""Samplers: each a flat loop over falling noise levels. `SAMPLERS` maps ComfyUI's names to them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from virgil_nb.diffusion.samplers.dpmpp import dpmpp_2m, dpmpp_2m_sde
from virgil_nb.diffusion.samplers.euler import ddim, euler, euler_ancestral
from virgil_nb.diffusion.samplers.heun import heun
from virgil_nb.diffusion.samplers.step import Denoiser, Sampler, Step, Steps

SAMPLERS: Mapping[str, Callable[..., Steps]] = {
    "euler": euler,
    "euler_ancestral": euler_ancestral,
    "heun": heun,
    "dpmpp_2m": dpmpp_2m,
    "dpmpp_2m_sde": dpmpp_2m_sde,
    "ddim": ddim,
}

__all__ = ["SAMPLERS", "Denoiser", "Sampler", "Step", "Steps"]
