"""Pictures that people bring: looked at, then put into the input folder under a name that nothing has yet.

A picture is what PIL decodes wholly as one of a few harmless formats, whatever its name says; its ending follows what it is.
"""

from __future__ import annotations

import filecmp
import os
import shutil
from itertools import count
from pathlib import Path

from virgil_nb.nodes.errors import PictureError
from virgil_nb.nodes.images import frames
from virgil_nb.widget.upload import UploadError

ENDINGS = {
    "PNG": (".png",),
    "JPEG": (".jpg", ".jpeg", ".jfif"),
    "MPO": (".jpg", ".jpeg"),
    "WEBP": (".webp",),
    "GIF": (".gif",),
    "BMP": (".bmp",),
    "TIFF": (".tif", ".tiff"),
    "AVIF": (".avif",),
    "PPM": (".ppm", ".pgm"),
    "ICO": (".ico",),
}


def keep_picture(path: Path, folder: Path) -> str:
    """The name in `folder` of a copy of the picture at `path`; the folder's own file, if it has this one already.

    Raises UploadError for what is no picture, is broken or too large when decoded, or can't be written.
    """
    kind = picture_kind(path)
    try:
        for _ in frames(path):
            pass
    except PictureError as problem:
        raise UploadError(str(problem)) from problem
    ending = path.suffix.lower() if path.suffix.lower() in ENDINGS[kind] else ENDINGS[kind][0]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return _copy(path, folder, path.stem if path.suffix.lower() in ALL_ENDINGS else path.name, ending)
    except OSError as problem:
        why = problem.strerror or problem
        raise UploadError(
            f"{path.name} could not be written to the input folder {folder}: {why}. Free some space there, or choose another."
        ) from problem


ALL_ENDINGS = frozenset(ending for endings in ENDINGS.values() for ending in endings)


def picture_kind(path: Path) -> str:
    """Which of the formats in ENDINGS the file is, by its content. Raises UploadError."""
    import warnings

    from PIL import Image, UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(path, formats=_known(list(ENDINGS))) as picture:
                return str(picture.format)
    except Image.DecompressionBombError as problem:
        raise UploadError(f"{path.name} is refused: {problem}. It may be a decompression bomb; make it smaller first.") from problem
    except UnidentifiedImageError as problem:
        raise UploadError(f"{path.name} is not a picture that can be read; use PNG, JPEG, WebP, GIF, BMP or TIFF.") from problem
    except (OSError, SyntaxError, ValueError, EOFError, IndexError, OverflowError) as problem:
        raise UploadError(f"{path.name} is broken or cut off ({problem}); copy it again from where it came.") from problem


def _known(kinds: list[str]) -> list[str]:
    from PIL import Image

    Image.init()
    return [kind for kind in kinds if kind in Image.OPEN]


def _copy(source: Path, folder: Path, stem: str, ending: str) -> str:
    flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)
    for number in count(1):
        name = f"{stem}{ending}" if number == 1 else f"{stem}-{number}{ending}"
        target = folder / name
        try:
            descriptor = os.open(target, flags, 0o666)
        except FileExistsError:
            if not target.is_symlink() and target.is_file() and filecmp.cmp(source, target, shallow=False):
                return name
            continue
        try:
            with os.fdopen(descriptor, "wb") as file, source.open("rb") as data:
                shutil.copyfileobj(data, file)
        except OSError:
            target.unlink(missing_ok=True)
            raise
        return name
    raise AssertionError("count never ends")
