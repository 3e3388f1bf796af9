"""Nothing that a run, a listener or anybody else does ends the worker: the run fails, and the next one runs."""

from __future__ import annotations

import ctypes
import threading
from dataclasses import replace

import pytest

from tests.engine.kinds import draw
from tests.engine.test_worker import ERRORS, WAIT, Gate, Odd, gated
from virgil_nb.engine import Engine, Event, NodeError, Registry, RunFinished, RunQueued, VirgilError, WorkflowInvalid, node
from virgil_nb.engine.history.past import MemoryHistory
from virgil_nb.engine.runs.run import Run


def throw_into(thread: threading.Thread, error: type[BaseException]) -> None:
    """Has `thread` raise `error` at its next step, as a debugger or a notebook's stop button might."""
    assert thread.ident is not None
    assert ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident), ctypes.py_object(error)) == 1


def runs_another(engine: Engine) -> bool:
    return engine.submit(draw("A:quick"), outputs=["A"]).result(WAIT).executed == ("A",)


@pytest.mark.parametrize("error", [*ERRORS, Odd])
def test_an_error_while_keys_are_made_fails_that_run_only(error: type[BaseException]) -> None:
    faults = [error()]

    def numerics() -> str:
        if faults:
            raise faults.pop()
        return ""

    registry = gated(Gate())

    @node(registry=registry)
    def measured(x: int = 0) -> int:
        if x:  # never: that torch is named makes the engine ask for the numerics
            import torch

            return torch.get_num_threads()
        return x

    engine = Engine(registry, numerics=numerics)
    heard: list[Event] = []
    run = engine.submit(draw("A:measured"), outputs=["A"], listeners=[heard.append])
    with pytest.raises(VirgilError, match=f"outside its nodes: {error.__name__}") as caught:
        run.result(WAIT)
    assert type(caught.value.__cause__) is error and run.state == "failed"
    assert isinstance(heard[-1], RunFinished) and heard[-1].state == "failed"
    assert runs_another(engine)


@pytest.mark.parametrize("error", ERRORS)
def test_a_fingerprint_that_raises_fails_no_other_run(error: type[BaseException]) -> None:
    registry = gated(Gate())

    @node(registry=registry)
    def looked_at(x: int = 0) -> int:
        return x

    def fingerprint(**_: object) -> str:
        raise error

    registry.register(replace(looked_at.spec, fingerprint=fingerprint))  # type: ignore[attr-defined]
    engine = Engine(registry)
    run = engine.submit(draw("A:looked_at"), outputs=["A"])
    assert run.wait(WAIT)
    assert runs_another(engine)


def test_an_exception_that_has_no_words_fails_its_run_only() -> None:
    registry = gated(Gate())

    @node(registry=registry)
    def odd(x: int = 0) -> int:
        raise Odd

    engine = Engine(registry)
    run = engine.submit(draw("A:odd"), outputs=["A"])
    with pytest.raises(NodeError, match="Odd: no message"):
        run.result(WAIT)
    assert [info.node for info in engine.history] == ["A"]
    assert runs_another(engine)


@pytest.mark.parametrize("error", ERRORS)
def test_a_listener_that_raises_at_every_event_harms_nothing(error: type[BaseException]) -> None:
    def broken(event: Event) -> None:
        raise error

    heard: list[Event] = []
    gate = Gate()
    engine = Engine(gated(gate))
    first = engine.submit(draw("A:wait"), outputs=["A"], listeners=[broken, heard.append])
    assert gate.reached.wait(WAIT)
    second = engine.submit(draw("A:quick"), outputs=["A"], listeners=[broken])
    engine.submit(draw("A:quick(x=2)"), outputs=["A"], front=True, listeners=[broken])
    gate.open.set()
    assert first.result(WAIT).executed == ("A",) and second.result(WAIT).executed == ("A",)
    assert isinstance(heard[-1], RunFinished) and isinstance(heard[0], RunQueued)


def test_a_history_that_raises_takes_no_run_with_it() -> None:
    class Full(MemoryHistory):
        def add(self, run: Run) -> None:
            raise SystemExit

    engine = Engine(gated(Gate()), history=Full())
    run = engine.submit(draw("A:quick(x=1)"), outputs=["A"])
    assert run.result(WAIT).executed == ("A",) and isinstance(list(run.events())[-1], RunFinished)
    assert runs_another(engine)


@pytest.mark.parametrize("error", [SystemExit, KeyboardInterrupt, MemoryError])
def test_a_thread_that_is_ended_while_it_waits_is_replaced(error: type[BaseException]) -> None:
    engine = Engine(gated(Gate()))
    assert runs_another(engine)
    thread = engine._worker._thread
    assert thread is not None
    throw_into(thread, error)
    assert engine.submit(draw("A:quick(x=1)"), outputs=["A"]).wait(WAIT)  # wakes the thread, which ends; this run may be the one it took
    assert engine.submit(draw("A:quick(x=2)"), outputs=["A"]).result(WAIT).executed == ("A",)
    thread.join(WAIT)
    assert not thread.is_alive() and engine._worker._thread is not thread


def test_a_run_that_was_taken_when_the_thread_ended_fails_and_those_behind_it_run(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = Engine(gated(Gate()))
    original = engine._worker._take
    left = [SystemExit()]

    def take() -> Run | None:
        run = original()
        if left:
            raise left.pop()
        return run

    monkeypatch.setattr(engine._worker, "_take", take)
    with engine._worker._lock:  # nothing is taken before all three wait
        runs = [engine.submit(draw(f"A:quick(x={x})"), outputs=["A"]) for x in range(3)]
    with pytest.raises(VirgilError, match="outside its nodes: SystemExit"):
        runs[0].result(WAIT)
    assert [run.result(WAIT).executed for run in runs[1:]] == [("A",), ("A",)]
    assert isinstance(list(runs[0].events())[-1], RunFinished)
    assert [info.state for info in engine.history] == ["failed", "done", "done"] and engine.queue == []


def test_a_run_whose_executor_forgets_it_fails() -> None:
    engine = Engine(gated(Gate()))
    engine._worker._execute = lambda run: None  # type: ignore[method-assign]
    with pytest.raises(VirgilError, match="ended without a result"):
        engine.submit(draw("A:quick"), outputs=["A"]).result(WAIT)


def test_where_no_thread_can_be_had_a_submit_raises_and_queues_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = Engine(gated(Gate()))
    heard: list[Event] = []

    def start(self: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", start)
        with pytest.raises(RuntimeError, match="can't start"):
            engine.submit(draw("A:quick"), outputs=["A"], listeners=[heard.append])
    assert engine.queue == [] and heard == []
    assert runs_another(engine)


def test_planning_that_raises_queues_nothing() -> None:
    registry: Registry = gated(Gate())

    @node(registry=registry)
    def checked(x: int = 0) -> int:
        return x

    def validate(**_: object) -> object:
        raise SystemExit

    registry.register(replace(checked.spec, validate=validate))  # type: ignore[attr-defined]
    engine = Engine(registry)
    with pytest.raises((SystemExit, WorkflowInvalid)):
        engine.submit(draw("A:checked"), outputs=["A"])
    assert engine.queue == [] and runs_another(engine)
