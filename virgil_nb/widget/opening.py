"""Opens a workflow in place of the document, as one undoable step: text from the clipboard, or a file that was uploaded whole.

Which format it is, the engine's openers find out. Text is only ever a workflow itself, never the path of a file.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping

from virgil_nb.engine import Document, Editor, Registry, VirgilError, open_document
from virgil_nb.widget.messages.to_kernel import Open
from virgil_nb.widget.pacing import Pacer
from virgil_nb.widget.subject import Answer, Subject, Voice

log = logging.getLogger(__name__)

WANTED = "A workflow is JSON, as this editor or ComfyUI saves it, or a PNG picture that carries one."


class Opening(Subject):
    """Answers `open`, on the clerk's thread. The views get the new document as a snapshot, or a notice why there is none.

    uploaded: takes (view, upload) and gives the name and the bytes of that file, or None. adopt: what else belongs to taking a document
    in, such as the objects that are embedded in it.
    """

    def __init__(
        self,
        editor: Editor,
        registry: Registry,
        voice: Voice,
        clerk: Pacer,
        uploaded: Callable[[str, str], tuple[str, bytes] | None],
        adopt: Callable[[Document], Document],
    ) -> None:
        self._editor = editor
        self._registry = registry
        self._voice = voice
        self._clerk = clerk
        self._uploaded = uploaded
        self._adopt = adopt

    def answers(self) -> Mapping[str, Answer]:
        return {"open": self._asked}

    def _asked(self, message: Open) -> None:
        self._clerk.ask(object(), lambda: self._open(message))

    def _open(self, message: Open) -> None:
        name = "The text"
        try:
            text, upload = message.get("text"), message.get("upload")
            if text is not None:
                source: object = checked(text)
            else:
                found = None if upload is None else self._uploaded(message["view"], upload)
                if found is None:
                    raise VirgilError("the file did not arrive; choose it again")
                name, source = found
            self._editor.replace(self._adopt(open_document(source, self._registry)), origin=message["view"])
            self._voice.notice("info", f"{name if text is None else 'The workflow'} is open. Undo brings back what was here before.")
        except (VirgilError, OSError, ValueError) as problem:
            self._voice.notice("error", f"{name} can't be opened: {str(problem).rstrip('.')}. Nothing was changed.")
        except Exception as problem:
            log.exception("a workflow could not be opened")
            self._voice.notice("error", f"{name} can't be opened: {type(problem).__name__}: {problem}. Nothing was changed.")


def checked(text: str) -> str:
    """`text`, which may be a workflow as JSON. Raises VirgilError for anything else: an opener might take it for a path."""
    stripped = text.strip().removeprefix("\ufeff").strip()
    if not stripped.startswith("{"):
        raise VirgilError(f"it is no workflow. {WANTED}")
    return stripped
