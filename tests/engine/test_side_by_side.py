"""Async and parallel nodes: they overlap, and give what they would give one after the other. Meeting points show that, not clocks."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from tests.engine.kinds import draw
from tests.engine.semantics import RAN, SEMANTICS
from virgil_nb.engine import Engine, Interrupted, Items, NodeError, Registry, current, node

WAIT = 30


@pytest.fixture
def engine() -> Iterator[Engine]:
    RAN.clear()
    made = Engine(SEMANTICS)
    yield made
    made.close()


def test_async_nodes_go_on_while_others_wait_and_while_another_computes() -> None:
    registry = Registry()
    here: list[str] = []
    all_here = threading.Event()

    def arrive(name: str) -> None:
        here.append(name)
        if len(here) == 3:
            all_here.set()

    @node(registry=registry)
    async def waits(name: str = "") -> str:
        arrive(name)
        while not all_here.is_set():  # ends only if the other two are under way at the same time
            await asyncio.sleep(0.001)
        return name

    @node(registry=registry)
    def computes(name: str = "") -> str:
        arrive(name)
        assert all_here.wait(WAIT)
        return name

    @node(registry=registry)
    def joined(a: str, b: str, c: str) -> str:
        return a + b + c

    picture = "A:waits(name='a') -> J:joined.a\nB:waits(name='b') -> J.b\nC:computes(name='c') -> J.c"
    assert Engine(registry).submit(draw(picture), outputs=["J"]).result(WAIT).outputs("J") == ("abc",)


def test_items_of_one_async_node_overlap() -> None:
    registry = Registry()
    meeting = asyncio.Barrier(3)

    @node(registry=registry, output_is_list=True)
    def three() -> int:
        return [1, 2, 3]  # type: ignore[return-value]

    @node(registry=registry)
    async def meet(x: int) -> int:
        await asyncio.wait_for(meeting.wait(), WAIT)
        return x

    assert Engine(registry).submit(draw("T:three -> M:meet.x"), outputs=["M"]).result(WAIT).outputs("M") == (Items([1, 2, 3]),)


def test_parallel_nodes_run_beside_each_other_and_beside_the_one_on_the_worker() -> None:
    registry = Registry()
    meeting = threading.Barrier(3)

    @node(registry=registry, parallel=True)
    def aside(name: str = "") -> str:
        meeting.wait(WAIT)
        return name

    @node(registry=registry)
    def worker(name: str = "") -> str:
        meeting.wait(WAIT)
        return name

    @node(registry=registry)
    def joined(a: str, b: str, c: str) -> str:
        return a + b + c

    picture = "A:aside(name='a') -> J:joined.a\nB:aside(name='b') -> J.b\nC:worker(name='c') -> J.c"
    assert Engine(registry).submit(draw(picture), outputs=["J"]).result(WAIT).outputs("J") == ("abc",)


def test_nodes_that_do_not_say_so_never_run_beside_each_other() -> None:
    registry = Registry()
    inside: list[int] = []

    @node(registry=registry)
    def alone(x: int = 0) -> int:
        inside.append(1)
        assert len(inside) == 1
        threading.Event().wait(0.01)
        inside.pop()
        return x

    result = (
        Engine(registry).submit(draw("\n".join(f"N{i}:alone(x={i})" for i in range(5))), outputs=[f"N{i}" for i in range(5)]).result(WAIT)
    )
    assert len(result.executed) == 5


def test_equal_nodes_elsewhere_run_once(engine: Engine) -> None:
    picture = "A:number(value=2) -> P:aside.x\nB:number(value=2) -> Q:aside.x\nP -> S:add.a\nQ -> S.b"
    result = engine.submit(draw(picture), outputs=["S"]).result(WAIT)
    assert result.outputs("S") == (40,) and [name for name, _ in RAN].count("aside") == 1


def test_notes_prints_and_progress_are_each_nodes_own(capsys: pytest.CaptureFixture[str]) -> None:
    registry = Registry()
    meeting = threading.Barrier(2)

    @node(registry=registry, parallel=True)
    def says(name: str = "") -> str:
        meeting.wait(WAIT)
        context = current()
        assert context is not None and context.node_id == name
        print(f"I am {name}")
        context.note(f"note of {name}")
        context.progress(1, 2)
        meeting.wait(WAIT)
        return name

    run = Engine(registry).submit(draw("A:says(name='A')\nB:says(name='B')"), outputs=["A", "B"])
    result = run.result(WAIT)
    for name in "AB":
        assert result.notes(name) == (("warning", f"note of {name}"),)
        told = [event for event in run.events() if getattr(event, "node", None) == name]
        assert [getattr(event, "text", "") for event in told if type(event).__name__ == "NodePrinted"] == [f"I am {name}"]
        assert [type(event).__name__ for event in told].count("NodeProgress") == 1


def failing(kind: str) -> Registry:
    registry = Registry()

    @node(registry=registry)
    async def fails_async(x: int = 0) -> int:
        raise ValueError("async")

    @node(registry=registry, parallel=True)
    def fails_aside(x: int = 0) -> int:
        raise ValueError("aside")

    @node(registry=registry)
    async def endless(x: int = 0) -> int:
        await asyncio.sleep(3600)
        return x

    return registry


@pytest.mark.parametrize("kind", ["fails_async", "fails_aside"])
def test_the_first_that_fails_ends_the_run_and_what_awaits(kind: str) -> None:
    engine = Engine(failing(kind))
    with pytest.raises(NodeError) as caught:
        engine.submit(draw(f"A:endless\nB:{kind}"), outputs=["A", "B"]).result(WAIT)
    assert caught.value.node == "B" and isinstance(caught.value.cause, ValueError)


def test_a_run_that_awaits_several_nodes_is_stopped_at_once_and_keeps_what_it_has() -> None:
    registry = Registry()
    started = threading.Semaphore(0)

    @node(registry=registry)
    def ready(x: int = 0) -> int:
        return x

    @node(registry=registry)
    async def endless(x: int = 0) -> int:
        started.release()
        await asyncio.sleep(3600)
        return x

    engine = Engine(registry)
    run = engine.submit(draw("R:ready -> A:endless.x\nR -> B:endless(x=1).x\nS:ready(x=5) -> C:endless.x"), outputs=["A", "B", "C"])
    assert started.acquire(timeout=WAIT)
    run.cancel()
    with pytest.raises(Interrupted) as stopped:
        run.result(WAIT)
    assert "R" in stopped.value.result.executed  # type: ignore[union-attr]
    assert engine.submit(draw("R:ready"), outputs=["R"]).result(WAIT).executed == ()


def test_a_parallel_node_is_told_to_stop_and_nobody_waits_for_one_that_does_not_listen() -> None:
    registry = Registry()
    started, release, told = threading.Event(), threading.Event(), threading.Event()

    @node(registry=registry, parallel=True)
    def deaf(x: int = 0) -> int:
        started.set()
        release.wait(WAIT)
        context = current()
        assert context is not None
        if context.cancelled:
            told.set()
        return x

    engine = Engine(registry)
    run = engine.submit(draw("A:deaf"), outputs=["A"])
    assert started.wait(WAIT)
    run.cancel()
    with pytest.raises(Interrupted):
        run.result(WAIT)
    release.set()
    assert told.wait(WAIT)


def test_async_nodes_in_expansions_and_lists(engine: Engine) -> None:
    result: Any = engine.submit(draw("L:several(count=3) -> W:later.x -> A:add_often(times=2).x"), outputs=["A"]).result(WAIT)
    assert list(result.outputs("A")[0]) == [2, 3, 4]


def test_two_engines_on_one_device_run_one_node_at_a_time() -> None:
    registry = Registry()
    inside: list[int] = []

    @node(registry=registry, cache=False)
    def alone(x: int = 0) -> int:
        inside.append(x)
        assert len(inside) == 1
        threading.Event().wait(0.002)
        inside.pop()
        return x

    engines = [Engine(registry, device="gpu") for _ in range(2)]
    picture = "A:alone(x=0) -> B:alone.x -> C:alone.x -> D:alone.x -> E:alone.x"
    for run in [engine.submit(draw(picture), outputs=["E"]) for engine in engines]:
        assert run.result(WAIT).outputs("E") == (0,)


def test_a_run_that_waits_for_a_device_can_be_stopped() -> None:
    registry = Registry()
    started, release = threading.Event(), threading.Event()

    @node(registry=registry, cache=False)
    def holds(x: int = 0) -> int:
        started.set()
        release.wait(WAIT)
        return x

    first, second = Engine(registry, device="gpu 2"), Engine(registry, device="gpu 2")
    held = first.submit(draw("A:holds"), outputs=["A"])
    assert started.wait(WAIT)
    waits = second.submit(draw("A:holds"), outputs=["A"])
    waits.cancel()
    with pytest.raises(Interrupted):
        waits.result(WAIT)
    release.set()
    assert held.result(WAIT).outputs("A") == (0,)
