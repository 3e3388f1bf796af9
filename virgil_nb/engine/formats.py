"""The file formats that workflows come in and go out as. Other layers register theirs; "virgil_nb", our own, is here.

An opener says whether a source is of its format, and opens it. Sources: a mapping (parsed JSON), or whatever an opener sniffs.
A writer gives JSON values, or, like the one of "python", text.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from virgil_nb.engine.documents.document import FORMAT, Document
from virgil_nb.engine.errors import DocumentError
from virgil_nb.engine.json_values import shown
from virgil_nb.engine.kinds.registry import Registry

Sniff = Callable[[object], bool]
Open = Callable[[object, Registry], Document]
Write = Callable[[Document, Registry], dict[str, Any]]
WriteText = Callable[[Document, Registry], str]


@dataclass(frozen=True, slots=True)
class Opener:
    """How one format is recognised and opened."""

    name: str
    sniff: Sniff
    open: Open


_openers: dict[str, Opener] = {}
_writers: dict[str, Write] = {}
_text_writers: dict[str, WriteText] = {}


def register_opener(name: str, sniff: Sniff, open: Open) -> None:  # noqa: A002
    """Makes a format readable; the latest registered is asked first."""
    _openers.pop(name, None)
    _openers[name] = Opener(name, sniff, open)


def register_writer(name: str, write: Write) -> None:
    """Makes a format writable."""
    _writers[name] = write


def register_text_writer(name: str, write: WriteText) -> None:
    """Makes a format writable that is text and no JSON."""
    _text_writers[name] = write


def open_document(source: object, registry: Registry) -> Document:
    """The document in `source`, whatever registered format it has. Raises DocumentError if it has none, or is broken."""
    for opener in reversed(_openers.values()):
        if opener.sniff(source):
            return opener.open(source, registry)
    known = ", ".join(_openers)
    raise DocumentError(f"{shown(source)} is no workflow in a format that is known here ({known})")


def write_document(name: str, document: Document, registry: Registry) -> dict[str, Any]:
    """`document` in the format `name`, as fresh JSON values. Raises DocumentError if nobody writes that format."""
    write = _writers.get(name)
    if write is None:
        raise DocumentError(f"nobody writes the format {name!r}; there is {', '.join(_writers)}")
    return write(document, registry)


def write_text(name: str, document: Document, registry: Registry) -> str:
    """`document` in the format `name`, as the text of a file. Raises DocumentError if nobody writes that format."""
    write = _text_writers.get(name)
    if write is not None:
        return write(document, registry)
    return json.dumps(write_document(name, document, registry), indent=1, ensure_ascii=False) + "\n"


def has_writer(name: str) -> bool:
    """Whether the format can be written."""
    return name in _writers


def _is_own(source: object) -> bool:
    return isinstance(source, Mapping) and source.get("format") == FORMAT


register_opener(FORMAT, _is_own, lambda source, _: Document.from_json(source))
register_writer(FORMAT, lambda document, _: document.to_json())
