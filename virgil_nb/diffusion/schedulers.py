"""Schedulers: which noise levels to sample at. Each gives falling sigmas, ending in 0, float32.

`SCHEDULERS` maps ComfyUI's names to them; `sigmas_for` adds what a sampler node needs (denoise below 1).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np
import torch
from torch import Tensor

from virgil_nb.diffusion.errors import InvalidSampling
from virgil_nb.diffusion.schedule import NoiseSchedule

Scheduler = Callable[[NoiseSchedule, int], Tensor]


def normal(schedule: NoiseSchedule, steps: int) -> Tensor:
    """Timesteps evenly spaced, both ends included; the smallest sigma comes just before 0."""
    return _spaced_in_time(schedule, steps, include_end=True)


def sgm_uniform(schedule: NoiseSchedule, steps: int) -> Tensor:
    """Timesteps evenly spaced, the last one left out: from the smallest step straight to 0. Source: Stability's generative-models."""
    return _spaced_in_time(schedule, steps, include_end=False)


def _spaced_in_time(schedule: NoiseSchedule, steps: int, *, include_end: bool) -> Tensor:
    start = schedule.timestep(torch.tensor(schedule.sigma_max))
    end = schedule.timestep(torch.tensor(schedule.sigma_min))
    times = torch.linspace(float(start), float(end), steps if include_end else steps + 1)
    return _to_zero(schedule.sigma(times if include_end else times[:-1]))


def karras(schedule: NoiseSchedule, steps: int, rho: float = 7.0) -> Tensor:
    """Evenly spaced in sigma ** (1 / rho). Source: Karras et al. 2022, arXiv:2206.00364, equation 5."""
    return karras_between(steps, schedule.sigma_min, schedule.sigma_max, rho)


def karras_between(steps: int, sigma_min: float, sigma_max: float, rho: float = 7.0) -> Tensor:
    ramp = torch.linspace(0, 1, steps)
    low, high = sigma_min ** (1 / rho), sigma_max ** (1 / rho)
    return _to_zero((high + ramp * (low - high)) ** rho)


def exponential(schedule: NoiseSchedule, steps: int) -> Tensor:
    """Evenly spaced in the logarithm of sigma."""
    return exponential_between(steps, schedule.sigma_min, schedule.sigma_max)


def exponential_between(steps: int, sigma_min: float, sigma_max: float) -> Tensor:
    return _to_zero(torch.linspace(math.log(sigma_max), math.log(sigma_min), steps).exp())


def simple(schedule: NoiseSchedule, steps: int) -> Tensor:
    """Every (timesteps / steps)-th training sigma, from the highest down."""
    table = schedule.sigmas
    stride = len(table) / steps
    return _to_zero(torch.stack([table[-(1 + int(i * stride))] for i in range(steps)]))


def ddim_uniform(schedule: NoiseSchedule, steps: int) -> Tensor:
    """Every (timesteps // steps)-th training sigma, from the lowest up: often another number of steps, and a start below sigma_max.

    Source: Song et al. 2021, arXiv:2010.02502.
    """
    stride = max(len(schedule.sigmas) // steps, 1)
    return _to_zero(schedule.sigmas[1::stride].flip(0))


def beta(schedule: NoiseSchedule, steps: int, alpha: float = 0.6, beta: float = 0.6) -> Tensor:
    """Training timesteps at quantiles of a beta distribution, denser at both ends; repeated ones once only.

    Source: Lee et al. 2024, arXiv:2407.12173.
    """
    from scipy.stats import beta as distribution

    last = len(schedule.sigmas) - 1
    quantiles = 1 - np.linspace(0, 1, steps, endpoint=False)
    timesteps = np.rint(distribution.ppf(quantiles, alpha, beta) * last).astype(int)
    kept = [int(t) for t, before in zip(timesteps, [-1, *timesteps[:-1]], strict=True) if t != before]
    return _to_zero(schedule.sigmas[kept])


def _to_zero(sigmas: Tensor) -> Tensor:
    return torch.cat([sigmas, sigmas.new_zeros(1)])


SCHEDULERS: Mapping[str, Scheduler] = {
    "normal": normal,
    "karras": karras,
    "exponential": exponential,
    "sgm_uniform": sgm_uniform,
    "simple": simple,
    "ddim_uniform": ddim_uniform,
    "beta": beta,
}


def sigmas_for(schedule: NoiseSchedule, scheduler: str, steps: int, denoise: float = 1.0) -> Tensor:
    """The sigmas of `steps` steps, falling to 0; empty if `denoise` is 0 or less.

    denoise below 1 keeps the last `steps` steps of a longer schedule, so that less noise is added and taken away.
    Raises InvalidSampling for an unknown scheduler or fewer than one step.
    """
    if scheduler not in SCHEDULERS:
        raise InvalidSampling(f'"{scheduler}" is no scheduler; there are {", ".join(SCHEDULERS)}.')
    if steps < 1:
        raise InvalidSampling(f"steps is {steps}; it must be 1 or more.")
    if denoise > 0.9999:
        return SCHEDULERS[scheduler](schedule, steps)
    if denoise <= 0:
        return torch.zeros(0)
    return SCHEDULERS[scheduler](schedule, int(steps / denoise))[-(steps + 1) :]
