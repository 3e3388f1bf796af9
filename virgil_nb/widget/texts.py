"""The workflow as text for a view that asks: Python, our file, or ComfyUI's; of the whole, or of the nodes that are selected."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from virgil_nb.engine import Document, Editor, ObjectRef, Registry, VirgilError
from virgil_nb.engine.formats import write_text
from virgil_nb.widget.kernels import Names, name_in_notebook
from virgil_nb.widget.messages.to_browser import Text
from virgil_nb.widget.messages.to_kernel import AskText
from virgil_nb.widget.pacing import Pacer
from virgil_nb.widget.subject import Answer, Subject, Voice

log = logging.getLogger(__name__)

SUFFIXES = {"python": ".py", "virgil_nb": ".json", "comfyui-ui": ".json", "comfyui-api": "-api.json"}
COMFYUI = ("comfyui-ui", "comfyui-api")
LONGEST_NAME = 60


class Texts(Subject):
    """Answers `ask_text`; the text is written on the clerk's thread, and comes always, with the reason if it is empty.

    ran: the document of an earlier run, called on that thread; raises VirgilError. names: what code may call the workbench and its
    workflow by: per "wb" and "wf" objects, and what follows on their names.
    """

    def __init__(
        self, editor: Editor, registry: Registry, voice: Voice, clerk: Pacer, ran: Callable[[str], Document], names: Callable[[str], Names]
    ) -> None:
        self._editor = editor
        self._registry = registry
        self._voice = voice
        self._clerk = clerk
        self._ran = ran
        self._names = names

    def answers(self) -> Mapping[str, Answer]:
        return {"ask_text": self._asked}

    def _asked(self, message: AskText) -> None:
        document = self._editor.document
        self._clerk.ask(object(), lambda: self._voice.tell(self._text(message, document), ()))

    def _text(self, message: AskText, document: Document) -> Text:
        told: Text = {
            "kind": "text",
            "view": message["view"],
            "format": message["format"],
            "filename": file_name(document.name) + SUFFIXES.get(message["format"], ""),
            "text": "",
        }
        try:
            if message["format"] in ("wb", "wf"):
                return {**told, "text": name_in_notebook(self._names(message["format"]))}
            if "run" in message:
                document = self._ran(message["run"])
            chosen = message.get("nodes")
            part = document if chosen is None else selection(document, chosen)
            if message["format"] in COMFYUI:
                refuse_objects(part, self._registry)
            told["text"] = write_text(message["format"], part, self._registry)
        except (VirgilError, ValueError) as problem:
            told["error"] = str(problem)
        except Exception as problem:
            log.exception("a workflow could not be written as %s", message["format"])
            told["error"] = f"The workflow could not be written: {type(problem).__name__}: {problem}"
        return told


def selection(document: Document, chosen: Sequence[str]) -> Document:
    """The nodes of `document` that are `chosen`, in its order, and nothing else of it. Raises VirgilError if one is not there."""
    missing = [node for node in chosen if node not in document.nodes]
    if missing or not chosen:
        found = f"node {missing[0]!r} is not in the workflow" if missing else "no node is selected"
        raise VirgilError(f"{found}; select the nodes to copy")
    wanted = set(chosen)
    alone = document.with_nodes({id_: node for id_, node in document.nodes.items() if id_ in wanted})
    panel = None if alone.panel is None else tuple(item for item in alone.panel if item.node in wanted)
    return replace(alone, name="", frames={}, panel=panel)


def refuse_objects(document: Document, registry: Registry) -> None:
    """Raises VirgilError, naming the first, if an input holds a Python object: ComfyUI's files have no form for it."""
    for node in document.nodes.values():
        for name, value in node.values.items():
            if isinstance(value, ObjectRef) and name not in node.links:
                spec = registry.get(node.type)
                title = node.title or (spec.display_name if spec else node.type)
                raise VirgilError(
                    f"{title}.{name} holds a Python object ({value.type_name}), which ComfyUI's files can't. "
                    "Link a node that loads it, or export as JSON of virgil_nb"
                )


def file_name(name: str) -> str:
    """`name` as the name of a file without its ending; "workflow" if nothing is left of it."""
    return re.sub(r"\W+", "-", name).strip("-")[:LONGEST_NAME].strip("-") or "workflow"
