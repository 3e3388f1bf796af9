"""`Panel`: a workflow's simple view as ipywidgets, to compose with others: its inputs, Run, and the pictures.

    ipywidgets.HBox([wb.panel, my_plot])

What is typed here is an edit of the document, and what changes in the document shows here. All showing is done on the pacer's
thread.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any

import ipywidgets
from ipywidgets import HBox, Label, VBox

from virgil_nb.engine import EditError, Editor, Registry, Services, SetValue
from virgil_nb.widget.messages.runs import ImageJSON, NoteLevel
from virgil_nb.widget.pacing import Pacer
from virgil_nb.widget.panel_entries import PanelEntry, panel_entries
from virgil_nb.widget.panel_fields import Field, field_for
from virgil_nb.widget.relay import Relay
from virgil_nb.widget.run_requests import RunRequests
from virgil_nb.widget.settings_words import value_of
from virgil_nb.widget.status_words import in_words

ORIGIN = "panel"
EDIT_DELAY = 0.02
RUN_INTERVAL = 0.2
PICTURE_WIDTHS = 256, 512  # px: the least and the most that one picture takes
SMALL_WIDTHS = 128, 240

Key = tuple[str, str]


class Panel(VBox):  # type: ignore[misc]  # ipywidgets has no types
    """The inputs on the panel of a document, a button that runs it, and the pictures, as they form and when they are done.

    `fields[node id, input]` is the widget of an input; `pictures` holds an ipywidgets.Image for each picture.
    """

    def __init__(
        self, editor: Editor, registry: Registry, services: Callable[[], Services], runs: RunRequests, relay: Relay, pacer: Pacer
    ) -> None:
        self._editor = editor
        self._registry = registry
        self._services = services
        self._runs = runs
        self._relay = relay
        self._pacer = pacer
        self._syncing = threading.local()  # .now: what a widget tells is no one's edit
        self._plans: dict[Key, Field] = {}
        self._shown_pictures: list[tuple[ImageJSON, bytes]] | None = []  # None: a preview is shown
        self._preview = ipywidgets.Image(format="jpeg", layout={"width": f"{PICTURE_WIDTHS[1]}px", "max_width": "100%"})
        self.fields: Mapping[Key, Any] = {}
        self.button = ipywidgets.Button(description="Run", button_style="primary")
        self.status = Label()
        self.pictures = ipywidgets.Box(layout=ipywidgets.Layout(flex_flow="row wrap"))
        self._inputs = VBox()
        super().__init__([self._inputs, HBox([self.button, self.status]), self.pictures], layout=ipywidgets.Layout(max_width="640px"))
        self.button.on_click(lambda _button: self._runs.stop() if self._running() else self._runs.run())
        self._unsubscribe = editor.subscribe(lambda _change: pacer.ask("panel", self._show_document, delay=EDIT_DELAY))
        relay.observers.append(self._run_changed)
        self._show_document()
        self._show_run()

    def say(self, level: NoteLevel, text: str) -> None:
        """Shows something that belongs to no node, until the next run."""
        if level != "info":
            self.status.value = text

    def close(self) -> None:
        """Ends all listening, and removes the widgets. Harmless when it is closed."""
        if self._run_changed not in self._relay.observers:
            return
        self._unsubscribe()
        self._relay.observers.remove(self._run_changed)
        for widget in (
            *self.fields.values(),
            *self.pictures.children,
            self.button,
            self.status,
            self._preview,
            self.pictures,
            self._inputs,
        ):
            widget.close()
        super().close()

    # --- the document

    def _show_document(self) -> None:
        document = self._editor.document
        entries = panel_entries(document, self._registry)
        services = self._services()
        plans = {
            (entry.node, entry.spec.name): field_for(entry, value_of(document, entry), entry.spec.find_choices(services))
            for entry in entries
        }
        self._syncing.now = True
        try:
            kept = {key: self.fields[key] for key, plan in plans.items() if key in self._plans and plan.fits(self._plans[key])}
            for key, field in kept.items():
                if field.value != plans[key].value:
                    field.value = plans[key].value
            fields = {key: kept[key] if key in kept else self._made(key, plan) for key, plan in plans.items()}
        finally:
            self._syncing.now = False
        if list(fields.items()) != list(self.fields.items()):
            gone = [field for key, field in self.fields.items() if fields.get(key) is not field]
            self.fields = fields
            self._inputs.children = self._arranged(entries)
            for field in gone:
                field.close()
        self._plans = plans

    def _made(self, key: Key, plan: Field) -> Any:
        field = plan.made()
        field.observe(lambda change: self._edited(key, plan, change["new"]), names="value")
        return field

    def _arranged(self, entries: list[PanelEntry]) -> list[Any]:
        main = [self.fields[entry.node, entry.spec.name] for entry in entries if not entry.more]
        more = [self.fields[entry.node, entry.spec.name] for entry in entries if entry.more]
        if not more:
            return main
        folded = ipywidgets.Accordion([VBox(more)], selected_index=None)
        folded.set_title(0, "More")
        return [*main, folded]

    def _edited(self, key: Key, plan: Field, shown: object) -> None:
        if getattr(self._syncing, "now", False):
            return
        node, name = key
        try:
            self._editor.apply(SetValue(node, name, plan.read(shown)), origin=ORIGIN, merge=f"{ORIGIN}#{node}.{name}")
        except (EditError, ValueError) as problem:
            self.status.value = str(problem)

    # --- the run

    def _running(self) -> bool:
        run = self._relay.state()[0]
        return run is not None and run["state"] in ("queued", "running")

    def _run_changed(self) -> None:
        self._pacer.ask("panel's run", self._show_run, every=RUN_INTERVAL)

    def _show_run(self) -> None:
        run, nodes = self._relay.state()
        running = self._running()
        self.button.description = "Stop" if running else "Run"
        self.button.button_style = "" if running else "primary"
        if run is not None:
            self.status.value = in_words(run, nodes)
        frames = self._relay.previews.latest() if running else []
        if frames:
            self._show_preview(frames[-1][1][0])
            return
        self._show_pictures([(told, data) for node, told, data in self._relay.encoded() if node in self._editor.document.nodes])

    def _show_preview(self, frame: bytes) -> None:
        self._preview.value = frame
        if self.pictures.children != (self._preview,):
            old, self.pictures.children, self._shown_pictures = self.pictures.children, (self._preview,), None
            for picture in old:
                picture.close()

    def _show_pictures(self, pictures: list[tuple[ImageJSON, bytes]]) -> None:
        if pictures == self._shown_pictures:
            return
        self._shown_pictures = pictures
        old = self.pictures.children
        least, most = PICTURE_WIDTHS if len(pictures) == 1 else SMALL_WIDTHS
        self.pictures.children = [
            ipywidgets.Image(
                value=data,
                format=told["format"],
                layout={"width": f"{min(max(told['width'], least), most)}px", "max_width": "100%", "object_fit": "contain"},
            )
            for told, data in pictures
        ]
        for picture in old:
            if picture is not self._preview:
                picture.close()
