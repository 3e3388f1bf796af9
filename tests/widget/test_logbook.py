"""The log: what nodes print and say reaches the views, in order, and a flood of it harms nothing."""

from __future__ import annotations

import pytest

from tests.widget.conftest import Bench, MakeBench, Nodes
from virgil_nb.engine import Document, Node, NodeError
from virgil_nb.widget.logbook import LONGEST_LINE, MOST_KEPT

READY = {"kind": "ready", "view": "v", "protocol": 1}


def lines(bench: Bench) -> list[tuple[str | None, str, str]]:
    return [(line["node"], line["level"], line["text"]) for message in bench.of("log") for line in message["lines"]]


def chatty(**values: object) -> Document:
    return Document.of(Node("c", "Chatty", values))


def test_what_a_node_prints_is_told_line_by_line(make_bench: MakeBench, capsys: pytest.CaptureFixture[str]) -> None:
    bench = make_bench(chatty())
    run = bench.submit()
    run.wait(10)
    bench.until(lambda: len(lines(bench)) == 3)
    assert lines(bench) == [("c", "print", "line 0"), ("c", "print", "line 1"), ("c", "print", "line 2")]
    assert {line["run"] for message in bench.of("log") for line in message["lines"]} == {run.id}
    print("and the test's own print goes where it always went")
    assert "own print" in capsys.readouterr().out


def test_notes_and_failures_are_in_the_log_too(make_bench: MakeBench, nodes: Nodes) -> None:
    bench = make_bench(Document.of(Node("b", "Broken"), Node("s", "Slow")))
    nodes.release.set()
    bench.run(["s"])
    with pytest.raises(NodeError):
        bench.run(["b"])
    bench.until(lambda: len(lines(bench)) == 2)
    assert lines(bench) == [("s", "warning", "nearly there"), ("b", "error", "ValueError: it broke")]


def test_a_flood_is_bounded_and_counted_and_its_end_is_there(make_bench: MakeBench) -> None:
    bench = make_bench(chatty(lines=20_000))
    bench.run()
    bench.until(lambda: lines(bench) and lines(bench)[-1][2] == "line 19999")
    dropped = sum(message.get("dropped", 0) for message in bench.of("log"))
    assert dropped + len(lines(bench)) == 20_000
    assert dropped > 0
    bench.receive(READY)
    snapshot = bench.until(lambda: bench.of("snapshot"))[0]
    assert len(snapshot["log"]) == MOST_KEPT
    assert snapshot["log"][-1]["text"] == "line 19999"


def test_an_endless_line_and_terminal_codes_are_made_plain(make_bench: MakeBench) -> None:
    bench = make_bench(chatty(lines=1, text="\x1b[31mred\x1b[0m \x1b]0;title\x07<b>" + "x" * 10_000))
    bench.run()
    bench.until(lambda: lines(bench))
    text = lines(bench)[0][2]
    assert text.startswith("red <b>xxx")
    assert len(text) == LONGEST_LINE + 1


def test_a_view_that_opens_later_gets_the_lines_so_far(make_bench: MakeBench) -> None:
    bench = make_bench(chatty(lines=2))
    bench.run()
    bench.until(lambda: len(lines(bench)) == 2)
    bench.receive(READY)
    assert [line["text"] for line in bench.until(lambda: bench.of("snapshot"))[0]["log"]] == ["line 0", "line 1"]
