"""Letters of the still picture, of whatever language, and how wide lines of them are."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont, ImageFont

FALLBACK_FONTS = ("NotoSansCJK-Regular.ttc", "Arial Unicode.ttf", "msgothic.ttc", "DejaVuSans.ttf", "Arial.ttf")


@cache
def font_for(size: float, plain: bool = True) -> FreeTypeFont | ImageFont:
    """Pillow's own font, or for letters that it lacks the first of the machine's usual ones."""
    from PIL import ImageFont

    for name in () if plain else FALLBACK_FONTS:
        try:
            return ImageFont.truetype(name, size)
        except OSError:
            continue
    return ImageFont.load_default(size)


@cache
def _has(letter: str) -> bool:
    """Whether Pillow's own font has a shape for the letter, and not only the box that stands for a missing one."""
    font = font_for(16)
    return letter.isspace() or bytes(font.getmask(letter)) != bytes(font.getmask("\uffff"))


def is_plain(text: str) -> bool:
    """Whether Pillow's own font has all of its letters."""
    return all(_has(letter) for letter in text)


def length(text: str, size: float) -> float:
    """The width of a line."""
    return float(font_for(size, is_plain(text)).getlength(text))


def fitted(text: str, size: float, width: float) -> str:
    """`text`, cut with an ellipsis until it is no wider than `width`."""
    if length(text, size) <= width:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if length(text[:middle].rstrip() + "…", size) <= width else (low, middle - 1)
    return text[:low].rstrip() + "…"
