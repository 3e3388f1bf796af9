"""Reads a function with all that it uses, recursively, into one digest: see code.py for what counts as the same code."""

from __future__ import annotations

import abc
import builtins
import collections
import dataclasses
import enum
import functools
import logging
import pathlib
import re
import types
from collections.abc import Iterator
from hashlib import blake2b
from typing import Any, Final, Generic, Protocol

from virgil_nb.engine import values
from virgil_nb.engine.kinds.outer_names import only_notes, outer_names
from virgil_nb.engine.kinds.sources import computes_plainly, library_of

MAX_PARTS: Final = 100_000
_RUNS_ANYTHING: Final = frozenset({"__import__", "eval", "exec", "globals"})  # of the builtins


class CannotTell(Exception):
    """A part of the code whose content is unknown; the message says which."""


def outer_value(function: types.FunctionType, name: str) -> tuple[bool, object]:
    """(whether it is there, value) of a name that the function takes from around it: its closure, then its module."""
    if name in function.__code__.co_freevars:
        cell = (function.__closure__ or ())[function.__code__.co_freevars.index(name)]
        try:
            return True, cell.cell_contents
        except ValueError:  # not filled yet
            return False, None
    return name in function.__globals__, function.__globals__.get(name)


class CodeReader:
    """Writes a function and all that it uses, each object once, into one digest.

    plain: so far it uses Python, NumPy, Pillow and the user's own code alone, whose numbers are the same on each device.
    """

    def __init__(self) -> None:
        self.plain = True
        self._hash = blake2b(digest_size=16)
        self._seen: dict[int, int] = {}
        self._kept: list[object] = []  # alive as long as their ids are used
        self._todo: list[tuple[object, str]] = []
        self._steps = 0

    def digest(self) -> str:
        return self._hash.hexdigest()

    def read(self, value: object, place: str) -> None:
        self._todo.append((value, place))
        while self._todo:
            item, where = self._todo.pop()
            self._steps += 1
            if self._steps > MAX_PARTS:
                raise CannotTell(f"its code uses more than {MAX_PARTS} parts")
            self._one(item, where)

    def _say(self, *parts: object) -> None:
        for part in parts:
            data = part if isinstance(part, bytes) else str(part).encode("utf-8", "surrogatepass")
            self._hash.update(b"%d:" % len(data))
            self._hash.update(data)

    def _uses(self, module: str | None) -> None:
        """Notes that the code uses something of `module`."""
        self.plain = self.plain and computes_plainly(module or "")

    def _later(self, *parts: tuple[object, str]) -> None:
        self._todo.extend(reversed(parts))

    def _one(self, value: object, place: str) -> None:
        if value is None or type(value) in (bool, int, float, complex, str, bytes):
            self._say(type(value).__name__, value if isinstance(value, bytes) else repr(value))
            return
        if type(value) is not tuple:  # which equal tuples are one object depends on how the code was loaded
            if id(value) in self._seen:
                self._say("again", self._seen[id(value)])
                return
            self._seen[id(value)] = len(self._kept)
            self._kept.append(value)
        if isinstance(value, types.FunctionType):
            self._function(value, place)
        elif isinstance(value, types.CodeType):
            self._code(value, place)
        elif isinstance(value, type):
            self._class(value, place)
        elif isinstance(value, types.ModuleType):
            self._module(value, place)
        elif not self._container(value, place) and not self._callable(value, place):
            self._object(value, place)

    def _function(self, function: types.FunctionType, place: str) -> None:
        library = library_of(function.__module__ or "")
        if library is not None and "<locals>" not in function.__qualname__:
            self._say("library function", library, function.__module__, function.__qualname__)
            self._uses(function.__module__)
            return
        name = function.__name__
        self._say("function")
        parts: list[tuple[object, str]] = [
            (function.__code__, place),
            (function.__defaults__, f"a default of {name}"),
            (function.__kwdefaults__, f"a default of {name}"),
        ]
        self._later(*parts, *self._names_used(function))
        wrapped = getattr(function, "__wrapped__", None)
        if wrapped is not None:
            self._later((wrapped, place))

    def _names_used(self, function: types.FunctionType) -> Iterator[tuple[object, str]]:
        """What the function, or a function inside it, reads from outside; of a module, the attribute that is taken from it."""
        names = outer_names(function.__code__)
        for module in names.imports:
            self._uses(module)
        for name in sorted(names.changes):
            self._say("changes", name)
        for chain in sorted(names.reads | names.notes):
            first, *attributes = chain
            self._say("uses", ".".join(chain))
            found, value = outer_value(function, first)
            if not found or (chain in names.notes and only_notes(value)):
                self._say("" if found or hasattr(builtins, first) else "missing")
                self.plain = self.plain and first not in _RUNS_ANYTHING
                continue
            where = f"{first!r}, which {function.__name__} uses"
            while attributes and isinstance(value, types.ModuleType) and library_of(value.__name__) is None:
                attribute = attributes.pop(0)
                value = getattr(value, attribute, None)
                where = f"{attribute!r}, which {function.__name__} uses"
            yield value, where

    def _code(self, code: types.CodeType, place: str) -> None:
        self._say("code", code.co_code, code.co_flags, code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount)
        self._say(code.co_exceptiontable, *code.co_names, "|", *code.co_varnames, "|", *code.co_freevars, "|", *code.co_cellvars)
        self._later(*((constant, place) for constant in code.co_consts))

    def _class(self, kind: type, place: str) -> None:
        library = library_of(kind.__module__)
        if library is not None and "<locals>" not in kind.__qualname__:
            self._say("library class", library, kind.__module__, kind.__qualname__)
            self._uses(kind.__module__)
            return
        self._say("class", kind.__qualname__)
        self._later(*((base, place) for base in kind.__bases__))
        named_tuple = _is_named_tuple(kind)
        if named_tuple:
            self._say("fields", *kind._fields)  # type: ignore[attr-defined]
        made_by_dataclass = dataclasses.is_dataclass(kind)
        if made_by_dataclass:
            for item in dataclasses.fields(kind):
                self._say("field", item.name)
                for given in (item.default, item.default_factory):
                    if given is not dataclasses.MISSING:
                        self._later((given, f"{kind.__name__}.{item.name}"))
        for name, member in sorted(vars(kind).items()):
            if name in _CLASS_NOISE:
                continue
            if made_by_dataclass and isinstance(member, types.FunctionType) and member.__code__.co_filename == "<string>":
                continue
            if named_tuple and (name in _NAMED_TUPLE_NOISE or name in kind._fields or _is_of_collections(member)):  # type: ignore[attr-defined]
                continue
            where = f"{kind.__name__}.{name}"
            self._say("member", name)
            if isinstance(member, (staticmethod, classmethod)):
                self._later((type(member).__name__, where), (member.__func__, where))
            elif isinstance(member, property):
                self._later((member.fget, where), (member.fset, where), (member.fdel, where))
            elif isinstance(member, (types.MemberDescriptorType, types.GetSetDescriptorType)):
                self._say("slot")
            else:
                self._later((member, where))

    def _module(self, module: types.ModuleType, place: str) -> None:
        library = library_of(module.__name__)
        if library is None:
            raise CannotTell(f"{place} is the module {module.__name__}, used as a whole")
        self._say("module", library, module.__name__)
        self._uses(module.__name__)

    def _container(self, value: object, place: str) -> bool:
        if type(value) in (tuple, list, collections.deque):
            self._say(type(value).__name__, len(value))  # type: ignore[arg-type]
            self._later(*((item, place) for item in value))  # type: ignore[attr-defined]
        elif _is_named_tuple(type(value)):
            self._say("named tuple", len(value))  # type: ignore[arg-type]
            self._later((type(value), place), *((item, place) for item in value))  # type: ignore[attr-defined]
        elif type(value) in (dict, types.MappingProxyType, collections.OrderedDict, collections.Counter, collections.defaultdict):
            self._say("dict", len(value))  # type: ignore[arg-type]
            for key, item in value.items():  # type: ignore[attr-defined]
                self._later((key, place), (item, place))
        elif type(value) in (set, frozenset):
            self._say("set", *sorted(_apart(item, place) for item in value))  # type: ignore[attr-defined]
        else:
            return False
        return True

    def _callable(self, value: object, place: str) -> bool:
        if isinstance(value, types.MethodType):
            self._say("method")
            self._later((value.__func__, place), (value.__self__, place))
        elif isinstance(value, functools.partial):
            self._say("partial")
            self._later((value.func, place), (value.args, place), (value.keywords, place))
        elif isinstance(value, (types.BuiltinFunctionType, types.MethodDescriptorType, types.WrapperDescriptorType)):
            owner = getattr(value, "__self__", None)
            if owner is not None and not isinstance(owner, (types.ModuleType, type)):
                self._later((owner, place))
            self._say("builtin", getattr(value, "__module__", "") or "", value.__qualname__)
            self._uses(_module_of(value))
        elif hasattr(value, "__wrapped__") and callable(value):  # functools.cache and other wrappers
            self._say("wrapper", type(value).__qualname__)
            self._later((value.__wrapped__, place))
        else:
            return False
        return True

    def _object(self, value: Any, place: str) -> None:
        kind = type(value)
        if isinstance(value, enum.Enum):
            self._say("enum", value.name)
            self._later((kind, place))
        elif isinstance(value, (re.Pattern, pathlib.PurePath, range, slice)) or value is Ellipsis or value is NotImplemented:
            self._say(kind.__name__, repr(value))
        elif isinstance(value, logging.Logger):
            self._say("logger", value.name)
        elif kind.__module__ == "typing" or isinstance(value, (types.GenericAlias, types.UnionType)):
            self._say("typing", repr(value))
        elif (found := values.fingerprint(value)).digest is not None:
            self._say("value", kind.__module__, kind.__qualname__, found.digest)
            self._uses(kind.__module__)
        elif f"{kind.__module__}.{kind.__qualname__}" in _NAMED:
            self._say("named", kind.__module__, kind.__qualname__, repr(value))
            self._uses(kind.__module__)
        elif kind.__module__ == "numpy" and hasattr(value, "dtype") and hasattr(value, "tobytes"):  # its scalars
            self._say("numpy", str(value.dtype), value.tobytes())
        elif (state := _state(value)) is not None:
            self._say("object", *sorted(state))
            self._later((kind, place), *((state[name], f"{place}.{name}") for name in sorted(state)))
        elif callable(value) and library_of(kind.__module__) and isinstance(getattr(value, "__name__", None), str):
            # a NumPy ufunc, a compiled function
            self._say("library callable", library_of(kind.__module__), kind.__qualname__, value.__name__)
            self._uses(kind.__module__)
        else:
            raise CannotTell(f"{place} is a {kind.__qualname__}, whose content can't be told")


