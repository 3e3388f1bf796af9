"""`Waiting`: the runs that wait, in the order in which they will run. No threads here: the worker holds its lock around it.

put at the front, the last one first │ the others by priority, lower first; equal ones as they came
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator
from itertools import count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from virgil_nb.engine.runs.run import Run

Rank = tuple[int, float, int]  # (0 at the front, else 1; priority; a number that no other run has)


class Place:
    """A run that waits. told: the place in the queue that its listeners know, by the event at `event`."""

    __slots__ = ("event", "rank", "run", "told")

    def __init__(self, run: Run, rank: Rank) -> None:
        self.run = run
        self.rank = rank
        self.told: int | None = None
        self.event: int | None = None


class Waiting:
    """Iterating gives the places in order. Each operation but iterating costs the logarithm of the length, and one move in memory."""

    def __init__(self) -> None:
        self._order: list[Rank] = []
        self._by_rank: dict[Rank, Place] = {}
        self._by_id: dict[str, Place] = {}
        self._numbers = count(1)

    def __len__(self) -> int:
        return len(self._order)

    def __iter__(self) -> Iterator[Place]:
        return (self._by_rank[rank] for rank in self._order)

    def get(self, run_id: str) -> Run | None:
        """The run of that id; None if it does not wait."""
        place = self._by_id.get(run_id)
        return None if place is None else place.run

    def add(self, run: Run, priority: float = 0.0, front: bool = False) -> Place:
        """The place of a run that waits from now on; its id must not wait here yet."""
        place = Place(run, self._rank(priority, front))
        self._insert(place)
        return place

    def index(self, run_id: str) -> int | None:
        """How many wait before a run; None if it does not wait."""
        place = self._by_id.get(run_id)
        return None if place is None else bisect_left(self._order, place.rank)

    def to_front(self, run_id: str) -> bool:
        """Puts a run before all others; False if it does not wait."""
        place = self._remove(run_id)
        if place is None:
            return False
        place.rank = self._rank(0.0, front=True)
        self._insert(place)
        return True

    def remove(self, run_id: str) -> Run | None:
        """Takes a run out; None if it does not wait."""
        place = self._remove(run_id)
        return None if place is None else place.run

    def take(self) -> Run:
        """Takes the first run out. Raises IndexError if there is none."""
        place = self._by_rank.pop(self._order.pop(0))
        del self._by_id[place.run.id]
        return place.run

    def _rank(self, priority: float, front: bool) -> Rank:
        number = next(self._numbers)
        return (0, 0.0, -number) if front else (1, priority, number)

    def _insert(self, place: Place) -> None:
        insort(self._order, place.rank)
        self._by_rank[place.rank] = place
        self._by_id[place.run.id] = place

    def _remove(self, run_id: str) -> Place | None:
        place = self._by_id.pop(run_id, None)
        if place is not None:
            del self._by_rank[place.rank]
            del self._order[bisect_left(self._order, place.rank)]
        return place
