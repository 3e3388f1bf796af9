"""Pictures come in upright, with their transparency as a mask, whatever their mode; what is not safe to read is refused."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from virgil_nb.nodes.errors import FileMissingError, FileNameError, PictureError
from virgil_nb.nodes.folders import Folders
from virgil_nb.nodes.images import load_image, picture_identity


def red_and_blue() -> Image.Image:
    picture = Image.new("RGB", (6, 4), (255, 0, 0))
    picture.paste((0, 0, 255), (3, 0, 6, 4))
    return picture


def test_a_picture_is_a_batch_of_one_in_0_to_1(home: Folders) -> None:
    red_and_blue().save(home.input / "a.png")
    image, mask = load_image("a.png")
    assert image.shape == (1, 4, 6, 3)
    assert image.dtype == mask.dtype == torch.float32
    assert image[0, 0, 0].tolist() == [1, 0, 0]
    assert image[0, 0, 5].tolist() == [0, 0, 1]
    assert mask.shape == (1, 64, 64)
    assert mask.count_nonzero() == 0


def test_transparency_is_the_mask_and_does_not_touch_the_colours(home: Folders) -> None:
    alpha = Image.new("L", (6, 4), 255)
    alpha.paste(0, (0, 0, 3, 4))
    picture = red_and_blue()
    picture.putalpha(alpha)
    picture.save(home.input / "a.png")
    image, mask = load_image("a.png")
    assert image.shape == (1, 4, 6, 3)
    assert image[0, 0, 0].tolist() == [1, 0, 0]
    assert mask[0, 0].tolist() == [1, 1, 1, 0, 0, 0]


@pytest.mark.parametrize("mode", ["L", "LA", "P", "1", "CMYK", "RGBA", "RGBX", "YCbCr"])
def test_any_mode_becomes_rgb(home: Folders, mode: str) -> None:
    ending = {"CMYK": "tiff", "RGBX": "tiff", "YCbCr": "tiff"}.get(mode, "png")
    Image.new("RGBA" if mode in ("LA", "RGBA") else "RGB", (8, 8), (255, 255, 255)).convert(mode).save(home.input / f"a.{ending}")
    image, _ = load_image(f"a.{ending}")
    assert image.shape == (1, 8, 8, 3)
    assert torch.allclose(image, torch.ones(()), atol=0.02)


def test_sixteen_bits_are_scaled_not_cut_off(home: Folders) -> None:
    Image.fromarray(np.array([[0, 32768, 65535]], dtype=np.uint16)).save(home.input / "a.png")
    image, _ = load_image("a.png")
    assert torch.allclose(image[0, 0, :, 0], torch.tensor([0, 32768 / 65535, 1]), atol=1e-4)


def test_a_palette_with_a_see_through_colour_gives_a_mask(home: Folders) -> None:
    picture = Image.new("P", (4, 4), 0)
    picture.putpalette([255, 0, 0, 0, 255, 0])
    picture.paste(1, (2, 0, 4, 4))
    picture.save(home.input / "a.png", transparency=0)
    image, mask = load_image("a.png")
    assert mask[0, 0].tolist() == [1, 1, 0, 0]
    assert image[0, 0, 3].tolist() == [0, 1, 0]


def test_a_photo_is_turned_upright(home: Folders) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned to the right
    red_and_blue().save(home.input / "a.jpg", exif=exif, quality=95)
    image, _ = load_image("a.jpg")
    assert image.shape == (1, 6, 4, 3)
    assert image[0, 0, 0, 0] > 0.8
    assert image[0, 5, 0, 2] > 0.8


def test_the_frames_of_an_animation_are_a_batch(home: Folders) -> None:
    frames = [Image.new("RGB", (5, 3), colour) for colour in ((255, 0, 0), (0, 255, 0), (0, 0, 255))]
    frames[0].save(home.input / "a.gif", save_all=True, append_images=frames[1:])
    image, mask = load_image("a.gif")
    assert image.shape == (3, 3, 5, 3)
    assert image[:, 0, 0].argmax(dim=-1).tolist() == [0, 1, 2]
    assert len(mask) == 3


@pytest.mark.parametrize("name", ["../a.png", "/etc/passwd", "..\\a.png"])
def test_a_name_that_climbs_out_is_refused(home: Folders, name: str) -> None:
    red_and_blue().save(home.input.parent / "a.png")
    with pytest.raises(FileNameError):
        load_image(name)
    with pytest.raises(FileNameError):
        picture_identity(name)


def test_a_link_out_of_the_folder_is_refused(home: Folders, tmp_path: Path) -> None:
    red_and_blue().save(tmp_path / "secret.png")
    (home.input / "a.png").symlink_to(tmp_path / "secret.png")
    with pytest.raises(FileNameError, match="symbolic link"):
        load_image("a.png")


def test_a_missing_picture_is_named(home: Folders) -> None:
    red_and_blue().save(home.input / "fox.png")
    with pytest.raises(FileMissingError, match=r"fox\.png"):
        load_image("fix.png")


def png_chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few kilobytes that claims to be huge."""
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + png_chunk(b"IDAT", zlib.compress(bytes(100_000))) + png_chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [10_000, 20_000, 200_000])
def test_a_decompression_bomb_is_refused_before_it_is_decoded(home: Folders, side: int) -> None:
    (home.input / "bomb.png").write_bytes(bomb(side, side))
    with pytest.raises(PictureError, match=r"bomb\.png.*bomb"):
        load_image("bomb.png")


def test_an_animation_counts_all_its_frames(home: Folders, monkeypatch: pytest.MonkeyPatch) -> None:
    frames = [Image.new("RGB", (50, 50), (index, 0, 0)) for index in range(12)]
    frames[0].save(home.input / "a.gif", save_all=True, append_images=frames[1:])
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 20_000)
    with pytest.raises(PictureError, match="12 frames"):
        load_image("a.gif")
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", None)
    assert len(load_image("a.gif").IMAGE) == 12


@pytest.mark.parametrize("content", [b"", b"not a picture", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"\xff\xd8\xff\xe0"])
def test_what_is_no_picture_is_refused(home: Folders, content: bytes) -> None:
    (home.input / "a.png").write_bytes(content)
    with pytest.raises(PictureError, match=r"a\.png"):
        load_image("a.png")


@pytest.mark.parametrize("ending", ["png", "jpg", "webp", "gif", "bmp", "tiff"])
def test_a_file_that_is_cut_off_is_refused(home: Folders, ending: str) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (64, 64, 3), dtype=np.uint8)
    path = home.input / f"a.{ending}"
    Image.fromarray(noise).save(path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(PictureError, match=rf"a\.{ending}"):
        load_image(path.name)


def test_the_fingerprint_is_the_files_content(home: Folders) -> None:
    red_and_blue().save(home.input / "a.png")
    red_and_blue().save(home.input / "b.png")
    assert picture_identity("a.png") == picture_identity("b.png")
    Image.new("RGB", (6, 4)).save(home.input / "b.png")
    assert picture_identity("a.png") != picture_identity("b.png")
