"""Conditioning and classifier-free guidance: from a model that sees prompts to a denoiser that a sampler can use.

Conditioning is ComfyUI's: a list of `[tensor (1 or B, tokens, width), options]` entries; several entries are averaged.
Source: Ho and Salimans 2022, arXiv:2207.12598.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Protocol

import torch
from torch import Tensor

from virgil_nb.diffusion.errors import InvalidSampling
from virgil_nb.diffusion.latents import LatentFormat
from virgil_nb.diffusion.schedule import NoiseSchedule

Conditioning = Sequence[Sequence[Any]]

LONGEST_REPEAT = 4
"""Prompts are made equally long by repetition if none has to be repeated more often than this; else each runs by itself."""


class DiffusionModel(Protocol):
    """What sampling needs to know of a model."""

    @property
    def schedule(self) -> NoiseSchedule: ...

    @property
    def latent_format(self) -> LatentFormat: ...

    def denoise(self, x: Tensor, sigma: Tensor, context: Tensor) -> Tensor:
        """The clean latent guessed from x (B, C, h, w) at sigma (B,), given context (B, T, D). In the model's scale, float32."""
        ...


class Guidance:
    """A denoiser: the model's guess with the prompt, pushed away from its guess with the negative prompt `cfg` times as far.

    At cfg 1 the negative prompt has no effect and is not evaluated. Otherwise both run as one batch.
    """

    def __init__(self, model: DiffusionModel, positive: Conditioning, negative: Conditioning, cfg: float) -> None:
        if not positive:
            raise InvalidSampling("the positive conditioning is empty; it needs at least one entry.")
        self._model = model
        self._cfg = cfg
        self._positive = [_context(entry) for entry in positive]
        self._negative = [] if math.isclose(cfg, 1.0) else [_context(entry) for entry in negative]

    def __call__(self, x: Tensor, sigma: float) -> Tensor:
        contexts = [*self._negative, *self._positive]
        guesses = self._evaluate(x, sigma, contexts)
        cond = torch.stack(guesses[len(self._negative) :]).mean(dim=0) if len(self._positive) > 1 else guesses[-1]
        if math.isclose(self._cfg, 1.0):
            return cond
        if not self._negative:
            uncond = torch.zeros_like(cond)
        else:
            uncond = torch.stack(guesses[: len(self._negative)]).mean(dim=0) if len(self._negative) > 1 else guesses[0]
        return uncond + (cond - uncond) * self._cfg

    def _evaluate(self, x: Tensor, sigma: float, contexts: list[Tensor]) -> list[Tensor]:
        batch = len(x)
        length = math.lcm(*(context.shape[1] for context in contexts))
        if length > LONGEST_REPEAT * min(context.shape[1] for context in contexts):
            return [self._denoise(x, sigma, _rows(context, batch)) for context in contexts]
        together = torch.cat([_rows(context, batch).repeat(1, length // context.shape[1], 1) for context in contexts])
        return list(torch.split(self._denoise(x.repeat(len(contexts), *[1] * (x.dim() - 1)), sigma, together), batch))

    def _denoise(self, x: Tensor, sigma: float, context: Tensor) -> Tensor:
        return self._model.denoise(x, torch.full((len(x),), sigma, device=x.device), context.to(x.device))


def _context(entry: Sequence[Any]) -> Tensor:
    context = entry[0]
    if not isinstance(context, Tensor) or context.dim() != 3:
        found = f"shape {tuple(context.shape)}" if isinstance(context, Tensor) else type(context).__name__
        raise InvalidSampling(f"a conditioning entry must hold a tensor (batch, tokens, width); this one has {found}.")
    return context


def _rows(context: Tensor, batch: int) -> Tensor:
    """`context` for `batch` pictures: repeated, then cut."""
    if len(context) == batch:
        return context
    return context.repeat(-(-batch // len(context)), 1, 1)[:batch]
