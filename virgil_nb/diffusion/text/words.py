"""Which words of a prompt a model does not know, for small models that come with a list of what they do."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Set

from virgil_nb.diffusion.text.prompt import parse

_STOP_WORDS = (
    "a an the of on in at with and or to by for from is are be it its this that these those as into over under near some one very"
    " photo picture image icon drawing illustration render emoji background style"
)
STOP_WORDS = frozenset(_STOP_WORDS.split())
"""Words that carry no picture of their own; a model need not list them."""

SIMILAR = 0.7
"""How alike two words must be (difflib's ratio) for one to be offered for the other."""


def unknown_words(prompt: str, known: Set[str]) -> list[tuple[str, str | None]]:
    """The words of `prompt` that are not in `known`, each once, in order, with the nearest that is (None where nothing is near)."""
    unknown: dict[str, str | None] = {}
    for segment in parse(prompt):
        for word in re.findall(r"[^\W\d_]+(?:['’][^\W\d_]+)*", segment.text.lower()):
            if word not in unknown and word not in STOP_WORDS and not any(form in known for form in _forms(word)):
                unknown[word] = nearest(word, known)
    return list(unknown.items())


def nearest(word: str, known: Set[str]) -> str | None:
    """The word in `known` that is spelled most like `word`, or None."""
    for form in _forms(word):
        close = difflib.get_close_matches(form, known, n=1, cutoff=0.8)
        if close:
            return close[0]
    close = difflib.get_close_matches(word, known, n=1, cutoff=SIMILAR)
    return close[0] if close else None


def _forms(word: str) -> Iterator[str]:
    """The word, and what it may be a form of: foxes → fox, puppies → puppy, leaves → leaf, smiling → smile, dog's → dog."""
    yield word
    word = re.sub(r"['’]s?$", "", word)
    yield word
    for ending, replacements in (
        ("ies", ("y", "ie")),
        ("ves", ("f", "fe")),
        ("es", ("", "e")),
        ("s", ("",)),
        ("ing", ("", "e")),
        ("ed", ("", "e")),
        ("er", ("", "e")),
        ("y", ("", "e")),
    ):
        if word.endswith(ending) and len(word) - len(ending) >= 2:
            stem = word[: -len(ending)]
            yield from (stem + replacement for replacement in replacements)
            if ending in ("ing", "ed", "er", "y") and len(stem) > 2 and stem[-1] == stem[-2]:
                yield stem[:-1]
