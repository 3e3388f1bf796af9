"""What a run sends to the browser: deltas, coalesced, so that many small nodes cost next to nothing."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from tests.widget.conftest import LIMIT
from virgil_nb.engine import Document, Engine, Link, Node, Registry, RunFinished, RunQueued, current, node
from virgil_nb.engine.events import Event, RunMoved, RunStarted
from virgil_nb.widget.pacing import Pacer
from virgil_nb.widget.relay import Relay
from virgil_nb.widget.run_board import RunBoard

NODES = 1000
BYTES_A_NODE = 200


def registry(seconds: float = 0.0) -> Registry:
    made = Registry()

    @node("Add", registry=made)
    def add(value: int = 0, step: int = 1) -> int:
        if seconds:
            time.sleep(seconds)
        return value + step

    @node("Steps", registry=made)
    def steps(value: int = 0) -> int:
        context = current()
        assert context is not None
        for step in range(20_000):
            context.progress(step + 1, 20_000)
        return value

    return made


def chain(length: int) -> Document:
    nodes = [Node("0", "Add")]
    nodes += [Node(str(index), "Add", {}, {"value": Link(str(index - 1), 0)}) for index in range(1, length)]
    return Document.of(*nodes)


def told(engine: Engine, document: Document, output: str) -> list[dict[str, Any]]:
    """The messages of one run."""
    sent: list[Any] = []
    relay = Relay(Pacer(), lambda message, _: sent.append(message), lambda _: None, lambda: True)
    run = engine.submit(document, outputs=[output], listeners=[relay.listen])
    run.result(60)
    assert relay.wait_until_told(run.id, LIMIT)
    return sent


def size(messages: list[dict[str, Any]]) -> int:
    return sum(len(json.dumps(message)) for message in messages)


@pytest.mark.parametrize("seconds", [0.0, 0.001])
def test_a_run_of_trivial_nodes_sends_at_most_200_bytes_a_node(seconds: float) -> None:
    engine = Engine(registry(seconds))
    document = chain(NODES)
    first = told(engine, document, str(NODES - 1))
    again = told(engine, document, str(NODES - 1))
    assert size(first) <= BYTES_A_NODE * NODES and size(again) <= BYTES_A_NODE * NODES
    for sent in (first, again):
        states: dict[str, Any] = {}
        for message in sent:
            states.update(message.get("nodes", {}))
        assert len(states) == NODES and {state["state"] for state in states.values()} == {"done" if sent is first else "cached"}
        assert [message["state"] for message in sent if message["kind"] == "run"][-1] == "done"


def test_a_node_of_20000_steps_sends_a_few_messages() -> None:
    sent = told(Engine(registry()), Document.of(Node("0", "Steps")), "0")
    assert len(sent) < 200 and size(sent) < 40_000


def test_the_place_of_a_waiting_run_is_shown_as_it_changes_and_keeps_no_list_of_them() -> None:
    board = RunBoard()
    board.take(RunQueued("a", 0, 3))
    for seq, position in enumerate((2, 1), start=1):
        board.take(RunMoved("a", seq, position))
        run, _ = board.drain()
        assert run is not None and run["position"] == position
    board.take(RunQueued("b", 0, 4))
    for seq in range(1, 500):
        board.take(RunMoved("b", seq, seq % 5))
    assert sum(map(len, board._waiting.values())) == 2
    events: list[Event] = [RunStarted("a", 3, ("x",)), RunFinished("a", 4, "done", 1.0)]
    for event in events:
        board.take(event)
    run, _ = board.drain()
    assert run is not None and run["id"] == "b" and run["state"] == "queued"