def _module_of(value: object) -> str | None:
    """The module of a function or method that is not written in Python; torch's own functions say it by their class alone."""
    owner = getattr(value, "__objclass__", None) or getattr(value, "__self__", None)
    if isinstance(owner, types.ModuleType):
        return owner.__name__
    kind = owner if isinstance(owner, type) else type(owner) if owner is not None else None
    return kind.__module__ if kind is not None else getattr(value, "__module__", None)


# library values that their repr tells in full
_NAMED: Final = frozenset(
    {
        "torch.device", "torch.dtype", "torch.layout", "torch.memory_format", "datetime.date", "datetime.datetime", "datetime.time",
        "datetime.timedelta", "datetime.timezone", "decimal.Decimal", "fractions.Fraction", "uuid.UUID",
    }
)  # fmt: skip
_PLAIN_BASES: Final = frozenset({object, Generic, abc.ABC, Protocol})


def _state(value: object) -> dict[str, object] | None:
    """The attributes of an object that are all that it is: one of a class of the user's own, or of a library's with plain attributes only.

    None where there may be more than the attributes say.
    """
    kind = type(value)
    attributes = getattr(value, "__dict__", None)
    if dataclasses.is_dataclass(kind):
        return {item.name: getattr(value, item.name, None) for item in dataclasses.fields(value)}  # type: ignore[arg-type]
    if not isinstance(attributes, dict) or any("__slots__" in vars(base) and vars(base)["__slots__"] for base in kind.__mro__):
        return None
    if all(base in _PLAIN_BASES or library_of(base.__module__) is None for base in kind.__mro__):
        return dict(attributes)
    if hasattr(kind, "__enter__") and all(_is_plain(item) for item in attributes.values()):  # torch.no_grad() and its like, as decorators
        return dict(attributes)
    return None


