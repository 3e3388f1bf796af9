"""A checkpoint's diffusion model: from a noisy latent and a prompt to a clean one."""

from __future__ import annotations

from dataclasses import dataclass, field

import torch
from torch import Tensor

from virgil_nb.diffusion import device as devices
from virgil_nb.diffusion.assemble import assembled
from virgil_nb.diffusion.errors import InvalidSampling
from virgil_nb.diffusion.latents import LatentFormat
from virgil_nb.diffusion.memory import loaded_networks
from virgil_nb.diffusion.networks.unet import UNet, UNetConfig
from virgil_nb.diffusion.schedule import NoiseSchedule
from virgil_nb.diffusion.threads import fitting_threads


@dataclass(frozen=True)
class Model:
    """A diffusion model as a recipe: which file, which part of it. Immutable and picklable; weights come on first use."""

    path: str
    identity: str
    prefix: str
    config: UNetConfig
    schedule: NoiseSchedule = field(default_factory=NoiseSchedule)
    latent_format: LatentFormat = field(default_factory=LatentFormat)
    device_name: str = "auto"

    @property
    def device(self) -> torch.device:
        return devices.pick(self.device_name)

    def denoise(self, x: Tensor, sigma: Tensor, context: Tensor) -> Tensor:
        """The clean latent guessed from `x`, float32.

        x: (B, C, h, w) in the model's scale, at noise level sigma (B,). context: (B, T, D), prompts. All on the model's device.
        """
        if context.shape[-1] != self.config.context_dim:
            raise InvalidSampling(
                f"the conditioning is {context.shape[-1]} wide; this model wants {self.config.context_dim}. Use its own text encoder."
            )
        dtype = devices.compute_dtype(x.device)
        level = sigma.float().view(-1, *[1] * (x.dim() - 1))
        shown = self.schedule.scale_input(x, level)
        network = self.network()
        with fitting_threads(network):
            output = network(shown.to(dtype), self.schedule.timestep(sigma), context.to(dtype))
        return self.schedule.denoised(x, output.float(), level)

    def network(self) -> UNet:
        """The UNet itself, loaded if it isn't yet. Shared: don't change its weights."""
        return loaded_networks(self.device).get((self.identity, self.prefix, self.config), self._load)

    def _load(self) -> UNet:
        device = self.device
        return assembled(
            self.path, self.identity, self.prefix, lambda: UNet(self.config), device=device, dtype=devices.compute_dtype(device)
        )
