"""The contract between samplers and the rest: what a sampler is given, and the record it yields at every step."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

from torch import Tensor

from virgil_nb.diffusion.noise import SamplingNoise


@dataclass(frozen=True, eq=False)
class Step:
    """One step of a sampler, about to be taken.

    index: 0-based, of `total`. x: the latent at `sigma`, (B, C, h, w). denoised: the model's guess of the clean latent from x.
    sigma_next: the noise level that the step leads to. The tensors are the sampler's own: read them, don't change them.
    """

    index: int
    total: int
    sigma: float
    sigma_next: float
    x: Tensor
    denoised: Tensor

    @classmethod
    def at(cls, index: int, sigmas: Tensor, x: Tensor, denoised: Tensor) -> Step:
        return cls(index, len(sigmas) - 1, float(sigmas[index]), float(sigmas[index + 1]), x, denoised)


class Denoiser(Protocol):
    """A guided model: the clean latent as guessed from the noisy latent `x` at noise level `sigma`."""

    def __call__(self, x: Tensor, sigma: float) -> Tensor: ...


Steps = Generator[Step, None, Tensor]
"""What a sampler is: it yields each step before taking it, and returns the final latent. Stop asking, and it stops."""


class Sampler(Protocol):
    """sigmas: falling, len = steps + 1. Keyword options differ from sampler to sampler."""

    def __call__(self, denoise: Denoiser, x: Tensor, sigmas: Tensor, noise: SamplingNoise) -> Steps: ...


def pairs(sigmas: Tensor) -> Iterator[tuple[int, Tensor, Tensor]]:
    """(index, sigma, next sigma) of each step; the sigmas as single float32 numbers on the CPU, so that all rounds as in the figures."""
    levels = sigmas.float().cpu().unbind()
    for index, (sigma, sigma_next) in enumerate(pairwise(levels)):
        yield index, sigma, sigma_next
