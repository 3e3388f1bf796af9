"""Which code a function is: digests for the identity of node functions.

Three cases. Of this package: the sources of the layers that node code stands on, so that a mended helper changes the key. Of an installed
library: its name and version. Anything else (a notebook, a script, a pack): what the function does, with its defaults, closure values,
and the global functions, classes and constants that it names, recursively.

"What it does" is the compiled code, not the source's syntax tree: the same for moved lines, comments and layout, there for code that has
no source, and never the text of a file that was saved after the function was imported.
"""

from __future__ import annotations

import builtins
import dataclasses
import inspect
import types
from collections.abc import Callable
from typing import Any

from virgil_nb.engine import values
from virgil_nb.engine.kinds.code_reader import CannotTell, CodeReader, outer_value
from virgil_nb.engine.kinds.identity import CodeIdentity, Identity
from virgil_nb.engine.kinds.outer_names import only_notes, outer_names
from virgil_nb.engine.kinds.sources import PACKAGE, folder_digest, package_digest


def identity_of(function: Callable[..., Any]) -> CodeIdentity:
    """Who can say, before each run, which code `function` is. Reads nothing yet."""
    module = getattr(inspect.unwrap(function), "__module__", None) or ""
    if module.partition(".")[0] == PACKAGE:
        return PackageIdentity(f"{module}.{getattr(function, '__qualname__', '')}")
    return FunctionIdentity(function)


@dataclasses.dataclass(frozen=True, slots=True)
class PackageIdentity:
    """A function of this package: its name and the package's sources."""

    name: str

    def now(self) -> Identity:
        try:
            return Identity(f"{self.name} {package_digest()}")
        except OSError as error:
            return Identity(None, f"the sources of {PACKAGE} can't be read: {error}")


@dataclasses.dataclass(frozen=True, slots=True)
class FolderIdentity:
    """A function of a folder of nodes: its name and all sources of the folder, read once."""

    name: str
    folder: str

    def now(self) -> Identity:
        try:
            return Identity(f"{self.name} {folder_digest(self.folder)}")
        except OSError as error:
            return Identity(None, f"the sources in {self.folder} can't be read: {error}")


class FunctionIdentity:
    """Any other function: what it does now, with everything that it uses now."""

    __slots__ = ("_function", "_known", "_small")

    def __init__(self, function: Callable[..., Any]) -> None:
        self._function = function
        self._known: tuple[object, Identity] | None = None
        self._small: tuple[types.CodeType, object, Identity] | None = None  # of a function that uses nothing but its arguments

    def now(self) -> Identity:
        function, small = self._function, self._small
        if small is not None and function.__code__ is small[0] and function.__defaults__ is small[1] and not function.__kwdefaults__:
            return small[2]
        alone = _stands_alone(function)
        if alone is None:
            return self._read()
        if self._known is None or self._known[0] != alone:
            self._known = (alone, self._read())
        names = outer_names(function.__code__)
        if not names.reads and not names.notes:
            self._small = (function.__code__, function.__defaults__, self._known[1])
        return self._known[1]

    def _read(self) -> Identity:
        reader = CodeReader()
        try:
            reader.read(self._function, "it")
        except CannotTell as reason:
            return Identity(None, str(reason))
        except Exception as error:  # noqa: BLE001 - a property, __eq__ or __repr__ of someone's object
            return Identity(None, f"its code can't be read: {type(error).__name__}: {error}")
        return Identity(reader.digest(), plain=reader.plain)


def _stands_alone(function: Callable[..., Any]) -> object:
    """All that a function is, if it uses nothing that could change behind its back; else None."""
    if type(function) is not types.FunctionType or hasattr(function, "__wrapped__") or function.__kwdefaults__:
        return None
    defaults = function.__defaults__ or ()
    if any(type(value) not in values.IMMUTABLE for value in defaults):
        return None
    names = outer_names(function.__code__)
    if not names.reads and not names.notes:  # the usual small function
        return function.__code__, repr(defaults)
    if any(chain[0] in function.__code__.co_freevars for chain in names.reads):
        return None
    if any(chain[0] in function.__globals__ or not hasattr(builtins, chain[0]) for chain in names.reads):
        return None
    if not all(only_notes(outer_value(function, chain[0])[1]) for chain in names.notes):
        return None
    return function.__code__, repr(defaults)  # 1 and True are equal, and not the same
