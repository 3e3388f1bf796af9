"""Files from the page, piece by piece: a picture becomes a file of the input folder, a workflow waits to be opened.

Every piece is answered by `uploaded`, with what has come so far, then the name to set an input to, or why there is none.
Pieces are put together and pictures decoded on the clerk's thread.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from virgil_nb.engine import VirgilError
from virgil_nb.widget.input_pictures import keep_picture
from virgil_nb.widget.messages.to_browser import Uploaded
from virgil_nb.widget.messages.to_kernel import Upload
from virgil_nb.widget.pacing import Pacer
from virgil_nb.widget.subject import Answer, Subject, Voice
from virgil_nb.widget.upload import Incoming, UploadError

log = logging.getLogger(__name__)

MOST_AT_ONCE = 8  # uploads that have not ended; the oldest gives way
MOST_WAITING = 32  # pieces that were not looked at; a page that waits for answers has one per upload

Key = tuple[str, str]


class Uploads(Subject):
    """folder: the input folder. kept: called when that has a new picture."""

    def __init__(self, voice: Voice, clerk: Pacer, folder: Callable[[], Path], kept: Callable[[], object]) -> None:
        self._voice = voice
        self._clerk = clerk
        self._folder = folder
        self._kept = kept
        self._coming: dict[Key, Incoming] = {}
        self._waiting = 0
        self._lock = threading.Lock()

    def answers(self) -> Mapping[str, Answer]:
        return {"upload": self._asked}

    def forget(self, view: str) -> None:
        self._clerk.ask(object(), lambda: self._drop([key for key in self._coming if key[0] == view]))

    def close(self) -> None:
        self._drop(list(self._coming))

    def take(self, view: str, upload: str) -> tuple[str, bytes] | None:
        """(name, bytes) of a whole file that was uploaded to be opened, which is forgotten now; None if there is none. For the clerk."""
        coming = self._coming.get((view, upload))
        if coming is None or not coming.whole:
            return None
        try:
            return coming.name, coming.path.read_bytes()
        finally:
            self._drop([(view, upload)])

    def _asked(self, message: Upload) -> None:
        with self._lock:
            self._waiting += 1
            flooded = self._waiting > MOST_WAITING
        if flooded:
            with self._lock:
                self._waiting -= 1
            self._answer(message, 0, error="Too many pieces at once; wait for the answer to each.")
            return
        self._clerk.ask(object(), lambda: self._take(message))

    def _take(self, message: Upload) -> None:
        with self._lock:
            self._waiting -= 1
        key = message["view"], message["upload"]
        try:
            coming = self._add(key, message)
            if not coming.whole:
                self._answer(message, coming.received)
            elif message.get("use") == "workflow":
                self._answer(message, coming.received, name=coming.name)
            else:
                name = keep_picture(coming.path, self._folder())
                self._drop([key])
                self._kept()
                self._answer(message, coming.received, name=name)
        except (UploadError, VirgilError) as problem:
            self._fail(key, message, str(problem))
        except OSError as problem:
            self._fail(key, message, f"The file could not be received: {problem.strerror or problem}. Free some space and try again.")
        except Exception as problem:
            log.exception("an upload could not be received")
            self._fail(key, message, f"The file could not be received: {type(problem).__name__}: {problem}")

    def _add(self, key: Key, message: Upload) -> Incoming:
        if message["offset"] == 0:
            self._drop([key])
            while len(self._coming) >= MOST_AT_ONCE:
                self._drop([next(iter(self._coming))])
            self._coming[key] = Incoming(message["name"], message["size"])
        coming = self._coming.get(key)
        if coming is None:
            raise UploadError("The beginning of this file is not here any more; upload it again.")
        coming.add(message["size"], message["offset"], message["data"])
        return coming

    def _fail(self, key: Key, message: Upload, why: str) -> None:
        self._drop([key])
        self._answer(message, 0, error=why)

    def _answer(self, message: Upload, received: int, *, name: str | None = None, error: str | None = None) -> None:
        told: Uploaded = {"kind": "uploaded", "view": message["view"], "upload": message["upload"], "received": received}
        if name is not None:
            told["name"] = name
        if error is not None:
            told["error"] = error
        self._voice.tell(told, ())

    def _drop(self, keys: list[Key]) -> None:
        for key in keys:
            coming = self._coming.pop(key, None)
            if coming is not None:
                coming.close()
