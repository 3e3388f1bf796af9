"""What changed between two runs, in words that fit into a list."""

from __future__ import annotations

from dataclasses import replace

import pytest

from virgil_nb import nodes
from virgil_nb.engine import Document, Link, Node, ObjectRef, default_registry
from virgil_nb.widget.differences import MOST, alike, in_words

nodes.load()


def text_to_image() -> Document:
    return Document.of(
        Node("1", "CheckpointLoaderSimple", {"ckpt_name": "a.safetensors"}),
        Node("2", "CLIPTextEncode", {"text": "a red fox in a birch wood, in the first snow"}, {"clip": Link("1", 1)}),
        Node("3", "CLIPTextEncode", {"text": ""}, {"clip": Link("1", 1)}),
        Node(
            "4",
            "KSampler",
            {"seed": 7, "steps": 20, "cfg": 8.0},
            {"model": Link("1", 0), "positive": Link("2", 0), "negative": Link("3", 0)},
        ),
        name="Fox",
    )


def with_values(document: Document, id_: str, **values: object) -> Document:
    node = document.nodes[id_]
    return document.with_nodes({**document.nodes, id_: node.with_(values={**node.values, **values})})


def with_node(document: Document, node: Node) -> Document:
    return document.with_nodes({**document.nodes, node.id: node})


def words(after: Document, before: Document | None = None) -> list[str]:
    return in_words(before or text_to_image(), after, default_registry())


def test_values_are_told_from_what_to_what() -> None:
    changed = with_values(text_to_image(), "4", seed=8, cfg=6.5)
    assert words(changed) == ["seed 7 → 8", "cfg 8 → 6.5"]


def test_one_that_was_at_its_default_is_told_by_it() -> None:
    assert words(with_values(text_to_image(), "4", denoise=0.5)) == ["denoise 1 → 0.5"]
    assert words(text_to_image(), with_values(text_to_image(), "4", denoise=0.5)) == ["denoise 0.5 → 1"]
    assert words(with_values(text_to_image(), "4", denoise=1.0)) == []


def test_long_texts_are_told_from_where_they_differ_and_by_what_they_feed() -> None:
    changed = with_values(text_to_image(), "2", text="a red fox in a birch wood, under a full moon")
    assert words(changed) == ["CLIP Text Encode (positive) text “…in the first snow” → “…under a full moon”"]


@pytest.mark.parametrize("text", ["x" * 10_000, "<script>\n\n\tfox</script>" * 90, "\u202e" * 50])
def test_whatever_is_typed_stays_short_and_on_one_line(text: str) -> None:
    (phrase,) = words(with_values(text_to_image(), "3", text=text))
    assert len(phrase) < 160
    assert "\n" not in phrase


def test_nodes_links_and_modes_are_told() -> None:
    start = text_to_image()
    muted = with_node(start, start.nodes["4"].with_(mode="muted"))
    assert words(muted) == ["KSampler muted"]
    assert words(start, muted) == ["KSampler on again"]
    added = with_node(start, Node("9", "PreviewImage", {}, {}))
    assert words(added) == ["Preview Image added"]
    assert words(start, added) == ["Preview Image removed"]
    links = {name: link for name, link in start.nodes["4"].links.items() if name != "negative"}
    cut = with_node(start, start.nodes["4"].with_(links=links))
    assert words(cut) == ["KSampler negative unplugged"]
    swapped = with_node(start, start.nodes["4"].with_(links={**start.nodes["4"].links, "model": Link("9", 0)}))
    swapped = with_node(swapped, Node("9", "Unknown", title="My LoRA"))
    assert words(swapped) == ["KSampler model from My LoRA", "My LoRA added"]


def test_an_object_is_told_by_its_type() -> None:
    start = with_values(text_to_image(), "4", cfg=ObjectRef("a" * 32, "torch.Tensor"))
    assert words(start) == ["cfg 8 → a Tensor"]


def test_a_great_change_is_summed_up() -> None:
    many = Document.of(*(Node(str(number), "PreviewImage") for number in range(50)))
    phrases = in_words(Document(), many, default_registry())
    assert len(phrases) == MOST
    assert phrases[-1] == "and 45 more"


def test_what_changes_no_result_is_no_difference() -> None:
    start = text_to_image()
    moved = with_node(start, start.nodes["4"].with_(position=(3, 4), size=(200, 100), title="Sampler"))
    renamed = replace(moved, name="Other")
    assert words(renamed) == []
    assert alike(start, renamed)
    assert not alike(start, with_values(start, "4", seed=9))
    assert not alike(start, with_node(start, Node("9", "PreviewImage")))
