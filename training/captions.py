"""Captions for scenes: the same grammar in many wordings, some kept for the evaluation only.

What a caption may say: the thing (by name or synonym), the background's colour, or both. Two kinds of words are allowed and mean
nothing: adjectives before the thing ("a cute fox", and "a red fox": the icon keeps its own colours, and a colour that is not said to be the
background's says nothing about the background), and phrases on how it is made ("a picture of", "high quality").
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from training.concepts import COLOURS, CONCEPTS, Concept

_ADJECTIVES = (
    "cute", "little", "small", "big", "happy", "nice", "beautiful", "simple", "colorful", "colourful", "pretty", "lovely", "tiny",
    "large", "friendly", "shiny", "old", "young", "sweet", "funny", "great", "single",
)  # fmt: skip
_KINDS = ("picture", "icon", "emoji", "drawing", "illustration", "image", "photo", "painting", "cartoon", "sticker")
_SUFFIXES = (
    "high quality", "detailed", "digital art", "masterpiece", "best quality", "sharp", "3d render", "flat design", "vector art",
    "highly detailed",
)  # fmt: skip
_NEGATIVES = (
    "text, watermark",
    "text",
    "watermark",
    "blurry",
    "low quality",
    "bad quality, blurry",
    "ugly",
    "worst quality",
    "text, watermark, blurry",
)

# {a}: article or nothing; {t}: the thing with its adjectives; {b}: the background's colour; {k}: picture, icon, drawing ...
_BOTH = (
    "{a} {t} on {ab} {b} background", "{a} {t} on {b}", "{t}, {b} background", "{a} {t}, {b} background",
    "{a} {t} in front of {ab} {b} background", "{b} background, {a} {t}", "{a} {k} of {a} {t} on {ab} {b} background",
    "{a} {k} of {a} {t} on {b}", "{a} {t} against {ab} {b} background", "{t} on {b} background", "{a} {t} {k} on {ab} {b} background",
    "{a} {t} on {ab} {b} wall", "{k} of {a} {t}, {b} background", "on {ab} {b} background, {a} {t}", "{a} {t} with {ab} {b} backdrop",
    "{a} {t}, background: {b}", "the {t} is in front of {ab} {b} wall", "there is {a} {t} on the {b} background", "{t}, {b}",
    "{a} {t} standing on {b}", "{a} {t} and the background is {b}", "{b} background: {a} {t}", "{b} backdrop, {a} {t}",
    "{b} wall behind {a} {t}", "{ab} {b} wall and {a} {t}", "{ab} {b} background with {a} {t}", "in front of {ab} {b} wall, {a} {t}",
    "against {ab} {b} wall there is {a} {t}", "{a} {t} is against {b}", "the {t} on {b}", "{a} {k}: {t}, {b} wall",
)  # fmt: skip
_THING = ("{a} {t}", "{t}", "{a} {k} of {a} {t}", "{a} {t} {k}", "there is {a} {t}", "the {t}")

HELD_OUT_WORDINGS = (
    "{a} {t} with {ab} {b} background",
    "the {t} is on {b}",
    "there is {a} {t} in front of a {b} wall",
    "{a} {k} of {a} {t} against {b}",
    "{b} wall, {t}",
)


@dataclass(frozen=True)
class Caption:
    """The text, and whether it says which colour is behind the thing."""

    text: str
    names_colour: bool


def article(word: str) -> str:
    return "an" if word[:1] in "aeiou" and not word.startswith(("ufo", "uni")) else "a"


def fill(template: str, thing: str, colour: str, kind: str = "picture", bare: bool = False) -> str:
    """The template's words put in, each article agreeing with the word that follows. `bare`: leave articles of things out."""
    text = template.replace("{t}", thing).replace("{b}", colour).replace("{k}", kind)
    text = re.sub(r"\{a\} (\w+)", lambda m: m[1] if bare else f"{article(m[1])} {m[1]}", text)
    return re.sub(r"\{ab\} (\w+)", lambda m: f"{article(m[1])} {m[1]}", text)


def caption(concept: int, colour: int, rng: np.random.Generator) -> Caption:
    """One wording for the concept on the colour."""
    names = CONCEPTS[concept].names
    thing = names[0] if rng.random() < 0.6 else names[int(rng.integers(len(names)))]
    names_colour = rng.random() > 0.16
    if rng.random() < 0.12:
        thing = f"{_ADJECTIVES[int(rng.integers(len(_ADJECTIVES)))]} {thing}"
    elif rng.random() < (0.05 if names_colour else 0.35):
        other = COLOURS[int(rng.integers(len(COLOURS)))].names
        thing = f"{other[int(rng.integers(len(other)))]} {thing}"
    colours = COLOURS[colour].names
    templates = _BOTH if names_colour else _THING
    weight = 0.35 if names_colour else 0.5  # the first two wordings are what people type most
    template = templates[int(rng.integers(2))] if rng.random() < weight else templates[int(rng.integers(len(templates)))]
    word = colours[0] if rng.random() < 0.7 else colours[int(rng.integers(len(colours)))]
    text = fill(template, thing, word, _KINDS[int(rng.integers(len(_KINDS)))], bare=rng.random() < 0.1)
    extra = rng.random()  # at the front too, so that a word's place says nothing
    if extra < 0.12:
        phrase = _SUFFIXES[int(rng.integers(len(_SUFFIXES)))]
        text = f"{text}, {phrase}" if extra < 0.05 else f"{phrase}, {text}"
    return Caption(text, names_colour)


def nothing(rng: np.random.Generator) -> str:
    """The caption of a sample that trains the unconditional side: nearly always empty, at times a usual negative prompt."""
    return _NEGATIVES[int(rng.integers(len(_NEGATIVES)))] if rng.random() < 0.1 else ""


def known_words(concepts: Iterable[Concept] = CONCEPTS) -> tuple[str, ...]:
    """Every word that a caption of these concepts can contain, in alphabetical order."""
    texts = [name for concept in concepts for name in concept.names] + [name for colour in COLOURS for name in colour.names]
    texts += [fill(template, "fox", "red") for template in (*_BOTH, *_THING, *HELD_OUT_WORDINGS)]
    texts += [*_ADJECTIVES, *_KINDS, *_SUFFIXES, *_NEGATIVES, "a", "an"]
    return tuple(sorted({word for text in texts for word in re.findall(r"[a-z0-9][a-z0-9-]*", text)}))
