"""Texts and values as lines that fit on a node, whatever is in them."""

from __future__ import annotations

from collections.abc import Callable

SHOWN_LINES = 6
TEXT_LIMIT = 1200  # letters of one value that are looked at

Measure = Callable[[str], float]
"""The width of a text."""


def one_line(text: object) -> str:
    """A text as one line without control characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in str(text)[:TEXT_LIMIT]).split())


def value_words(value: object) -> str:
    """A value as a field shows it."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, int) and abs(value) >= 10_000:
        return f"{value:,}".replace(",", "\u2009")
    return "a Python object" if isinstance(value, dict) and "__object__" in value else str(value)


def wrap(text: str, width: float, measure: Measure) -> list[str]:
    """`text` in lines no wider than `width`, at most six; the last ends in … if more was there."""
    lines: list[str] = []
    for paragraph in text[:TEXT_LIMIT].split("\n"):
        line = ""
        for word in one_line(paragraph).split(" "):
            longer = f"{line} {word}" if line else word
            if line and measure(longer) > width:
                lines.append(line)
                line = word
            else:
                line = longer
        lines.append(line)
    if len(lines) > SHOWN_LINES:
        lines = [*lines[: SHOWN_LINES - 1], lines[SHOWN_LINES - 1] + " …"]
    return lines
