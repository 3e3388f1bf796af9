"""What the engine must know of the values on the wires: their content's fingerprint, their size, how to copy them, and how to store them.

Other layers register their types, by class or by qualified name ("torch.Tensor"), so that nothing is imported for it.
list, tuple, dict, set and plain values are handled here, member by member.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from types import MappingProxyType
from typing import Any, Final

from virgil_nb.engine.lists import Items

IMMUTABLE: Final = frozenset({type(None), bool, int, float, complex, str, bytes, range, slice, type(Ellipsis), type(NotImplemented)})
MAX_DEPTH: Final = 200


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """A digest of a value's content, or (digest None) why there is none."""

    digest: str | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ValueType:
    """How values of one type are handled; `name` is what it was registered by.

    fingerprint gives the content as bytes or text, None if it can't be told. encode and decode: see codecs.py.
    """

    name: str
    fingerprint: Callable[[Any], bytes | str | None] | None
    nbytes: Callable[[Any], int] | None
    copy: Callable[[Any], Any] | None
    encode: Callable[[Any], Mapping[str, Any]] | None
    decode: Callable[[Mapping[str, Any]], Any] | None


_registered: dict[str, ValueType] = {}
_found: dict[type, ValueType | None] = {}
_lock = threading.Lock()


def register_value(
    python_type: type | str,
    *,
    fingerprint: Callable[[Any], bytes | str | None] | None = None,
    nbytes: Callable[[Any], int] | None = None,
    copy: Callable[[Any], Any] | None = None,
    encode: Callable[[Any], Mapping[str, Any]] | None = None,
    decode: Callable[[Mapping[str, Any]], Any] | None = None,
) -> None:
    """Says how values of a type (or of a class below it) are handled. Text names it as module.qualname, so it need not be imported.

    Without fingerprint: what it makes is not cached across objects; without nbytes: sys.getsizeof; without copy: given on as it is;
    without encode: results with such a value are never stored on disk.
    encode: the value as names and what they stand for: values that can be stored themselves, and codecs.Buffer for numbers. Raises
    codecs.NotStorable, with the reason, for a value that it can't give back exactly. decode: the value again, from a mapping that is
    equal to it; the data of its Buffers are bytearrays that nobody else has. It must bear any content: a file may hold anything.
    """
    if (encode is None) != (decode is None):
        raise ValueError("encode and decode belong together; give both or none.")
    name = python_type if isinstance(python_type, str) else f"{python_type.__module__}.{python_type.__qualname__}"
    with _lock:
        _registered[name] = ValueType(name, fingerprint, nbytes, copy, encode, decode)
        _found.clear()


def value_type(kind: type) -> ValueType | None:
    """What was registered for a class or the nearest class above it."""
    try:
        return _found[kind]
    except KeyError:
        pass
    with _lock:
        for base in kind.__mro__:
            entry = _registered.get(f"{base.__module__}.{base.__qualname__}")
            if entry is not None:
                break
        else:
            entry = None
        if len(_found) > 10_000:  # classes made anew in each run of a cell
            _found.clear()
        _found[kind] = entry
        return entry


def registered(name: str) -> ValueType | None:
    """What was registered under exactly this name."""
    return _registered.get(name)


def copy(value: Any) -> Any:
    """A value that may be changed without changing `value`; the same object where it can't be changed or nobody knows how to copy it."""
    return value if type(value) in IMMUTABLE else _copy(value, {}, 0)


def _copy(value: Any, done: dict[int, Any], depth: int) -> Any:
    kind = type(value)
    if kind in IMMUTABLE or depth > MAX_DEPTH:
        return value
    if id(value) in done:  # shared parts stay shared, and a ring ends
        return done[id(value)]
    made: Any
    if kind is list:
        done[id(value)] = made = []
        made.extend(_copy(item, done, depth + 1) for item in value)
    elif kind is dict:
        done[id(value)] = made = {}
        for key, item in value.items():
            made[key] = _copy(item, done, depth + 1)
    elif kind is set:
        made = set(value)
    elif kind is bytearray:
        made = bytearray(value)
    else:
        entry = value_type(kind)
        if entry is not None:
            made = value if entry.copy is None else entry.copy(value)
        elif isinstance(value, tuple):
            parts = [_copy(item, done, depth + 1) for item in value]
            if all(new is old for new, old in zip(parts, value, strict=True)):
                made = value
            elif kind is tuple:
                made = tuple(parts)
            elif hasattr(kind, "_make"):
                made = kind._make(parts)
            elif kind is Items:
                made = Items(parts)
            else:
                made = value
        else:
            made = value
    done[id(value)] = made
    return made


