"""The worker: order of the queue, stopping, errors of nodes, and that nothing ends it."""

from __future__ import annotations

import asyncio
import gc
import threading
import weakref
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.engine.kinds import CALLS, draw
from virgil_nb.engine import (
    Engine,
    Event,
    FixedIdentity,
    Interrupted,
    NodeError,
    NodeFailed,
    NodePreview,
    NodeProgress,
    Registry,
    RunFinished,
    RunInsideNode,
    SetValue,
    VirgilError,
    current,
    node,
)
from virgil_nb.engine.runs.run import Latch

WAIT = 30  # seconds that nothing here should ever need


class Gate:
    """A node stops at it until it is opened; the test knows when it is there."""

    def __init__(self) -> None:
        self.reached = threading.Event()
        self.open = threading.Event()

    def stop_here(self) -> None:
        self.reached.set()
        assert self.open.wait(WAIT)


def gated(gate: Gate) -> Registry:
    registry = Registry()

    @node(registry=registry, cache=False)
    def wait(x: int = 0) -> int:
        gate.stop_here()
        return x

    @node(registry=registry)
    def quick(x: int = 0) -> int:
        CALLS.append(("quick", x))
        return x

    @node(registry=registry)
    def steps(x: int = 0) -> int:
        context = current()
        assert context is not None
        for step in range(1000):
            context.progress(step, 1000)
            if step == 3:
                gate.stop_here()
        return x

    @node(registry=registry, cache=False)
    async def sleeps(x: int = 0) -> int:
        gate.reached.set()
        await asyncio.sleep(3600)
        return x

    return registry


def test_runs_wait_in_order_and_the_front_is_before_them() -> None:
    gate = Gate()
    engine = Engine(gated(gate))
    first = engine.submit(draw("A:wait"), outputs=["A"], label="first")
    assert gate.reached.wait(WAIT)
    second = engine.submit(draw("A:quick(x=2)"), outputs=["A"], label="second")
    third = engine.submit(draw("A:quick(x=3)"), outputs=["A"], label="third")
    urgent = engine.submit(draw("A:quick(x=9)"), outputs=["A"], label="urgent", front=True)
    assert [info.label for info in engine.queue] == ["first", "urgent", "second", "third"]
    assert [run.position for run in (first, urgent, second, third)] == [0, 1, 2, 3]
    assert [run.state for run in (first, second)] == ["running", "queued"]
    gate.open.set()
    third.result(WAIT)
    assert [x for _, x in CALLS] == [9, 2, 3] and engine.queue == []
    assert [(info.label, info.state) for info in engine.history] == [(name, "done") for name in ("first", "urgent", "second", "third")]


def test_a_waiting_run_is_cancelled_at_once_and_never_runs() -> None:
    gate = Gate()
    engine = Engine(gated(gate))
    first = engine.submit(draw("A:wait"), outputs=["A"])
    assert gate.reached.wait(WAIT)
    second = engine.submit(draw("A:quick"), outputs=["A"])
    second.cancel()
    with pytest.raises(Interrupted):
        second.result(WAIT)
    assert second.state == "cancelled" and [type(event).__name__ for event in second.events()] == ["RunQueued", "RunFinished"]
    gate.open.set()
    assert first.result(WAIT).executed == ("A",) and CALLS == []


def test_a_run_stops_between_two_nodes_and_keeps_what_it_has() -> None:
    gate = Gate()
    registry = gated(gate)

    @node(registry=registry)
    def slow(x: int) -> int:
        gate.stop_here()
        return x + 1

    registry.register(replace(slow.spec, identity=FixedIdentity("slow")))  # type: ignore[attr-defined]
    engine = Engine(registry)
    document = draw("A:quick(x=5) -> B:slow.x -> C:quick.x")
    run = engine.submit(document, outputs=["C"])
    assert gate.reached.wait(WAIT)
    engine.interrupt()
    gate.open.set()
    with pytest.raises(Interrupted) as caught:
        run.result(WAIT)
    partial = caught.value.result
    assert partial is not None and partial.executed == ("A", "B") and partial.outputs("A") == (5,)
    assert not partial.has("C") and partial.why("C") == "it has no result: the run ended before, or in it"
    assert engine.submit(document, outputs=["C"]).result(WAIT).executed == ("C",)


