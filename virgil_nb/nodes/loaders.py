"""Nodes that open model files. The weights themselves are read on first use, by the diffusion room's memory keeping."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, NamedTuple

from virgil_nb.engine import Choices, Services, node
from virgil_nb.engine.kinds.types import Clip, Model, Vae
from virgil_nb.nodes.services import device_now, folders_now, folders_of


class CheckpointParts(NamedTuple):
    """What a checkpoint file holds."""

    MODEL: Model
    CLIP: Clip
    VAE: Vae


def checkpoint_names(services: Services) -> Sequence[str]:
    """The checkpoints there are, by name below their folder."""
    return folders_of(services).names("checkpoints")


def vae_names(services: Services) -> Sequence[str]:
    """The VAE files there are, by name below their folder."""
    return folders_of(services).names("vae")


def checkpoint_identity(ckpt_name: str) -> str:
    """Changes when the file does."""
    return _identity("checkpoints", ckpt_name)


def vae_identity(vae_name: str) -> str:
    """Changes when the file does."""
    return _identity("vae", vae_name)


def _identity(kind: str, name: str) -> str:
    from virgil_nb.diffusion.weights import model_identity

    return str(model_identity(folders_now().resolve(kind, name)))


@node("CheckpointLoaderSimple", display_name="Load Checkpoint", category="loaders", fingerprint=checkpoint_identity, trusted=True)
def load_checkpoint(ckpt_name: Annotated[str, Choices(checkpoint_names, files="checkpoints")]) -> CheckpointParts:
    """Opens a checkpoint: the diffusion model, its text encoder and its VAE.

    Args:
        ckpt_name: A file in the checkpoints folder, or the model that ships with virgil_nb.
    """
    from virgil_nb.diffusion.checkpoint import open_checkpoint

    checkpoint = open_checkpoint(folders_now().resolve("checkpoints", ckpt_name), device_now())
    return CheckpointParts(checkpoint.model, checkpoint.clip, checkpoint.vae)


@node("VAELoader", display_name="Load VAE", category="loaders", fingerprint=vae_identity, trusted=True)
def load_vae_file(vae_name: Annotated[str, Choices(vae_names, files="vae")]) -> Vae:
    """Opens a VAE that lies in a file of its own.

    Args:
        vae_name: A file in the vae folder.
    """
    from virgil_nb.diffusion.checkpoint import load_vae

    return load_vae(folders_now().resolve("vae", vae_name), device_now())
