"""Random numbers of a sampling run. The same seed gives the same picture on every machine: all is drawn on the CPU, in float32."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor


def initial_noise(shape: Sequence[int], seed: int, batch_index: Sequence[int] | None = None) -> Tensor:
    """Normal noise, float32, on the CPU.

    batch_index: which pictures of the seed's endless batch these are (a picture taken out of a batch keeps its noise).
    """
    return _draw(tuple(shape), torch.Generator("cpu").manual_seed(seed), batch_index)


def _draw(shape: tuple[int, ...], generator: torch.Generator, batch_index: Sequence[int] | None) -> Tensor:
    if batch_index is None:
        return torch.randn(shape, generator=generator)
    drawn = [torch.randn((1, *shape[1:]), generator=generator) for _ in range(max(batch_index) + 1)]
    return torch.cat([drawn[index] for index in batch_index])


class SamplingNoise:
    """The noise that one run draws, each kind from its own source.

    `fresh`: a new generator with the run's seed, so that its first draw equals the initial noise: that is what ComfyUI's ancestral
    samplers do. `continued`: goes on after the initial noise. `brownian`: increments of one Brownian path, so that the noise between
    two levels does not depend on the steps between them.
    """

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self._fresh = torch.Generator("cpu").manual_seed(seed)
        self._continued = torch.Generator("cpu").manual_seed(seed)

    def initial(self, shape: Sequence[int], batch_index: Sequence[int] | None = None) -> Tensor:
        """The initial noise; to be drawn before `continued`."""
        return _draw(tuple(shape), self._continued, batch_index)

    def fresh(self, like: Tensor) -> Tensor:
        return torch.randn(like.shape, generator=self._fresh).to(like)

    def continued(self, like: Tensor) -> Tensor:
        return torch.randn(like.shape, generator=self._continued).to(like)

    def brownian(self, like: Tensor, sigma_min: float, sigma_max: float) -> BrownianPath:
        return BrownianPath(like, sigma_min, sigma_max, self.seed)


class BrownianPath:
    """Unit-variance increments of a Brownian path between noise levels."""

    def __init__(self, like: Tensor, sigma_min: float, sigma_max: float, seed: int) -> None:
        import torchsde

        start = torch.zeros(like.shape)
        self._tree = torchsde.BrownianTree(sigma_min, start, sigma_max, entropy=seed)
        self._low, self._high = round(sigma_min, 6), round(sigma_max, 6)  # the tree rounds its ends so, and warns of queries beyond
        self._like = like

    def __call__(self, sigma: float, sigma_next: float) -> Tensor:
        """Noise for the step from `sigma` down to `sigma_next`."""
        low, high = min(sigma, sigma_next), max(sigma, sigma_next)
        increment: Tensor = self._tree(max(low, self._low), min(high, self._high)) / (high - low) ** 0.5
        return (increment if sigma <= sigma_next else -increment).to(self._like)
