"""Resizing of latents and pictures, (B, C, H, W) or with frames (B, C, T, H, W), by ComfyUI's method names.

"bislerp" turns each cell's channel vector from one neighbour to the other along the sphere (and its length along a line), which keeps the
contrast that straight interpolation between noise-like latents loses. The golden figures in tests/nodes say what each must give.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from torch import Tensor

Method = Literal["nearest-exact", "bilinear", "area", "bicubic", "bislerp"]


def resize(x: Tensor, width: int, height: int, method: str, crop: str = "disabled") -> Tensor:
    """`x` at (height, width) cells. crop "center" first cuts the middle out at the new aspect ratio."""
    import torch.nn.functional as F

    frames = x.shape[2] if x.ndim == 5 else None
    flat = x.movedim(2, 1).flatten(0, 1) if frames is not None else x
    if crop == "center":
        flat = centre_crop(flat, width / height)
    if method == "bislerp":
        flat = bislerp(flat, width, height)
    else:
        flat = F.interpolate(flat, size=(height, width), mode=method)
    return flat if frames is None else flat.reshape(-1, frames, *flat.shape[1:]).movedim(1, 2)


def centre_crop(x: Tensor, aspect: float) -> Tensor:
    """The middle of `x` (…, H, W) at `aspect` = width / height; only the longer direction is cut, alike on both sides."""
    height, width = x.shape[-2:]
    cut_x = cut_y = 0
    if width / height > aspect:
        cut_x = round((width - width * (aspect / (width / height))) / 2)
    elif width / height < aspect:
        cut_y = round((height - height * ((width / height) / aspect)) / 2)
    return x[..., cut_y : height - cut_y, cut_x : width - cut_x]


def bislerp(x: Tensor, width: int, height: int) -> Tensor:
    """`x` (B, C, H, W) at (height, width), interpolated on the sphere along the width, then the height."""
    along_width = _slerp_last(x.float(), width)
    along_both = _slerp_last(along_width.transpose(-1, -2), height).transpose(-1, -2)
    return along_both.to(x.dtype)


def _slerp_last(x: Tensor, length: int) -> Tensor:
    """`x` (B, C, H, W) at `length` places along its last axis."""
    import torch

    old = x.shape[-1]
    places = ((torch.arange(length, device=x.device, dtype=torch.float32) + 0.5) * (old / length) - 0.5).clamp(0, old - 1)
    left = places.floor().long()
    right = (left + 1).clamp(max=old - 1)
    return _slerp(x[..., left], x[..., right], places - left)


def _slerp(a: Tensor, b: Tensor, t: Tensor) -> Tensor:
    """From vectors `a` (t = 0) to `b` (t = 1) along the sphere over dim 1, lengths along a line."""
    import torch

    length_a, length_b = a.norm(dim=1, keepdim=True), b.norm(dim=1, keepdim=True)
    unit_a = torch.where(length_a > 0, a / length_a, 0.0)
    unit_b = torch.where(length_b > 0, b / length_b, 0.0)
    cosine = (unit_a * unit_b).sum(dim=1, keepdim=True)
    angle = cosine.clamp(-1, 1).acos()
    arc = (torch.sin((1 - t) * angle) * unit_a + torch.sin(t * angle) * unit_b) / torch.sin(angle)
    turned = arc * (length_a * (1 - t) + length_b * t)
    turned = torch.where(cosine > 1 - 1e-5, a, turned)  # the same direction
    return torch.where(cosine < 1e-5 - 1, a * (1 - t) + b * t, turned)  # opposite ones: no shortest way
