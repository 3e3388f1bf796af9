"""Prompts as CLIP's token ids, in chunks of 77: a start token, up to 75 of the prompt's, an end token, padding.

A word group (a segment of one weight) that doesn't fit moves to the next chunk as a whole, unless it is long.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from virgil_nb.diffusion.text.prompt import parse

START, END = 49406, 49407
CHUNK = 77
LONG_GROUP = 8
"""Groups of so many tokens or more may be cut where a chunk ends; shorter ones move on."""


@dataclass(frozen=True)
class Token:
    """One token: its id, its weight, and the number of the group of words it belongs to (0: start, end, padding)."""

    id: int
    weight: float = 1.0
    group: int = 0


Chunk = list[Token]


def tokenize(prompt: str, pad: int = END) -> list[Chunk]:
    """The prompt's chunks, at least one, each of 77 tokens."""
    return chunked(list(_groups(prompt, encode_words)), pad)


def _groups(prompt: str, encode: Callable[[str], list[int]]) -> Iterator[Chunk]:
    number = 0
    for segment in parse(prompt):
        for text in re.split(r"[ \n](?=embedding:)", segment.text):
            if text:
                number += 1
                yield [Token(token_id, segment.weight, number) for token_id in encode(text)]


def chunked(groups: Sequence[Chunk], pad: int = END) -> list[Chunk]:
    """`groups` laid out in chunks of 77 tokens."""
    chunks: list[Chunk] = [[Token(START)]]
    for group in groups:
        rest = group
        while rest:
            chunk = chunks[-1]
            room = CHUNK - 1 - len(chunk)
            if len(rest) <= room:
                chunk.extend(rest)
                break
            if len(group) >= LONG_GROUP:
                chunk.extend(rest[:room])
                rest = rest[room:]
            _close(chunk, pad)
            chunks.append([Token(START)])
    _close(chunks[-1], pad)
    return chunks


def _close(chunk: Chunk, pad: int) -> None:
    chunk.append(Token(END))
    chunk.extend([Token(pad)] * (CHUNK - len(chunk)))


def encode_words(text: str) -> list[int]:
    """The token ids of plain text, without start and end."""
    ids: list[int] = _byte_pair_encoder()(text)
    return ids


@cache
def _byte_pair_encoder() -> Callable[[str], list[int]]:
    from virgil_nb.diffusion.text.hugging_face import byte_pair_encoder

    packed = resources.files("virgil_nb.data").joinpath("bpe_simple_vocab_16e6.txt.gz").read_bytes()
    return byte_pair_encoder(gzip.decompress(packed).decode("utf-8"))
