"""Workflows in files and as text: the JSON in them is opened by whichever format it has."""

from __future__ import annotations

import json
import os
from pathlib import Path

from virgil_nb.engine import Document, DocumentError, Registry, open_document

WANTED = "a workflow is a .json file, or a .png that carries one"


def is_file_or_text(source: object) -> bool:
    """Whether `source` is a path, or text."""
    return isinstance(source, str | bytes | bytearray | os.PathLike)


def open_file_or_text(source: object, registry: Registry) -> Document:
    """The document in a JSON file or in JSON text. Raises FileNotFoundError, or DocumentError if there is no workflow in it."""
    if isinstance(source, bytes | bytearray):
        text, place = decode(bytes(source), "these bytes"), "these bytes"
    elif isinstance(source, str) and source.lstrip()[:1] in ("{", "["):
        text, place = source, "this text"
    else:
        assert isinstance(source, str | os.PathLike)
        path = Path(source).expanduser()
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            raise FileNotFoundError(f"there is no file {os.fspath(source)!r}; {WANTED}") from None
        except (OSError, ValueError) as problem:
            raise DocumentError(f"{os.fspath(source)!r} can't be read ({problem})") from problem
        text, place = decode(data, path.name), path.name
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as problem:
        raise DocumentError(f"{place} holds no JSON ({problem}); {WANTED}") from problem
    if not isinstance(found, dict):
        raise DocumentError(f"{place} holds a {type(found).__name__}, which is no workflow; a workflow is an object with nodes")
    return open_document(found, registry)


def decode(data: bytes, place: str) -> str:
    """`data` as text. Raises DocumentError if it is none."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise DocumentError(f"{place} holds no text ({problem.reason}); {WANTED}") from problem
