"""`DiskTier`: results in a folder, by key; they outlive the process. Several processes may use one folder at once.

What is in the folder is known by its list of names, which is read again when the folder has changed. Nothing in it is trusted: a file
that is not whole is taken away and counts as absent, one of another version or of unknown types is let be and counts as absent.
"""

from __future__ import annotations

import errno
import logging
import os
import threading
from collections.abc import Callable
from io import FileIO
from pathlib import Path
from time import monotonic, time
from typing import Any, Final, TypeVar

from virgil_nb.engine.caching import disk_files
from virgil_nb.engine.caching.codecs import CodecError, NotStorable
from virgil_nb.engine.caching.disk_format import BrokenFile, Header, OtherVersion, pack, read_group, read_header
from virgil_nb.engine.caching.disk_room import Room, seconds_saved
from virgil_nb.engine.caching.entry import Entry, StoredEntry

log = logging.getLogger(__name__)
T = TypeVar("T")

DISK_BYTES: Final = 8 << 30
SETTLED_SECONDS: Final = 0.1  # a change of a folder this fresh may hide another one of the same moment
REST: Final = 50  # listing the folder takes at most one part in so many of the time

# a folder that answers so will not let itself be written to later either
NOT_WRITABLE: Final = frozenset({errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.ELOOP})


