"""Nodes that say which part of a latent may change.

A noise mask is 1 where the sampler paints and 0 where the latent stays as it is.
"""

from __future__ import annotations

from typing import Annotated

from virgil_nb.engine import Range, node
from virgil_nb.engine.kinds.types import Image, Latent, Mask, Vae
from virgil_nb.nodes.errors import ValueMismatchError
from virgil_nb.nodes.latents import samples_of
from virgil_nb.nodes.pictures import mask_batch
from virgil_nb.nodes.vae import rgb


@node("SetLatentNoiseMask", display_name="Set Latent Noise Mask", category="latent/inpaint", trusted=True)
def set_noise_mask(samples: Latent, mask: Mask) -> Latent:
    """The latent, of which only the masked part may change.

    Args:
        samples: The latent.
        mask: 1 where the sampler paints; any size, it is fitted to the latent.
    """
    samples_of(samples, "samples")
    return {**samples, "noise_mask": mask_batch(mask)}


@node("VAEEncodeForInpaint", display_name="VAE Encode (for Inpainting)", category="latent/inpaint", trusted=True)
def encode_for_inpaint(pixels: Image, vae: Vae, mask: Mask, grow_mask_by: Annotated[int, Range(0, 64, step=1)] = 6) -> Latent:
    """The latent of pictures whose masked part is grey, ready to be painted anew. Use it at denoise 1.

    Args:
        pixels: The pictures.
        vae: The encoder.
        mask: 1 where the sampler shall paint.
        grow_mask_by: How many pixels the painted part is larger than the mask, so that no seam shows.
    """
    import torch

    from virgil_nb.diffusion import greyed_out

    picture, masks = rgb(pixels), mask_batch(mask)
    if 1 not in (len(masks), len(picture)) and len(masks) != len(picture):
        raise ValueMismatchError(f"There are {len(masks)} masks and {len(picture)} pictures; give one mask, or one for each picture.")
    greyed, noise_mask = greyed_out(picture, masks.to(picture.device), grow_mask_by)
    with torch.no_grad():
        return {"samples": vae.encode(greyed), "noise_mask": noise_mask}
