"""The steps of a sampler, to look at: `result.steps("KSampler")`.

A run keeps what nodes give, not how they came to it. Sampling follows from its inputs alone, so the steps are taken once more from
the same inputs, and each is kept. That costs as long as the sampler took, and no run pays for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor

    from virgil_nb.diffusion.latents import LatentFormat
    from virgil_nb.diffusion.samplers import Step

SAMPLER = "KSampler"


@dataclass(frozen=True, eq=False, repr=False)
class SamplingStep:
    """One step of a sampler, about to be taken.

    index: from 0, of `total`. sigma: how much noise is in it; sigma_next: how much after the step.
    x: the latent as it is, noise and all; denoised: the clean latent that the model guesses from it, guidance included.
    Both are (B, C, h, w), float32, on the CPU, your own, and in the model's scale, in which noise of `sigma` 1 has a deviation of 1.
    """

    index: int
    total: int
    sigma: float
    sigma_next: float
    x: Tensor
    denoised: Tensor
    _format: LatentFormat = field(repr=False)

    @property
    def latent(self) -> dict[str, Tensor]:
        """`x` as a LATENT: what a wire carries, and a VAE decodes."""
        return {"samples": self._format.out_of_model(self.x)}

    @property
    def guess(self) -> dict[str, Tensor]:
        """`denoised` as a LATENT: what a wire carries, and a VAE decodes."""
        return {"samples": self._format.out_of_model(self.denoised)}

    def __repr__(self) -> str:
        return f"<step {self.index + 1} of {self.total}: sigma {self.sigma:.3g} → {self.sigma_next:.3g}>"


def sampling_steps(inputs: Mapping[str, Any]) -> list[SamplingStep]:
    """The steps that a KSampler with these inputs takes, in order."""
    from virgil_nb.nodes.sampling import sampled

    taken: list[SamplingStep] = []
    latent_format = inputs["model"].latent_format

    def keep(step: Step) -> None:
        x, denoised = (tensor.detach().to("cpu", copy=True) for tensor in (step.x, step.denoised))
        taken.append(SamplingStep(step.index, step.total, step.sigma, step.sigma_next, x, denoised, latent_format))

    sampled(keep, **inputs)
    return taken
