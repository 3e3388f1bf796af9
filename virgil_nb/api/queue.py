"""`Queue`: the runs of a session that wait or are executed, and what can be done with them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol, overload

from virgil_nb.engine import Engine, RunInfo


class HasId(Protocol):
    """A run, in whatever form."""

    @property
    def id(self) -> str: ...


Which = str | HasId


class Queue(Sequence[RunInfo]):
    """The run that is executed, then those that wait, in the order in which they will run; each look is at the queue as it is then.

    `queue.to_front(run)`, `queue.delete(run, …)`, `queue.clear()`; runs are given as such or by id.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def to_front(self, run: Which) -> bool:
        """Puts a run before all others that wait; False if it does not wait."""
        return self._engine.to_front(id_of(run))

    def delete(self, *runs: Which) -> int:
        """Takes runs out that wait; they end as cancelled. Returns how many did wait."""
        return self._engine.delete(map(id_of, runs))

    def clear(self) -> int:
        """Takes all out that wait; the one that is executed goes on. Returns how many there were."""
        return self._engine.clear_queue()

    def __len__(self) -> int:
        return len(self._engine.runs)

    @overload
    def __getitem__(self, index: int) -> RunInfo: ...
    @overload
    def __getitem__(self, index: slice) -> list[RunInfo]: ...
    def __getitem__(self, index: int | slice) -> RunInfo | list[RunInfo]:
        return self._engine.queue[index]

    def __iter__(self) -> Iterator[RunInfo]:
        return iter(self._engine.queue)

    def __eq__(self, other: object) -> bool:
        return list(self) == list(other) if isinstance(other, (Queue, list)) else NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        found = self._engine.queue
        if not found:
            return "<Queue: nothing runs or waits>"
        return f"<Queue: {', '.join(f'{info.label or info.id[:8]} ({info.state})' for info in found[:8])}{', …' if len(found) > 8 else ''}>"


def id_of(run: Which) -> str:
    """The id of a run that is given as such or by its id."""
    return run if isinstance(run, str) else run.id
