"""The text encoder in training: CLIP's, with an embedding table of only the tokens that captions use.

The checkpoint's table has all 49,408 rows; those of tokens that training never saw are zero there. Here they share one row, `UNKNOWN`, that
stays zero, and a small share of the captions carries such a word, so that the model learns to pass over it.

It learns from two small heads that read thing and colour off its states, before and apart from the UNet: through the UNet the gradient is
so faint at first that finding the one word which names the thing would take most of the training. Then it stays as it is.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from training.captions import caption, known_words
from training.concepts import COLOURS, CONCEPTS
from training.pace import Average, Pace
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


class Reader(nn.Module):
    """The text encoder, and the heads that it is taught with."""

    def __init__(self) -> None:
        super().__init__()
        self.text = fresh_text_model()
        self.thing = nn.Linear(WIDTH, len(CONCEPTS))
        self.colour = nn.Linear(WIDTH, len(COLOURS) + 1)  # the last: the text says nothing of the background

    def states(self, texts: list[str], rng: np.random.Generator | None = None) -> Tensor:
        """Last hidden states, (B, 77, 64). rng: 3 % of the texts get a word that nobody taught, somewhere near the start."""
        rows = rows_of(texts)
        if rng is not None:
            for line in rows[torch.from_numpy(rng.random(len(rows)) < 0.03)]:
                line[int(rng.integers(1, 4))] = UNKNOWN
        return self.text(input_ids=rows).last_hidden_state

    def loss(self, states: Tensor, labels: Tensor) -> Tensor:
        """Cross-entropy of the heads, at the mean of the states after the text's end and at one of them. labels: (B, 2).

        Most of the 77 positions are such ends, so the UNet finds what the caption says wherever its attention falls.
        """
        chosen = states[torch.arange(len(states)), torch.randint(ENDS, states.shape[1], (len(states),))]
        ends, labels = torch.cat([states[:, ENDS:].mean(1), chosen]), labels.repeat(2, 1)
        return F.cross_entropy(self.thing(ends), labels[:, 0]) + 0.5 * F.cross_entropy(self.colour(ends), labels[:, 1])


ENDS = 24  # from here on, every caption has ended


def teach(work: Path, cpu_seconds: float) -> None:
    """Trains the text encoder to tell things and colours apart and writes `work`/text.pt."""
    torch.manual_seed(6)
    rng, reader = np.random.default_rng(6), Reader()
    optimiser = torch.optim.AdamW(reader.parameters(), lr=2e-3, betas=(0.9, 0.99), weight_decay=0.01)
    pace, average, step = Pace(cpu_seconds, 2e-3, warm_up=0.05), Average([reader], 0.99), 0
    embeddings = reader.text.get_input_embeddings().weight  # type: ignore[operator]
    while pace.done < 1:
        pace.set_rate(optimiser)
        things, colours = rng.integers(len(CONCEPTS), size=64), rng.integers(len(COLOURS), size=64)
        made = [caption(int(c), int(b), rng) for c, b in zip(things, colours, strict=True)]
        named = [int(b) if m.names_colour else len(COLOURS) for m, b in zip(made, colours, strict=True)]
        states = reader.states([m.text for m in made], rng)
        loss = reader.loss(states, torch.stack([torch.from_numpy(things), torch.tensor(named)], dim=1))
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        embeddings.grad[UNKNOWN] = 0
        optimiser.step()
        with torch.no_grad():
            embeddings[UNKNOWN] = 0
        average.update()
        step += 1
        if step % 50 == 0:
            right = float((reader.thing(states[:, ENDS:].mean(1)).argmax(1) == torch.from_numpy(things)).float().mean())
            print(f"text {step} done {pace.done:.2f} loss {float(loss.detach()):.3f} right {right:.2f}", flush=True)
    average.swap()
    torch.save(reader.state_dict(), work / "text.pt")


def load(work: Path) -> Reader:
    """The finished text encoder and its heads, frozen."""
    reader = Reader()
    reader.load_state_dict(torch.load(work / "text.pt", weights_only=True))
    return reader.requires_grad_(False).eval()
