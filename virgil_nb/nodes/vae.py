"""Nodes between pictures and latents."""

from __future__ import annotations

from typing import Any

from virgil_nb.engine import node
from virgil_nb.engine.kinds.types import Image, Latent, Vae
from virgil_nb.nodes.latents import samples_of
from virgil_nb.nodes.pictures import image_batch


@node("VAEDecode", display_name="VAE Decode", category="latent", trusted=True)
def decode(samples: Latent, vae: Vae) -> Image:
    """The pictures that a latent stands for.

    Args:
        samples: The latent to decode.
        vae: The decoder, from the checkpoint or a file of its own.
    """
    import torch

    with torch.no_grad():
        return vae.decode(samples_of(samples, "samples"))


@node("VAEEncode", display_name="VAE Encode", category="latent", trusted=True)
def encode(pixels: Image, vae: Vae) -> Latent:
    """The latent of pictures. A size that is no multiple of 8 is cut to one around the middle.

    Args:
        pixels: The pictures.
        vae: The encoder, from the checkpoint or a file of its own.
    """
    import torch

    with torch.no_grad():
        return {"samples": vae.encode(rgb(pixels))}


def rgb(pixels: object) -> Any:
    """`pixels` (B, H, W, 3): transparency left out, grey tripled.

    Raises ValueMismatchError for what is no IMAGE, or smaller than one latent cell."""
    from virgil_nb.nodes.errors import ValueMismatchError

    batch = image_batch(pixels)
    if batch.shape[1] < 8 or batch.shape[2] < 8:
        raise ValueMismatchError(
            f"The picture is {batch.shape[2]} × {batch.shape[1]}; a latent cell is 8 × 8 pixels, so it must be 8 × 8 or more."
        )
    return batch.expand(-1, -1, -1, 3) if batch.shape[-1] == 1 else batch[..., :3]
