"""A workbench on a real editor and a real engine, with no kernel: what it would send to the browser is kept instead."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any

import pytest
from PIL import Image

from virgil_nb.engine import Document, Editor, Engine, Link, Multiline, Node, NodeReturn, Range, Registry, current, node
from virgil_nb.widget import bundle
from virgil_nb.widget.workbench import WorkbenchWidget

LIMIT = 10.0


class Nodes:
    """The node types of these tests, and handles on what they do."""

    def __init__(self) -> None:
        self.registry = Registry()
        self.release = threading.Event()
        self.frames = 0
        register = {"registry": self.registry}

        @node("Number", category="test", **register)
        def number(value: Annotated[int, Range(0, 100)] = 1) -> int:
            """A number."""
            return value

        @node("Words", category="test", **register)
        def words(text: Annotated[str, Multiline()] = "") -> str:
            """A text."""
            return text

        @node("Show", category="test", output=True, **register)
        def show(value: int, colour: str = "red") -> NodeReturn:
            """A picture as wide as `value`."""
            return NodeReturn(ui={"images": [Image.new("RGB", (value, 8), colour)]})

        @node("Slow", category="test", output=True, cache=False, **register)
        def slow(steps: int = 5) -> None:
            """Works until it is released or stopped, showing a frame per step."""
            context = current()
            assert context is not None
            for step in range(steps):
                context.preview(lambda step=step: Image.new("RGB", (step + 1, 8)), step)
                context.progress(step + 1, steps)
            context.note("nearly there")
            while not self.release.wait(0.005):
                context.check_cancelled()

        @node("Chatty", category="test", output=True, cache=False, **register)
        def chatty(lines: int = 3, text: str = "line") -> None:
            """Prints."""
            for line in range(lines):
                print(f"{text} {line}")

        @node("Broken", category="test", output=True, **register)
        def broken(text: str = "it broke") -> None:
            """Raises."""
            raise ValueError(text)


class Bench(WorkbenchWidget):
    """A workbench whose messages are kept in `sent` as (message, buffers)."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self.sent: list[tuple[dict[str, Any], list[bytes]]] = []
        super().__init__(*arguments, **options)
        self.seq = 0

    def send(self, content: Any, buffers: Any = None) -> None:
        self.sent.append((content, list(buffers or [])))

    def receive(self, content: object, buffers: list[object] | None = None) -> None:
        """What the comm does with a message from the browser."""
        self._handle_custom_msg(content, buffers or [])

    def edit(self, *ops: dict[str, Any], **more: Any) -> int:
        """Sends an edit from view v; its seq."""
        self.seq += 1
        self.receive({"kind": "edit", "view": "v", "seq": self.seq, "base": self._editor.revision, "ops": list(ops), **more})
        return self.seq

    def of(self, kind: str) -> list[dict[str, Any]]:
        """The messages of one kind so far."""
        return [message for message, _ in list(self.sent) if message["kind"] == kind]

    def until(self, condition: Callable[[], Any]) -> Any:
        """Waits for something true."""
        end = time.monotonic() + LIMIT
        while not (value := condition()):
            assert time.monotonic() < end, f"waited in vain; sent so far: {[message['kind'] for message, _ in self.sent]}"
            time.sleep(0.005)
        return value

    def node_states(self) -> dict[str, dict[str, Any]]:
        """What a view knows of the nodes, all `nodes` messages put together."""
        known: dict[str, dict[str, Any]] = {}
        for message in self.of("nodes"):
            known.update(message["nodes"])
        return known


@pytest.fixture(autouse=True)
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A front end that counts as built: these tests have no browser."""
    (tmp_path / "widget.js").write_text("export default {}")
    (tmp_path / "widget.css").write_text("")
    (tmp_path / "loader.js").write_text('export default "__VNB_EDITOR__"')
    monkeypatch.setattr(bundle, "STATIC", tmp_path)


@pytest.fixture
def nodes() -> Nodes:
    return Nodes()


def workflow() -> Document:
    """1 Number ──▶ 2 Show"""
    return Document.of(Node("1", "Number", {"value": 7}), Node("2", "Show", links={"value": Link("1", 0)}), name="Test")


MakeBench = Callable[..., Bench]


@pytest.fixture
def make_bench(nodes: Nodes) -> Iterator[MakeBench]:
    made: list[Bench] = []
    engine = Engine(nodes.registry)

    def make(document: Document | None = None, editor: Editor | None = None, **options: Any) -> Bench:
        bench = Bench(editor or Editor(document or workflow()), lambda: engine, registry=nodes.registry, **options)
        made.append(bench)
        return bench

    yield make
    nodes.release.set()
    for bench in made:
        bench.close()
    engine.close()


@pytest.fixture
def bench(make_bench: MakeBench) -> Bench:
    return make_bench()
