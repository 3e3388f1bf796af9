"""Pictures as bytes for the browser: previews as JPEG, finished pictures without loss while they are small.

Takes what nodes give: a PIL image, an object with one as `.pil`, or an array (height, width, 3) of bytes. Encoding a 512 px
preview takes under 1 ms as JPEG and 8 ms or more in any other format, so previews are JPEG.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from virgil_nb.widget.messages.runs import ImageJSON

if TYPE_CHECKING:
    from PIL.Image import Image

PREVIEW_SIDE = 512
PREVIEW_QUALITY = 80
PICTURE_SIDE = 1536
PICTURE_QUALITY = 92
THUMBNAIL_SIDE = 160
LARGE_SIDE = 768
THUMBNAIL_QUALITY = 80
LOSSLESS_PIXELS = 256 * 256


def as_pil(picture: Any) -> Image:
    """The PIL image that `picture` is or holds. Raises TypeError for anything that is no picture."""
    from PIL import Image

    held = getattr(picture, "pil", picture)
    if isinstance(held, Image.Image):
        return held
    if hasattr(held, "__array_interface__"):
        return Image.fromarray(held)
    raise TypeError(f"A {type(picture).__name__} is no picture; give a PIL image or an array (height, width, 3) of bytes.")


def as_preview(picture: Any) -> tuple[bytes, int, int]:
    """(JPEG, width, height), at most 512 pixels a side."""
    image = _within(_opaque(as_pil(picture)), PREVIEW_SIDE)
    return _saved(image, "JPEG", quality=PREVIEW_QUALITY), image.width, image.height


def as_picture(picture: Any) -> tuple[bytes, ImageJSON]:
    """The encoded picture, at most 1536 pixels a side, and its description: width and height are the picture's own."""
    image = as_pil(picture)
    told: ImageJSON = {"width": image.width, "height": image.height, "format": "png"}
    filename = getattr(picture, "filename", None)
    if isinstance(filename, str) and filename:
        told["filename"] = filename
    transparent = "A" in image.getbands() or "transparency" in image.info
    shown = _within(image.convert("RGBA" if transparent else "RGB"), PICTURE_SIDE)
    if shown.width * shown.height <= LOSSLESS_PIXELS:
        return _saved(shown, "PNG", compress_level=3), told
    told["format"] = "webp"
    return _saved(shown, "WEBP", quality=PICTURE_QUALITY, method=2), told


def as_thumbnail(picture: Any) -> bytes:
    """WebP, at most 160 pixels a side."""
    return _saved(_within(_opaque(as_pil(picture)), THUMBNAIL_SIDE), "WEBP", quality=THUMBNAIL_QUALITY, method=2)


def as_large(picture: Any) -> bytes:
    """WebP, at most 768 pixels a side: as large as the panel shows an input."""
    return _saved(_within(_opaque(as_pil(picture)), LARGE_SIDE), "WEBP", quality=THUMBNAIL_QUALITY, method=2)


def _opaque(image: Image) -> Image:
    from PIL import Image as Pil

    if "A" not in image.getbands():
        return image.convert("RGB")
    ground = Pil.new("RGBA", image.size, "white")
    return Pil.alpha_composite(ground, image.convert("RGBA")).convert("RGB")


def _within(image: Image, side: int) -> Image:
    """`image`, made smaller if one of its sides is longer than `side`."""
    from PIL import Image as Pil

    longest = max(image.size)
    if longest <= side:
        return image
    size = max(1, round(image.width * side / longest)), max(1, round(image.height * side / longest))
    return image.resize(size, Pil.Resampling.BILINEAR, reducing_gap=2.0)


def _saved(image: Image, format_: str, **options: Any) -> bytes:
    target = io.BytesIO()
    image.save(target, format_, **options)
    return target.getvalue()
