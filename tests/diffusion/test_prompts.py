"""Prompts beyond the golden figures: hostile text, long text, and the words that a small model does not know."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from virgil_nb.diffusion import Checkpoint
from virgil_nb.diffusion.text.prompt import parse
from virgil_nb.diffusion.text.tokens import CHUNK, END, START, tokenize
from virgil_nb.diffusion.text.words import unknown_words


@settings(max_examples=200, deadline=None)
@given(st.text())
def test_any_text_is_a_prompt(text: str) -> None:
    chunks = tokenize(text)
    assert chunks
    for chunk in chunks:
        assert len(chunk) == CHUNK
        assert chunk[0].id == START
        assert END in [token.id for token in chunk]


@settings(deadline=None)
@given(st.text(alphabet=st.characters(exclude_characters="()\\\0")))
def test_text_without_parentheses_is_left_as_it_is(text: str) -> None:
    assert "".join(segment.text for segment in parse(text)) == text


@settings(deadline=None)
@given(st.text(alphabet="ab()"))
def test_no_words_are_lost(text: str) -> None:
    letters = "".join(segment.text for segment in parse(text)).replace("(", "").replace(")", "")
    assert letters == text.replace("(", "").replace(")", "")


def test_thousands_of_parentheses_are_only_text() -> None:
    depth = 3000
    [segment] = parse("(" * depth + "a" + ")" * depth)
    assert segment.text == "a"
    assert parse("(" * depth)


def test_a_very_long_prompt_is_encoded_whole(tiny: Checkpoint) -> None:
    [[cond, options]] = tiny.clip.encode("fox " * 3000)
    assert cond.shape == (1, 40 * CHUNK, 16)
    assert options["pooled_output"].shape == (1, 16)
    assert cond.isfinite().all()


def test_a_weight_moves_only_its_own_words(tiny: Checkpoint) -> None:
    plain, heavy = (tiny.clip.encode(text)[0][0] for text in ("a red fox", "a (red:1.5) fox"))
    changed = (plain - heavy).abs().amax(dim=(0, 2)) > 1e-6
    assert changed.nonzero().flatten().tolist() == [2]


def test_earlier_layers_give_other_conditioning(tiny: Checkpoint) -> None:
    last, before = tiny.clip.encode("fox")[0][0], tiny.clip.at_layer(-2).encode("fox")[0][0]
    assert torch.equal(tiny.clip.at_layer(-1).encode("fox")[0][0], last)
    assert not torch.allclose(last, before)


KNOWN = frozenset(["fox", "dog", "puppy", "leaf", "smile", "red", "blue", "green", "dance", "strawberry", "light", "3d", "t-rex", "in"])


@pytest.mark.parametrize(
    "prompt",
    [
        "a red fox",
        "A RED FOX!",
        "foxes and puppies on a blue background",
        "smiling dog's leaves",
        "(dancing:1.3) fox, 3 dogs",
        "a 3D T-Rex, red-blue",
        "",
        "🦊 123",
    ],
)
def test_known_words_in_any_form_are_not_reported(prompt: str) -> None:
    assert unknown_words(prompt, KNOWN) == []


def test_unknown_words_come_once_with_the_nearest_known() -> None:
    assert unknown_words("a strawbery and a foxx, (zyzzyva:1.2) foxx", KNOWN) == [
        ("strawbery", "strawberry"),
        ("foxx", "fox"),
        ("zyzzyva", None),
    ]


def test_the_nearest_in_meaning_goes_before_the_nearest_in_spelling() -> None:
    related = {"lizard": "snake", "box": "wrapped gift"}
    assert unknown_words("two lizards in a box", KNOWN | {"two"}, related) == [("lizards", "snake"), ("box", "wrapped gift")]


def test_a_model_without_a_list_of_words_knows_all(tiny: Checkpoint) -> None:
    from dataclasses import replace

    assert tiny.clip.unknown_words("a dragon") == [("dragon", None)]
    assert replace(tiny.clip, known_words=None).unknown_words("a dragon") == []
