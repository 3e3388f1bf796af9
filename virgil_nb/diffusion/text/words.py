"""Which words of a prompt a model does not know, for small models that come with a list of what they do."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Set

from virgil_nb.diffusion.text.prompt import parse

_STOP_WORDS = (
    "a an the of on in at with and or to by for from is are be it its this that these those as into over under near some one very"
    " photo picture image icon drawing illustration render emoji background style"
)
STOP_WORDS = frozenset(_STOP_WORDS.split())
"""Words that carry no picture of their own; a model need not list them."""

SIMILAR = 0.77
"""How alike two words must be (difflib's ratio) for one to be offered for the other."""

_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")


def unknown_words(prompt: str, known: Set[str], related: Mapping[str, str] | None = None) -> list[tuple[str, str | None]]:
    """The words of `prompt` that are not in `known`, each once, in order, with the nearest that is (None where nothing is near).

    related: what the model has that is nearest in meaning, for common words. Of other words, the nearest is the one spelt most alike.
    """
    unknown: dict[str, str | None] = {}
    for segment in parse(prompt):
        for whole in _WORD.findall(segment.text.lower()):
            for word in [whole] if whole in known else whole.split("-"):
                if word not in unknown and not _is_known(word, known):
                    unknown[word] = _nearest_in_meaning(word, related or {}) or nearest(word, known)
    return list(unknown.items())


def nearest(word: str, known: Set[str]) -> str | None:
    """The word in `known` that is spelled most like `word` and starts like it, or None. Words without a picture are not offered."""
    offered = [candidate for candidate in sorted(known - STOP_WORDS) if candidate[0] == word[0] and len(candidate) > 2]
    for form in _forms(word):
        close = difflib.get_close_matches(form, offered, n=1, cutoff=SIMILAR)
        if close:
            return close[0]
    return None


def _nearest_in_meaning(word: str, related: Mapping[str, str]) -> str | None:
    return next((related[form] for form in _forms(word) if form in related), None)


def _is_known(word: str, known: Set[str]) -> bool:
    return word in STOP_WORDS or word.isnumeric() or any(form in known for form in _forms(word))


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
