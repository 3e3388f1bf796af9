"""`Services`: what a session gives to its nodes (folders, devices, …), found by type. The engine only carries them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeVar, overload

T = TypeVar("T")
D = TypeVar("D")
_RAISE = object()


class Services(Mapping[type, object]):
    """A read-only mapping from a type to the one object of that type.

    Services(folders, device) or Services({Folders: folders}). `get(Folders)` also finds a subclass's instance.
    """

    def __init__(self, *provided: object) -> None:
        self._found: dict[type, object] = {}
        for item in provided:
            if isinstance(item, Mapping):
                self._found.update(item)
            else:
                self._found[type(item)] = item

    @overload
    def get(self, key: type[T], /) -> T: ...
    @overload
    def get(self, key: type[T], /, default: D) -> T | D: ...
    def get(self, key: type, /, default: object = _RAISE) -> object:
        """The object of type `key`; without a default, KeyError names what there is."""
        if key in self._found:
            return self._found[key]
        for item in self._found.values():
            if isinstance(item, key):
                return item
        if default is not _RAISE:
            return default
        there = ", ".join(sorted(kind.__name__ for kind in self._found)) or "nothing"
        raise KeyError(f"this session provides no {key.__name__}; it provides {there}")

    def __getitem__(self, key: type) -> object:
        return self.get(key)

    def __iter__(self) -> Iterator[type]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)


NO_SERVICES = Services()
