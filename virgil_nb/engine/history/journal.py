"""`Journal`: the history of runs in a file, for the next kernel and for others at once. Runs are written by a thread of its own.

    worker ── add(run) ──▶ pending ── writer's thread: values, pictures ──▶ file (journal_file.py)
                                                                             ▲ any thread reads, after what was pending is written

What is read is small and immutable; a workflow, its values and its pictures are read when they are asked for. Where the file can't
be used, the runs of this process are read from memory, and `trouble` says why.
"""

from __future__ import annotations

import atexit
import logging
import sqlite3
import threading
import weakref
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import closing
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Final, TypeVar

from virgil_nb.engine.documents.document import Document
from virgil_nb.engine.errors import DocumentError
from virgil_nb.engine.history.journal_file import JournalUnusable, identity, is_broken, is_busy, open_file, set_aside
from virgil_nb.engine.history.journal_rows import Parts, Record, details_of, record_of, take_apart
from virgil_nb.engine.history.journal_runs import JournalRuns
from virgil_nb.engine.history.past import MemoryHistory, Page, RunDetails
from virgil_nb.engine.runs.result import RunResult
from virgil_nb.engine.runs.run import Run, RunInfo

log = logging.getLogger(__name__)

MOST_RUNS: Final = 10_000
MOST_BYTES: Final = 256 << 20
MOST_PENDING: Final = 64  # results that wait to be written; of later runs, the pictures are left out
BATCH: Final = 100
TRIES: Final = 3
IDLE_SECONDS: Final = 2.0
Thumbnails = Callable[[RunResult], Iterable[bytes]]
Found = TypeVar("Found")


class _Pending:
    """A run that is to be written. result: None if there is none, or if too much is pending; then its details are here."""

    __slots__ = ("details", "document", "info", "result")

    def __init__(self, run: Run, keep_result: bool) -> None:
        self.info = run.info()
        self.document = run.document
        self.result = run.partial_result if keep_result else None
        self.details = RunDetails() if keep_result else details_of(run.partial_result)


