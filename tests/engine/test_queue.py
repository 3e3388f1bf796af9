"""The queue: its order, moving and deleting runs, ids, and what listeners hear of their places."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from tests.engine.kinds import CALLS, draw
from tests.engine.test_worker import WAIT, Gate, gated
from virgil_nb.engine import Engine, Event, Registry, RunFinished, RunMoved, RunQueued, VirgilError, node
from virgil_nb.engine.runs.run import Run
from virgil_nb.engine.runs.waiting import Waiting
from virgil_nb.engine.runs.worker import Worker

PRIORITIES = st.sampled_from([-2.0, -0.5, 0.0, 0.0, 0.0, 1.0, 7.5])


@dataclass
class Named:
    """All that the order of the queue knows of a run."""

    id: str


class Order(RuleBasedStateMachine):
    """Any sequence of operations leaves the order that a plain list, sorted anew each time, predicts."""

    def __init__(self) -> None:
        super().__init__()
        self.waiting = Waiting()
        self.model: list[tuple[Any, str]] = []
        self.count = 0

    @rule(priority=PRIORITIES, front=st.booleans())
    def put(self, priority: float, front: bool) -> None:
        self.count += 1
        self.waiting.add(cast(Run, Named(str(self.count))), priority, front)
        self.model.append(((0, -self.count) if front else (1, priority, self.count), str(self.count)))
        self.model.sort()

    @rule(data=st.data())
    def to_front(self, data: st.DataObject) -> None:
        run_id = str(data.draw(st.integers(1, self.count + 1)))
        here = [item for item in self.model if item[1] == run_id]
        assert self.waiting.to_front(run_id) is bool(here)
        if here:
            self.count += 1  # so that a later one at the front is before it
            self.model.remove(here[0])
            self.model.insert(0, ((0, -self.count), run_id))

    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        run_id = str(data.draw(st.integers(1, self.count + 1)))
        here = [item for item in self.model if item[1] == run_id]
        assert (self.waiting.remove(run_id) is not None) is bool(here)
        self.model = [item for item in self.model if item[1] != run_id]

    @rule()
    def take(self) -> None:
        if self.model:
            assert self.waiting.take().id == self.model.pop(0)[1]
        else:
            with pytest.raises(IndexError):
                self.waiting.take()

    @invariant()
    def agrees(self) -> None:
        ids = [run_id for _, run_id in self.model]
        assert [place.run.id for place in self.waiting] == ids and len(self.waiting) == len(ids)
        assert [self.waiting.index(run_id) for run_id in ids] == list(range(len(ids)))
        assert self.waiting.index("none") is None


def test_the_order_is_what_a_model_predicts_after_any_operations() -> None:
    run_state_machine_as_test(Order)


@pytest.fixture
def gate() -> Iterator[Gate]:
    made = Gate()
    yield made
    made.open.set()


def speaking(gate: Gate) -> Registry:
    registry = gated(gate)

    @node(registry=registry)
    def say(text: str) -> str:
        CALLS.append(("say", text))
        return text

    return registry


@pytest.fixture
def busy(gate: Gate) -> Iterator[Engine]:
    """An engine whose worker stands at the gate in a run called "first"."""
    engine = Engine(speaking(gate))
    engine.submit(draw("A:wait"), outputs=["A"], label="first", run_id="first")
    assert gate.reached.wait(WAIT)
    yield engine
    engine.close()  # before the gate opens: what waits must not run into the next test


def put(engine: Engine, name: str, **options: Any) -> Run:
    return engine.submit(draw(f"A:say(text={name!r})"), outputs=["A"], label=name, run_id=name, **options)


def labels(engine: Engine) -> list[str]:
    return [info.label for info in engine.queue]


Step = tuple[str, float, bool, list[int]]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["put", "put", "put", "front", "delete", "cancel", "interrupt"]),
        PRIORITIES,
        st.booleans(),
        st.lists(st.integers(0, 12)),
    ),
    max_size=14,
)


@given(steps=STEPS)
def test_runs_are_executed_in_the_order_that_a_model_predicts(steps: list[Step]) -> None:
    CALLS.clear()
    gate = Gate()
    engine = Engine(gated(gate))
    engine.submit(draw("A:wait"), outputs=["A"])
    assert gate.reached.wait(WAIT)
    runs: list[Run] = []
    model: list[tuple[Any, int]] = []
    for count, (what, priority, front, which) in enumerate(steps):
        chosen = which[0] if which else 0
        if what == "put":
            number = len(runs)
            runs.append(engine.submit(draw(f"A:quick(x={number})"), outputs=["A"], run_id=str(number), priority=priority, front=front))
            model.append(((0, -count) if front else (1, priority, count), number))
        elif what == "front":
            assert engine.to_front(str(chosen)) is any(number == chosen for _, number in model)
            model = [((0, -count) if number == chosen else rank, number) for rank, number in model]
        elif what == "delete":
            assert engine.delete(map(str, which)) == sum(number in which for _, number in model)
            model = [(rank, number) for rank, number in model if number not in which]
        elif chosen < len(runs):
            if what == "cancel":
                runs[chosen].cancel()
            else:
                engine.interrupt(str(chosen))
            model = [(rank, number) for rank, number in model if number != chosen]
        model.sort()
        assert [run.id for run in engine.runs[1:]] == [str(number) for _, number in model]
        assert [runs[number].position for _, number in model] == list(range(1, len(model) + 1))
    gate.open.set()
    for run in runs:
        assert run.wait(WAIT)
    assert [x for _, x in CALLS] == [number for _, number in model]
    assert {run.id for run in runs if run.state == "done"} == {str(number) for _, number in model}
    assert all(isinstance(list(run.events())[-1], RunFinished) for run in runs)
    engine.close()


def test_lower_priority_numbers_run_sooner_and_the_front_is_before_all(busy: Engine) -> None:
    for name, options in {"plain": {}, "later": {"priority": 5}, "sooner": {"priority": -1}, "front": {"front": True}}.items():
        put(busy, name, **options)
    put(busy, "plain too")
    assert labels(busy) == ["first", "front", "sooner", "plain", "plain too", "later"]


@pytest.mark.parametrize("priority", [float("nan"), float("inf"), -float("inf")])
def test_a_priority_that_is_no_number_is_refused(busy: Engine, priority: float) -> None:
    heard: list[Event] = []
    with pytest.raises(VirgilError, match="must be a finite number"):
        put(busy, "odd", priority=priority, listeners=[heard.append])
    assert labels(busy) == ["first"] and heard == []


def test_a_waiting_run_is_moved_to_the_front(busy: Engine) -> None:
    for name in "abc":
        put(busy, name)
    assert busy.to_front("c") and not busy.to_front("first") and not busy.to_front("unknown")
    assert labels(busy) == ["first", "c", "a", "b"]


def test_many_are_deleted_at_once_and_hear_that_they_are_over(busy: Engine, gate: Gate) -> None:
    runs = {name: put(busy, name) for name in "abcd"}
    assert busy.delete(["a", "c", "c", "first", "unknown"]) == 2
    assert labels(busy) == ["first", "b", "d"]
    for name in "ac":
        assert runs[name].state == "cancelled" and isinstance(list(runs[name].events())[-1], RunFinished)
    gate.open.set()
    runs["d"].result(WAIT)
    assert [x for _, x in CALLS] == ["b", "d"]
    assert [(info.label, info.state) for info in busy.history] == [
        ("a", "cancelled"),
        ("c", "cancelled"),
        ("first", "done"),
        ("b", "done"),
        ("d", "done"),
    ]


def test_clearing_leaves_the_run_that_is_executed(busy: Engine, gate: Gate) -> None:
    for name in "abc":
        put(busy, name)
    assert busy.clear_queue() == 3 and busy.clear_queue() == 0
    assert labels(busy) == ["first"]
    gate.open.set()
    assert put(busy, "later").result(WAIT).executed == ("A",)


def test_one_run_is_interrupted_by_its_id_whether_it_runs_or_waits(gate: Gate) -> None:
    engine = Engine(speaking(gate))
    first = engine.submit(draw("A:wait -> B:quick.x"), outputs=["B"], run_id="first")
    assert gate.reached.wait(WAIT)
    a, b = put(engine, "a"), put(engine, "b")
    assert engine.interrupt("a") and a.state == "cancelled" and not first.cancelling
    assert engine.interrupt("first") and not engine.interrupt("a") and not engine.interrupt("unknown")
    gate.open.set()
    assert b.result(WAIT).executed == ("A",) and first.wait(WAIT) and first.state == "cancelled"
    assert not engine.interrupt()


def test_an_id_that_is_known_is_refused_and_the_run_that_has_it_goes_on(busy: Engine, gate: Gate) -> None:
    waiting = put(busy, "a")
    heard: list[Event] = []
    for known in ("first", "a"):
        with pytest.raises(VirgilError, match="in the queue already"):
            busy.submit(draw("A:quick"), outputs=["A"], run_id=known, listeners=[heard.append])
    assert labels(busy) == ["first", "a"] and not waiting.cancelling and heard == []
    gate.open.set()
    waiting.result(WAIT)
    with pytest.raises(VirgilError, match="in the history already"):
        put(busy, "a")
    with pytest.raises(VirgilError, match="id of a run is empty"):
        put(busy, "")


def places(heard: list[Event]) -> list[tuple[type[Event], int]]:
    return [(type(event), event.position) for event in heard if isinstance(event, (RunQueued, RunMoved))]


def test_who_listens_to_a_waiting_run_hears_its_place_when_it_changes_and_only_then(busy: Engine, gate: Gate) -> None:
    heard: dict[str, list[Event]] = {name: [] for name in ("a", "b", "c", "urgent")}
    runs = {name: put(busy, name, listeners=[heard[name].append]) for name in "abc"}
    put(busy, "urgent", front=True, listeners=[heard["urgent"].append])
    busy.delete(["a"])
    put(busy, "last")
    assert busy.to_front("c")
    busy.interrupt("urgent")
    gate.open.set()
    runs["b"].result(WAIT)
    assert places(heard["a"]) == [(RunQueued, 1), (RunMoved, 2)]
    assert places(heard["b"]) == [(RunQueued, 2), (RunMoved, 3), (RunMoved, 2), (RunMoved, 3), (RunMoved, 2), (RunMoved, 1), (RunMoved, 0)]
    assert places(heard["c"]) == [(RunQueued, 3), (RunMoved, 4), (RunMoved, 3), (RunMoved, 1), (RunMoved, 0)]
    assert places(heard["urgent"]) == [(RunQueued, 1), (RunMoved, 2)]
    for name, events in heard.items():
        assert [event.seq for event in events] == list(range(len(events))) and isinstance(events[-1], RunFinished), name


def test_a_run_that_nobody_listens_to_is_told_nothing_and_a_late_reader_gets_the_last_place_only(busy: Engine, gate: Gate) -> None:
    quiet, watched = put(busy, "quiet"), put(busy, "watched", listeners=[lambda event: None])
    for name in "xyz":
        put(busy, name, front=True)
    gate.open.set()
    watched.result(WAIT)
    quiet.result(WAIT)
    assert places(list(quiet.events())) == [(RunQueued, 1)]
    assert places(list(watched.events())) == [(RunQueued, 2), (RunMoved, 0)]


def test_a_listener_may_change_the_queue(busy: Engine, gate: Gate) -> None:
    def delete_next(event: Event) -> None:
        if isinstance(event, RunFinished):
            busy.delete(["b"])
            put(busy, "from a listener")

    a = put(busy, "a", listeners=[delete_next])
    b, c = put(busy, "b"), put(busy, "c")
    gate.open.set()
    assert a.wait(WAIT) and c.wait(WAIT)
    assert b.state == "cancelled"
    put(busy, "end", priority=1).result(WAIT)
    assert [x for _, x in CALLS] == ["a", "c", "from a listener", "end"]


@pytest.mark.parametrize("error", [MemoryError, KeyboardInterrupt])
def test_a_submit_that_breaks_off_halfway_leaves_nothing_in_the_queue(
    busy: Engine, gate: Gate, monkeypatch: pytest.MonkeyPatch, error: type[BaseException]
) -> None:
    heard: list[Event] = []

    def breaks(self: Worker) -> None:
        raise error

    with monkeypatch.context() as patched:
        patched.setattr(Worker, "_note_moves", breaks)
        original = Worker.withdraw

        def withdraw(self: Worker, run: Run) -> bool:
            patched.undo()
            return original(self, run)

        patched.setattr(Worker, "withdraw", withdraw)
        with pytest.raises(error):
            put(busy, "half", listeners=[heard.append])
    assert labels(busy) == ["first"]
    assert [type(event) for event in heard] == [RunQueued, RunFinished] and cast(RunFinished, heard[-1]).state == "cancelled"
    gate.open.set()
    put(busy, "whole").result(WAIT)
    assert [x for _, x in CALLS] == ["whole"]


def test_a_closed_engine_refuses_a_run_without_telling_that_it_was_queued(busy: Engine) -> None:
    busy.close()
    heard: list[Event] = []
    with pytest.raises(VirgilError, match="closed"):
        put(busy, "late", listeners=[heard.append])
    assert heard == []


def test_two_engines_run_side_by_side_and_keep_their_events_apart() -> None:
    gates = [Gate(), Gate()]
    engines = [Engine(gated(gate), name=f"engine {index}") for index, gate in enumerate(gates)]
    heard: list[list[Event]] = [[], []]
    runs = [engine.submit(draw("A:steps"), outputs=["A"], listeners=[events.append]) for engine, events in zip(engines, heard, strict=True)]
    for gate in gates:
        assert gate.reached.wait(WAIT)  # both are inside a node at the same time
    assert engines[0].interrupt() and not runs[1].cancelling
    for gate in gates:
        gate.open.set()
    assert runs[1].result(WAIT).outputs("A") == (0,) and runs[0].wait(WAIT) and runs[0].state == "cancelled"
    for run, events in zip(runs, heard, strict=True):
        assert {event.run_id for event in events} == {run.id}
