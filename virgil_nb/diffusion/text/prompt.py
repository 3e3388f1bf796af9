"""The syntax of prompts: which words weigh how much.

`(word)` weighs 1.1 times as much as what surrounds it, `(word:1.3)` exactly 1.3; groups nest; `\\(` and `\\)` are plain characters.
Everything else is text, brackets and `BREAK` included: a prompt means what it means in ComfyUI.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

EMPHASIS = 1.1
_OPEN, _CLOSE = "\0\2", "\0\1"
"""What escaped parentheses are while the others are being read."""


@dataclass(frozen=True)
class Segment:
    """A stretch of text and its weight."""

    text: str
    weight: float = 1.0


def parse(prompt: str) -> list[Segment]:
    """The prompt's segments, in order, without the parentheses that weigh."""
    escaped = prompt.replace("\\)", _CLOSE).replace("\\(", _OPEN)
    return [Segment(s.text.replace(_CLOSE, ")").replace(_OPEN, "("), s.weight) for s in _segments(escaped)]


def _segments(prompt: str) -> Iterator[Segment]:
    waiting = [iter([(True, prompt, 1.0)])]  # a stack, not recursion: a prompt of a thousand parentheses is only text
    while waiting:
        is_group, text, weight = next(waiting[-1], (False, "", None))
        if weight is None:
            waiting.pop()
        elif is_group:
            waiting.append(_pieces(text, weight))
        else:
            yield Segment(text, weight)


def _pieces(text: str, weight: float) -> Iterator[tuple[bool, str, float]]:
    """(is a group, its text, its weight) of each piece of `text` between outermost parentheses."""
    for piece in _at_top(text):
        if len(piece) < 2 or piece[0] != "(" or piece[-1] != ")":
            yield False, piece, weight
            continue
        inside, colon, number = piece[1:-1].rpartition(":")
        explicit = _number(number) if colon and inside else None
        yield (True, piece[1:-1], weight * EMPHASIS) if explicit is None else (True, inside, explicit)


def _at_top(text: str) -> Iterator[str]:
    """`text`, cut at its outermost parentheses, which stay with what is between them. What never closes stays whole."""
    depth, start = 0, 0
    for index, character in enumerate(text):
        if character == "(":
            if depth == 0 and index > start:
                yield text[start:index]
            start = index if depth == 0 else start
            depth += 1
        elif character == ")":
            depth -= 1
            if depth == 0:
                yield text[start : index + 1]
                start = index + 1
    if start < len(text):
        yield text[start:]


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
