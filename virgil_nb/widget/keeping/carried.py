"""What a notebook's file carries of its edits, for who is given the file alone: a text inside the still picture under the editor.

    the branch ── carry ──▶ PNG of the still picture, in the cell's output ── carried ──▶ the branch again, where no folder has it

Earlier runs, Python objects and files stay behind.
"""

from __future__ import annotations

import base64
import binascii
import io
import json
import logging
import zlib
from typing import TYPE_CHECKING, Any

from virgil_nb.widget.keeping.identity import Identity
from virgil_nb.widget.keeping.kept import Kept, KeptUnreadable

if TYPE_CHECKING:
    from PIL.PngImagePlugin import PngInfo

log = logging.getLogger(__name__)

TEXT = "virgil_nb edits"
MARK = "data-vnb-still"
LARGEST = 12_000  # bytes in the picture
LARGEST_FILE = 200_000_000


def carry(text: str) -> PngInfo | None:
    """What a PNG is saved with to carry `text`; None if there is none, or it would make the notebook large."""
    if not text or len(zlib.compress(text.encode("utf-8", "replace"))) > LARGEST:
        return None
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    info.add_itxt(TEXT, text.encode("utf-8", "replace").decode(), zip=True)
    return info


def carried(identity: Identity) -> Kept | None:
    """What the notebook's file carries of this workbench; None if it is of no cell, or carries nothing that can be read."""
    about = dict(identity.about)
    if "cell" not in about:
        return None
    path = identity.home / str(about["notebook"])
    try:
        if path.stat().st_size > LARGEST_FILE:
            return None
        notebook = json.loads(path.read_text(encoding="utf-8"))
        pictures = [picture for cell in notebook["cells"] if cell.get("id") == about["cell"] for picture in _stills(cell)]
        text = _text_of(pictures[int(about["place"])]) if len(pictures) > int(about["place"]) else ""
        return Kept.from_text(text) if text else None
    except (OSError, ValueError, TypeError, LookupError, AttributeError, RecursionError, KeptUnreadable) as problem:
        log.info("%s carries no edits that can be read: %s", path, problem)
        return None


def _stills(cell: dict[str, Any]) -> list[str]:
    """The still pictures of a cell, as base64."""
    shown = [output.get("data", {}) for output in cell.get("outputs", [])]
    return ["".join(data["image/png"]) for data in shown if "image/png" in data and MARK in "".join(data.get("text/html", ""))]


def _text_of(picture: str) -> str:
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(base64.b64decode(picture))) as image:
            image.load()
            return str(getattr(image, "text", {}).get(TEXT, ""))
    except (UnidentifiedImageError, Image.DecompressionBombError, SyntaxError, binascii.Error) as problem:
        raise ValueError(f"its picture can't be read ({problem})") from None
