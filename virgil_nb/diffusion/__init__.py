"""Diffusion models and sampling in torch: networks, text, schedules, samplers, weights, previews.

    checkpoint = open_checkpoint("model.safetensors")
    latent = sample(
        checkpoint.model, torch.zeros(1, 4, 16, 16), seed=7,
        positive=checkpoint.clip.encode("a red fox"), negative=checkpoint.clip.encode(""),
    )
    picture = checkpoint.vae.decode(latent)      # (1, 128, 128, 3), 0..1

Usable from a plain script. No engine, no Jupyter. Importing this package imports nothing else; torch comes with the first name used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from virgil_nb.diffusion.checkpoint import Checkpoint, CheckpointInfo, load_vae, open_checkpoint
    from virgil_nb.diffusion.errors import CheckpointError, DiffusionError, InvalidSampling
    from virgil_nb.diffusion.inpaint import greyed_out
    from virgil_nb.diffusion.latents import LatentFormat, latent_to_rgb
    from virgil_nb.diffusion.memory import free_memory
    from virgil_nb.diffusion.model import Model
    from virgil_nb.diffusion.noise import initial_noise
    from virgil_nb.diffusion.samplers import SAMPLERS, Step
    from virgil_nb.diffusion.sampling import sample
    from virgil_nb.diffusion.schedule import NoiseSchedule
    from virgil_nb.diffusion.schedulers import SCHEDULERS, sigmas_for
    from virgil_nb.diffusion.text.clip import Clip
    from virgil_nb.diffusion.vae import Vae
    from virgil_nb.diffusion.weights import model_identity

_HOMES = {
    "Checkpoint": "checkpoint",
    "CheckpointError": "errors",
    "CheckpointInfo": "checkpoint",
    "Clip": "text.clip",
    "DiffusionError": "errors",
    "InvalidSampling": "errors",
    "LatentFormat": "latents",
    "Model": "model",
    "NoiseSchedule": "schedule",
    "SAMPLERS": "samplers",
    "SCHEDULERS": "schedulers",
    "Step": "samplers",
    "Vae": "vae",
    "free_memory": "memory",
    "greyed_out": "inpaint",
    "initial_noise": "noise",
    "latent_to_rgb": "latents",
    "load_vae": "checkpoint",
    "model_identity": "weights",
    "open_checkpoint": "checkpoint",
    "sample": "sampling",
    "sigmas_for": "schedulers",
}

__all__ = [
    "SAMPLERS",
    "SCHEDULERS",
    "Checkpoint",
    "CheckpointError",
    "CheckpointInfo",
    "Clip",
    "DiffusionError",
    "InvalidSampling",
    "LatentFormat",
    "Model",
    "NoiseSchedule",
    "Step",
    "Vae",
    "free_memory",
    "greyed_out",
    "initial_noise",
    "latent_to_rgb",
    "load_vae",
    "model_identity",
    "open_checkpoint",
    "sample",
    "sigmas_for",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
