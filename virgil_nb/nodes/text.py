"""Nodes for prompts."""

from __future__ import annotations

from typing import Annotated

from virgil_nb.engine import Multiline, context, node
from virgil_nb.engine.kinds.types import Clip, Conditioning
from virgil_nb.nodes.errors import ValueMismatchError


@node("CLIPTextEncode", display_name="CLIP Text Encode (Prompt)", category="conditioning", trusted=True)
def encode_text(text: Annotated[str, Multiline(dynamic=True)], clip: Clip) -> Conditioning:
    """Turns a prompt into the conditioning that steers the sampler.

    Args:
        text: The prompt. (word:1.2) gives a word more weight, (word:0.8) less.
        clip: The text encoder, from the checkpoint.
    """
    if clip is None:
        raise ValueMismatchError("clip is None: this checkpoint has no text encoder. Connect the CLIP of one that does.")
    import torch

    _note_unknown_words(text, clip)
    with torch.no_grad():
        return clip.encode(text)


def _note_unknown_words(text: str, clip: Clip) -> None:
    """Says on the node which words of `text` the model was never taught, with the nearest that it knows."""
    current = context.current()
    if current is None:
        return
    unknown = clip.unknown_words(text)
    if unknown:
        named = [f"“{word}” (nearest: “{near}”)" if near else f"“{word}”" for word, near in unknown]
        current.note(f"This model does not know {', '.join(named)}.", level="warning")
