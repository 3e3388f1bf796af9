"""The folder of the disk tier: safe names, whole files, nothing followed out of it.

    <32 hex digits of the key>[.noted].safetensors        a result; "noted": its node had something to say
    .<name>.<process>-<random>.part                       one that is being written, or that was when its process was killed

A file gets its name when all of it is on the disk, so a name always stands for a whole file, whenever a process is killed. There is
no lock: two processes that write one key replace each other's file by an equal one.
"""

from __future__ import annotations

import contextlib
import os
import re
import stat
from collections.abc import Iterable, Iterator
from io import FileIO
from pathlib import Path
from secrets import token_hex
from time import time
from typing import Final

from virgil_nb.engine.caching.disk_format import BrokenFile

NAME: Final = re.compile(r"([0-9a-f]{32})(\.noted)?\.safetensors")
LEFT_OVER_SECONDS: Final = 900.0  # a part that nobody has added to for so long belongs to no living process

_READ: Final = (
    os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
)
_WRITE: Final = (
    os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
)


def file_name(key: bytes, noted: bool) -> str:
    """The name of a key's file."""
    return f"{key.hex()}{'.noted' if noted else ''}.safetensors"


def listed(folder: Path) -> Iterator[tuple[bytes, str, bool, os.DirEntry[str]]]:
    """Key, name and whether noted, of all files with the name of a result. Raises OSError."""
    with os.scandir(folder) as found:
        for item in found:
            match = NAME.fullmatch(item.name)
            if match is not None:
                yield bytes.fromhex(match[1]), item.name, match[2] is not None, item


def open_file(path: Path) -> FileIO:
    """A plain file, opened to be read; a link is not followed, and a pipe not waited for. Raises BrokenFile, OSError."""
    if not hasattr(os, "O_NOFOLLOW") and path.is_symlink():
        raise BrokenFile("it is a link")
    try:
        descriptor = os.open(path, _READ)
    except OSError as error:
        if path.is_symlink():
            raise BrokenFile("it is a link") from error
        raise
    file = FileIO(descriptor, "r")
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        file.close()
        raise BrokenFile("it is no plain file")
    return file


def write_file(folder: Path, name: str, parts: Iterable[bytes | memoryview]) -> None:
    """Puts a file into the folder, whole or not at all; it is there for good when this returns. Raises OSError."""
    part = folder / f".{name}.{os.getpid()}-{token_hex(6)}.part"
    try:
        descriptor = os.open(part, _WRITE, 0o600)
    except FileNotFoundError:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(part, _WRITE, 0o600)
    try:
        with FileIO(descriptor, "w") as file:
            for data in parts:
                left = memoryview(data)
                while left:
                    left = left[file.write(left) :]
            os.fsync(descriptor)
        part.replace(folder / name)
    except BaseException:
        with contextlib.suppress(OSError):
            part.unlink()
        raise
    _sync_folder(folder)


def remove_file(folder: Path, name: str, same: tuple[int, int] | None = None) -> bool:
    """Whether the file is gone. same: device and inode that it must have; one that was put in its place meanwhile stays."""
    path = folder / name
    aside = folder / f".{name}.{os.getpid()}-{token_hex(6)}.part"
    try:
        if same is None:
            path.unlink()
            return True
        path.replace(aside)  # first away, then looked at: nobody can put another one there in between
        found = aside.lstat()
        if (found.st_dev, found.st_ino) != same:
            aside.replace(path)
            return False
        aside.unlink()
    except FileNotFoundError:
        pass
    except OSError:
        return False
    return True


def remove_left_overs(folder: Path) -> None:
    """Takes away what killed processes left half written. Raises OSError."""
    with os.scandir(folder) as found:
        parts = [item for item in found if item.name.startswith(".") and item.name.endswith(".part")]
    for item in parts:
        with contextlib.suppress(OSError):
            if NAME.match(item.name[1:]) and time() - item.stat(follow_symlinks=False).st_mtime > LEFT_OVER_SECONDS:
                Path(item.path).unlink()


def touch(file: FileIO) -> None:
    """Notes that the file was used now, unless that was noted within the last minute, or the system can't."""
    with contextlib.suppress(OSError):
        if os.utime in os.supports_fd and time() - os.fstat(file.fileno()).st_mtime > 60:
            os.utime(file.fileno())


def _sync_folder(folder: Path) -> None:
    """Writes the names down, where the system can: a file's own fsync does not do that."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
