"""Pictures to learn from: one icon with a soft shadow on a coloured background.

The icon's box has a side and a place that are multiples of 8 pixels (`aligned`), the side of a latent cell: a concept then has a
few exact appearances in the latent instead of a continuum, which is what lets a network this small draw crisp edges. The
autoencoder, which has to serve any picture, is trained on free sizes and places.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter

from training.concepts import COLOURS
from training.icons import Raster

Pixels = npt.NDArray[np.float32]  # (H, W, 3), 0..1

CELL = 8
SIDES = {128: 96, 112: 96, 144: 96, 160: 96, 96: 80}
"""The icon's side on each canvas: the same on nearly all of them, so that another canvas asks for another margin, not for another icon."""


@dataclass(frozen=True)
class Layout:
    """Where and on what the icon stands. Lengths in pixels."""

    canvas: int
    size: int
    left: int
    top: int
    rgb: tuple[float, float, float]  # 0..1
    gradient: tuple[float, float]  # change of brightness from the centre to the right edge, and to the bottom
    shadow: float = 0.3


def jittered(rgb: tuple[int, int, int], rng: np.random.Generator) -> tuple[float, float, float]:
    """The colour a little changed, 0..1: as strong as two people's ideas of it differ."""
    changed = np.clip(np.asarray(rgb) * rng.uniform(0.95, 1.05) + rng.uniform(-6, 6, 3), 0, 255) / 255
    return float(changed[0]), float(changed[1]), float(changed[2])


def aligned(canvas: int, colour: int, rng: np.random.Generator, step: tuple[int, int] | None = None) -> Layout:
    """A layout for the denoiser, on the latent's grid: the icon in the middle, or `step` cells (right, down) aside.

    Without a step, one of the nine places in and around the middle.
    """
    size = SIDES[canvas]
    aside = step if step is not None else rng.integers(-1, 2, 2)
    middle = (canvas - size) // 2
    left, top = (middle + CELL * int(cells) for cells in aside)
    fall = float(rng.uniform(0.0, 0.10))
    angle = float(rng.normal(np.pi / 2, 0.5))
    gradient = (-fall * float(np.cos(angle)), -fall * float(np.sin(angle)))
    return Layout(canvas, size, left, top, jittered(COLOURS[colour].rgb, rng), gradient)


def free(canvas: int, size: int, rng: np.random.Generator) -> Layout:
    """A layout for the autoencoder and the judge: any place that keeps most of the icon in the picture, any colour."""
    low, high = -size // 8, canvas - size + size // 8
    left, top = (int(v) for v in rng.integers(min(low, high), max(low, high) + 1, 2))
    if rng.random() < 0.7:
        rgb = jittered(COLOURS[int(rng.integers(len(COLOURS)))].rgb, rng)
    else:
        rgb = tuple(float(v) for v in rng.uniform(0, 1, 3))  # type: ignore[assignment]
    gradient = tuple(float(v) for v in rng.uniform(-0.12, 0.12, 2))
    return Layout(canvas, size, left, top, rgb, gradient, shadow=float(rng.uniform(0, 0.4)))  # type: ignore[arg-type]


def compose(icon: Raster, layout: Layout) -> Pixels:
    """The picture: background, its gradient, the icon's shadow, the icon. `icon`: (layout.size, layout.size, 4)."""
    n = layout.canvas
    ramp = np.linspace(-1, 1, n, dtype=np.float32)
    light = 1 + layout.gradient[0] * ramp[None, :] + layout.gradient[1] * ramp[:, None]
    picture = np.asarray(layout.rgb, np.float32)[None, None, :] * light[:, :, None]
    placed = Image.new("RGBA", (n, n))
    placed.paste(Image.fromarray(icon), (layout.left, layout.top))
    rgba = np.asarray(placed, np.float32) / 255
    alpha = rgba[:, :, 3:]
    if layout.shadow:
        picture = picture * (1 - layout.shadow * _shadow(placed, layout.size))
    return np.clip(picture * (1 - alpha) + rgba[:, :, :3] * alpha, 0, 1).astype(np.float32)


def _shadow(placed: Image.Image, size: int) -> Pixels:
    """How much of the shadow falls on each pixel, (n, n, 1): the icon's outline, blurred, a little lower."""
    drop = max(1, round(size * 0.045))
    outline = placed.getchannel("A").transform(placed.size, Image.Transform.AFFINE, (1, 0, 0, 0, 1, -drop))
    return np.asarray(outline.filter(ImageFilter.GaussianBlur(size * 0.035)), np.float32)[:, :, None] / 255
