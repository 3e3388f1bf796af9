"""The text encoder in training: CLIP's, with an embedding table of only the tokens that captions use.

The checkpoint's table has all 49,408 rows; those of tokens that training never saw are zero there. Here they share one row, `UNKNOWN`, that
stays zero, and a small share of the captions carries such a word, so that the model learns to pass over it.
"""

from __future__ import annotations

from functools import lru_cache

import torch
from torch import Tensor, nn

from training.captions import known_words
from training.concepts import COLOURS, CONCEPTS
from virgil_nb.diffusion.text.hugging_face import ClipTextConfig, clip_text_model
from virgil_nb.diffusion.text.tokens import END, START, encode_words

WIDTH, LAYERS, HEADS, LENGTH, VOCABULARY = 64, 2, 2, 77, 49408
UNKNOWN = 0


@lru_cache(maxsize=50_000)
def token_ids(text: str) -> tuple[int, ...]:
    """CLIP's ids of the text, without start and end."""
    return tuple(encode_words(text))


@lru_cache(maxsize=1)
def used_ids() -> tuple[int, ...]:
    """CLIP's ids that captions can contain, sorted; row n + 1 of the small table is the n-th."""
    texts = [
        *known_words(),
        *(name for c in CONCEPTS for name in c.names),
        *(name for c in COLOURS for name in c.names),
        ",",
        ":",
        ".",
        "-",
        "!",
    ]
    return tuple(sorted({START, END, *(index for text in texts for index in token_ids(text))}))


@lru_cache(maxsize=1)
def _rows() -> dict[int, int]:
    return {index: row + 1 for row, index in enumerate(used_ids())}


def rows_of(texts: list[str]) -> Tensor:
    """Rows of the small table, (B, 77): start, the text, then ends."""
    rows = _rows()
    table = torch.full((len(texts), LENGTH), rows[END])
    table[:, 0] = rows[START]
    for line, text in zip(table, texts, strict=True):
        found = [rows.get(index, UNKNOWN) for index in token_ids(text)][: LENGTH - 2]
        line[1 : 1 + len(found)] = torch.tensor(found, dtype=torch.long)
    return table


def fresh_text_model(vocabulary: int | None = None) -> nn.Module:
    """An untrained CLIP text model whose last hidden state is the conditioning; with the small table unless `vocabulary` is given."""
    rows = vocabulary or len(used_ids()) + 1
    model = clip_text_model(ClipTextConfig(width=WIDTH, layers=LAYERS, heads=HEADS, mlp_width=4 * WIDTH, vocabulary=rows))
    with torch.no_grad():
        embeddings = model.get_input_embeddings().weight  # type: ignore[operator]
        nn.init.normal_(embeddings, std=0.3)
        embeddings[UNKNOWN] = 0
        for name, parameter in model.named_parameters():
            if "position_embedding" in name:
                nn.init.normal_(parameter, std=0.1)
            elif parameter.dim() == 2 and "embedding" not in name:
                nn.init.normal_(parameter, std=parameter.shape[1] ** -0.5 * (0.5 if "out_proj" in name or "fc2" in name else 1.0))
    return model
