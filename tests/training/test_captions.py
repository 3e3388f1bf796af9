from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.captions import _BOTH, _THING, HELD_OUT_WORDINGS, article, caption, fill, known_words, nothing
from training.concepts import COLOURS, CONCEPTS, held_out

some_concept = st.integers(0, len(CONCEPTS) - 1)
some_colour = st.integers(0, len(COLOURS) - 1)
some_seed = st.integers(0, 2**32 - 1)


@given(some_concept, some_colour, some_seed)
def test_a_caption_names_its_thing_and_says_only_words_on_the_list(concept: int, colour: int, seed: int) -> None:
    made = caption(concept, colour, np.random.default_rng(seed))
    assert any(name in made.text for name in CONCEPTS[concept].names)
    assert set(re.findall(r"[a-z0-9][a-z0-9-]*", made.text)) <= set(known_words())


@given(some_concept, some_colour, some_seed)
def test_a_caption_that_names_the_colour_names_the_right_one(concept: int, colour: int, seed: int) -> None:
    made = caption(concept, colour, np.random.default_rng(seed))
    assert made.names_colour == any(
        made.text.startswith(f"{n} background") or re.search(rf"\b{n}\b", made.text) for n in COLOURS[colour].names
    ) or (
        not made.names_colour  # an adjective may by chance be the colour that is behind the thing
    )


@given(some_concept, some_colour, some_seed)
def test_the_same_seed_gives_the_same_caption(concept: int, colour: int, seed: int) -> None:
    assert caption(concept, colour, np.random.default_rng(seed)) == caption(concept, colour, np.random.default_rng(seed))


def test_a_colour_before_the_thing_says_nothing_about_the_background() -> None:
    rng = np.random.default_rng(0)
    texts = [caption(0, int(rng.integers(len(COLOURS))), rng) for _ in range(4000)]
    adjectives = [made for made in texts if not made.names_colour and re.search(r"\b(red|blue|green) fox", made.text)]
    assert len(adjectives) > 10


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{a} {t} on {ab} {b} background", "an owl on an orange background"),
        ("{a} {k} of {a} {t}, {b} background", "an icon of an owl, orange background"),
        ("the {t} is on {b}", "the owl is on orange"),
    ],
)
def test_articles_agree_with_the_word_that_follows(template: str, text: str) -> None:
    assert fill(template, "owl", "orange", "icon") == text


def test_a_ufo_takes_a() -> None:
    assert article("ufo") == article("unicorn") == "a"
    assert article("umbrella") == "an"


def test_held_out_wordings_are_never_used_in_training() -> None:
    assert not set(HELD_OUT_WORDINGS) & {*_BOTH, *_THING}


def test_every_thing_has_one_colour_it_is_never_shown_on() -> None:
    for concept in range(len(CONCEPTS)):
        assert sum(held_out(concept, colour) for colour in range(len(COLOURS))) == 1


def test_names_are_unique_and_there_are_enough_things() -> None:
    names = [name for concept in CONCEPTS for name in concept.names]
    assert len(names) == len(set(names))
    assert len(CONCEPTS) >= 120
    assert "fox" in names


@settings(max_examples=20)
@given(some_seed)
def test_the_unconditional_caption_is_nearly_always_empty(seed: int) -> None:
    rng = np.random.default_rng(seed)
    assert sum(nothing(rng) == "" for _ in range(200)) > 150
