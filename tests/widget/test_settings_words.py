"""What a run was set to, in words that fit into a list."""

from __future__ import annotations

from dataclasses import replace

from tests.widget.test_differences import text_to_image, with_node, with_values
from virgil_nb.engine import Document, Link, Node, ObjectRef, default_registry
from virgil_nb.engine.documents.panel import PanelItem
from virgil_nb.widget.settings_words import MOST, settings_in_words


def whole() -> Document:
    document = with_node(text_to_image(), Node("5", "EmptyLatentImage", {"width": 128, "height": 192}))
    sampler = document.nodes["4"]
    document = with_node(document, sampler.with_(links={**sampler.links, "latent_image": Link("5", 0)}))
    document = with_node(document, Node("6", "VAEDecode", links={"samples": Link("4", 0), "vae": Link("1", 2)}))
    return with_node(document, Node("7", "PreviewImage", links={"images": Link("6", 0)}))


def words(document: Document) -> list[str]:
    return settings_in_words(document, default_registry())


def test_prompt_shape_steps_and_seed_are_told() -> None:
    assert words(whole()) == ["a red fox in a birch wood, in the first snow", "128 × 192", "20 steps", "seed 7"]


def test_what_is_on_a_panel_of_ones_own_is_told_instead() -> None:
    items = (PanelItem("4", "cfg", "Strength"), PanelItem("4", "sampler_name"), PanelItem("9", "gone"))
    assert words(replace(whole(), panel=items)) == ["Strength 8", "sampler name euler"]
    assert words(replace(whole(), panel=())) == []


def test_what_two_samplers_have_in_common_is_told_once() -> None:
    sampler = whole().nodes["4"]
    document = with_node(whole(), replace(sampler, id="8", values={**sampler.values, "steps": 30}))
    document = with_node(document, Node("9", "VAEDecode", links={"samples": Link("8", 0), "vae": Link("1", 2)}))
    document = with_node(document, Node("10", "PreviewImage", links={"images": Link("9", 0)}))
    told = words(document)
    assert [phrase for phrase in told if "seed" in phrase] == ["KSampler, seed 7"]
    assert [phrase for phrase in told if "steps" in phrase] == ["20 KSampler, steps", "30 KSampler, steps"]


def test_whatever_is_in_a_field_stays_short_and_on_one_line() -> None:
    document = with_values(whole(), "2", text="fox\n" * 5000)
    document = with_values(document, "4", seed=ObjectRef("a" * 32, "torch.Tensor"), steps=[1, 2])
    told = words(document)
    assert all("\n" not in phrase and len(phrase) < 120 for phrase in told)
    assert told[-1] == "seed a Tensor"
    assert len(words(Document.of(*(Node(str(i), "PreviewImage") for i in range(9))))) <= MOST
