"""What the files are that a field lets people choose among: size, and of pictures a thumbnail or, for one that is shown, the picture.

Files are looked at on the clerk's thread, and only below their own folder.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from pathlib import Path

from virgil_nb.engine import VirgilError
from virgil_nb.nodes.folders import IMAGE_SUFFIXES, Folders
from virgil_nb.nodes.images import frames
from virgil_nb.widget.encoding import as_large, as_thumbnail
from virgil_nb.widget.messages.to_browser import FileJSON, Files
from virgil_nb.widget.messages.to_kernel import AskFiles
from virgil_nb.widget.pacing import Pacer
from virgil_nb.widget.subject import Answer, Subject, Voice

log = logging.getLogger(__name__)

MOST_REMEMBERED = 512
Shown = tuple[int, int, bytes] | None
"""Width and height of a picture's own, and its bytes to be shown; None: it is no picture that can be read."""


class FileFacts(Subject):
    """Answers `ask_files`. folders: those of the session."""

    def __init__(self, voice: Voice, clerk: Pacer, folders: Callable[[], Folders]) -> None:
        self._voice = voice
        self._clerk = clerk
        self._folders = folders
        self._thumbnails: dict[tuple[Path, int, int], Shown] = {}

    def answers(self) -> Mapping[str, Answer]:
        return {"ask_files": lambda message: self._clerk.ask(object(), lambda: self._tell(message))}

    def _tell(self, message: AskFiles) -> None:
        items: list[FileJSON] = []
        pictures: list[bytes] = []
        large = message.get("large", False)
        for name in message["names"]:
            try:
                path = self._folders().resolve(message["folder"], name)
                item: FileJSON = {"name": name, "size": path.stat().st_size}
                shown = self._shown(path, large)
            except (VirgilError, OSError):
                continue  # it went meanwhile, or is none of the folder's
            if shown is not None:
                item["width"], item["height"] = shown[:2]
                pictures.append(shown[2])
            items.append(item)
        told: Files = {"kind": "files", "view": message["view"], "folder": message["folder"], "items": items}
        if large:
            told["large"] = True
        self._voice.tell(told, pictures)

    def _shown(self, path: Path, large: bool) -> Shown:
        if path.suffix.lower() not in IMAGE_SUFFIXES:
            return None
        if large:
            return _read(path, as_large)
        stat = path.stat()
        key = (path, stat.st_mtime_ns, stat.st_size)
        if key not in self._thumbnails:
            while len(self._thumbnails) >= MOST_REMEMBERED:
                del self._thumbnails[next(iter(self._thumbnails))]
            self._thumbnails[key] = _read(path, as_thumbnail)
        return self._thumbnails[key]


def _read(path: Path, encoded: Callable[[object], bytes]) -> Shown:
    try:
        picture = next(iter(frames(path)))
        return picture.width, picture.height, encoded(picture)
    except (VirgilError, StopIteration, MemoryError):
        log.info("%s can't be shown", path, exc_info=True)
        return None
