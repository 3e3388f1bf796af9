"""The workflow that a picture carries: the text chunks `workflow` (UI form, preferred) and `prompt` (API form)."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from virgil_nb.comfy.api_format import is_api, open_api
from virgil_nb.comfy.ui_reader import is_ui, open_ui
from virgil_nb.engine import Document, DocumentError, Registry

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def holds_workflow(source: object) -> bool:
    """Whether `source` is a PIL image, the bytes of a PNG, or the path of one."""
    if isinstance(source, bytes | bytearray):
        return bytes(source[:8]) == SIGNATURE
    if isinstance(source, str | os.PathLike):
        return _starts_as_png(source)
    return any(kind.__module__ == "PIL.Image" and kind.__qualname__ == "Image" for kind in type(source).__mro__)


def open_png(source: object, registry: Registry) -> Document:
    """The document that a picture carries. Raises DocumentError if it carries none."""
    texts = _texts(source)
    for key, fits, opener in (("workflow", is_ui, open_ui), ("prompt", is_api, open_api)):
        try:
            data = json.loads(texts.get(key, "null"))
        except (ValueError, TypeError, RecursionError):
            continue
        if fits(data):
            return opener(data, registry)
    found = (
        f"its texts are {', '.join(sorted(map(str, texts))[:8])}"
        if texts
        else "it has no texts; programs that edit or send pictures often drop them"
    )
    raise DocumentError(f"this picture carries no workflow: {found}. Save it with Save Image, or open the JSON file")


def _texts(source: object) -> Mapping[str, Any]:
    """The text chunks of a picture; its pixels are not decoded."""
    if not isinstance(source, bytes | bytearray | str | os.PathLike):
        return {key: value for key, value in getattr(source, "info", {}).items() if isinstance(value, str)}
    from PIL import Image

    try:
        with Image.open(io.BytesIO(source) if isinstance(source, bytes | bytearray) else Path(source).expanduser()) as picture:
            return {str(key): value for key, value in picture.info.items() if isinstance(value, str)}
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as problem:
        raise DocumentError(f"this picture can't be read ({problem}); copy it again from where it came") from problem


def _starts_as_png(path: str | os.PathLike[str]) -> bool:
    if isinstance(path, str) and (len(path) > 4096 or "\n" in path or "\0" in path or path.lstrip().startswith("{")):
        return False
    try:
        with Path(path).expanduser().open("rb") as file:
            return file.read(8) == SIGNATURE
    except (OSError, ValueError):
        return False
