"""Values as data, and back: a tree that JSON can hold, with the numbers beside it as `Buffer`s.

    {"samples": tensor}  →  ["dict", [["samples", ["value", "torch.Tensor", ["dict", [["data", ["buffer", 0]], …]]]]]]  +  [Buffer]

A scalar stands for itself; all else is a list that begins with the name of its form. Plain values, containers, Items and Blocker are
dealt with here, other types by what was registered for them (values.register_value), found by name among what is registered: data
never names code. What occurs twice in a value is stored once, and is one object again afterwards.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any, Final

from virgil_nb.engine.blocker import Blocker
from virgil_nb.engine.lists import Items
from virgil_nb.engine.values import registered, value_type

LONG: Final = 2048  # texts and bytes above this lie beside the tree
DEEP: Final = 60  # values are nested at most so deep: well within what Python's stack and JSON's readers take
MOST: Final = 200_000  # parts of a value: of plain Python objects, so many take longer to store than they are worth
SAFE: Final = (1 << 63) - 1  # JSON's readers refuse numbers of very many digits

SINGLE: Final[Mapping[str, Any]] = {"Ellipsis": Ellipsis, "NotImplemented": NotImplemented}
MAKE: Final[Mapping[str, type[Any]]] = {
    "list": list,
    "tuple": tuple,
    "set": set,
    "frozenset": frozenset,
    "Items": Items,
}


class NotStorable(Exception):
    """A value can't be stored; the text says why."""


class CodecError(ValueError):
    """Data that stand for no value here: damaged, or of a type that nobody has registered."""


@dataclass(frozen=True, slots=True)
class Buffer:
    """Numbers in memory. dtype: a name of the safetensors format ("F32"; "U8" for plain bytes); data: row by row."""

    dtype: str
    shape: tuple[int, ...]
    data: bytes | bytearray | memoryview

    @classmethod
    def of_bytes(cls, data: bytes | bytearray | memoryview) -> Buffer:
        """Bytes that are no numbers."""
        return cls("U8", (len(data),), data)


def encode(value: Any) -> tuple[Any, list[Buffer]]:
    """The tree of `value`, and its buffers. Raises NotStorable."""
    encoder = _Encoder()
    tree = encoder.tree(value, 0)
    return tree, encoder.buffers


def decode(tree: Any, buffers: Sequence[Buffer]) -> Any:
    """The value again; the buffers' memory is its own then. Raises CodecError, whatever the tree holds."""
    try:
        return _Decoder(buffers).value(tree, 0)
    except CodecError:
        raise
    except Exception as error:
        raise CodecError(f"{type(error).__name__}: {error}") from error


class _Encoder:
    def __init__(self) -> None:
        self.buffers: list[Buffer] = []
        self._numbers: dict[int, int] = {}  # of what is done, by id; -1 while it is under way
        self._done = 0
        self._parts = 0
        self._alive: list[Any] = []  # what was made on the way: an id must not be used again

    def tree(self, value: Any, depth: int) -> Any:
        kind = type(value)
        if value is None or kind is bool:
            return value
        if kind is int:
            return value if -SAFE <= value <= SAFE else ["int", f"{value:x}"]
        if kind is str:
            return value if len(value) <= LONG and _plain(value) else ["text", self._bytes(value.encode("utf-8", "surrogatepass"))]
        if kind is float:
            return value if isfinite(value) else ["float", struct.pack("<d", value).hex()]
        if kind is bytes:
            return ["bytes", value.hex() if len(value) <= LONG else self._bytes(value)]
        if kind is complex:
            return ["complex", struct.pack("<dd", value.real, value.imag).hex()]
        if kind is range or kind is slice:
            return [kind.__name__, [self.tree(part, depth + 1) for part in (value.start, value.stop, value.step)]]
        if value is Ellipsis or value is NotImplemented:
            return ["single", "Ellipsis" if value is Ellipsis else "NotImplemented"]
        if kind is Blocker:
            return ["blocker", self.tree(value.message, depth + 1)]
        if kind is Buffer:
            self.buffers.append(value)
            return ["buffer", len(self.buffers) - 1]
        return self._object(value, kind, depth)

    def _object(self, value: Any, kind: type, depth: int) -> Any:
        """What has parts, or an identity: numbered in the order in which they are finished."""
        number = self._numbers.get(id(value))
        if number is not None and number >= 0:
            return ["same", number]
        if number is not None or depth > DEEP:
            raise NotStorable(f"a {kind.__qualname__} is nested too deep, or holds itself")
        self._numbers[id(value)] = -1
        made: Any
        if kind is dict or kind in MAKE.values():
            self._parts += len(value)
            if self._parts > MOST:
                raise NotStorable(f"it has more than {MOST:,} parts that are no tensors or arrays")
        if kind in MAKE.values():
            made = [kind.__name__, [self.tree(item, depth + 1) for item in value]]
        elif kind is dict:
            made = ["dict", [[self.tree(key, depth + 1), self.tree(item, depth + 1)] for key, item in value.items()]]
        elif kind is bytearray:
            made = ["bytearray", self._bytes(bytes(value))]
        else:
            entry = value_type(kind)
            if entry is None or entry.encode is None:
                raise NotStorable(f"a {kind.__qualname__} has no codec")
            parts = _encoded(entry.encode, value, kind)
            self._alive.append(parts)
            made = ["value", entry.name, self.tree(parts, depth + 1)]
        self._numbers[id(value)] = self._done
        self._done += 1
        return made

    def _bytes(self, data: bytes) -> int:
        self.buffers.append(Buffer.of_bytes(data))
        return len(self.buffers) - 1


