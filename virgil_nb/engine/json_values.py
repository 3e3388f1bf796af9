"""The values that a document may hold: JSON's, kept immutable (tuples and read-only mappings), and `ObjectRef`.

freeze: what comes in, checked; thaw: fresh lists and dicts to give out. NaN, infinities and giant integers have no form in JSON
that every reader understands, so they are refused.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from virgil_nb.engine.errors import DocumentError

MAX_DEPTH: Final = 100
MAX_INT_BITS: Final = 1024
_COUNTS: Final = {2: "two", 4: "four"}


UNKNOWN_CONTENT: Final = "?"  # begins the hash of an object whose content can't be told: no other has the same


@dataclass(frozen=True, slots=True)
class ObjectRef:
    """A Python object used as an input: kept beside the document under its content's hash. In JSON {"__object__": hash, "type": name}."""

    hash: str
    type_name: str

    def to_json(self) -> dict[str, str]:
        return {"__object__": self.hash, "type": self.type_name}


def freeze(value: object, place: str, depth: int = 0) -> object:
    """`value`, immutable. Raises DocumentError, naming `place`, for what a document can't hold."""
    kind = type(value)
    if value is None or kind is bool or kind is str or kind is ObjectRef:
        return value
    if isinstance(value, bool):
        return bool(value)
    if isinstance(value, int):
        if value.bit_length() > MAX_INT_BITS:
            raise DocumentError(f"{place} is a number of {value.bit_length()} bits; at most {MAX_INT_BITS} are kept")
        return int(value)
    if isinstance(value, float):
        if not math.isfinite(value):
            raise DocumentError(f"{place} is {value}; a workflow keeps finite numbers only")
        return float(value)
    if isinstance(value, str):
        return str.__str__(value)
    if depth >= MAX_DEPTH:
        raise DocumentError(f"{place} is nested more than {MAX_DEPTH} deep")
    if isinstance(value, (list, tuple)):
        return tuple(freeze(item, place, depth + 1) for item in value)
    if isinstance(value, Mapping):
        if value.keys() == {"__object__", "type"}:
            name, type_name = value["__object__"], value["type"]
            if type(name) is str and type(type_name) is str:
                return ObjectRef(name, type_name)
        return freeze_mapping(value, place, depth)
    raise DocumentError(f"{place} is {shown(value)}; a workflow keeps texts, numbers, true/false, null, lists and objects of these")


def freeze_mapping(value: object, place: str, depth: int = 0) -> Mapping[str, Any]:
    """`value` as a read-only mapping with text keys. Raises DocumentError."""
    if not isinstance(value, Mapping):
        raise DocumentError(f"{place} is {shown(value)}; it must be an object")
    found = {}
    for key, item in value.items():
        if not isinstance(key, str):
            raise DocumentError(f"{place} has the key {shown(key)}; keys must be texts")
        found[str.__str__(key)] = freeze(item, f"{place}.{key[:60]}" if depth == 0 else place, depth + 1)
    return MappingProxyType(found)


def thaw(value: Any) -> Any:
    """`value` as fresh lists and dicts that anyone may change; an ObjectRef as its JSON form."""
    if isinstance(value, tuple):
        return [thaw(item) for item in value]
    if isinstance(value, Mapping):
        return {key: thaw(item) for key, item in value.items()}
    if type(value) is ObjectRef:
        return value.to_json()
    return value


def read_float_pair(value: object, place: str) -> tuple[float, float]:
    """Two finite numbers. Raises DocumentError."""
    first, second = read_floats(value, 2, place)
    return first, second


def read_floats(value: object, count: int, place: str) -> tuple[float, ...]:
    """`count` finite numbers. Raises DocumentError."""
    given = value if isinstance(value, (list, tuple)) else ()
    if len(given) == count and all(isinstance(item, (int, float)) and not isinstance(item, bool) for item in given):
        try:
            found = tuple(float(item) for item in given)
        except OverflowError:
            found = (math.inf,)
        if all(math.isfinite(item) for item in found):
            return found
    raise DocumentError(f"{place} is {shown(value)}; it must be {_COUNTS.get(count, count)} finite numbers")


def shown(value: object, limit: int = 80) -> str:
    """`value` as a message shows it: short, whatever it is."""
    try:
        text = repr(value)
    except Exception:  # noqa: BLE001 - a hostile __repr__, or an integer with too many digits
        text = f"a {type(value).__name__}"
    return text if len(text) <= limit else f"{text[: limit - 1]}…"