def test_a_run_stops_inside_a_node_that_tells_its_progress() -> None:
    gate = Gate()
    engine = Engine(gated(gate))
    run = engine.submit(draw("A:quick -> B:steps.x"), outputs=["B"])
    assert gate.reached.wait(WAIT)
    run.cancel()
    gate.open.set()
    with pytest.raises(Interrupted):
        run.result(WAIT)
    seen = [event.value for event in run.events() if isinstance(event, NodeProgress)]
    assert seen == [0, 1, 2, 3] and run.state == "cancelled"


def test_a_node_that_swallows_the_stop_is_not_taken_for_finished() -> None:
    gate = Gate()
    registry = Registry()

    @node(registry=registry)
    def stubborn(x: int = 1) -> int:
        context = current()
        assert context is not None
        if not gate.open.is_set():
            gate.stop_here()
        try:
            context.check_cancelled()
        except BaseException:
            return -1
        return x

    engine = Engine(registry)
    engine_run = engine.submit(draw("A:stubborn"), outputs=["A"])
    assert gate.reached.wait(WAIT)
    engine_run.cancel()
    gate.open.set()
    with pytest.raises(Interrupted):
        engine_run.result(WAIT)
    assert engine.submit(draw("A:stubborn"), outputs=["A"]).result(WAIT).outputs("A") == (1,)


def test_an_awaiting_node_is_stopped_at_once() -> None:
    gate = Gate()
    engine = Engine(gated(gate))
    run = engine.submit(draw("A:sleeps"), outputs=["A"])
    assert gate.reached.wait(WAIT)
    run.cancel()
    with pytest.raises(Interrupted):
        run.result(WAIT)
    assert engine.submit(draw("A:quick"), outputs=["A"]).result(WAIT).executed == ("A",)


def raising(error: Callable[[], BaseException]) -> Registry:
    registry = Registry()

    @node(registry=registry, cache=False)
    def fails(x: int = 0) -> int:
        raise error()

    @node(registry=registry)
    def fine(x: int = 0) -> int:
        return x

    @node(registry=registry, cache=False)
    async def fails_later(x: int = 0) -> int:
        raise error()

    return registry


class Odd(Exception):
    def __str__(self) -> str:
        raise RuntimeError("no words")


ERRORS = [ValueError, MemoryError, SystemExit, KeyboardInterrupt, GeneratorExit, StopIteration, RecursionError, asyncio.CancelledError]


@pytest.mark.parametrize(
    ("kind", "error"),
    [("fails", error) for error in ERRORS] + [("fails_later", error) for error in ERRORS if error is not StopIteration],  # no coroutine can
)
def test_whatever_a_node_raises_fails_its_run_and_the_next_one_runs(kind: str, error: type[BaseException]) -> None:
    engine = Engine(raising(lambda: error("it broke")))
    document = draw(f"A:fine(x=4) -> B:{kind}.x")
    run = engine.submit(document, outputs=["B"])
    with pytest.raises(NodeError) as caught:
        run.result(WAIT)
    failure = caught.value
    assert (failure.node, failure.node_type, failure.title) == ("B", kind, kind)
    assert type(failure.cause) is error and failure.__cause__ is failure.cause
    assert failure.result is not None and failure.result.executed == ("A",) and failure.result.outputs("A") == (4,)
    assert engine.submit(draw("A:fine(x=4)"), outputs=["A"]).result(WAIT).executed == ()


@pytest.mark.parametrize("kind", ["fails", "fails_later"])
def test_a_node_error_names_the_node_and_shows_its_code_not_the_engines(kind: str) -> None:
    engine = Engine(raising(lambda: ValueError("no such word")))
    document = draw(f"A:fine -> B:{kind}.x")
    document = document.with_nodes({**document.nodes, "B": document.nodes["B"].with_(title="My sampler")})
    run = engine.submit(document, outputs=["B"])
    with pytest.raises(NodeError, match=r"My sampler \(node B\) failed: ValueError: no such word"):
        run.result(WAIT)
    (failed,) = [event for event in run.events() if isinstance(event, NodeFailed)]
    assert (failed.node, failed.message, failed.exception_type, failed.is_user_code) == ("B", "no such word", "ValueError", True)
    text = "\n".join(failed.traceback_lines)
    assert "raise error()" in text and "engine/exec" not in text and "asyncio" not in text
    assert [info.error for info in engine.history] == ["My sampler (node B) failed: ValueError: no such word"]


def test_a_wrong_number_of_results_is_the_nodes_error() -> None:
    registry = Registry()

    @node(registry=registry)
    def pair(x: int = 0) -> tuple[int, int]:
        return x  # type: ignore[return-value]

    with pytest.raises(NodeError, match="it returned a int, and has 2 outputs"):
        Engine(registry).submit(draw("A:pair"), outputs=["A"]).result(WAIT)


