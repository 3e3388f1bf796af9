"""One file on its way from a page: pieces, put together in a temporary file, in order and no larger than was said."""

from __future__ import annotations

import base64
import binascii
import re
import shutil
import tempfile
from pathlib import Path, PurePosixPath, PureWindowsPath

from virgil_nb.engine import VirgilError

LARGEST = 256 * 2**20
PIECE = 2**20
LONGEST_NAME = 100  # bytes; file systems take 255, and a number and an ending may come to it
UNSAFE = re.compile(r'[<>:"|?*\x00-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069]')
RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\.|$)")


class UploadError(VirgilError):
    """Why an upload ends without a file."""


class Incoming:
    """A file that grows by its pieces. `close` takes it away again."""

    def __init__(self, name: str, size: int) -> None:
        self.name = safe_name(name)
        if size <= 0:
            raise UploadError(f"{self.name} is empty; choose another file.")
        if size > LARGEST:
            raise UploadError(f"{self.name} has {size / 2**20:,.0f} MiB; files of up to {LARGEST // 2**20} MiB can be uploaded.")
        self.size = size
        self.received = 0
        self._folder = Path(tempfile.mkdtemp(prefix="virgil-upload-"))
        self.path = self._folder / self.name
        self.path.touch()

    @property
    def whole(self) -> bool:
        """Whether all of it is here."""
        return self.received == self.size

    def add(self, size: int, offset: int, data: str) -> None:
        """Adds the next piece. Raises UploadError if it is not that, or no base64."""
        try:
            piece = base64.b64decode(data, validate=True)
        except (binascii.Error, ValueError) as problem:
            raise UploadError(f"A piece of {self.name} arrived damaged ({problem}); upload it again.") from problem
        if size != self.size or offset != self.received:
            raise UploadError(f"A piece of {self.name} is for byte {offset:,}, and {self.received:,} came next; upload it again.")
        if not piece or len(piece) > PIECE or self.received + len(piece) > self.size:
            raise UploadError(f"A piece of {self.name} has {len(piece):,} bytes, which does not fit into the file; upload it again.")
        with self.path.open("ab") as file:
            file.write(piece)
        self.received += len(piece)

    def close(self) -> None:
        """Removes the temporary file."""
        shutil.rmtree(self._folder, ignore_errors=True)


def safe_name(name: str) -> str:
    """`name` as the name of a file on any system: its last part, without what some system forbids; never empty or hidden."""
    last = PureWindowsPath(PurePosixPath(name.replace("\0", "")).name).name
    cleaned = UNSAFE.sub("_", last).strip(" .")
    stem, dot, ending = cleaned.rpartition(".")
    if not dot or len(ending) > 8:
        stem, ending = cleaned, ""
    stem = stem.encode("utf-8", "ignore")[:LONGEST_NAME].decode("utf-8", "ignore").strip(" .") or "file"
    if RESERVED.match(stem):
        stem = f"_{stem}"
    return f"{stem}.{ending}" if ending else stem