def nbytes(value: Any) -> int:
    """About how many bytes a value holds; parts that occur twice count once."""
    kind = type(value)
    if kind in IMMUTABLE:
        return sys.getsizeof(value)
    total = 0
    seen: set[int] = set()
    todo: list[Any] = [value]
    while todo:
        item = todo.pop()
        kind = type(item)
        if kind in IMMUTABLE:
            total += sys.getsizeof(item)
            continue
        if id(item) in seen:
            continue
        seen.add(id(item))
        entry = value_type(kind)
        if entry is not None and entry.nbytes is not None:
            total += max(0, int(entry.nbytes(item)))
            continue
        try:
            total += sys.getsizeof(item)
        except Exception:  # noqa: BLE001 - someone's __sizeof__
            total += 64
        if isinstance(item, (list, tuple, set, frozenset)):
            todo.extend(item)
        elif isinstance(item, (dict, MappingProxyType)):
            todo.extend(item.keys())
            todo.extend(item.values())
    return total


class _NoFingerprint(Exception):
    pass


def fingerprint(value: Any) -> Fingerprint:
    """A digest of the value's content, the same in every process; or the reason why there is none."""
    digest = blake2b(digest_size=16)
    try:
        _feed(digest.update, value, 0, set())
    except _NoFingerprint as reason:
        return Fingerprint(None, str(reason))
    except Exception as error:  # noqa: BLE001 - a registered function, or someone's object, failed
        return Fingerprint(None, f"the content of a {type(value).__qualname__} could not be read: {type(error).__name__}: {error}")
    return Fingerprint(digest.hexdigest())


def _feed(update: Callable[[bytes], object], value: Any, depth: int, above: set[int]) -> None:
    """Writes `value` without ambiguity: a tag, and a length wherever one is needed."""
    kind = type(value)
    if kind in IMMUTABLE:
        update(plain_bytes(value))
        return
    if depth > MAX_DEPTH or id(value) in above:
        raise _NoFingerprint(f"a {kind.__qualname__} is nested too deep, or holds itself")
    above.add(id(value))
    if kind in (list, tuple):
        update(b"%c%d;" % (b"l" if kind is list else b"t", len(value)))
        for item in value:
            _feed(update, item, depth + 1, above)
    elif kind in (dict, MappingProxyType):
        update(b"m%d;" % len(value))
        for part in sorted(_part((key, item), depth, above) for key, item in value.items()):
            update(part)
    elif kind in (set, frozenset):
        update(b"u%d;" % len(value))
        for part in sorted(_part(item, depth, above) for item in value):
            update(part)
    elif kind is bytearray:
        update(b"a%d;" % len(value) + bytes(value))
    else:
        entry = value_type(kind)
        content = entry.fingerprint(value) if entry is not None and entry.fingerprint is not None else None
        if content is None:
            raise _NoFingerprint(f"the content of a {kind.__qualname__} can't be told")
        data = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else bytes(content)
        name = f"{kind.__module__}.{kind.__qualname__}".encode("utf-8", "surrogatepass")
        update(b"o%d;%d;" % (len(name), len(data)) + name + data)
    above.discard(id(value))


def _part(value: Any, depth: int, above: set[int]) -> bytes:
    """The digest of one member of a value without order."""
    digest = blake2b(digest_size=16)
    _feed(digest.update, value, depth + 1, above)
    return digest.digest()


def plain_bytes(value: Any) -> bytes:
    """A plain value as bytes that no other plain value has (1, 1.0 and True differ)."""
    kind = type(value)
    data: bytes
    if kind is str:
        data = value.encode("utf-8", "surrogatepass")
        return b"s%d;" % len(data) + data
    if kind is int:
        data = b"i%x;" % value
        return data
    if kind is float:
        data = value.hex().encode()
        return b"f" + data + b";"
    if value is None:
        return b"n"
    if kind is bool:
        return b"T" if value else b"F"
    if kind is bytes:
        data = value
        return b"b%d;" % len(data) + data
    return f"{kind.__name__}{value!r};".encode()