def test_waiting_for_a_run_inside_a_node_raises_and_never_blocks() -> None:
    registry = Registry()
    engine = Engine(registry)

    @node(registry=registry, cache=False)
    def inner(x: int = 0) -> int:
        return x

    @node(registry=registry, cache=False)
    def outer(x: int = 0) -> int:
        result = engine.submit(draw("A:inner"), outputs=["A"]).result()
        return result.outputs("A")[0]  # type: ignore[no-any-return]

    with pytest.raises(NodeError) as caught:
        engine.submit(draw("A:outer"), outputs=["A"]).result(WAIT)
    assert isinstance(caught.value.cause, RunInsideNode)
    assert engine.submit(draw("A:inner"), outputs=["A"]).result(WAIT).executed == ("A",)


def test_waiting_for_a_run_in_a_listener_raises_there_and_the_run_goes_on() -> None:
    gate = Gate()
    engine = Engine(gated(gate))
    other: list[Any] = []
    caught: list[BaseException] = []

    def listener(event: Event) -> None:
        if type(event).__name__ == "NodeStarted":
            other.append(engine.submit(draw("A:quick"), outputs=["A"]))
            try:
                other[0].result()
            except RunInsideNode as error:
                caught.append(error)

    run = engine.submit(draw("A:quick(x=1)"), outputs=["A"], listeners=[listener])
    run.result(WAIT)
    assert len(caught) == 1 and other[0].result(WAIT).executed == ("A",)


def test_a_fault_outside_the_nodes_fails_that_run_only(caplog: pytest.LogCaptureFixture) -> None:
    faults = [OSError("no driver")]

    def numerics() -> str:
        if faults:
            raise faults.pop()
        return ""

    registry = Registry()

    @node(registry=registry)
    def measured(x: int = 0) -> int:
        if x:  # never: that torch is named makes the engine ask for the numerics
            import torch

            return int(torch.seed())
        return x

    engine = Engine(registry, numerics=numerics)
    with pytest.raises(VirgilError, match="outside its nodes: OSError: no driver"):
        engine.submit(draw("A:measured"), outputs=["A"]).result(WAIT)
    assert engine.submit(draw("A:measured"), outputs=["A"]).result(WAIT).executed == ("A",)
    assert [info.state for info in engine.history] == ["failed", "done"]


def test_a_listener_that_raises_harms_nothing(caplog: pytest.LogCaptureFixture) -> None:
    def broken(event: Event) -> None:
        raise SystemExit

    engine = Engine(gated(Gate()))
    assert engine.submit(draw("A:quick"), outputs=["A"], listeners=[broken]).result(WAIT).executed == ("A",)


def test_a_keyboard_interrupt_ends_the_waiting_and_not_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    gate = Gate()
    engine = Engine(gated(gate))
    run = engine.submit(draw("A:wait(x=3)"), outputs=["A"])
    assert gate.reached.wait(WAIT)

    def interrupted(latch: Latch, timeout: float) -> bool:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Latch, "wait", interrupted)
        with pytest.raises(KeyboardInterrupt):
            run.result()
    assert not run.done
    gate.open.set()
    assert run.result(WAIT).outputs("A") == (3,)


def test_a_latch_lets_all_pass_also_after_one_was_interrupted_in_it() -> None:
    latch = Latch()
    assert not latch.wait(0)
    latch.open()
    latch._lock.acquire()  # as one leaves it that is interrupted between its two steps
    assert latch.wait(0) and latch.wait(60)


def test_a_time_out_ends_the_waiting_and_not_the_run() -> None:
    gate = Gate()
    run = Engine(gated(gate)).submit(draw("A:wait"), outputs=["A"])
    with pytest.raises(TimeoutError, match="it goes on"):
        run.result(0)
    assert run.wait(0) is False
    gate.open.set()
    assert run.wait(WAIT) and run.done


