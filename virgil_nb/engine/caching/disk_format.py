"""One result as a file: the safetensors format, with what is no number as JSON in its metadata. It holds no code and names none.

    length of the header, 8 bytes │ header, JSON │ buffers of `ui` │ buffers of the outputs

The header begins with the version of this format and a checksum of all of it; it has a checksum of each of the two groups of buffers,
which are read apart from each other. Whatever a file holds, reading it gives a result that was stored, or raises; no more memory is
asked for than the file has bytes.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from io import FileIO
from math import isfinite, prod
from typing import Any, Final, Literal, cast

from virgil_nb.engine.caching.codecs import Buffer, NotStorable, decode, encode
from virgil_nb.engine.caching.entry import Entry
from virgil_nb.engine.events import Level

VERSION: Final = 1  # raised when this format or a codec of the package changes; files of other versions are not read
LONGEST_HEADER: Final = 8 << 20

BEGINS: Final = re.compile(rb'\{"__metadata__":\{"virgil_cache":"(\d{1,9})","checksum":"([0-9a-f]{32})"')
NO_CHECKSUM: Final = "0" * 32  # stands where the header's checksum comes while that is computed
ITEM_BYTES: Final = {"BOOL": 1, "U8": 1, "I8": 1, "F8_E4M3": 1, "F8_E5M2": 1} | {
    f"{kind}{bits}": bits // 8
    for kind, sizes in (("I", (16, 32, 64)), ("U", (16, 32, 64)), ("F", (16, 32, 64)), ("BF", (16,)))
    for bits in sizes
}

Group = Literal["ui", "outputs"]


class BrokenFile(Exception):
    """A file that is not whole, or was never one of these."""


class OtherVersion(Exception):
    """A file of another version of this format."""


@dataclass(frozen=True, slots=True)
class Packed:
    """A result, ready to be written: its parts one after the other."""

    header: bytes
    buffers: tuple[memoryview, ...]

    @property
    def nbytes(self) -> int:
        return len(self.header) + sum(len(data) for data in self.buffers)


@dataclass(frozen=True, slots=True)
class Stored:
    """One group of a file's buffers: the tree that they belong to, and where each lies, from the beginning of the file."""

    tree: Any
    checksum: str
    places: tuple[tuple[str, tuple[int, ...], int, int], ...]

    @property
    def nbytes(self) -> int:
        return sum(end - begin for _, _, begin, end in self.places)


@dataclass(frozen=True, slots=True)
class Header:
    """What is known of a result without its values. nbytes: of the file's header."""

    key: bytes
    seconds: float
    notes: tuple[tuple[Level, str], ...]
    kinds: tuple[tuple[str, str], ...]
    ui: Stored
    outputs: Stored
    nbytes: int

    @property
    def shows(self) -> bool:
        return self.ui.tree is not None or bool(self.notes)


def pack(key: bytes, entry: Entry) -> Packed:
    """The file of a result. The buffers are the values' own memory where that is possible. Raises NotStorable."""
    shown: Any = None if entry.ui is None else dict(entry.ui)
    groups = {"ui": encode(shown), "outputs": encode(entry.outputs)}
    metadata = {"virgil_cache": str(VERSION), "checksum": NO_CHECKSUM, "key": key.hex(), "seconds": repr(float(entry.seconds))}
    table: dict[str, Any] = {}
    parts: list[memoryview] = []
    offset = 0
    try:
        metadata["notes"] = _json(entry.notes)
        metadata["kinds"] = _json(entry.kinds)
        for name, (tree, buffers) in groups.items():
            digest = blake2b(digest_size=16)
            for index, buffer in enumerate(buffers):
                data = memoryview(buffer.data).cast("B")
                if len(data) != ITEM_BYTES[buffer.dtype] * prod(buffer.shape):
                    raise NotStorable(f"a buffer of {len(data)} bytes is no {buffer.dtype} of shape {buffer.shape}")
                digest.update(data)
                parts.append(data)
                table[f"{name}.{index}"] = {
                    "dtype": buffer.dtype,
                    "shape": list(buffer.shape),
                    "data_offsets": [offset, offset + len(data)],
                }
                offset += len(data)
            metadata[name] = _json(tree)
            metadata[f"{name}_checksum"] = digest.hexdigest()
        text = _json({"__metadata__": metadata, **table})
    except (TypeError, ValueError, KeyError, RecursionError) as error:
        raise NotStorable(f"it could not be written as a file: {type(error).__name__}: {error}") from error
    text += " " * (-len(text) % 8)
    if len(text) > LONGEST_HEADER:
        raise NotStorable(f"what is no number in it takes {len(text):,} bytes as text; more than {LONGEST_HEADER:,} are not stored")
    begins = len(text).to_bytes(8, "little")
    sealed = text.replace(NO_CHECKSUM, blake2b(begins + text.encode(), digest_size=16).hexdigest(), 1)
    return Packed(begins + sealed.encode(), tuple(parts))


