"""The file of the journal: an SQLite database that several kernels write to at once, and that a kill at any moment leaves whole.

    shapes   a workflow without its values, once for all runs that share it
    runs     one row a run, small: what a list of runs shows, and the words that a search looks through
    details  per run: values, ids and seconds of the nodes
    pictures per run: thumbnails

No code here may open the file by other means than SQLite, not even to close it again: on POSIX that drops the locks of the whole
process, and another kernel then takes the log away under it.

A file that is damaged is renamed and begun anew; one of a newer version, or of something else, is left as it is (`JournalUnusable`).
"""

from __future__ import annotations

import logging
import sqlite3
import time
from pathlib import Path
from typing import Final

from virgil_nb.engine.errors import VirgilError

log = logging.getLogger(__name__)

APPLICATION: Final = 0x5652474C  # "VRGL", in the file's header
BUSY_SECONDS: Final = 10.0
WAL_BYTES: Final = 4 << 20
_BROKEN: Final = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_BUSY: Final = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)

# From each version to the next: a file of version n gets MIGRATIONS[n:]. Those that were released are never changed.
MIGRATIONS: list[tuple[str, ...]] = [
    (
        "CREATE TABLE shapes (hash BLOB PRIMARY KEY, json BLOB NOT NULL)",
        """CREATE TABLE runs (
            number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, label TEXT NOT NULL, state TEXT NOT NULL,
            submitted REAL NOT NULL, started REAL, finished REAL, seconds REAL, executed INTEGER NOT NULL, cached INTEGER NOT NULL,
            error TEXT NOT NULL, node TEXT, thumbnails INTEGER NOT NULL, shape BLOB NOT NULL, words TEXT NOT NULL)""",
        "CREATE INDEX runs_by_shape ON runs (shape)",
        "CREATE TABLE details (run INTEGER PRIMARY KEY, vals BLOB NOT NULL, nodes BLOB NOT NULL)",
        "CREATE TABLE pictures (run INTEGER, place INTEGER, data BLOB NOT NULL, PRIMARY KEY (run, place))",
        """CREATE TRIGGER run_gone AFTER DELETE ON runs BEGIN
            DELETE FROM details WHERE run = OLD.number;
            DELETE FROM pictures WHERE run = OLD.number;
            DELETE FROM shapes WHERE hash = OLD.shape AND NOT EXISTS (SELECT 1 FROM runs WHERE shape = OLD.shape);
        END""",
    ),
]


class JournalUnusable(VirgilError):
    """The file can't be used, and was left as it is; the message says why."""


def open_file(path: Path) -> sqlite3.Connection:
    """A connection to the journal at `path`, made or brought up to date if need be. Raises JournalUnusable, OSError, sqlite3.Error."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = not path.exists()
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        _prepare(connection, path, fresh)
    except BaseException:
        connection.close()
        raise
    return connection


def is_broken(error: sqlite3.Error) -> bool:
    """Whether the file itself is damaged, beside being busy, full or out of reach."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in _BROKEN


def is_busy(error: sqlite3.Error) -> bool:
    """Whether others were writing for longer than one waits."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in _BUSY


def identity(path: Path) -> tuple[int, int] | None:
    """Which file lies at `path`; None if there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def set_aside(path: Path, which: tuple[int, int] | None, error: sqlite3.Error) -> str:
    """Renames a damaged file, with what belongs to it, unless another process did and `which` is not there now. Returns what to say."""
    count = 1
    while (target := path.with_name(f"{path.name}.broken-{count}")).exists():
        count += 1
    if identity(path) == which:
        for end in ("-wal", "-shm", ""):  # the log first: left behind, it would be taken for the new file's
            part = path.with_name(path.name + end)
            if part.exists():
                part.replace(target.with_name(target.name + end))
    message = f"The history of runs in {path} was damaged ({error}); it was set aside as {target.name}, and a new one begun."
    log.warning("%s", message)
    return message


class Transaction:
    """All of it, or nothing; others may read meanwhile, and wait to write."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def __enter__(self) -> None:
        self._connection.execute("BEGIN IMMEDIATE")

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self._connection.execute("COMMIT")
        elif self._connection.in_transaction:
            self._connection.execute("ROLLBACK")


def _prepare(connection: sqlite3.Connection, path: Path, fresh: bool) -> None:
    connection.execute("BEGIN")  # one look at all three: another kernel may be making the file just now
    application, version = number(connection, "application_id"), number(connection, "user_version")
    others = application == 0 and (version != 0 or _has_tables(connection))
    connection.execute("COMMIT")
    if application not in (0, APPLICATION) or others:
        raise JournalUnusable(f"{path} is a database of something else, and no history of runs; name another file")
    if version > len(MIGRATIONS):
        raise JournalUnusable(
            f"The history of runs in {path} has version {version}, and this virgil_nb knows {len(MIGRATIONS)}; install a newer virgil_nb"
        )
    if fresh:
        path.chmod(0o600)  # prompts are private; the files beside it get the same rights
    _set_wal(connection)
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute(f"PRAGMA journal_size_limit = {WAL_BYTES}")
    if version < len(MIGRATIONS):
        with Transaction(connection):
            for step in MIGRATIONS[number(connection, "user_version") :]:  # asked again: another kernel may have been faster
                for statement in step:
                    connection.execute(statement)
            connection.execute(f"PRAGMA application_id = {APPLICATION}")
            connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")


def _set_wal(connection: sqlite3.Connection) -> None:
    """Write-ahead logging, where the file system can. That another kernel is at the same just now is no time-out of SQLite's own."""
    until = time.monotonic() + BUSY_SECONDS
    while connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if not is_busy(error) or time.monotonic() > until:
                raise
            time.sleep(0.02)


def number(connection: sqlite3.Connection, pragma: str) -> int:
    """One of the numbers that the file has about itself."""
    return int(connection.execute(f"PRAGMA {pragma}").fetchone()[0])


def _has_tables(connection: sqlite3.Connection) -> bool:
    return connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone() is not None
