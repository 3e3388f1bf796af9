"""Pictures between the wires' form and PIL's.

IMAGE on a wire: float32 (B, H, W, C) in 0..1, C 3 (RGB) or 4 (RGBA); MASK: float32 (B, H, W) in 0..1.
`Picture` is what an output node shows: a PIL image with the file it was written to, if any.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from virgil_nb.nodes.errors import ValueMismatchError

if TYPE_CHECKING:
    import numpy as np
    from PIL.Image import Image as PILImage
    from torch import Tensor


@dataclass(frozen=True)
class Picture:
    """One picture that a node shows. `filename` below `subfolder` of the folder `type`; None when nothing was written."""

    pil: PILImage
    filename: str | None = None
    subfolder: str = ""
    type: str = "temp"

    @property
    def width(self) -> int:
        return int(self.pil.width)

    @property
    def height(self) -> int:
        return int(self.pil.height)


def images_to_pil(images: object) -> tuple[list[PILImage], bool]:
    """The pictures of an IMAGE, 8 bits a channel (rounded down, as ComfyUI's files are), and whether any had values that are no numbers."""
    import numpy as np
    from PIL import Image

    batch = image_batch(images)
    broken = not bool(batch.isfinite().all())
    if broken:
        batch = batch.nan_to_num(nan=0.0, posinf=1.0, neginf=0.0)
    bytes_ = np.clip(batch.float().cpu().numpy() * 255.0, 0, 255).astype(np.uint8)
    return [Image.fromarray(one[:, :, 0] if one.shape[2] == 1 else one) for one in bytes_], broken


def image_batch(images: object) -> Tensor:
    """`images` as a (B, H, W, C) tensor: an IMAGE, or a PIL image or array given in its place.

    Raises ValueMismatchError for anything else.
    """
    import numpy as np
    import torch
    from PIL import Image

    if isinstance(images, Image.Image):
        images = torch.from_numpy(pil_to_arrays(images)[0])
    elif isinstance(images, np.ndarray):
        images = torch.from_numpy(images.astype(np.float32) / (255.0 if images.dtype == np.uint8 else 1.0))
    if not isinstance(images, torch.Tensor):
        raise ValueMismatchError(f"The pictures are {_kind(images)}; an IMAGE is a tensor (batch, height, width, channels), 0 to 1.")
    batch = images.detach()
    if batch.ndim == 3:
        batch = batch[None]
    if batch.ndim != 4 or batch.shape[-1] not in (1, 3, 4) or 0 in batch.shape:
        swapped = images.ndim in (3, 4) and images.shape[-3] in (1, 3, 4)
        hint = " It looks like channels first; use .movedim(-3, -1)." if swapped else ""
        raise ValueMismatchError(f"The pictures have shape {tuple(images.shape)}; an IMAGE is (batch, height, width, 1, 3 or 4).{hint}")
    return batch


def mask_batch(mask: object) -> Tensor:
    """`mask` as a (B, 1, H, W) float tensor; raises ValueMismatchError if it is no MASK."""
    import torch

    if not isinstance(mask, torch.Tensor) or mask.ndim < 2 or 0 in mask.shape:
        found = f"a tensor of shape {tuple(mask.shape)}" if isinstance(mask, torch.Tensor) else _kind(mask)
        raise ValueMismatchError(f"The mask is {found}; a MASK is a tensor (batch, height, width) with values 0 to 1.")
    return mask.detach().float().reshape(-1, 1, mask.shape[-2], mask.shape[-1])


def pil_to_arrays(picture: PILImage) -> tuple[np.ndarray, np.ndarray | None]:
    """(H, W, 3) float32 in 0..1 of a PIL image of any mode, and its transparency (H, W) (1 = see-through) or None if it has none."""
    import numpy as np

    if picture.mode.startswith("I") or picture.mode == "F":
        grey = np.asarray(picture).astype(np.float32) / (255.0 if picture.mode == "F" else 65535.0)
        return np.repeat(np.clip(grey, 0.0, 1.0)[:, :, None], 3, axis=2), None
    transparency = None
    if "A" in picture.getbands() or "a" in picture.getbands() or "transparency" in picture.info:
        alpha = picture.convert("RGBA").getchannel("A")
        transparency = 1.0 - np.asarray(alpha).astype(np.float32) / 255.0
    return np.asarray(picture.convert("RGB")).astype(np.float32) / 255.0, transparency


def latent_picture(rgb: Any, scale: int = 8, largest: int = 512) -> PILImage:
    """A preview: `rgb` uint8 (h, w, 3), one pixel a latent cell, enlarged to picture size (longer side at most `largest`)."""
    from PIL import Image

    picture = Image.fromarray(rgb)
    side = max(picture.size)
    factor = max(1.0, min(float(scale), largest / side))
    size = (round(picture.width * factor), round(picture.height * factor))
    return picture.resize(size, Image.Resampling.BICUBIC)


def _kind(value: object) -> str:
    return f"a {type(value).__name__}"
