"""What views ask of keeping, and what they are told of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from virgil_nb.widget.keeping.keeping import Keeping
from virgil_nb.widget.messages.to_kernel import Restore
from virgil_nb.widget.subject import Answer, Subject, Voice


class KeepingRequests(Subject):
    """Takes `restore`; tells `keeping` whenever it has changed, and aloud when edits can't be kept."""

    def __init__(self, keeping: Keeping, voice: Voice) -> None:
        self._keeping = keeping
        self._voice = voice
        self._trouble = ""
        self._unsubscribe = keeping.subscribe(self._tell)

    def answers(self) -> Mapping[str, Answer]:
        return {"restore": self._restore}

    def in_snapshot(self) -> Mapping[str, Any]:
        return {"keeping": self._keeping.status()}

    def close(self) -> None:
        self._unsubscribe()

    def _restore(self, message: Restore) -> None:
        said = self._keeping.restore(message["take"])
        if said:
            self._voice.notice("info", said)

    def _tell(self) -> None:
        self._voice.tell({"kind": "keeping", **self._keeping.status()}, ())
        before, self._trouble = self._trouble, self._keeping.trouble
        if self._trouble and self._trouble != before:
            self._voice.notice("warning", self._trouble)