def read_header(file: FileIO) -> Header:
    """What the file says of itself, its whole header checked. Raises BrokenFile, OtherVersion, OSError."""
    size = os.fstat(file.fileno()).st_size
    begins = bytes(_read(file, 0, 8)) if size >= 8 else b""
    length = int.from_bytes(begins, "little")
    if len(begins) < 8 or not 0 < length <= min(size - 8, LONGEST_HEADER):
        raise BrokenFile(f"it has {size:,} bytes, and its header would have {length:,}")
    text = bytes(_read(file, 8, length))
    start = BEGINS.match(text)
    if start is None:
        raise BrokenFile("it does not begin as a stored result does")
    if int(start[1]) != VERSION:
        raise OtherVersion(f"it is of version {int(start[1])}, not {VERSION}")
    unsealed = text[: start.start(2)] + NO_CHECKSUM.encode() + text[start.end(2) :]
    if blake2b(begins + unsealed, digest_size=16).hexdigest() != start[2].decode():
        raise BrokenFile("its header is damaged")
    try:
        return _header(json.loads(text), 8 + length, size)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError) as error:
        raise BrokenFile(f"its header can't be read: {type(error).__name__}: {error}") from error


def read_group(file: FileIO, group: Stored) -> Any:
    """The values of one group. Raises BrokenFile, CodecError, OSError."""
    digest = blake2b(digest_size=16)
    buffers = []
    for dtype, shape, begin, end in group.places:
        data = _read(file, begin, end - begin)
        digest.update(data)
        buffers.append(Buffer(dtype, shape, data))
    if digest.hexdigest() != group.checksum:
        raise BrokenFile("its values are damaged")
    return decode(group.tree, buffers)


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), allow_nan=False)


def _header(content: dict[str, Any], begin: int, size: int) -> Header:
    metadata = content.pop("__metadata__")
    places: dict[str, list[tuple[str, tuple[int, ...], int, int]]] = {"ui": [], "outputs": []}
    offset = begin
    for name, group in _names(len(content), content):
        dtype, shape, (start, end) = (content[name][part] for part in ("dtype", "shape", "data_offsets"))
        if any(type(number) is not int or number < 0 for number in (*shape, start, end)):
            raise ValueError(f"{name} has a shape or a place that is none")
        if start != offset - begin or end - start != ITEM_BYTES[dtype] * prod(shape):
            raise ValueError(f"{name} does not lie where it should")
        places[group].append((dtype, tuple(shape), offset, offset + end - start))
        offset += end - start
    if offset != size:
        raise ValueError(f"it has {size:,} bytes and should have {offset:,}")
    groups = {name: Stored(json.loads(metadata[name]), metadata[f"{name}_checksum"], tuple(found)) for name, found in places.items()}
    seconds = float(metadata["seconds"])
    notes = tuple((cast(Level, str(level)), str(text)) for level, text in json.loads(metadata["notes"]))
    kinds = tuple((str(name), str(salt)) for name, salt in json.loads(metadata["kinds"]))
    key, seconds = bytes.fromhex(metadata["key"]), seconds if isfinite(seconds) else 0.0
    return Header(key, seconds, notes, kinds, groups["ui"], groups["outputs"], begin)


def _names(count: int, content: dict[str, Any]) -> Iterator[tuple[str, Group]]:
    """The names of all buffers, in the order in which they lie. Raises ValueError if there are others."""
    groups: tuple[Group, ...] = ("ui", "outputs")
    for group in groups:
        index = 0
        while f"{group}.{index}" in content:
            yield f"{group}.{index}", group
            index += 1
            count -= 1
    if count:
        raise ValueError(f"it has {count} buffers that belong to nothing")


def _read(file: FileIO, begin: int, size: int) -> bytearray:
    """Exactly these bytes of a file that is known to have them; BrokenFile if it became shorter meanwhile."""
    data = bytearray(size)
    view = memoryview(data)
    file.seek(begin)
    while view:
        count = file.readinto(view)
        if not count:
            raise BrokenFile("it ends before its end")
        view = view[count:]
    return data
