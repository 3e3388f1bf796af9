"""`FolderLock`: one process at a time. The system lets go of it when the process ends, however it ends.

A POSIX record lock: forked children don't hold it, so a worker that outlives a killed kernel keeps nobody out. The same process
may take it twice; live.py sees to it that this does not happen.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import IO

NAME = "lock"


class FolderLock:
    """The lock of one folder, held since `take` gave it."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    @classmethod
    def take(cls, folder: Path) -> FolderLock | None:
        """The lock of `folder`, or None if another process holds it. Raises OSError if there can't be one."""
        file = (folder / NAME).open("ab")
        try:
            if not _lock(file):
                file.close()
                return None
        except BaseException:
            file.close()
            raise
        return cls(file)

    def release(self) -> None:
        """Lets others have it."""
        self._file.close()


if os.name == "nt":

    def _lock(file: IO[bytes]) -> bool:
        import msvcrt

        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        except OSError:
            return False
        return True

else:

    def _lock(file: IO[bytes]) -> bool:
        import errno
        import fcntl

        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as problem:
            if problem.errno in (errno.EACCES, errno.EAGAIN):
                return False
            if problem.errno in (errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS):
                return True  # a file system without locks: as good as it gets
            raise
        return True