class Journal:
    """thumbnails: small encoded pictures of what a run shows; called on the writer's thread.

    The file has at most about `most_bytes`; beyond that, and beyond `most_runs`, the oldest runs go.
    """

    def __init__(
        self, path: Path, *, thumbnails: Thumbnails = lambda _: (), most_runs: int = MOST_RUNS, most_bytes: int = MOST_BYTES
    ) -> None:
        self.path = path
        self._thumbnails = thumbnails
        self._most_runs, self._most_bytes = most_runs, most_bytes
        self._memory = MemoryHistory()
        self._pending: deque[_Pending] = deque()
        self._writing = False
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._last: tuple[Document, Parts] | None = None  # most runs are of the same document as the one before
        self._at_exit = partial(_flush, weakref.ref(self))
        self._damage = ""
        self._fault = ""

    @property
    def trouble(self) -> str:
        """What went wrong with the file, in a sentence or two; "" if nothing."""
        return " ".join(part for part in (self._damage, self._fault) if part)

    def add(self, run: Run) -> None:
        self._memory.add(run)
        with self._changed:
            self._pending.append(_Pending(run, keep_result=len(self._pending) < MOST_PENDING))
            if self._thread is None:
                thread = threading.Thread(target=self._work, name="virgil history", daemon=True)
                thread.start()
                self._thread = thread
                atexit.register(self._at_exit)
            self._changed.notify_all()

    def flush(self, timeout: float = 5.0) -> bool:
        with self._changed:
            if threading.current_thread() is self._thread:
                return False
            return self._changed.wait_for(lambda: not self._pending and not self._writing, timeout)

    def recent(self) -> list[RunInfo]:
        return self._memory.recent()

    def __len__(self) -> int:
        return self._ask(len)

    def page(self, limit: int = 20, before: int | None = None, search: str = "", skip: int = 0) -> Page:
        return self._ask(lambda runs: runs.page(limit, before, search, skip))

    def find(self, run_id: str) -> RunInfo | None:
        return self._ask(lambda runs: runs.find(run_id))

    def document(self, run_id: str) -> Document:
        return self._ask(lambda runs: runs.document(run_id))

    def details(self, run_id: str) -> RunDetails:
        return self._ask(lambda runs: runs.details(run_id))

    def thumbnails(self, run_id: str) -> tuple[bytes, ...]:
        return self._ask(lambda runs: runs.thumbnails(run_id))

    def forget(self, run_ids: Iterable[str] | None = None) -> int:
        wanted = None if run_ids is None else list(dict.fromkeys(run_ids))
        gone = self._ask(lambda runs: runs.forget(wanted))
        return gone or self._memory.forget(wanted)

    def _ask(self, ask: Callable[[JournalRuns | MemoryHistory], Found]) -> Found:
        """The answer of the file, or of the memory where there is no file that can be read."""
        self.flush()
        for _ in range(TRIES):
            which = identity(self.path)
            if which is None:
                break
            try:
                with closing(open_file(self.path)) as file:
                    return ask(JournalRuns(file))
            except (JournalUnusable, sqlite3.Error, OSError) as error:
                if not self._goes_again(error, which):
                    break
        return ask(self._memory)

    def _goes_again(self, error: Exception, which: tuple[int, int] | None) -> bool:
        """Whether another try may help: after setting a damaged file aside, or when others were long at writing. Else notes the fault."""
        try:
            if isinstance(error, sqlite3.Error) and is_broken(error):
                self._damage = set_aside(self.path, which, error)
                return True
            if isinstance(error, sqlite3.Error) and is_busy(error):
                return True
        except OSError as problem:
            error = problem
        fault = str(error) if isinstance(error, JournalUnusable) else f"The history of runs can't be kept in {self.path} ({error})"
        self._note(f"{fault}; for now it is in memory only.")
        return False

    def _note(self, fault: str) -> None:
        if fault != self._fault:
            self._fault = fault
            log.warning("%s", fault)

    # --- on the writer's thread

    def _work(self) -> None:
        writer = _Writer(self.path)
        try:
            while batch := self._next():
                records = [record for one in batch if (record := self._record(one)) is not None]
                batch.clear()  # results are not kept alive while this waits
                self._write(writer, records)
        finally:
            writer.close()
            with self._changed:
                if self._thread is threading.current_thread():  # something ended it early
                    self._thread = None
                    self._writing = False
                    self._changed.notify_all()

    def _next(self) -> list[_Pending]:
        """What is to be written, waiting for it; nothing when the thread should end, as there was nothing for a while."""
        with self._changed:
            self._writing = False
            self._changed.notify_all()
            if not self._changed.wait_for(lambda: self._pending, IDLE_SECONDS):
                self._thread = None
                atexit.unregister(self._at_exit)
                return []
            self._writing = True
            return [self._pending.popleft() for _ in islice(range(BATCH), len(self._pending))]

    def _record(self, pending: _Pending) -> Record | None:
        try:
            details = pending.details if pending.result is None else details_of(pending.result)
            if self._last is None or self._last[0] is not pending.document:
                self._last = pending.document, take_apart(pending.document)
            return record_of(pending.info, pending.document, self._last[1], details, self._pictures(pending.result))
        except Exception:
            log.exception("a run could not be written into the history")
            return None

    def _pictures(self, result: RunResult | None) -> tuple[bytes, ...]:
        try:
            return () if result is None else tuple(self._thumbnails(result))
        except Exception:
            log.exception("a run is in the history without its pictures")
            return ()

    def _write(self, writer: _Writer, records: list[Record]) -> None:
        for _ in range(TRIES):
            which = identity(self.path)
            try:
                writer.runs().write(records, self._most_runs, self._most_bytes)
            except (JournalUnusable, sqlite3.Error, OSError, DocumentError) as error:
                writer.close()
                if not self._goes_again(error, which):
                    return
            else:
                self._fault = ""
                return
        self._note(f"The history of runs in {self.path} is being written to by others all the time; {len(records)} runs were left out.")


class _Writer:
    """The writer's connection, kept while there is something to write, as long as it is to the file that lies at the path."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: sqlite3.Connection | None = None
        self._which: tuple[int, int] | None = None

    def runs(self) -> JournalRuns:
        if self._file is None or identity(self._path) != self._which:
            self.close()
            self._file = open_file(self._path)
            self._which = identity(self._path)
        return JournalRuns(self._file)

    def close(self) -> None:
        file, self._file = self._file, None
        if file is not None:
            file.close()


def _flush(reference: weakref.ref[Journal]) -> None:
    journal = reference()
    if journal is not None:
        journal.flush()
