"""`Writer`: brings what is kept to the disk, soon after it changed, on a thread of its own.

What can't be written is tried again with the next change; meanwhile `trouble` says so.
"""

from __future__ import annotations

import atexit
import logging
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Protocol

from virgil_nb.engine import ObjectRef
from virgil_nb.widget.keeping.kept import Kept
from virgil_nb.widget.keeping.store import Store
from virgil_nb.widget.pacing import Pacer

log = logging.getLogger(__name__)

WRITE_EVERY = 0.3


class KeptObjects(Protocol):
    """The Python objects of a workflow, as far as keeping needs them."""

    def keep_in(self, folder: Path) -> None:
        """Has objects that are not in memory looked for in `folder`."""
        ...

    def store(self, reference: ObjectRef, folder: Path) -> None:
        """Writes an object to `folder`, once. Raises OSError, or ValueError for one that can't be written."""
        ...


class Writer:
    """Writes `kept`, which is changed under `lock` only, to its stores. changed: called when `trouble` has."""

    def __init__(self, kept: Kept, store: Store, objects: KeptObjects | None, lock: threading.RLock, changed: Callable[[], object]) -> None:
        self.stores = [store]
        self.trouble = ""
        self._kept = kept
        self._objects = objects
        self._lock = lock
        self._changed = changed
        self._written = kept.revision
        self._unwritten: dict[str, ObjectRef] = {}
        self._writing = threading.Lock()
        self._pacer = Pacer("virgil-keeping")
        if objects is not None:
            objects.keep_in(store.objects)
        atexit.register(self.flush)

    def soon(self, objects: Iterable[ObjectRef] = ()) -> None:
        """Has written what changed, and these objects with it."""
        with self._lock:
            self._unwritten |= {reference.hash: reference for reference in objects}
        self._pacer.ask("write", self.flush, every=WRITE_EVERY)

    def settle(self, timeout: float) -> bool:
        """Waits until what was asked for is written; False if that took longer than `timeout`."""
        return self._pacer.settle(timeout)

    def flush(self, *, always: bool = False) -> None:
        """Writes now. Raises nothing."""
        with self._writing:
            with self._lock:
                revision, objects = self._kept.revision, list(self._unwritten.values())
                if revision == self._written and not always:
                    return
                texts = [(store, self._kept.text(dict(store.identity.about))) for store in self.stores]
            trouble = ""
            try:
                for store, text in texts:
                    store.write(text)
                self._write_objects(objects)
                self._written = revision
            except OSError as problem:
                log.warning("edits could not be kept: %s", problem)
                trouble = f"Edits can't be kept now: {problem.strerror or problem}. {self.stores[0].folder} must be writable."
            before, self.trouble = self.trouble, trouble
        if trouble != before:
            self._changed()

    def close(self) -> None:
        """Ends the thread; what was asked for and not written is dropped."""
        self._pacer.close()
        atexit.unregister(self.flush)

    def _write_objects(self, objects: list[ObjectRef]) -> None:
        for reference in objects:
            try:
                if self._objects is not None:
                    self._objects.store(reference, self.stores[0].objects)
            except (ValueError, KeyError) as problem:
                log.warning("an object of a kept edit is not kept itself: %s", problem)
            with self._lock:
                self._unwritten.pop(reference.hash, None)
