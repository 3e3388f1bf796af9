"""The history: each run with its look and what was changed for it, kept beside the notebook, and the way back to it."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.widget.conftest import Bench, MakeBench, Nodes, workflow
from virgil_nb.engine import Document, Editor, Engine, Link, Node, NodeError
from virgil_nb.widget.history import MOST_KEPT

ASK = {"kind": "ask_history", "view": "v"}


class Kept(Bench):
    """A workbench whose runs are kept in `folder`."""

    folder: Path

    def kept_folder(self) -> Path | None:
        return self.folder


@pytest.fixture
def kept(nodes: Nodes, tmp_path: Path) -> Iterator[Any]:
    made: list[Kept] = []
    engine = Engine(nodes.registry)

    def make(document: Document | None = None) -> Kept:
        bench = Kept(Editor(document or workflow()), lambda: engine, registry=nodes.registry)
        bench.folder = tmp_path / "kept"
        made.append(bench)
        return bench

    yield make
    for bench in made:
        bench.close()
    engine.close()


def history(bench: Bench, **asked: Any) -> tuple[list[dict[str, Any]], bool, list[bytes]]:
    """(items, whether there are more, thumbnails) that the view gets."""
    seen = sum(message["kind"] == "history" and message["view"] == "v" for message, _ in bench.sent)
    bench.receive({**ASK, **asked})

    def answers() -> list[Any]:
        return [(m, b) for m, b in list(bench.sent) if m["kind"] == "history" and m["view"] == "v"][seen:]

    message, buffers = bench.until(answers)[0]
    return message["items"], message["more"], buffers


def run(bench: Bench, **values: object) -> str:
    for name, value in values.items():
        node = "1" if name == "value" else "2"
        bench.edit({"op": "set", "id": node, "input": name, "value": value})
    seen = len(told(bench))
    run = bench.submit()
    run.wait(10)
    bench.until(lambda: len(told(bench)) > seen)
    return run.id


def told(bench: Bench) -> list[dict[str, Any]]:
    return [message for message in bench.of("history") if message["view"] == "*"]


def use(bench: Bench, run_id: str, take: str) -> None:
    bench.receive({"kind": "use_run", "view": "v", "run": run_id, "take": take})


def test_a_run_that_ends_is_told_to_all_with_its_picture_and_what_changed(bench: Bench) -> None:
    first = run(bench)
    second = run(bench, value=8, colour="blue")
    assert [message["items"][0]["run"] for message in told(bench)] == [first, second]
    item = told(bench)[1]["items"][0]
    assert (item["state"], item["title"], item["pictures"], item["current"]) == ("done", "Test", 1, True)
    assert item["changed"] == ["value 7 → 8", "colour “red” → “blue”"]
    assert item["settings"] == ["value 8", "colour blue"]
    assert told(bench)[0]["items"][0]["changed"] == []
    items, more, thumbnails = history(bench)
    assert [item["run"] for item in items] == [second, first]
    assert not more
    assert "current" not in items[1]
    looks = [Image.open(io.BytesIO(thumbnail)) for thumbnail in thumbnails]
    assert [(look.format, look.size) for look in looks] == [("WEBP", (8, 8)), ("WEBP", (7, 8))]


def test_a_thumbnail_is_small(make_bench: MakeBench) -> None:
    bench = make_bench(Document.of(Node("2", "Wide")))
    from virgil_nb.engine import NodeReturn, node

    @node("Wide", output=True, registry=bench._showing._registry)
    def wide() -> NodeReturn:
        """Six large pictures."""
        return NodeReturn(ui={"images": [Image.new("RGBA", (1600, 400), (255, 0, 0, 9))] * 6})

    run(bench)
    (items, _, thumbnails) = history(bench)
    assert items[0]["pictures"] == len(thumbnails) == 4
    assert Image.open(io.BytesIO(thumbnails[0])).size == (160, 40)


def test_pages_follow_each_other(bench: Bench) -> None:
    runs = [run(bench, value=number) for number in range(1, 25)]
    items, more, _ = history(bench)
    assert ([item["run"] for item in items], more) == (runs[:3:-1], True)
    items, more, _ = history(bench, before=items[-1]["run"])
    assert ([item["run"] for item in items], more) == (runs[3::-1], False)


def test_runs_that_failed_are_listed_and_those_that_never_began_are_not(make_bench: MakeBench, nodes: Nodes) -> None:
    bench = make_bench(Document.of(Node("b", "Broken"), Node("s", "Slow")))
    with pytest.raises(NodeError):
        bench.run(["b"])
    slow, waiting = bench.start(["s"]), bench.start(["b"])
    waiting.cancel()
    nodes.release.set()
    slow.wait(10)
    bench.until(lambda: len(told(bench)) == 2)
    assert [item["state"] for item in history(bench)[0]] == ["done", "failed"]


def test_the_values_of_an_earlier_run_come_back_as_one_step(bench: Bench) -> None:
    first = run(bench)
    run(bench, value=50, colour="blue")
    bench.edit({"op": "move", "positions": {"1": [5, 5]}})
    before = bench._editor.document
    use(bench, first, "values")
    bench.until(lambda: bench._editor.document.nodes["1"].values["value"] == 7)
    assert "colour" not in bench._editor.document.nodes["2"].values, "it had no value of its own then"
    assert bench._editor.document.nodes["1"].position == (5, 5)
    bench.receive({"kind": "undo", "view": "v", "seq": 1})
    assert bench._editor.document == before


def test_what_cannot_take_its_value_back_is_told(bench: Bench) -> None:
    first = run(bench, value=9)
    use(bench, first, "values")
    assert "already" in bench.until(lambda: bench.of("notice"))[0]["text"]
    bench.edit({"op": "remove", "id": "1"})
    use(bench, first, "values")
    assert "not in the workflow any more" in bench.until(lambda: bench.of("notice")[1:])[0]["text"]
    use(bench, "gone", "values")
    assert "not in the history" in bench.until(lambda: bench.of("notice")[2:])[0]["text"]


def test_an_earlier_run_is_opened_whole_and_undone(bench: Bench) -> None:
    first = run(bench)
    ran = bench._editor.document
    bench.edit({"op": "remove", "id": "1"})
    before = bench._editor.document
    use(bench, first, "workflow")
    bench.until(lambda: bench._editor.document == ran)
    bench.receive({"kind": "undo", "view": "v", "seq": 1})
    assert bench._editor.document == before


def test_a_fed_field_keeps_its_link_when_values_come_back(make_bench: MakeBench) -> None:
    bench = make_bench(Document.of(Node("1", "Number", {"value": 3}), Node("2", "Show", {"value": 5})))
    first = run(bench)
    bench.edit({"op": "unset", "id": "2", "input": "value"}, {"op": "link", "id": "2", "input": "value", "source": ["1", 0]})
    bench.edit({"op": "set", "id": "1", "input": "value", "value": 4})
    use(bench, first, "values")
    bench.until(lambda: bench._editor.document.nodes["1"].values["value"] == 3)
    assert bench._editor.document.nodes["2"].links == {"value": Link("1", 0)}
    assert "value" not in bench._editor.document.nodes["2"].values


def test_the_next_kernel_has_the_runs_of_the_last(kept: Any) -> None:
    first = kept()
    runs = [run(first, value=value) for value in (7, 8)]
    second = kept()
    items, _, thumbnails = history(second)
    assert [item["run"] for item in items] == runs[::-1]
    assert [{**item, "current": None} for item in items] == [{**item, "current": None} for item in history(first)[0]]
    assert len(thumbnails) == 2
    third = run(second, value=9)
    assert told(second)[-1]["items"][0]["changed"] == ["value 8 → 9"], "what was changed since the last run of the kernel before"
    assert [item["run"] for item in history(second)[0]] == [third, *runs[::-1]]
    use(second, runs[1], "workflow")
    second.until(lambda: second._editor.document.nodes["1"].values["value"] == 8)


def test_files_that_are_broken_or_newer_are_left_out_and_left_alone(kept: Any) -> None:
    first = kept()
    good = run(first)
    (path,) = (first.folder / "runs").glob("*.json")
    data = json.loads(path.read_text())
    others = {
        "newer": json.dumps({**data, "version": 99}),
        "cut": path.read_text()[:200],
        "older than any": json.dumps({key: value for key, value in data.items() if key != "settings"}),
        "strange": json.dumps({**data, "thumbnails": ["<b>"]}),
        "no list": json.dumps({**data, "changed": {"a": 1}}),
        "binary": "\x00",
        "list": "[]",
    }
    for name, text in others.items():
        path.with_name(f"{name}.json").write_text(text)
    path.with_name("latin.json").write_bytes(b"\xff\xfe")
    second = kept()
    assert [item["run"] for item in history(second)[0]] == [good]
    assert len(list(path.parent.iterdir())) == 1 + len(others) + 1
    broken = json.dumps({**data, "run": "bad", "document": {"format": "other"}})
    path.with_name("document.json").write_text(broken)
    third = kept()
    assert [item["run"] for item in history(third)[0]] == [good, "bad"] or [item["run"] for item in history(third)[0]] == ["bad", good]
    use(third, "bad", "workflow")
    assert "can't be used" in third.until(lambda: third.of("notice"))[0]["text"]
    assert third._editor.revision == 0


def test_only_the_newest_runs_are_kept(kept: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert MOST_KEPT >= 100
    monkeypatch.setattr("virgil_nb.widget.history.MOST_KEPT", 3)
    bench = kept()
    runs = [run(bench, value=value) for value in range(1, 6)]
    assert [item["run"] for item in history(bench)[0]] == runs[:1:-1]
    assert len(list((bench.folder / "runs").iterdir())) == 3


def test_a_folder_that_cannot_be_written_loses_no_run(kept: Any) -> None:
    bench = kept()
    bench.folder.write_text("a file in the way")
    first = run(bench)
    assert [item["run"] for item in history(bench)[0]] == [first]
