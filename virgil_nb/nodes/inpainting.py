"""Nodes that say which part of a latent may change.

A noise mask is 1 where the sampler paints and 0 where the latent stays as it is.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated

from virgil_nb.engine import Range, node
from virgil_nb.engine.types import Image, Latent, Mask, Vae
from virgil_nb.nodes.errors import ValueMismatchError
from virgil_nb.nodes.latents import CELL, samples_of
from virgil_nb.nodes.pictures import mask_batch
from virgil_nb.nodes.vae import rgb

if TYPE_CHECKING:
    from torch import Tensor


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
    import torch.nn.functional as F

    picture = rgb(pixels)
    height, width = picture.shape[1] // CELL * CELL, picture.shape[2] // CELL * CELL
    masks = mask_batch(mask)
    if 1 not in (len(masks), len(picture)) and len(masks) != len(picture):
        raise ValueMismatchError(f"There are {len(masks)} masks and {len(picture)} pictures; give one mask, or one for each picture.")
    fitted = F.interpolate(masks.to(picture.device), size=picture.shape[1:3], mode="bilinear")
    top, left = picture.shape[1] % CELL // 2, picture.shape[2] % CELL // 2
    picture = picture[:, top : top + height, left : left + width]
    hard = fitted[:, :, top : top + height, left : left + width].round()

    keep = (1.0 - hard).movedim(1, -1)
    with torch.no_grad():
        latent = vae.encode((picture - 0.5) * keep + 0.5)
    return {"samples": latent, "noise_mask": grow(hard, grow_mask_by)[:, :, :height, :width].round()}


def grow(mask: Tensor, by: int) -> Tensor:
    """`mask` (B, 1, H, W) of zeros and ones, each 1 spread over a box of `by` × `by` (an even one lies off-centre, as in ComfyUI)."""
    import torch
    import torch.nn.functional as F

    if by == 0:
        return mask
    box = torch.ones(1, 1, by, by, dtype=mask.dtype, device=mask.device)
    return F.conv2d(mask, box, padding=math.ceil((by - 1) / 2)).clamp(0, 1)
