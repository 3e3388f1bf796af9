"""`Entry`: one node's result, as the cache and a run's result hold it; `StoredEntry`: one whose outputs still lie on disk.

Entries hold values that nobody else may change: who puts them in and takes them out copies (values.copy) where it has to.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from sys import getsizeof
from typing import Any, Final

from virgil_nb.engine import values
from virgil_nb.engine.events import Level
from virgil_nb.engine.values import IMMUTABLE

ENTRY_BYTES: Final = 500  # an entry without its values: objects, key, its place in the table


class Entry:
    """One node's result. outputs: a value per slot; ui: what it shows; notes: what it said; seconds: what it took; nbytes: all of that.

    kinds: of a node that was expanded, the kinds that it was expanded into, each with what it put into keys: its own key does not tell.
    """

    __slots__ = ("kinds", "nbytes", "notes", "outputs", "seconds", "ui")

    def __init__(
        self,
        outputs: tuple[Any, ...],
        ui: Mapping[str, Any] | None = None,
        notes: tuple[tuple[Level, str], ...] = (),
        seconds: float = 0.0,
        kinds: tuple[tuple[str, str], ...] = (),
    ) -> None:
        self.outputs = outputs
        self.ui = ui
        self.notes = notes
        self.seconds = seconds
        self.kinds = kinds
        size = ENTRY_BYTES
        for value in outputs:
            size += getsizeof(value) if type(value) in IMMUTABLE else values.nbytes(value)
        if ui:
            size += values.nbytes(dict(ui))
        if notes:
            size += values.nbytes(notes)
        self.nbytes = size


class EntryLost(KeyError):
    """The outputs of an entry were on disk, and are not there any more, or can't be used here."""

    def __str__(self) -> str:
        return str(self.args[0])


class StoredEntry(Entry):
    """A result on disk. What it shows and said is here; its outputs are read when someone first asks for them.

    That raises EntryLost if the file has vanished since, or was damaged. `read` gives the outputs, None if they are lost; `grown` is
    told how many bytes more the entry holds, before they can be seen in it.
    """

    __slots__ = ("_grown", "_lock", "_read")

    def __init__(
        self,
        ui: Mapping[str, Any] | None,
        notes: tuple[tuple[Level, str], ...],
        seconds: float,
        kinds: tuple[tuple[str, str], ...],
        read: Callable[[], tuple[Any, ...] | None],
        grown: Callable[[StoredEntry, int], None],
    ) -> None:
        super().__init__((), ui, notes, seconds, kinds)
        del self.outputs  # so that the first look at them comes to __getattr__
        self._read = read
        self._grown = grown
        self._lock = threading.Lock()

    def __getattr__(self, name: str) -> Any:
        if name != "outputs":
            raise AttributeError(name)
        if not self.load():
            raise EntryLost("its result was on disk, and is not there any more")
        return self.outputs

    def load(self) -> bool:
        """Whether the outputs are here; they are read if they were not."""
        with self._lock:
            try:
                object.__getattribute__(self, "outputs")
            except AttributeError:
                outputs = self._read()
                if outputs is None:
                    return False
                self._grown(self, values.nbytes(outputs))
                self.outputs = outputs
            return True
