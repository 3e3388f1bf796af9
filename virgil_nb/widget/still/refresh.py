"""When the still picture is drawn: after the editor is painted, after each run, and when editing pauses.

With a page (JupyterLab, Notebook 7) that happens in the background. Without one (nbclient, nbval) nobody may listen after a
cell, so what is due is drawn before the cell ends.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from virgil_nb.widget.kernels import shown_by_a_page
from virgil_nb.widget.pacing import Pacer
from virgil_nb.widget.still.output import StillPicture

FIRST_DELAY = 1.5  # leaves the machine to the page that paints the editor
RUN_INTERVAL = 1.0
EDIT_PAUSE = 2.0


class StillRefresh:
    """Keeps `picture` in step. draw: draws it anew, wherever it is called; words: what stands for it in plain text."""

    def __init__(self, picture: StillPicture, pacer: Pacer, draw: Callable[[], None], words: Callable[[], str]) -> None:
        self._picture = picture
        self._pacer = pacer
        self._draw = draw
        self._words = words
        self._lock = threading.Lock()
        self._due = False
        self._shown = False
        self._cell_events: Any = None

    def show(self, shell: Any) -> None:
        """Adds the picture's output to the cell that runs in `shell`."""
        self._shown = True
        if not shown_by_a_page():
            if not self._picture.drawn:
                self._draw()
            if self._cell_events is None:
                self._cell_events = shell.events
                self._cell_events.register("post_run_cell", self._end_of_cell)
        self._picture.show(self._words())
        if not self._picture.drawn:
            self._pacer.ask("still", self._redraw, delay=FIRST_DELAY)

    def after_run(self) -> None:
        """A run is over: its pictures belong into the notebook at once."""
        if self._shown:
            self._due = True
            self._pacer.ask("still", self._redraw, every=RUN_INTERVAL)

    def after_edit(self) -> None:
        """The document changed: the picture follows when the hands rest."""
        if self._shown:
            self._due = True
            self._pacer.ask("still of edits", self._redraw_if_due, delay=EDIT_PAUSE, restart=True)

    def close(self) -> None:
        """Leaves the picture as it is."""
        self._shown = False
        if self._cell_events is not None:
            self._cell_events.unregister("post_run_cell", self._end_of_cell)
            self._cell_events = None

    def _redraw(self) -> None:
        with self._lock:
            self._due = False
            self._draw()
            self._picture.refresh(self._words())

    def _redraw_if_due(self) -> None:
        with self._lock:  # one that is being drawn may be all that was due
            due = self._due
        if due:
            self._redraw()

    def _end_of_cell(self, _result: object) -> None:
        if not shown_by_a_page():
            self._redraw_if_due()
