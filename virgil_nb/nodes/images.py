"""Nodes that read, save and show pictures."""

from __future__ import annotations

import io
import json
import warnings
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

from virgil_nb.engine import Choices, ImageUpload, NodeReturn, Services, context, node
from virgil_nb.engine.kinds.types import Image, Mask
from virgil_nb.nodes.errors import PictureError
from virgil_nb.nodes.services import folders_now, folders_of

if TYPE_CHECKING:
    from PIL.Image import Image as PILImage


class LoadedImage(NamedTuple):
    """A picture and its transparency (1 = see-through)."""

    IMAGE: Image
    MASK: Mask


def image_names(services: Services) -> Sequence[str]:
    """The pictures in the input folder."""
    return folders_of(services).names("input")


def picture_identity(image: str) -> str:
    """A digest of the file's content."""
    import hashlib

    path = folders_now().resolve("input", image)
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16)).hexdigest()


@node("LoadImage", display_name="Load Image", category="image", fingerprint=picture_identity, trusted=True)
def load_image(image: Annotated[str, Choices(image_names, files="input"), ImageUpload()]) -> LoadedImage:
    """A picture from the input folder, turned upright; the frames of an animation are a batch.

    Args:
        image: A file in the input folder.
    """
    import numpy as np
    import torch

    from virgil_nb.nodes.pictures import pil_to_arrays

    path = folders_now().resolve("input", image)
    pictures: list[np.ndarray] = []
    masks: list[np.ndarray | None] = []
    for frame in frames(path):
        rgb, transparency = pil_to_arrays(frame)
        if pictures and rgb.shape != pictures[0].shape:
            continue
        pictures.append(rgb)
        masks.append(transparency)
    if all(mask is None for mask in masks):
        mask = torch.zeros(len(masks), 64, 64)  # "nothing is masked", whatever the size, as ComfyUI says it
    else:
        mask = torch.from_numpy(np.stack([np.zeros(pictures[0].shape[:2], np.float32) if one is None else one for one in masks]))
    return LoadedImage(torch.from_numpy(np.stack(pictures)), mask)


def frames(path: Path) -> Iterator[PILImage]:
    """The frames of the picture at `path`, upright, decoded one at a time.

    Raises PictureError for what is no picture, is broken, or would take an absurd amount of memory: that is told from the header,
    before anything is decoded.
    """
    from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            opened = Image.open(path)
        with opened:
            refuse_bomb(path.name, opened.width, opened.height, 1)
            count = 1 if opened.format == "MPO" else int(getattr(opened, "n_frames", 1))
            refuse_bomb(path.name, opened.width, opened.height, count)
            for index, frame in enumerate(ImageSequence.Iterator(opened)):
                if index >= count:
                    return
                yield ImageOps.exif_transpose(frame)
    except Image.DecompressionBombError as problem:
        raise PictureError(f"{path.name} is refused: {problem}. It may be a decompression bomb; make it smaller first.") from problem
    except UnidentifiedImageError as problem:
        raise PictureError(f"{path.name} is not a picture that can be read; use PNG, JPEG, WebP, GIF, BMP or TIFF.") from problem
    except (OSError, SyntaxError, ValueError, EOFError, IndexError, OverflowError) as problem:
        raise PictureError(f"{path.name} is broken or cut off ({problem}); copy it again from where it came.") from problem


def refuse_bomb(name: str, width: int, height: int, count: int) -> None:
    """Raises PictureError when `count` frames of this size have more pixels than PIL deems safe (Image.MAX_IMAGE_PIXELS)."""
    from PIL import Image

    limit = Image.MAX_IMAGE_PIXELS
    if limit is not None and width * height * count > limit:
        size = f"{width} × {height}" + (f" × {count} frames" if count > 1 else "")
        raise PictureError(
            f"{name} has {size} = {width * height * count:,} pixels, and the limit is {limit:,}: it may be a decompression bomb. "
            "Make it smaller first, or raise PIL.Image.MAX_IMAGE_PIXELS if you trust it."
        )


def _are_saved(ui: Mapping[str, Any]) -> bool:
    """Whether the files that SaveImage wrote are in this session's output folder."""
    output = folders_now().output
    return ui.get("folder") == str(output) and all((output / one.subfolder / one.filename).is_file() for one in ui["images"])


@node(
    "SaveImage",
    display_name="Save Image",
    category="image",
    output=True,
    hidden={"prompt": "PROMPT", "extra_pnginfo": "EXTRA_PNGINFO"},
    trusted=True,
    still=_are_saved,
)
def save_image(
    images: Image,
    filename_prefix: str = "ComfyUI",
    prompt: Mapping[str, object] | None = None,
    extra_pnginfo: Mapping[str, object] | None = None,
) -> NodeReturn:
    """Saves the pictures as PNG files that carry the workflow. No file is ever overwritten.

    Args:
        images: The pictures.
        filename_prefix: Beginning of the names, below the output folder. May hold folders, %date:yyyy-MM-dd% and %KSampler.seed%.
    """
    from virgil_nb.nodes.pictures import Picture, images_to_pil
    from virgil_nb.nodes.saving import expand_prefix, save_place, write_new

    pictures, broken = images_to_pil(images)
    note_broken(broken)
    folders = folders_now()
    width, height = pictures[0].size
    prefix = expand_prefix(filename_prefix, prompt, width, height, datetime.now().astimezone())
    folder, subfolder, stem = save_place(folders, prefix)
    saved = []
    for index, picture in enumerate(pictures):
        name = write_new(folders, folder, stem.replace("%batch_num%", str(index)), ".png", png_bytes(picture, prompt, extra_pnginfo))
        saved.append(Picture(picture, name, subfolder, "output"))
    return NodeReturn(ui={"images": saved, "folder": str(folders.output)})


@node("PreviewImage", display_name="Preview Image", category="image", output=True, trusted=True)
def preview_image(images: Image) -> NodeReturn:
    """Shows the pictures, without writing files.

    Args:
        images: The pictures.
    """
    from virgil_nb.nodes.pictures import Picture, images_to_pil

    pictures, broken = images_to_pil(images)
    note_broken(broken)
    return NodeReturn(ui={"images": [Picture(picture) for picture in pictures]})


def note_broken(broken: bool) -> None:
    """Says on the node that a picture had values that are no numbers."""
    current = context.current()
    if broken and current is not None:
        current.note(
            "The picture holds values that are not numbers (NaN); they are shown black. A lower CFG or float32 may help.", "warning"
        )


def png_bytes(picture: PILImage, prompt: object, extra: Mapping[str, object] | None) -> bytes:
    """A PNG file with ComfyUI's text chunks: `prompt` (API form) and each entry of `extra` (`workflow`: the UI form), as JSON."""
    from PIL.PngImagePlugin import PngInfo

    texts = PngInfo()
    if prompt is not None:
        texts.add_text("prompt", json.dumps(prompt))
    for key, value in (extra or {}).items():
        texts.add_text(key, json.dumps(value))
    file = io.BytesIO()
    picture.save(file, "PNG", pnginfo=texts, compress_level=4)
    return file.getvalue()
