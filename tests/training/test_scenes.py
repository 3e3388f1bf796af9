from __future__ import annotations

import numpy as np
import pytest

from training.concepts import COLOURS
from training.icons import Raster, rasterise
from training.scenes import CELL, SIDES, Layout, aligned, compose, free


def disc(size: int) -> Raster:
    """A red disc in place of an icon."""
    y, x = np.mgrid[:size, :size] - (size - 1) / 2
    icon = np.zeros((size, size, 4), np.uint8)
    icon[x**2 + y**2 < (size / 2.5) ** 2] = (255, 0, 0, 255)
    return icon


def test_the_same_seed_gives_the_same_scene() -> None:
    one, other = (compose(disc(96), aligned(128, 3, np.random.default_rng(5))) for _ in range(2))
    assert np.array_equal(one, other)


def test_two_seeds_give_two_scenes() -> None:
    one, other = (compose(disc(96), aligned(128, 3, np.random.default_rng(seed))) for seed in (1, 2))
    assert np.abs(one - other).mean() > 0.005


@pytest.mark.parametrize("canvas", [96, 112, 128, 144, 160])
def test_the_denoisers_icons_lie_on_the_latent_grid_inside_the_canvas(canvas: int) -> None:
    rng = np.random.default_rng(0)
    for _ in range(200):
        layout = aligned(canvas, int(rng.integers(13)), rng)
        assert layout.size == SIDES[canvas]
        assert layout.left % CELL == layout.top % CELL == layout.size % CELL == 0
        assert min(layout.left, layout.top) >= 0
        assert max(layout.left, layout.top) + layout.size <= canvas


def test_the_background_has_the_colour_asked_for() -> None:
    rng = np.random.default_rng(0)
    for index, colour in enumerate(COLOURS):
        corner = compose(disc(96), aligned(128, index, rng))[:4, :4].mean((0, 1)) * 255
        distances = [np.abs(corner - np.asarray(other.rgb)).sum() for other in COLOURS]
        assert COLOURS[int(np.argmin(distances))] is colour


def test_pictures_stay_within_0_and_1_wherever_the_icon_is() -> None:
    rng = np.random.default_rng(0)
    for _ in range(50):
        picture = compose(disc(88), free(96, 88, rng))
        assert picture.shape == (96, 96, 3)
        assert picture.dtype == np.float32
        assert 0 <= picture.min() <= picture.max() <= 1


def test_the_shadow_darkens_below_the_icon_only() -> None:
    with_shadow = compose(disc(80), Layout(128, 80, 24, 24, (1.0, 1.0, 1.0), (0.0, 0.0), shadow=0.4))
    assert with_shadow[100, 64].mean() < 0.9
    assert with_shadow[4, 4].mean() == 1


def test_an_svg_body_becomes_a_raster_of_the_size_asked_for() -> None:
    pytest.importorskip("resvg_py")
    png = rasterise('<circle cx="16" cy="16" r="10" fill="#f00"/>', 48)
    assert png.startswith(b"\x89PNG")
    assert int.from_bytes(png[16:20], "big") == 48
