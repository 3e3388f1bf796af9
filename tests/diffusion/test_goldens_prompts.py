"""Prompts are read and tokenised as ComfyUI does it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.goldens.regenerate import cases
from virgil_nb.diffusion.text.prompt import parse
from virgil_nb.diffusion.text.tokens import tokenize

SECTION = "c_tokens"


@pytest.mark.parametrize("case", cases(SECTION, "parse"), ids=lambda case: case["id"])
def test_a_prompt_has_the_reference_segments(case: dict[str, Any]) -> None:
    segments = [(segment.text, segment.weight) for segment in parse(case["prompt"])]
    assert segments == [(text, float(weight)) for text, weight in case["segments"]]


@pytest.mark.parametrize("case", cases(SECTION, "tokens"), ids=lambda case: case["id"])
def test_a_prompt_has_the_reference_tokens(case: dict[str, Any]) -> None:
    chunks = [[(token.id, round(token.weight, 6), token.group) for token in chunk] for chunk in tokenize(case["prompt"])]
    accepted = [_filled(case[name]["l"]) for name in ("result", "result_alt") if name in case]
    assert chunks in accepted


def _filled(batches: list[dict[str, Any]]) -> list[list[tuple[int, float, int]]]:
    """The reference's chunks, with weights and padding written out."""
    filled = []
    for batch in batches:
        weights = batch["weights"] or [1.0] * len(batch["ids"])
        tokens = list(zip(batch["ids"], (round(float(weight), 6) for weight in weights), batch["word_ids"], strict=True))
        filled.append(tokens + [(batch["pad"], 1.0, 0)] * (batch["length"] - len(tokens)))
    return filled
