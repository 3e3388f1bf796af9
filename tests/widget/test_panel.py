"""`wb.panel`: the workflow's simple view as ipywidgets, in step with the document both ways."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Annotated, Any, Literal

import ipywidgets
import pytest
from PIL import Image

from tests.widget.conftest import Bench, MakeBench, Nodes
from virgil_nb.engine import Document, Link, Multiline, Node, NodeReturn, Range, RemoveNode, SetValue, node
from virgil_nb.engine.documents.panel import PanelItem
from virgil_nb.widget.panel import Panel


@pytest.fixture
def picture_bench(make_bench: MakeBench, nodes: Nodes) -> Iterator[Bench]:
    register: dict[str, Any] = {"registry": nodes.registry}

    @node("Prompt", **register)
    def prompt(text: Annotated[str, Multiline()] = "") -> str:
        """A text."""
        return text

    @node("Paint", output=True, **register)
    def paint(
        positive: str,
        negative: str,
        width: Annotated[int, Range(16, 8192, step=8)] = 64,
        height: Annotated[int, Range(16, 8192, step=8)] = 32,
        seed: Annotated[int, Range(0, 2**64 - 1)] = 7,
        steps: Annotated[int, Range(1, 100)] = 20,
        cfg: Annotated[float, Range(0, 30, step=0.5)] = 8.0,
        sampler_name: Literal["euler", "heun"] = "euler",
        tiling: bool = False,
    ) -> NodeReturn:
        """A picture."""
        return NodeReturn(ui={"images": [Image.new("RGB", (width, height), "red")]})

    yield make_bench(
        Document.of(
            Node("1", "Prompt", {"text": "a fox"}),
            Node("2", "Prompt", {"text": "blurry"}),
            Node("3", "Paint", links={"positive": Link("1", 0), "negative": Link("2", 0)}),
            Node("4", "Prompt", {"text": "feeds nothing"}),
        )
    )


def names(panel: Panel) -> list[tuple[str, str]]:
    return [(field.description, type(field).__name__) for field in panel.fields.values()]


def value(bench: Bench, id_: str, name: str) -> object:
    return bench._editor.document.nodes[id_].values.get(name)


def test_without_a_choice_it_shows_what_makes_a_picture(picture_bench: Bench) -> None:
    panel = picture_bench.panel
    assert names(panel) == [
        ("Describe a picture", "Textarea"),
        ("width", "IntText"),
        ("height", "IntText"),
        ("steps", "IntSlider"),
        ("seed", "Text"),
        ("avoid", "Textarea"),
        ("guidance", "FloatSlider"),
        ("sampler", "Dropdown"),
    ]
    *main, more = panel.children[0].children
    assert len(main) == 5
    assert isinstance(more, ipywidgets.Accordion)
    assert picture_bench.panel is panel, "one panel, wherever it is shown"


def test_the_documents_choice_is_shown_in_its_order_under_its_names(picture_bench: Bench) -> None:
    panel = picture_bench.panel
    items = [{"node": "3", "input": "tiling"}, {"node": "3", "input": "cfg", "label": "Strength"}, {"node": "9", "input": "gone"}]
    picture_bench.edit({"op": "panel", "items": items})
    picture_bench.until(lambda: names(panel) == [("tiling", "Checkbox"), ("Strength", "FloatSlider")])
    picture_bench.edit({"op": "panel", "items": []})
    picture_bench.until(lambda: names(panel) == [])
    assert picture_bench._editor.document.panel == ()
    picture_bench.edit({"op": "panel", "items": None})
    picture_bench.until(lambda: len(names(panel)) == 8)
    assert PanelItem("3", "cfg").label is None


def test_what_is_typed_on_it_is_an_edit_that_views_hear_of_and_undo_takes_back(picture_bench: Bench) -> None:
    panel = picture_bench.panel
    panel.fields["1", "text"].value = "a blue fox"
    panel.fields["3", "steps"].value = 12
    panel.fields["3", "cfg"].value = 2.5
    panel.fields["3", "sampler_name"].value = "heun"
    assert value(picture_bench, "1", "text") == "a blue fox"
    assert [value(picture_bench, "3", name) for name in ("steps", "cfg", "sampler_name")] == [12, 2.5, "heun"]
    assert [op["value"] for message in picture_bench.of("applied") for op in message["ops"]] == ["a blue fox", 12, 2.5, "heun"]
    picture_bench.receive({"kind": "undo", "view": "v", "seq": 1})
    picture_bench.until(lambda: panel.fields["3", "sampler_name"].value == "euler")


def test_what_changes_in_the_document_shows_on_it_and_is_no_new_edit(picture_bench: Bench) -> None:
    panel = picture_bench.panel
    text = panel.fields["1", "text"]
    picture_bench._editor.apply(SetValue("1", "text", "a red hare"))
    picture_bench.edit({"op": "set", "id": "3", "input": "steps", "value": 30})
    picture_bench.until(lambda: (text.value, panel.fields["3", "steps"].value) == ("a red hare", 30))
    assert panel.fields["1", "text"] is text, "the field that someone may be typing in stays"
    assert picture_bench._pacer.settle(10)
    assert picture_bench._editor.revision == 2


@pytest.mark.parametrize(
    ("name", "odd", "shown"),
    [
        ("steps", 5000, "IntText"),
        ("steps", 2.5, "FloatText"),
        ("steps", "many", "Text"),
        ("cfg", -3, "FloatText"),
        ("sampler_name", "gone", "Dropdown"),
    ],
)
def test_a_value_that_does_not_fit_is_shown_as_it_is_and_never_clamped(picture_bench: Bench, name: str, odd: object, shown: str) -> None:
    panel = picture_bench.panel
    picture_bench.edit({"op": "set", "id": "3", "input": name, "value": odd})
    picture_bench.until(lambda: panel.fields["3", name].value == odd)
    assert type(panel.fields["3", name]).__name__ == shown
    assert picture_bench._pacer.settle(10)
    assert value(picture_bench, "3", name) == odd


def test_a_seed_keeps_every_digit_and_is_read_from_what_was_typed(picture_bench: Bench) -> None:
    panel = picture_bench.panel
    picture_bench._editor.apply(SetValue("3", "seed", 2**64 - 1))
    picture_bench.until(lambda: panel.fields["3", "seed"].value == "18446744073709551615")
    panel.fields["3", "seed"].value = "9 007 199 254 740 993"
    assert value(picture_bench, "3", "seed") == 2**53 + 1
    panel.fields["3", "seed"].value = "many"
    assert value(picture_bench, "3", "seed") == 2**53 + 1
    assert panel.status.value == "seed is 'many'; it must be a whole number."


def test_a_field_that_is_fed_by_a_link_can_only_be_read_and_one_of_a_node_that_went_goes(picture_bench: Bench) -> None:
    picture_bench.edit({"op": "panel", "items": [{"node": "3", "input": "steps"}, {"node": "1", "input": "text"}]})
    panel = picture_bench.panel
    picture_bench.edit({"op": "link", "id": "3", "input": "steps", "source": ["4", 0]})
    picture_bench.until(lambda: panel.fields["3", "steps"].disabled)
    picture_bench._editor.apply(RemoveNode("1"))
    picture_bench.until(lambda: list(panel.fields) == [("3", "steps")])


def test_run_makes_a_picture_and_says_how_long_it_took(picture_bench: Bench) -> None:
    panel = picture_bench.panel
    assert panel.button.description == "Run"
    panel.button.click()
    picture_bench.until(lambda: panel.pictures.children)
    (shown,) = panel.pictures.children
    assert Image.open(io.BytesIO(shown.value)).size == (64, 32)
    picture_bench.until(lambda: panel.status.value.startswith("Done in"))
    panel.fields["3", "width"].value = 128
    panel.button.click()
    picture_bench.until(lambda: Image.open(io.BytesIO(panel.pictures.children[0].value)).width == 128)


def test_the_button_stops_what_runs(make_bench: MakeBench) -> None:
    bench = make_bench(Document.of(Node("s", "Slow")))
    panel = bench.panel
    panel.button.click()
    bench.until(lambda: panel.button.description == "Stop")
    bench.until(lambda: "5 / 5" in panel.status.value)
    panel.button.click()
    bench.until(lambda: (panel.button.description, panel.status.value) == ("Run", "Stopped"))


def test_the_picture_is_seen_while_it_forms(make_bench: MakeBench, nodes: Nodes) -> None:
    bench = make_bench(Document.of(Node("s", "Slow", {"steps": 40}), Node("1", "Show", {"value": 9})))
    panel = bench.panel
    panel.button.click()
    bench.until(lambda: panel.pictures.children and Image.open(io.BytesIO(panel.pictures.children[0].value)).format == "JPEG")
    nodes.release.set()
    bench.until(lambda: panel.status.value.startswith("Done in"))
    bench.until(lambda: [Image.open(io.BytesIO(shown.value)).size for shown in panel.pictures.children] == [(9, 8)])
    nodes.release.clear()
    panel.button.click()
    bench.until(lambda: Image.open(io.BytesIO(panel.pictures.children[0].value)).format == "JPEG")
    nodes.release.set()


def test_a_run_that_cannot_start_and_one_that_fails_say_why(make_bench: MakeBench) -> None:
    bench = make_bench(Document.of(Node("b", "Broken", {"text": "<b>hot</b>"})))
    bench.panel.button.click()
    bench.until(lambda: "<b>hot</b>" in bench.panel.status.value)
    bench.edit({"op": "add", "node": {"id": "x", "type": "Show"}}, {"op": "remove", "id": "b"})
    bench.panel.button.click()
    bench.until(lambda: "can't run yet" in bench.panel.status.value)


def test_a_closed_workbench_closes_its_panel(make_bench: MakeBench) -> None:
    bench = make_bench()
    panel = bench.panel
    bench.close()
    assert panel.comm is None
    bench._editor.apply(SetValue("1", "value", 3))
    assert bench._relay.observers == []
