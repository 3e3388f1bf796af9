"""`WorkbenchWidget`: a workflow's editor in a notebook cell.

    views ──messages─▶ Conversation ──▶ a subject for each kind   (conversation.py, messages/)
    editor ──edits───▶ Showing ──────▶ views                      (showing.py)
    engine ──events──▶ Relay ────────▶ views                      (relay.py)
    runs, edits ─────▶ StillRefresh ─▶ the notebook               (still/)

This page joins them and is the only one that is an ipywidget. It knows engine objects; what people call
`virgil_nb.Workbench` is a subclass of it in api.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from uuid import uuid4

import anywidget
from traitlets import Unicode

from virgil_nb.engine import (
    Document,
    Editor,
    Engine,
    NodeError,
    Registry,
    Run,
    RunFinished,
    RunResult,
    Services,
    VirgilError,
    WorkflowInvalid,
)
from virgil_nb.engine.runs.run import refuse_inside_node
from virgil_nb.engine.services import NO_SERVICES
from virgil_nb.nodes.services import folders_of
from virgil_nb.widget import bundle
from virgil_nb.widget.conversation import Conversation
from virgil_nb.widget.edit_requests import EditRequests
from virgil_nb.widget.expanded import as_shown
from virgil_nb.widget.file_facts import FileFacts
from virgil_nb.widget.history import RunHistory
from virgil_nb.widget.keeping import Keeping, KeepingRequests
from virgil_nb.widget.kernels import Names, answer_where_asked, running_kernel
from virgil_nb.widget.logbook import Logbook
from virgil_nb.widget.messages.document import DocumentJSON
from virgil_nb.widget.messages.keeping import Side
from virgil_nb.widget.messages.to_browser import ToBrowser
from virgil_nb.widget.opening import Opening
from virgil_nb.widget.pacing import Pacer
from virgil_nb.widget.relay import Relay
from virgil_nb.widget.run_requests import RunRequests
from virgil_nb.widget.runs import Runs
from virgil_nb.widget.showing import Showing
from virgil_nb.widget.sides import Sides
from virgil_nb.widget.still.output import StillPicture, describe
from virgil_nb.widget.still.refresh import StillRefresh
from virgil_nb.widget.subject import Voice
from virgil_nb.widget.texts import Texts
from virgil_nb.widget.uploads import Uploads
from virgil_nb.widget.waiting import wait_for
from virgil_nb.widget.wire import packed

if TYPE_CHECKING:
    from virgil_nb.widget.panel import Panel

log = logging.getLogger(__name__)

TOLD_LIMIT = 5.0
CLERK_LIMIT = 2.0


class WorkbenchWidget(anywidget.AnyWidget):
    """The editor of `editor`'s document; runs it on `engine()`, which is called when a run first needs it.

    services: what the session gives to nodes (choices of files), asked for when first needed. objects: Python objects given as
    inputs, by hash. keeping: how its edits are kept; not at all, if left out. opens: the side that views show first. Raises
    EditorNotBuilt in a source tree whose front end was not built.
    """

    _own_id = Unicode().tag(sync=True)  # by which the page's loader finds the model in the notebook: see hearing.ts

    def __init__(
        self,
        editor: Editor,
        engine: Callable[[], Engine],
        *,
        registry: Registry,
        services: Callable[[], Services] | Services = NO_SERVICES,
        objects: Mapping[str, object] | None = None,
        keeping: Keeping | None = None,
        opens: Side = "graph",
        **traits: Any,
    ) -> None:
        self._esm = bundle.loader()
        self._editor = editor
        self._engine = engine
        self._objects: Mapping[str, object] = {} if objects is None else objects
        self._keeping = keeping or Keeping(editor, "Edits are not kept here.")
        self._runs = Runs()
        self._pacer = Pacer()
        self._still = StillPicture()
        self._refresh = StillRefresh(self._still, self._pacer, self._draw, self._words)
        self._relay = Relay(self._pacer, self._tell, self._on_finished, self._watched, kind=self._kind_of)
        self._voice = Voice(self._tell, editor)
        provided = self._services = services if callable(services) else lambda: services
        self._registry = registry
        self._panel: Panel | None = None
        self._showing = Showing(
            editor, registry, provided, self._objects, self._voice, self._pacer, self._relay, self._still.id, self._runs.document
        )
        self._asked = RunRequests(self._start_from_view, self.stop, self._relay.previews)
        self._conversation = Conversation(self._voice, self._showing)
        self._conversation.add(EditRequests(editor, self._voice), self._asked)
        self._clerk = Pacer("virgil-clerk")  # for what may take longer than a frame of a preview: files, pictures, texts
        uploads = Uploads(self._voice, self._clerk, lambda: folders_of(provided()).input, self._showing.files_changed)
        self._logbook = Logbook(self._voice, self._pacer)
        self._history = RunHistory(editor, registry, self._voice, self._clerk, self.kept_folder)
        self._conversation.add(
            uploads,
            FileFacts(self._voice, self._clerk, lambda: folders_of(provided())),
            self._history,
            self._logbook,
            Opening(editor, registry, self._voice, self._clerk, uploads.take, self.adopt),
            Texts(editor, registry, self._voice, self._clerk, self._history.document_of, self.names),
        )
        self._conversation.add(
            KeepingRequests(self._keeping, self._voice), Sides(opens, self._keeping), bundle.Delivery(self._voice, self._pacer)
        )
        self._stop_listening = editor.subscribe(lambda _change: self._refresh.after_edit())
        own_id = uuid4().hex
        super().__init__(model_id=own_id, _own_id=own_id, **traits)
        answer_where_asked(self.comm)
        self.on_msg(lambda _widget, content, buffers: self._conversation.receive(content, buffers))

    @property
    def panel(self) -> Panel:
        """The workflow's simple view as ipywidgets, to show beside others: its inputs, Run and the pictures. In step with the editor."""
        if self._panel is None:
            from virgil_nb.widget.panel import Panel

            self._panel = Panel(self._editor, self._registry, self._services, self._asked, self._relay, self._pacer)
            self._voice.hearers.append(self._panel.say)
        return self._panel

    # --- runs

    @property
    def last_run(self) -> Run | None:
        """The run that was queued last, by code or by a view."""
        return self._runs.last

    @property
    def last_finished_run(self) -> Run | None:
        """The last run that is over, in whatever way."""
        return self._runs.last_finished

    def start(self, outputs: Sequence[str] | None = None) -> Any:
        """Queues a run of the document as it is now and returns it at once. Raises WorkflowInvalid if it can't run."""
        return self.submit(outputs)

    def run(self, outputs: Sequence[str] | None = None) -> Any:
        """The result of a run of the document as it is now. The notebook's stop button and the editor's both end it."""
        refuse_inside_node()
        return self.finish(self.submit(outputs))

    def submit(self, outputs: Sequence[str] | None = None, *, partial: bool = False, echo: bool = True) -> Run:
        """Queues a run whose progress the views show. What `prepare_run` edits is part of what runs.

        echo: what nodes print appears where prints appear, beside the views' log.
        """
        self.prepare_run()
        self._keeping.flush()  # a run may end the kernel
        engine = self._engine()
        return self._runs.add(
            lambda: engine.submit(
                self._editor.document,
                outputs=outputs,
                objects=self._objects,
                partial=partial,
                label=self._editor.document.name,
                echo=echo,
                listeners=(as_shown(self._relay.listen, self._logbook.listen),),
            )
        )

    def finish(self, run: Run) -> RunResult:
        """Waits for a run of this workbench; when it returns, the views have been told all of it."""
        refuse_inside_node()
        wait_for(run)
        self._relay.wait_until_told(run.id, TOLD_LIMIT)
        return run.result()

    def prepare_run(self) -> None:
        """Called before a run is queued, for edits that belong to it; does nothing here."""

    def adopt(self, document: Document) -> Document:
        """A document from a file, ready to be shown; here as it is. Called on a background thread."""
        return document

    def kept_folder(self) -> Path | None:
        """The folder of what is kept of this workbench; None where nothing is. Called on a background thread."""
        return self._keeping.folder

    def names(self, which: str) -> Names:
        """What code may call the workbench by ("wb"), or its workflow ("wf"). Called on a background thread."""
        return [(self, "" if which == "wb" else ".workflow")]

    def stop(self) -> None:
        """Cancels what this workbench runs and what it queued."""
        self._runs.stop()

    def _start_from_view(self, outputs: list[str] | None) -> None:
        try:
            self.submit(outputs, echo=False)  # no cell has asked: the log of the views is the place
        except WorkflowInvalid as invalid:
            self._showing.tell_problems(self._editor.revision, invalid.problems)
            first = invalid.problems[0].message if invalid.problems else str(invalid)
            self._voice.notice("error", f"It can't run yet. {first}")
        except VirgilError as problem:
            self._voice.notice("error", str(problem))
        except Exception as problem:
            log.exception("a run could not be started")
            self._voice.notice("error", f"The run could not be started: {type(problem).__name__}: {problem}")

    def _watched(self) -> bool:
        return self._conversation.watched or self._panel is not None

    def _kind_of(self, node_id: str) -> str:
        node = self._editor.document.nodes.get(node_id)
        return "" if node is None else node.type

    def _on_finished(self, event: RunFinished) -> None:
        self._refresh.after_run()
        run = self._runs.take(event.run_id)
        self._history.add(run, self._relay.pictures_of(run.id))
        if event.state == "failed" and not isinstance(run.error, NodeError):  # no node has a card that says it
            self._voice.notice("error", str(run.error))

    # --- what is shown

    def _tell(self, message: ToBrowser, buffers: Sequence[bytes] = ()) -> None:
        self.send(packed(message), list(buffers) or None)

    def _words(self) -> str:
        document = self._editor.document
        return describe(cast("DocumentJSON", document.to_json()), {}, document.name)

    def _draw(self) -> None:
        document, run = self._editor.document, self.last_run
        as_it_ran = run is not None and run.document == document  # else states and times are of another document
        states = self._relay.state()[1] if as_it_ran else {}
        data = cast("DocumentJSON", document.to_json())
        self._still.draw(data, self._showing.specs(), self._relay.pictures(), states, document.name, self._keeping.carried())

    def _ipython_display_(self, **_options: object) -> None:
        """Shows the live editor, and under it the still picture, which the live editor hides."""
        kernel = running_kernel()
        if kernel is None:
            print(repr(self))  # noqa: T201 - a terminal shows what a print shows
            return
        live: Any = self._repr_mimebundle_() or {}
        data, metadata = live if isinstance(live, tuple) else (live, {})  # Colab finds its widget manager by the metadata
        data = {**data, "text/plain": "Run the cell to wake the editor."}  # what a reader sees above the still picture
        kernel.shell.display_pub.publish(data=data, metadata=metadata)
        self._refresh.show(kernel.shell)

    def __repr__(self) -> str:
        document = self._editor.document
        return f"<{type(self).__name__}: {document.name or 'a workflow'}, {len(document.nodes)} nodes>"

    def close(self) -> None:
        """Removes the views and ends all listening; runs go on."""
        if "_conversation" in self.__dict__:  # else it was never whole: there was no editor to show
            if self._panel is not None:
                self._panel.close()
            self._clerk.settle(CLERK_LIMIT)  # the history of a run that just ended, an upload
            self._clerk.close()
            self._keeping.flush()
            self._conversation.close()
            self._pacer.close()
            self._refresh.close()
            self._stop_listening()
        super().close()
