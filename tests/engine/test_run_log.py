"""Runs in Python's log, for whoever turned it on."""

from __future__ import annotations

import logging

import pytest

from tests.engine.kinds import draw
from virgil_nb.engine import Engine, Graph, NodeError, Registry, current, node
from virgil_nb.engine.runs.run_log import RUNS

LOGGED = Registry()


@node(registry=LOGGED)
def said(x: int = 1) -> int:
    context = current()
    assert context is not None
    context.note("that is little", level="warning")
    return x


@node(registry=LOGGED)
def outer(x: int = 1) -> int:
    graph = Graph()
    return graph.give(graph.add(said, x=x))  # type: ignore[return-value]


@node(registry=LOGGED)
def broken(x: int) -> int:
    raise ValueError(f"no {x}")


def test_a_run_is_told_line_by_line(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, RUNS.name)
    engine = Engine(LOGGED)
    engine.submit(draw("A:outer"), outputs=["A"], label="first").result()
    told = [(record.levelname, record.getMessage()) for record in caplog.records]
    assert told[0] == ("INFO", "first: started, 1 node")
    assert ("WARNING", "first: outer (A.0.0): that is little") in told
    assert any(text.startswith("first: outer (A) done in ") for _, text in told) and told[-1][1].startswith("first: done after ")
    caplog.clear()
    engine.submit(draw("A:outer"), outputs=["A"], label="again").result()
    assert "again: 1 node from the cache" in [record.getMessage() for record in caplog.records]


def test_a_failure_is_an_error_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, RUNS.name)
    with pytest.raises(NodeError):
        Engine(LOGGED).submit(draw("A:said -> B:broken.x"), outputs=["B"], label="bad").result()
    assert [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR] == [
        "bad: broken (B) failed: ValueError: no 1"
    ]


def test_who_did_not_turn_the_log_on_pays_nothing(caplog: pytest.LogCaptureFixture) -> None:
    run = Engine(LOGGED).submit(draw("A:said"), outputs=["A"])
    run.result()
    assert not run.log.watched and not caplog.records