class DiskTier:
    """A folder of its own for results; limit: bytes on disk. Nothing is made or read before it is used.

    index: name by key, of what is there. noted: keys of results that have notes. trouble: the last thing that went wrong with the
    folder, for people to read. writable: False once the folder turned out not to be; the tier then only reads.
    """

    def __init__(self, folder: str | os.PathLike[str], limit: int = DISK_BYTES) -> None:
        self.folder = Path(folder).expanduser().absolute()
        self.index: dict[bytes, str] = {}
        self.noted: set[bytes] = set()
        self.trouble = ""
        self.writable = True
        self._ignored: dict[bytes, str] = {}  # names of files that can't be used here
        self._lock = threading.Lock()  # of index, noted and _ignored; held while the folder is listed
        self._said: set[str] = set()
        self._looked = False
        self._seen: int | None = None  # the folder's time of change when it was listed
        self._look_again = 0.0
        self._tidy = False
        self._room = Room(self.folder, max(0, int(limit)), self._saved, self._gone)

    @property
    def limit(self) -> int:
        return self._room.limit

    def look(self) -> None:
        """Brings `index` up to date with what other processes did; costs next to nothing if nothing was done."""
        begun = monotonic()
        if begun < self._look_again:
            return
        self._looked = True
        try:
            changed = self.folder.stat().st_mtime_ns
            if changed == self._seen:
                return
            with self._lock:
                found = {key: (name, noted) for key, name, noted, _ in disk_files.listed(self.folder) if key not in self._ignored}
                for key in [key for key in self.index if key not in found]:
                    self._forget(key)
                for key, (name, noted) in found.items():
                    self._know(key, name, noted)
        except OSError as error:
            if not isinstance(error, (FileNotFoundError, NotADirectoryError)):
                self._say("can't be listed", error)
            with self._lock:
                for key in list(self.index):
                    self._forget(key)
            self._seen = None
            return
        self._seen = changed if time() - changed / 1e9 > SETTLED_SECONDS else None
        self._look_again = begun + REST * (monotonic() - begun)

    def name(self, key: bytes) -> str | None:
        """The name of the key's file, as far as is known."""
        if not self._looked:
            self.look()
        return self.index.get(key)

    def is_stored(self, key: bytes) -> bool:
        """Whether there is a file for this key now, whole (as its size and its header tell) and for good."""
        return self._read(key, lambda _, header: header) is not None

    def entry(self, key: bytes, largest: int, grown: Callable[[StoredEntry, int], None]) -> StoredEntry | None:
        """A result, what it shows and said read; its outputs are read when they are asked for. None if it is not there, or not usable.

        largest: bytes; one with more is not read. grown: see StoredEntry.
        """

        def shown(file: FileIO, header: Header) -> StoredEntry | None:
            if header.ui.nbytes + header.outputs.nbytes + header.nbytes > largest:
                return None
            disk_files.touch(file)
            ui = read_group(file, header.ui)
            if ui is not None and type(ui) is not dict:
                raise BrokenFile("what it shows has no names")
            return StoredEntry(ui, header.notes, header.seconds, header.kinds, lambda: self._outputs(key, largest), grown)

        return self._read(key, shown)

    def store(self, key: bytes, entry: Entry) -> str:
        """Writes a result, now; "" when it is on the disk for good, else why not. What is least worth keeping makes room for it."""
        if not self.writable:
            return self.trouble
        try:
            packed = pack(key, entry)
        except NotStorable as reason:
            return str(reason)
        name = disk_files.file_name(key, bool(entry.notes))
        try:
            if not self._tidy:
                self._tidy = True
                if self.folder.is_dir():
                    disk_files.remove_left_overs(self.folder)
            reason_why_not = self._room.make(packed.nbytes)
            if reason_why_not:
                return reason_why_not
            disk_files.write_file(self.folder, name, (packed.header, *packed.buffers))
        except OSError as error:
            if error.errno in NOT_WRITABLE and os.name != "nt":  # Windows says EACCES of a file that someone reads
                self.writable = False
                self._say("can't be written to; nothing more is stored there", error)
            else:
                self._say("did not take a result", error)
            return self.trouble
        self._room.wrote(name, packed.nbytes, seconds_saved(entry.seconds, entry.ui is not None or bool(entry.notes)))
        if self.index.get(key, name) != name:
            disk_files.remove_file(self.folder, self.index[key])
        with self._lock:
            self._ignored.pop(key, None)
            self._know(key, name, bool(entry.notes))
        return ""

    def clear(self) -> None:
        """Removes all results from the folder."""
        self._seen, self._look_again = None, 0.0
        self.look()
        with self._lock:
            names = [*self.index.values(), *self._ignored.values()]
            self._ignored.clear()
            for key in list(self.index):
                self._forget(key)
        for name in names:
            disk_files.remove_file(self.folder, name)

    def _outputs(self, key: bytes, largest: int) -> tuple[Any, ...] | None:
        def read(file: FileIO, header: Header) -> tuple[Any, ...] | None:
            if header.outputs.nbytes > largest:
                return None
            disk_files.touch(file)
            outputs = read_group(file, header.outputs)
            if type(outputs) is not tuple:
                raise BrokenFile("its outputs are no tuple")
            return outputs

        return self._read(key, read)

    def _read(self, key: bytes, use: Callable[[FileIO, Header], T | None]) -> T | None:
        """What `use` makes of the file; None if that can't be, and then the key is not known any more."""
        name = self.name(key)
        if name is None:
            return None
        path = self.folder / name
        same: tuple[int, int] | None = None
        try:
            with disk_files.open_file(path) as file:
                about = os.fstat(file.fileno())
                same = (about.st_dev, about.st_ino)
                header = read_header(file)
                if header.key != key:
                    raise BrokenFile("it is another result's")
                return use(file, header)
        except FileNotFoundError:
            with self._lock:
                self._forget(key)
        except BrokenFile as problem:
            log.info("%s was taken away: %s", path, problem)
            disk_files.remove_file(self.folder, name, same)
            with self._lock:
                self._forget(key)
        except (OtherVersion, CodecError) as problem:
            log.info("%s is not used: %s", path, problem)
            self._ignore(key)
        except OSError as problem:
            self._say("has a result that can't be read", problem)
            self._ignore(key)
        except MemoryError:
            log.warning("there is not enough memory to read %s", path)
        return None

    def _saved(self, name: str) -> float:
        """The seconds that a file saves; 0 if it can't be told."""
        try:
            with disk_files.open_file(self.folder / name) as file:
                header = read_header(file)
                return seconds_saved(header.seconds, header.shows)
        except (OSError, BrokenFile, OtherVersion, MemoryError):
            return 0.0

    def _gone(self, name: str) -> None:
        key = bytes.fromhex(name[:32])
        with self._lock:
            if self.index.get(key) == name:
                self._forget(key)

    def _know(self, key: bytes, name: str, noted: bool) -> None:
        self.index[key] = name
        if noted:
            self.noted.add(key)
        else:
            self.noted.discard(key)

    def _forget(self, key: bytes) -> None:
        self.index.pop(key, None)
        self.noted.discard(key)

    def _ignore(self, key: bytes) -> None:
        with self._lock:
            name = self.index.get(key)
            if name is not None:
                self._ignored[key] = name
                self._forget(key)

    def _say(self, what: str, error: OSError) -> None:
        """Once each: what is wrong, without the name of the file, of which there are many."""
        text = f"the folder of stored results, {self.folder}, {what}: {error.strerror or error}"
        self.trouble = text
        if text not in self._said:
            self._said.add(text)
            log.warning("%s", text)