def test_submitting_from_many_threads_runs_everything_once_each() -> None:
    engine = Engine(gated(Gate()))
    start = threading.Barrier(4)
    runs: list[Any] = []

    def submit(number: int) -> None:
        start.wait()
        runs.extend([engine.submit(draw(f"A:quick(x={number * 100 + index})"), outputs=["A"]) for index in range(10)])

    threads = [threading.Thread(target=submit, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(run.result(WAIT).executed == ("A",) for run in runs)
    assert len(CALLS) == 40


def test_a_closed_engine_cancels_what_waits_and_refuses_more() -> None:
    gate = Gate()
    engine = Engine(gated(gate))
    first = engine.submit(draw("A:wait -> B:quick.x"), outputs=["B"])
    assert gate.reached.wait(WAIT)
    second = engine.submit(draw("A:quick"), outputs=["A"])
    engine.close()
    gate.open.set()
    for run in (first, second):
        with pytest.raises(Interrupted):
            run.result(WAIT)
    with pytest.raises(VirgilError, match="closed"):
        engine.submit(draw("A:quick"), outputs=["A"])


def test_an_engine_that_nobody_holds_ends_its_thread() -> None:
    engine = Engine(gated(Gate()))
    engine.submit(draw("A:quick"), outputs=["A"]).result(WAIT)
    thread = engine._worker._thread
    gone = weakref.ref(engine)
    del engine
    gc.collect()
    assert gone() is None and thread is not None
    thread.join(WAIT)
    assert not thread.is_alive()


def test_the_run_keeps_the_document_it_was_given() -> None:
    gate = Gate()
    engine = Engine(gated(gate))
    document = draw("A:wait(x=1)")
    run = engine.submit(document, outputs=["A"])
    SetValue("A", "x", 2).apply(document)
    gate.open.set()
    assert run.result(WAIT).outputs("A") == (1,) and run.document is document


def test_events_come_in_order_to_listeners_readers_and_async_readers() -> None:
    gate = Gate()
    registry = gated(gate)

    @node(registry=registry, output=True)
    def paint(x: int = 0) -> int:
        context = current()
        assert context is not None
        context.progress(1, 2)
        context.preview(lambda: "picture", 1)
        context.note("careful", "info")
        return x

    engine = Engine(registry)
    heard: list[Event] = []
    run = engine.submit(draw("A:wait -> B:paint.x"), listeners=[heard.append])
    assert gate.reached.wait(WAIT)

    async def read() -> list[Event]:
        task = asyncio.ensure_future(collect())
        await asyncio.sleep(0)
        gate.open.set()
        return await task

    async def collect() -> list[Event]:
        return [event async for event in run]

    read_async = asyncio.run(read())
    read_later = list(run.events())
    assert heard == read_async == read_later
    late: list[Event] = []
    run.add_listener(late.append)
    assert late == heard
    names = [type(event).__name__ for event in heard]
    steps = "NodeStarted NodeFinished NodeStarted NodeProgress NodePreview NodeNote NodeFinished"
    assert names == ["RunQueued", "RunStarted", *steps.split(), "RunFinished"]
    assert [event.seq for event in heard] == list(range(len(heard))) and {event.run_id for event in heard} == {run.id}
    (preview,) = [event for event in heard if isinstance(event, NodePreview)]
    assert preview.picture() == "picture" and isinstance(heard[-1], RunFinished) and heard[-1].state == "done"


def test_only_the_last_previews_are_kept_for_later_readers() -> None:
    registry = Registry()
    heard: list[int | None] = []

    @node(registry=registry)
    def paint(x: int = 0) -> int:
        context = current()
        assert context is not None
        for step in range(100):
            context.preview(lambda: None, step)
        return x

    engine = Engine(registry)
    run = engine.submit(draw("A:paint"), outputs=["A"], listeners=[lambda e: heard.append(e.step) if isinstance(e, NodePreview) else None])
    run.result(WAIT)
    assert heard == list(range(100))
    assert [event.step for event in run.events() if isinstance(event, NodePreview)] == list(range(84, 100))


def test_when_a_listener_hears_the_end_the_result_is_there() -> None:
    engine = Engine(gated(Gate()))
    seen: list[Any] = []
    holder: list[Any] = []
    ready = threading.Event()

    def listener(event: Event) -> None:
        if isinstance(event, RunFinished):
            assert ready.wait(WAIT)
            seen.append((holder[0].done, holder[0].result().executed, engine.history[-1].state, engine.queue))

    holder.append(engine.submit(draw("A:quick"), outputs=["A"], listeners=[listener]))
    ready.set()
    holder[0].wait(WAIT)
    assert seen == [(True, ("A",), "done", [])]


def test_outside_a_run_there_is_no_context() -> None:
    assert current() is None


def test_nobody_hears_of_a_run_that_a_closed_engine_refuses() -> None:
    engine = Engine(gated(Gate()))
    engine.close()
    heard: list[Event] = []
    with pytest.raises(VirgilError, match="closed"):
        engine.submit(draw("A:quick"), outputs=["A"], listeners=[heard.append])
    assert heard == []
    assert engine.queue == [] and engine.history == []