def _is_plain(value: object) -> bool:
    return type(value) in values.IMMUTABLE or f"{type(value).__module__}.{type(value).__qualname__}" in _NAMED


def _is_named_tuple(kind: type) -> bool:
    return issubclass(kind, tuple) and isinstance(getattr(kind, "_fields", None), tuple) and kind.__bases__ == (tuple,)


def _is_of_collections(member: object) -> bool:
    """Whether a named tuple's member is one that all of them have."""
    member = getattr(member, "__func__", member)
    return isinstance(member, types.FunctionType) and member.__code__.co_filename == collections.__file__


# what is made for each named tuple, from its fields; their defaults (_field_defaults) are read
_NAMED_TUPLE_NOISE: Final = frozenset({"__new__", "__slots__", "__orig_bases__", "_fields", "_make", "__getnewargs__"})
_CLASS_NOISE: Final = frozenset(
    {
        "__annotations__", "__dict__", "__doc__", "__firstlineno__", "__module__", "__qualname__", "__static_attributes__",
        "__weakref__", "__abstractmethods__", "_abc_impl", "__parameters__", "__orig_bases__", "__match_args__",
        "__dataclass_fields__", "__dataclass_params__",
    }
)  # fmt: skip


def _apart(value: object, place: str) -> str:
    """A digest of one member of a set on its own: sets have no order, so their members' digests are sorted."""
    reader = CodeReader()
    reader.read(value, place)
    return reader.digest()
