"""`JournalRuns`: the runs in an open journal, written and read. What it reads is what MemoryHistory reads of runs in memory."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any, Final

from virgil_nb.engine.documents.document import Document
from virgil_nb.engine.history.journal_file import Transaction, number
from virgil_nb.engine.history.journal_rows import MOST_ERROR, MOST_LABEL, Record, plain, put_together, read_details
from virgil_nb.engine.history.past import Page, RunDetails, check_page, missing
from virgil_nb.engine.runs.run import RunInfo

log = logging.getLogger(__name__)

_COLUMNS: Final = "number, id, label, state, submitted, started, finished, seconds, executed, cached, error, node, thumbnails"


class JournalRuns:
    """Used by one thread at a time. Raises sqlite3.Error as SQLite does."""

    def __init__(self, file: sqlite3.Connection) -> None:
        self._file = file

    def write(self, records: Sequence[Record], most_runs: int, most_bytes: int) -> None:
        """Adds runs, all or none, and drops the oldest beyond what may be kept."""
        with Transaction(self._file):
            for record in records:
                self._insert(record)
            self._shorten(most_runs, most_bytes)

    def __len__(self) -> int:
        return int(self._file.execute("SELECT count(*) FROM runs").fetchone()[0])

    def page(self, limit: int = 20, before: int | None = None, search: str = "", skip: int = 0) -> Page:
        """See History. Only as many rows are looked at as are given, left out, or lack the words."""
        check_page(limit, skip)
        words = search.casefold().split()
        tests = [*(["number < ?"] if before is not None else []), *(["instr(words, ?)"] * len(words))]
        where = f"WHERE {' AND '.join(tests)}" if tests else ""
        given = [*([before] if before is not None else []), *map(plain, words), limit + 1, skip]
        found = self._file.execute(f"SELECT {_COLUMNS} FROM runs {where} ORDER BY number DESC LIMIT ? OFFSET ?", given).fetchall()
        runs = tuple(_info(row) for row in found[:limit])
        return Page(runs, runs[-1].number if len(found) > limit else None)

    def find(self, run_id: str) -> RunInfo | None:
        row = self._file.execute(f"SELECT {_COLUMNS} FROM runs WHERE id = ?", (plain(run_id),)).fetchone()
        return None if row is None else _info(row)

    def document(self, run_id: str) -> Document:
        """See History; DocumentError or ValueError if the file was changed by another hand."""
        return put_together(*self._row("json, vals FROM runs JOIN shapes ON hash = shape JOIN details ON run = number", run_id))

    def details(self, run_id: str) -> RunDetails:
        return read_details(*self._row("nodes, vals FROM runs JOIN details ON run = number", run_id))

    def thumbnails(self, run_id: str) -> tuple[bytes, ...]:
        (run,) = self._row("number FROM runs", run_id)
        return tuple(data for (data,) in self._file.execute("SELECT data FROM pictures WHERE run = ? ORDER BY place", (run,)))

    def forget(self, run_ids: Iterable[str] | None = None) -> int:
        with Transaction(self._file):
            if run_ids is None:
                return self._file.execute("DELETE FROM runs").rowcount
            return sum(self._file.execute("DELETE FROM runs WHERE id = ?", (plain(run_id),)).rowcount for run_id in run_ids)

    def _row(self, what: str, run_id: str) -> tuple[Any, ...]:
        row: tuple[Any, ...] | None = self._file.execute(f"SELECT {what} WHERE id = ?", (plain(run_id),)).fetchone()
        if row is None:
            raise KeyError(missing(run_id))
        return row

    def _insert(self, record: Record) -> None:
        info, parts = record.info, record.parts
        row = (
            plain(info.id),
            plain(info.label, MOST_LABEL),
            info.state,
            info.submitted,
            info.started,
            info.finished,
            info.seconds,
            info.executed,
            info.cached,
            plain(info.error, MOST_ERROR),
            None if info.node is None else plain(info.node),
            len(record.thumbnails),
            parts.hash,
            record.words,
        )
        columns = f"{_COLUMNS.partition(', ')[2]}, shape, words"
        marks = ", ".join("?" * len(row))
        added = self._file.execute(f"INSERT INTO runs ({columns}) VALUES ({marks}) ON CONFLICT (id) DO NOTHING", row)
        if added.rowcount != 1:
            log.warning("the run %s is in the history already; it is not written again", info.id)
            return
        run = added.lastrowid
        self._file.execute("INSERT OR IGNORE INTO shapes VALUES (?, ?)", (parts.hash, parts.shape))
        self._file.execute("INSERT INTO details VALUES (?, ?, ?)", (run, parts.values, record.details))
        self._file.executemany("INSERT INTO pictures VALUES (?, ?, ?)", [(run, place, one) for place, one in enumerate(record.thumbnails)])

    def _shorten(self, most_runs: int, most_bytes: int) -> None:
        size, count = number(self._file, "page_size"), len(self)
        excess = count - most_runs
        while True:
            if excess > 0:
                self._file.execute("DELETE FROM runs WHERE number IN (SELECT number FROM runs ORDER BY number LIMIT ?)", (excess,))
                count -= excess
            used = (number(self._file, "page_count") - number(self._file, "freelist_count")) * size
            if used <= most_bytes or count <= 1:
                return
            excess = max(1, count // 50)


def _info(row: Sequence[Any]) -> RunInfo:
    place, run_id, label, state, submitted, started, finished, seconds, executed, cached, error, node, thumbnails = row
    return RunInfo(
        id=run_id,
        label=label,
        state=state,
        submitted=submitted,
        seconds=seconds,
        executed=executed,
        cached=cached,
        error=error,
        started=started,
        finished=finished,
        node=node,
        number=place,
        thumbnails=thumbnails,
    )
