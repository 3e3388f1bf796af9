"""Sampling: from noise and prompts to a latent.

`sample` is the whole of it; `steps` gives the steps one by one, to watch, to stop, or to go on differently.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from virgil_nb.diffusion.errors import InvalidSampling
from virgil_nb.diffusion.guidance import Conditioning, DiffusionModel, Guidance
from virgil_nb.diffusion.inpaint import Masked, latent_mask
from virgil_nb.diffusion.noise import SamplingNoise, initial_noise
from virgil_nb.diffusion.samplers import SAMPLERS, Denoiser, Step, Steps
from virgil_nb.diffusion.schedulers import sigmas_for


def sample(
    model: DiffusionModel,
    latent: Tensor,
    *,
    positive: Conditioning,
    negative: Conditioning,
    seed: int,
    steps: int = 20,
    cfg: float = 8.0,
    sampler: str = "euler",
    scheduler: str = "normal",
    denoise: float = 1.0,
    noise_mask: Tensor | None = None,
    noise: Tensor | None = None,
    start_step: int | None = None,
    last_step: int | None = None,
    force_full_denoise: bool = False,
    batch_index: Sequence[int] | None = None,
    sampler_options: Mapping[str, Any] | None = None,
    on_step: Callable[[Step], None] | None = None,
) -> Tensor:
    """The latent that `sampler` makes from `latent` with added noise; float32, on the CPU, an ordinary tensor.

    latent: (B, C, h, w) in the wire's scale; zeros for a picture from nothing. positive, negative: lists of [tensor, options].
    seed: 0 to 2**64 - 1, of all noise. denoise: 0..1, how much of `latent` is made anew.
    noise: used instead of the seed's initial noise; zeros to go on with a latent that has its noise already.
    noise_mask: 1 where to change the picture, 0 where to keep it; any size.
    start_step, last_step: which of the steps to take; force_full_denoise: take the last one to the end, leaving no noise.
    batch_index: see `initial_noise`. sampler_options: such as {"eta": 0.5}; see the sampler.
    on_step: called before each step is taken; what it raises ends the sampling and comes out of here.
    Raises InvalidSampling where an argument makes no sense.
    """
    _check(model, latent, sampler, seed)
    if noise is not None and noise.shape != latent.shape:
        raise InvalidSampling(f"the noise has shape {tuple(noise.shape)}; it must have the latent's, {tuple(latent.shape)}.")
    sigmas = _chosen(sigmas_for(model.schedule, scheduler, steps, denoise), start_step, last_step, force_full_denoise)
    if len(sigmas) < 2:
        return latent.detach().float().clone()
    with torch.no_grad():
        device = getattr(model, "device", torch.device("cpu"))
        source = SamplingNoise(seed)
        drawn = source.initial(latent.shape, batch_index)
        run = begin(
            model,
            Guidance(model, positive, negative, cfg),
            latent.to(device, torch.float32),
            (drawn if noise is None else noise).to(device, torch.float32),
            sigmas,
            source,
            sampler=sampler,
            noise_mask=noise_mask,
            options=sampler_options,
        )
        result = drain(run, on_step)
    return model.latent_format.out_of_model(result).cpu()


def begin(
    model: DiffusionModel,
    denoise: Denoiser,
    latent: Tensor,
    noise: Tensor,
    sigmas: Tensor,
    source: SamplingNoise,
    *,
    sampler: str = "euler",
    noise_mask: Tensor | None = None,
    options: Mapping[str, Any] | None = None,
) -> Steps:
    """The sampler's steps from `latent` (wire's scale) with `noise` added at the first of `sigmas`. Returns in the model's scale.

    Tensors must be where the model is. Run it under `torch.no_grad()` unless gradients through the sampling are wanted.
    """
    if torch.count_nonzero(latent) > 0:
        latent = model.latent_format.into_model(latent)
    if noise_mask is not None:
        mask = latent_mask(noise_mask.to(latent.device), latent.shape)
        unmasked_noise = initial_noise(noise.shape, (source.seed + 1) % 2**64).to(noise) if sampler == "ddim" else noise
        denoise = Masked(denoise, mask, latent, unmasked_noise)
    first, highest = float(sigmas[0]), model.schedule.sigma_max
    full = first > highest or math.isclose(first, highest, rel_tol=1e-5)
    x = model.schedule.add_noise(latent, noise, first, full=full)
    return SAMPLERS[sampler](denoise, x, sigmas, source, **(options or {}))


def drain(run: Generator[Step, None, Tensor], on_step: Callable[[Step], None] | None = None) -> Tensor:
    """What `run` returns at its end; `on_step` sees each step before it is taken."""
    while True:
        try:
            step = next(run)
        except StopIteration as end:
            result: Tensor = end.value
            return result
        if on_step is not None:
            on_step(step)


def _chosen(sigmas: Tensor, start: int | None, last: int | None, force_full_denoise: bool) -> Tensor:
    """The sigmas from step `start` up to step `last`; none if `start` is beyond the end."""
    if last is not None and last < len(sigmas) - 1:
        sigmas = sigmas[: last + 1].clone()
        if force_full_denoise:
            sigmas[-1] = 0
    return sigmas if start is None else sigmas[start:]


def _check(model: DiffusionModel, latent: Tensor, sampler: str, seed: int) -> None:
    if sampler not in SAMPLERS:
        raise InvalidSampling(f'"{sampler}" is no sampler; there are {", ".join(SAMPLERS)}.')
    channels = model.latent_format.channels
    if latent.dim() != 4 or latent.shape[1] != channels:
        raise InvalidSampling(f"the latent has shape {tuple(latent.shape)}; this model wants (batch, {channels}, height, width).")
    if not 0 <= seed < 2**64:
        raise InvalidSampling(f"seed is {seed}; it must be from 0 to 18446744073709551615.")
