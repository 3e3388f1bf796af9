"""The time left is told by the pace of the steps, by what nodes took before, and not at all while nothing is known."""

from __future__ import annotations

import pytest

from virgil_nb.engine.events import Event, NodeFinished, NodeProgress, NodesCached, NodeStarted, RunFinished, RunStarted
from virgil_nb.widget.estimate import Estimate


class Told:
    """An estimate with a clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 0.0
        self.kinds: dict[str, str] = {}
        self.estimate = Estimate(lambda node: self.kinds.get(node, ""), lambda: self.now)

    def at(self, now: float, *events: Event) -> float | None:
        self.now = now
        for event in events:
            self.estimate.take(event)
        return self.estimate.remaining()

    def run_once(self, name: str = "r0") -> None:
        """1 takes 2 s, 2 takes 10 s."""
        self.at(0, RunStarted(name, 0, ("1", "2")), NodeStarted(name, 1, "1"), NodeFinished(name, 2, "1", 2.0))
        self.at(0, NodeStarted(name, 3, "2"), NodeFinished(name, 4, "2", 10.0), RunFinished(name, 5, "done", 12.0))


@pytest.fixture
def told() -> Told:
    return Told()


def test_nothing_is_told_while_nothing_is_known(told: Told) -> None:
    assert told.at(0) is None
    assert told.at(1, RunStarted("r", 0, ("1", "2")), NodeStarted("r", 1, "1")) is None
    assert told.at(2, NodeProgress("r", 2, "1", 1, 20)) is None, "one step may have waited for a model to load"


def test_the_pace_of_the_steps_decides(told: Told) -> None:
    told.at(0, RunStarted("r", 0, ("1",)), NodeStarted("r", 1, "1"))
    told.at(30, NodeProgress("r", 2, "1", 1, 20))
    assert told.at(32, NodeProgress("r", 3, "1", 5, 20)) == pytest.approx(7.5)
    assert told.at(33) == pytest.approx(6.5)
    assert told.at(99) == 0
    assert told.at(100, NodeProgress("r", 4, "1", 1, 10)) is None, "another loop has another pace"
    assert told.at(101, NodeProgress("r", 5, "1", 2, 10)) == pytest.approx(8)


def test_what_nodes_took_before_counts_for_those_that_must_run(told: Told) -> None:
    told.run_once()
    assert told.at(100, RunStarted("r", 0, ("1", "2"))) == 12
    assert told.at(100, NodesCached("r", 1, ("1",))) == 10
    assert told.at(103, NodeStarted("r", 2, "2")) == 10
    assert told.at(107) == 6
    assert told.at(200) == 0
    assert told.at(200, NodeFinished("r", 3, "2", 100.0), RunFinished("r", 4, "done", 100.0)) is None


def test_steps_and_earlier_runs_are_added_up(told: Told) -> None:
    told.run_once()
    told.at(0, RunStarted("r", 0, ("1", "2")), NodeStarted("r", 1, "1"), NodeProgress("r", 2, "1", 1, 3))
    assert told.at(1, NodeProgress("r", 3, "1", 2, 3)) == pytest.approx(1 + 10)


def test_a_node_of_another_type_under_the_same_id_is_not_taken_for_it(told: Told) -> None:
    told.run_once()
    told.kinds = {"2": "Other"}
    assert told.at(0, RunStarted("r", 0, ("2",))) is None


def test_the_end_of_a_run_that_waited_does_not_end_this_one(told: Told) -> None:
    told.run_once()
    told.at(0, RunStarted("r", 0, ("1", "2")))
    assert told.at(0, RunFinished("other", 0, "cancelled", 0.0)) == 12
