"""A progress bar for a run that is waited for: steps of the node at work, in a terminal or a notebook."""

from __future__ import annotations

from types import TracebackType
from typing import Any

from virgil_nb.engine import Event, NodeFinished, NodeProgress, NodeStarted, Run


class ProgressBar:
    """Shows `run`'s progress while the context is open, and leaves nothing behind.

    Events come on the worker's thread and only set what is to be shown; tqdm draws on that thread too, which it allows.
    """

    def __init__(self, run: Run, *, shown: bool) -> None:
        self._run, self._shown = run, shown
        self._bar: Any = None

    def __enter__(self) -> ProgressBar:
        if self._shown:
            from tqdm.std import tqdm

            self._bar = tqdm(total=1, leave=False, bar_format="{desc} {bar} {n_fmt}/{total_fmt} [{elapsed}]", delay=0.4)
            self._run.add_listener(self._on_event)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        bar, self._bar = self._bar, None
        if bar is not None:
            bar.close()

    def _on_event(self, event: Event) -> None:
        bar = self._bar
        if bar is None:
            return
        if isinstance(event, NodeStarted):
            record = self._run.document.nodes.get(event.node)
            bar.set_description_str(record.title or record.type if record else event.node, refresh=False)
            bar.reset(total=1)
        elif isinstance(event, NodeProgress):
            bar.total = max(1, round(event.maximum))
            bar.n = min(bar.total, round(event.value))
            bar.refresh()
        elif isinstance(event, NodeFinished):
            bar.n = bar.total
            bar.refresh()
