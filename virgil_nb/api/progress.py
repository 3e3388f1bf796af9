"""A progress bar for a run that is waited for: steps of the node at work, in a terminal or a notebook."""

from __future__ import annotations

import threading
from types import TracebackType
from typing import Any, Final

from virgil_nb.engine import Event, NodeFinished, NodeProgress, NodesAdded, NodeStarted, Run

DELAY: Final = 0.4  # seconds; a run that is over sooner shows no bar


class ProgressBar:
    """Shows `run`'s progress while the context is open, and leaves nothing behind.

    Events come on the worker's thread, and the bar appears on a timer's: whoever has the lock draws.
    """

    def __init__(self, run: Run, *, shown: bool) -> None:
        self._run, self._shown = run, shown
        self._lock = threading.Lock()
        self._timer = threading.Timer(DELAY, self._appear)
        self._timer.daemon = True
        self._bar: Any = None
        self._title, self._value, self._maximum = "waiting", 0, 1
        self._inside: dict[str, str] = {}  # of nodes that came by expansion: the one that shows them

    def __enter__(self) -> ProgressBar:
        if self._shown:
            self._run.add_listener(self._on_event)
            self._timer.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        with self._lock:
            self._shown = False
            self._timer.cancel()
            if self._bar is not None:
                self._bar.close()

    def _appear(self) -> None:
        from tqdm.std import tqdm

        with self._lock:
            if self._shown:
                self._bar = tqdm(
                    total=self._maximum,
                    initial=self._value,
                    desc=self._title,
                    leave=False,
                    bar_format="{desc} {bar} {n_fmt}/{total_fmt} [{elapsed}]",
                )

    def _on_event(self, event: Event) -> None:
        if isinstance(event, NodesAdded):
            self._inside.update(event.nodes)
        elif isinstance(event, (NodeStarted, NodeProgress, NodeFinished)):
            with self._lock:
                self._take(event)

    def _take(self, event: NodeStarted | NodeProgress | NodeFinished) -> None:
        bar = self._bar if self._shown else None
        if isinstance(event, NodeStarted):
            shown = self._inside.get(event.node, event.node)
            record = self._run.document.nodes.get(shown)
            self._title, self._value, self._maximum = record.title or record.type if record else shown, 0, 1
            if bar is not None:
                bar.set_description_str(self._title, refresh=False)
                bar.reset(total=1)
            return
        if isinstance(event, NodeProgress):
            self._maximum = max(1, round(event.maximum))
            self._value = min(self._maximum, round(event.value))
        else:
            self._value = self._maximum
        if bar is not None:
            bar.total, bar.n = self._maximum, self._value
            bar.refresh()
