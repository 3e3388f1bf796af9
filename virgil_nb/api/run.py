"""`Run`: a run in the queue or under way, from the side of the one who asked for it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from typing import cast

from virgil_nb.api.progress import ProgressBar
from virgil_nb.api.result import Result
from virgil_nb.engine import Event, Interrupted, NodeError, Registry, RunResult
from virgil_nb.engine import Run as EngineRun

# How long a blocking wait sleeps at a time: the notebook's stop button (KeyboardInterrupt) is seen between two sleeps.
_SLICE_S = 0.05


@contextmanager
def as_results(registry: Registry, objects: Mapping[str, object]) -> Iterator[None]:
    """Within it, the `.result` of a NodeError or Interrupted that passes is made a `Result`, as a finished run gives it."""
    try:
        yield
    except (NodeError, Interrupted) as stopped:
        if isinstance(stopped.result, RunResult):
            stopped.result = cast("RunResult", Result(stopped.result, registry, objects))
        raise


class Run:
    """A queued or running workflow: `.cancel()`, `.done`, `.state`, `.result(timeout)`, `.events()`, `async for event in run`."""

    def __init__(self, run: EngineRun, registry: Registry, objects: Mapping[str, object]) -> None:
        self._run = run
        self._registry = registry
        self._objects = objects

    @property
    def id(self) -> str:
        """Id of the run, unique in its session."""
        return self._run.id

    @property
    def state(self) -> str:
        """queued, running, done, failed or cancelled."""
        return self._run.state

    @property
    def done(self) -> bool:
        """Whether it is over, in whatever way."""
        return self._run.done

    def cancel(self) -> None:
        """Ends the run: at once if queued, within one sampler step if running. What is computed stays in the cache."""
        self._run.cancel()

    def result(self, timeout: float | None = None) -> Result:
        """The result, waiting up to `timeout` seconds. Raises NodeError, Interrupted or TimeoutError; RunInsideNode on the worker."""
        with as_results(self._registry, self._objects):
            return Result(self._run.result(timeout), self._registry, self._objects)

    def wait(self, *, progress: bool = True) -> Result:
        """The result, waiting for it with a progress bar; an interrupt of the wait cancels the run.

        Raises as `result` does, and KeyboardInterrupt after the run has stopped.
        """
        try:
            with ProgressBar(self._run, shown=progress):
                while not self._run.wait(_SLICE_S):
                    pass
        except KeyboardInterrupt:
            self._run.cancel()
            self._run.wait(10)
            raise
        return self.result()

    def events(self) -> Iterator[Event]:
        """The run's events from its start, each as it comes, until the run is over."""
        return self._run.events()

    async def __aiter__(self) -> AsyncIterator[Event]:
        loop = asyncio.get_running_loop()
        events = self._run.events()
        done = object()
        while (event := await loop.run_in_executor(None, next, events, done)) is not done:
            assert isinstance(event, Event)
            yield event

    def __repr__(self) -> str:
        return f"<Run {self.id}: {self.state}>"
