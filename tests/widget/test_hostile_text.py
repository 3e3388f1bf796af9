"""Text of strangers, wherever a workflow has text: it is run, listed, logged, kept and drawn as text, and every message can be sent."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from PIL import Image

import virgil_nb as vnb
from tests.widget.conftest import Bench, Nodes
from virgil_nb import comfy
from virgil_nb.engine import Document, Editor, Engine, Frame, Link, Node, NodeReturn, PanelItem, current, node
from virgil_nb.widget.logbook import LONGEST_LINE, MOST_KEPT

TEXTS = {
    "markup": "<img src=x onerror=alert(1)><script>alert(2)</script>\"'></div>",
    "override": "\u202eevil\u202c\u2066x\u2069",
    "invisible": "\u200b\u200d\ufeff\u00ad",
    "combining": "e" + "\u0301" * 400,
    "emoji": "👩‍👩‍👧‍👦🦊🏳️‍🌈",
    "half a pair": "fox \ud83e",
    "controls": "\x00\x07\x1b[31mred\x1b[0m\x1b]8;;http://x\x07\r\x9b",
    "many lines": "fox\n" * 5000,
    "long": "x" * 100_000,
    "template": "{{7*7}}${7*7}%s{0}",
}
NAMED = [pytest.param(text, id=name) for name, text in TEXTS.items()]


class Kept(Bench):
    """A workbench whose runs are kept in `folder`."""

    folder: Path

    def kept_folder(self) -> Path | None:
        return self.folder


@pytest.fixture
def make(nodes: Nodes, tmp_path: Path) -> Iterator[Any]:
    """A workbench over one node that says a text in every way that a node can."""
    made: list[Kept] = []
    engine = Engine(nodes.registry)

    def make(text: str) -> Kept:
        @node("Talker", category=text[:100], output=True, cache=False, registry=nodes.registry)
        def talker(words: str = "", model: Literal[text] = text, fail: bool = False) -> NodeReturn:  # type: ignore[valid-type]
            """Says it."""
            context = current()
            assert context is not None
            print(words)
            context.note(words)
            if fail:
                raise ValueError(words)
            return NodeReturn(ui={"images": [Image.new("RGB", (8, 8))]})

        frames = {"1": Frame(text, (0, 0, 100, 100)), "2": Frame(text, (0, 0, 100, 100))}  # two that each contain the other
        document = Document(
            {"1": Node("1", "Words", {"text": text}, title=text), "2": Node("2", "Talker", links={"words": Link("1", 0)}, title=text)},
            name=text,
            frames=frames,
            panel=(PanelItem("1", "text", text), PanelItem("2", "model", text)),
        )
        bench = Kept(Editor(document), lambda: engine, registry=nodes.registry)
        bench.folder = tmp_path / "kept"
        made.append(bench)
        return bench

    yield make
    for bench in made:
        bench.close()
    engine.close()


def sent(bench: Bench) -> list[dict[str, Any]]:
    """All messages so far, as they arrive in the browser."""
    return [json.loads(json.dumps(message, ensure_ascii=False, allow_nan=False).encode()) for message, _ in list(bench.sent)]


@pytest.mark.parametrize("text", NAMED)
def test_titles_frames_model_names_and_what_a_node_says_arrive_as_text(make: Any, text: str) -> None:
    bench = make(text)
    bench.receive({"kind": "ready", "view": "v", "protocol": 1})
    bench.run()
    bench.until(lambda: bench.of("log"))
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    (snapshot,) = (message for message in sent(bench) if message["kind"] == "snapshot")
    assert [each["title"] for each in snapshot["document"]["nodes"]] == [whole, whole]
    assert [frame["title"] for frame in snapshot["document"]["frames"].values()] == [whole, whole]
    (talker,) = (spec for spec in snapshot["specs"] if spec["type"] == "Talker")
    assert [item["choices"] for item in talker["inputs"] if item["name"] == "model"] == [[whole]]
    lines = [line["text"] for message in sent(bench) if message["kind"] == "log" for line in message["lines"]]
    assert 0 < len(lines) <= MOST_KEPT
    assert all(len(line) <= LONGEST_LINE + 1 and "\x1b" not in line and "\x00" not in line and "\n" not in line for line in lines)


@pytest.mark.parametrize("text", NAMED)
def test_history_words_stay_short_and_on_one_line_and_are_read_again(make: Any, text: str) -> None:
    bench = make(text)
    bench.run()
    bench.edit({"op": "set", "id": "1", "input": "text", "value": text + "!"})
    bench.run()
    bench.until(lambda: len(bench._history._runs) == 2)
    for source in (bench, make(text)):  # another workbench of the same notebook reads them from their files
        source.receive({"kind": "ask_history", "view": "v"})
        source.until(lambda source=source: [m for m in source.of("history") if m["view"] == "v"])
        items = [m for m in sent(source) if m["kind"] == "history" and m["view"] == "v"][-1]["items"]
        assert len(items) == 2
        for phrase in (phrase for item in items for phrase in [*item.get("settings", ()), *item.get("changed", ())]):
            assert "\n" not in phrase and len(phrase) < 400, phrase[:500]


@pytest.mark.parametrize("text", NAMED)
def test_an_error_of_any_text_fails_its_node_and_the_next_run_works(make: Any, text: str) -> None:
    bench = make(text)
    bench.receive({"kind": "ready", "view": "v", "protocol": 1})
    bench.edit({"op": "set", "id": "2", "input": "fail", "value": True})
    bench.receive({"kind": "run", "view": "v"})
    bench.until(lambda: bench.of("run") and bench.of("run")[-1]["state"] == "failed")
    states = [message["nodes"]["2"] for message in sent(bench) if message["kind"] == "nodes" and "2" in message["nodes"]]
    assert states[-1]["state"] == "error"
    bench.edit({"op": "set", "id": "2", "input": "fail", "value": False})
    bench.receive({"kind": "run", "view": "v"})
    bench.until(lambda: bench.of("run")[-1]["state"] == "done")


@pytest.mark.parametrize("text", NAMED)
def test_a_file_of_comfyui_with_such_titles_and_names_opens_undoably(make: Any, text: str) -> None:
    comfy.register()
    bench = make("fox")
    before = bench._editor.document
    group = {"id": text, "title": text, "bounding": [0, 0, 200, 100], "color": text}
    file = {
        "nodes": [
            {"id": 1, "type": "Talker", "pos": [0, 0], "title": text, "widgets_values": [text, text, False], "properties": {text: text}}
        ],
        "links": [],
        "groups": [group, group, {"title": {"not": "text"}, "bounding": [0, 0, 1, 1]}],
        "extra": {text: text},
        "version": 0.4,
    }
    bench.receive({"kind": "open", "view": "v", "text": json.dumps(file)})
    bench.until(lambda: bench._editor.document != before)
    document = bench._editor.document
    assert [each.title for each in document.nodes.values()] == [text]
    assert [frame.title for frame in document.frames.values()][:2] == [text, text]
    bench.until(lambda: [message for message in sent(bench) if message["kind"] == "snapshot"])
    bench.receive({"kind": "undo", "view": "v", "seq": 1})
    assert bench._editor.document == before


@pytest.mark.parametrize("text", NAMED)
@pytest.mark.parametrize("suffix", [".json", ".py"])
def test_a_workflow_with_such_text_is_saved_whole(tmp_path: Path, text: str, suffix: str) -> None:
    workflow = vnb.Workflow(Document({"1": Node("1", "CLIPTextEncode", {"text": text}, title=text)}, name=text))
    path = workflow.save(tmp_path / f"saved{suffix}")
    if suffix == ".json":
        assert vnb.Workflow.open(path).document == workflow.document
    else:
        space: dict[str, Any] = {}
        exec(path.read_text(encoding="utf-8"), space)  # the file is our own
        (again,) = (value for value in space.values() if isinstance(value, vnb.Workflow))
        assert [(each.title, dict(each.values)) for each in again.document.nodes.values()] == [(text, {"text": text})]
