"""What the journal writes of a run, and reads again: a run becomes a `Record` of plain values, which journal_file.py stores.

A workflow is taken apart into its shape (everything but the inputs' own values), which many runs share and which is kept once, and
the values, which are kept with each run: a new seed costs a few hundred bytes, whatever the size of the workflow.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from types import MappingProxyType
from typing import Any, Final, cast

from virgil_nb.engine.documents.document import Document
from virgil_nb.engine.history.past import RunDetails, searched_text
from virgil_nb.engine.runs.result import RunResult
from virgil_nb.engine.runs.run import RunInfo

MOST_ERROR: Final = 4000
MOST_LABEL: Final = 400
MOST_THUMBNAILS: Final = 8
MOST_THUMBNAIL_BYTES: Final = 128 << 10


@dataclass(frozen=True, slots=True)
class Parts:
    """A document, taken apart. hash: of the shape's JSON."""

    hash: bytes
    shape: bytes
    values: bytes


@dataclass(frozen=True, slots=True)
class Record:
    """A run as it is stored."""

    info: RunInfo
    parts: Parts
    details: bytes
    thumbnails: tuple[bytes, ...]
    words: str


def record_of(info: RunInfo, document: Document, parts: Parts, details: RunDetails, thumbnails: Sequence[bytes]) -> Record:
    """The record of a run; texts and pictures that are too large are cut or left out."""
    small = tuple(one for one in thumbnails if len(one) <= MOST_THUMBNAIL_BYTES)[:MOST_THUMBNAILS]
    told = {"executed": details.executed, "cached": details.cached, "seconds": [round(s, 6) for s in details.seconds.values()]}
    return Record(info, parts, _packed(told), small, plain(searched_text(info, document)))


def details_of(result: RunResult | None) -> RunDetails:
    """What the journal keeps of a result, beside the document's values."""
    if result is None:
        return RunDetails()
    return RunDetails(executed=result.executed, cached=result.cached, seconds=result.seconds)


def take_apart(document: Document) -> Parts:
    """`document` as shape and values."""
    data = cast("dict[str, Any]", document.to_json())
    values: dict[str, object] = {}
    for node in data["nodes"]:
        own = node.pop("values")
        if own:
            values[node["id"]] = own
    text = _json(data)
    return Parts(blake2b(text, digest_size=16).digest(), zlib.compress(text), _packed(values))


def put_together(shape: bytes, values: bytes) -> Document:
    """The document of a shape and values. Raises ValueError or DocumentError if that is none."""
    data, own = _unpacked(shape), _unpacked(values)
    for node in data["nodes"]:
        node["values"] = own.get(node["id"], {})
    return Document.from_json(data)


def read_details(details: bytes, values: bytes) -> RunDetails:
    """The details of a run. Raises ValueError if that is none."""
    data = _unpacked(details)
    executed = tuple(data["executed"])
    seconds: Mapping[str, float] = MappingProxyType(dict(zip(executed, data["seconds"], strict=False)))
    return RunDetails(executed, tuple(data["cached"]), seconds, MappingProxyType(_unpacked(values)))


def plain(text: str, most: int | None = None) -> str:
    """`text` as SQLite takes it: no halves of characters."""
    return text[:most].encode("utf-8", "replace").decode()


def _json(data: object) -> bytes:
    return json.dumps(data, separators=(",", ":")).encode()


def _packed(data: object) -> bytes:
    return zlib.compress(_json(data))


def _unpacked(data: bytes) -> Any:
    try:
        return json.loads(zlib.decompress(data))
    except zlib.error as error:
        raise ValueError(f"the history holds something that is not what was written ({error})") from error