def _encoded(call: Callable[[Any], Mapping[str, Any]], value: Any, kind: type) -> dict[str, Any]:
    try:
        return dict(call(value))
    except NotStorable:
        raise
    except Exception as error:
        raise NotStorable(f"a {kind.__qualname__} could not be encoded: {type(error).__name__}: {error}") from error


def _plain(text: str) -> bool:
    """Whether JSON gives the text back as it is: not if it has halves of surrogate pairs."""
    return text.isascii() or not any("\ud800" <= character <= "\udfff" for character in text)


class _Decoder:
    def __init__(self, buffers: Sequence[Buffer]) -> None:
        self._buffers = buffers
        self._used: set[int] = set()
        self._made: list[Any] = []

    def value(self, tree: Any, depth: int) -> Any:
        if type(tree) is not list:
            if isinstance(tree, dict):
                raise CodecError("there is a mapping where a value should be")
            return tree
        if depth > DEEP + 2:
            raise CodecError("it is nested too deep")
        form, *given = tree
        made: Any
        match form, given:
            case "list" | "tuple" | "set" | "frozenset" | "Items", [list(items)]:
                made = MAKE[form]([self.value(item, depth + 1) for item in items])
            case "dict", [list(pairs)]:
                made = {self.value(key, depth + 1): self.value(item, depth + 1) for key, item in pairs}
            case "value", [str(name), parts]:
                made = self._registered(name, self.value(parts, depth + 1))
            case "bytearray", [int(index)]:
                made = bytearray(self._buffer(index).data)
            case _:
                return self._unnumbered(form, given, depth)
        self._made.append(made)
        return made

    def _unnumbered(self, form: Any, given: list[Any], depth: int) -> Any:
        match form, given:
            case "same", [int(number)] if 0 <= number < len(self._made):
                return self._made[number]
            case "buffer", [int(index)]:
                return self._buffer(index)
            case "text", [int(index)]:
                return bytes(self._buffer(index).data).decode("utf-8", "surrogatepass")
            case "bytes", [int(index)]:
                return bytes(self._buffer(index).data)
            case "bytes", [str(text)]:
                return bytes.fromhex(text)
            case "float", [str(text)]:
                return struct.unpack("<d", bytes.fromhex(text))[0]
            case "complex", [str(text)]:
                return complex(*struct.unpack("<dd", bytes.fromhex(text)))
            case "int", [str(text)]:
                return int(text, 16)
            case "range" | "slice", [[start, stop, step]]:
                return (range if form == "range" else slice)(*(self.value(part, depth + 1) for part in (start, stop, step)))
            case "single", [str(name)]:
                return SINGLE[name]
            case "blocker", [message]:
                text = self.value(message, depth + 1)
                if text is not None and type(text) is not str:
                    raise CodecError("the message of a Blocker is no text")
                return Blocker(text)
        raise CodecError(f"{str(form)[:40]!r} is no form of a value")

    def _buffer(self, index: int) -> Buffer:
        """Each is given once: two values must not share their memory."""
        if not 0 <= index < len(self._buffers) or index in self._used:
            raise CodecError(f"there is no buffer {index}, or it was used before")
        self._used.add(index)
        return self._buffers[index]

    def _registered(self, name: str, parts: Any) -> Any:
        entry = registered(name)
        if entry is None or entry.decode is None:
            raise CodecError(f"nothing is registered that decodes a {name[:200]}")
        if type(parts) is not dict:
            raise CodecError(f"the parts of a {name} have no names")
        return entry.decode(parts)
