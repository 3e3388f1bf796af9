"""The keepers of this process: one for an editor, one for a folder.

A cell that runs again makes a workbench with the same identity. On the same workflow it goes on with the same keeper; with a new
one it takes the folder over, and the workbench before it is kept no more.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from virgil_nb.engine import Editor
from virgil_nb.widget.keeping.cleaning import clean_daily, held
from virgil_nb.widget.keeping.identity import Identity, NobodyError, Places, identify
from virgil_nb.widget.keeping.keeper import Keeper
from virgil_nb.widget.keeping.keeping import Keeping
from virgil_nb.widget.keeping.store import Store, open_store
from virgil_nb.widget.keeping.writer import KeptObjects

log = logging.getLogger(__name__)


class Keepers:
    """All keepers of a process, by the folder that their workbench asks for (a copy is kept in another)."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._places = Places()
        self._keepers: dict[Path, Keeper] = {}
        self._cleaned: set[Path] = set()

    def keep(self, editor: Editor, *, name: str | None, autosave: bool, objects: KeptObjects | None) -> Keeping:
        """Keeps the edits of the workbench that is being made on `editor`, if it can be told whose they are.

        Makes again what was kept of it. Raises TypeError and ValueError for what is no name.
        """
        if not autosave:
            return Keeping(editor, "Edits are not kept: autosave is off.")
        try:
            identity = identify(name, self._places)
        except NobodyError as problem:
            return Keeping(editor, str(problem))
        with self._lock:
            try:
                keeper = self._keep(editor, identity, objects)
                self._clean_soon(identity.home)
                return keeper
            except OSError as problem:
                log.warning("edits are not kept", exc_info=True)
                return Keeping(editor, f"Edits are not kept: {identity.root} can't be written ({problem.strerror or problem}).")

    def _keep(self, editor: Editor, identity: Identity, objects: KeptObjects | None) -> Keeper:
        wanted = identity.root / identity.key
        before = self._keepers.get(wanted)
        same = next((keeper for keeper in self._keepers.values() if keeper.editor is editor), None)
        if same is not None and same is before:
            return same
        store: Store | None = None
        if before is not None:
            store = before.let_go(identity)
            del self._keepers[wanted]
            if store.apart:  # the workbench's own folder may be free by now
                store.close()
                store = open_store(identity, prefer=store.folder)
        if store is None:
            store = open_store(identity)
        if same is not None:
            same.also_in(store)
            self._keepers[wanted] = same
            return same
        keeper = self._keepers[wanted] = Keeper(editor, store, objects)
        return keeper

    def _clean_soon(self, home: Path) -> None:
        """Has the `.virgil` of `home` cleaned in the background, the first time that something is kept there."""
        if home not in self._cleaned:
            self._cleaned.add(home)
            threading.Thread(target=clean_daily, args=(home, self._hold), name="virgil-cleaning", daemon=True).start()

    @contextmanager
    def _hold(self, folder: Path) -> Iterator[bool]:
        """Holds a workbench's folder for a moment, if neither this process nor another keeps something in it."""
        with self._lock:
            if any(store.folder == folder for keeper in self._keepers.values() for store in keeper.stores):
                yield False
                return
            with held(folder) as free:
                yield free


KEEPERS = Keepers()
