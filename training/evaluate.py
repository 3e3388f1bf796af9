"""Measures a model file: `python -m training.evaluate [--model FILE]` prints every figure of the model card and draws a sheet of 64.

Pictures are made by the package's own code, 20 Euler steps on the "normal" schedule, and judged by the classifier of `judge.py`. For every
concept: the canonical wording on a colour it was trained on, the canonical wording on the colour it was never shown on, and a synonym
in a wording that training never used.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageDraw
from torch import Tensor

from training import judge as judging
from training.autoencoder import psnr, unseen_pictures
from training.captions import HELD_OUT_WORDINGS, fill
from training.concepts import COLOURS, CONCEPTS, held_out
from training.denoiser import OTHER_CANVASES
from training.icons import IconSet
from virgil_nb.diffusion import Checkpoint, open_checkpoint, sample

SHIPPED = Path(__file__).resolve().parent.parent / "virgil_nb" / "data" / "virgil-icons.safetensors"
STEPS = 20


@dataclass(frozen=True)
class Question:
    """One prompt and what its picture has to show. kind: "known", "held-out colour" or "held-out wording"."""

    text: str
    concept: int
    colour: int
    kind: str


@dataclass(frozen=True)
class Verdict:
    question: Question
    thing_right: bool
    colour_right: bool


def article_prompt(concept: str, colour: str) -> str:
    """The canonical wording, articles agreeing."""
    return fill("{a} {t} on {ab} {b} background", concept, colour)


def questions(per_kind: int = 2, seed: int = 31) -> list[Question]:
    """`per_kind` prompts of each of the three kinds for every concept."""
    rng = np.random.default_rng(seed)
    asked = []
    for c, concept in enumerate(CONCEPTS):
        never = next(b for b in range(len(COLOURS)) if held_out(c, b))
        for _ in range(per_kind):
            seen = int(rng.choice([b for b in range(len(COLOURS)) if b != never]))
            asked.append(Question(article_prompt(concept.name, COLOURS[seen].name), c, seen, "known"))
            asked.append(Question(article_prompt(concept.name, COLOURS[never].name), c, never, "held-out colour"))
            other = int(rng.choice([b for b in range(len(COLOURS)) if b != never]))
            wording = HELD_OUT_WORDINGS[int(rng.integers(len(HELD_OUT_WORDINGS)))]
            name = concept.names[int(rng.integers(len(concept.names)))]
            asked.append(Question(fill(wording, name, COLOURS[other].names[-1]), c, other, "held-out wording"))
    return asked


def draw(model: Checkpoint, prompts: list[str], cfg: float, seed: int, side: int = 128, batch: int = 16) -> Tensor:
    """Pictures (N, 3, side, side) in 0..1 of the prompts, made in batches by the package's sampler."""
    negative = model.clip.encode("")
    made = []
    for start in range(0, len(prompts), batch):
        part = prompts[start : start + batch]
        context = torch.cat([model.clip.encode(prompt)[0][0] for prompt in part])
        latent = torch.zeros(len(part), 4, side // 8, side // 8)
        result = sample(
            model.model,
            latent,
            positive=[[context, {}]],
            negative=negative,
            seed=seed + start,
            steps=STEPS,
            cfg=cfg,
            sampler="euler",
            scheduler="normal",
        )
        made.append(model.vae.decode(result).movedim(-1, 1))
    return torch.cat(made)


@torch.no_grad()
def judged(pictures: Tensor, asked: list[Question], judge: judging.Judge) -> list[Verdict]:
    """What the judge says of each picture; `broken` counts as a wrong thing."""
    thing, colour = judge(pictures)
    things, colours = thing.argmax(1).tolist(), colour.argmax(1).tolist()
    return [Verdict(q, t == q.concept, c == q.colour) for q, t, c in zip(asked, things, colours, strict=True)]


def shares(verdicts: list[Verdict]) -> dict[str, float]:
    """Shares of right things and right backgrounds: of all, and by kind of prompt."""
    found = {"prompts": float(len(verdicts))}
    for kind in ("all", "known", "held-out colour", "held-out wording"):
        chosen = [v for v in verdicts if kind in ("all", v.question.kind)]
        found[f"concept right, {kind}"] = round(sum(v.thing_right for v in chosen) / len(chosen), 4)
        found[f"background right, {kind}"] = round(sum(v.colour_right for v in chosen) / len(chosen), 4)
    return found


def by_concept(verdicts: list[Verdict]) -> dict[str, float]:
    """Share of right things for each concept."""
    table: dict[str, list[bool]] = {}
    for verdict in verdicts:
        table.setdefault(CONCEPTS[verdict.question.concept].name, []).append(verdict.thing_right)
    return {name: round(sum(row) / len(row), 3) for name, row in table.items()}


def variety(model: Checkpoint, count: int = 32) -> dict[str, float]:
    """How far two seeds' pictures of one prompt lie apart: root mean square of the difference, 0..1, its mean and its smallest."""
    chosen = [(CONCEPTS[n * 4 % len(CONCEPTS)], COLOURS[n % len(COLOURS)]) for n in range(count)]
    prompts = [article_prompt(concept.name, colour.name) for concept, colour in chosen]
    one, other = draw(model, prompts, 8.0, 7000), draw(model, prompts, 8.0, 8000)
    apart = (one - other).square().mean((1, 2, 3)).sqrt()
    return {"mean difference of two seeds": round(float(apart.mean()), 4), "smallest difference of two seeds": round(float(apart.min()), 4)}


def other_sizes(model: Checkpoint, judge: judging.Judge, count: int = 40) -> dict[str, float]:
    """Share of right things on the other canvases that were in the training, CFG 8, `count` things each."""
    asked = [q for q in questions(1, seed=32) if q.kind == "known"][:: max(1, len(CONCEPTS) // count)]
    found = {}
    for side in sorted(OTHER_CANVASES):
        verdicts = judged(draw(model, [q.text for q in asked], 8.0, 200_000, side), asked, judge)
        found[str(side)] = round(sum(v.thing_right for v in verdicts) / len(verdicts), 4)
    return found


@torch.no_grad()
def round_trip(model: Checkpoint, icons: IconSet) -> float:
    """PSNR in dB of encode and decode on icons that no training saw."""
    pictures = unseen_pictures(icons)
    made = []
    for part in pictures.split(8):
        latent = model.vae.encode((part.movedim(1, -1) + 1) / 2)
        made.append(model.vae.decode(latent).movedim(-1, 1) * 2 - 1)
    return psnr(torch.cat(made), pictures)


def sheet(pictures: Tensor, titles: list[str], columns: int = 8) -> Image.Image:
    """The pictures in rows, each with its prompt below it."""
    side, foot = pictures.shape[-1], 14
    rows = -(-len(pictures) // columns)
    page = Image.new("RGB", (columns * (side + 4), rows * (side + foot + 4)), "white")
    pen = ImageDraw.Draw(page)
    for n, (picture, title) in enumerate(zip(pictures, titles, strict=True)):
        x, y = n % columns * (side + 4) + 2, n // columns * (side + foot + 4) + 2
        page.paste(Image.fromarray((picture.clamp(0, 1).permute(1, 2, 0).numpy() * 255).round().astype(np.uint8)), (x, y))
        pen.text((x, y + side), title.replace(" background", "")[:24], fill="black")
    return page


def evaluate(path: Path, icons: IconSet, work: Path, guidances: tuple[float, ...], per_kind: int, out: Path) -> dict[str, object]:
    """All figures of the file, printed and written to `out`/figures.json; the sheet goes to `out`/sheet.png."""
    out.mkdir(parents=True, exist_ok=True)
    model, judge, asked, started = open_checkpoint(path), judging.load(work), questions(per_kind), time.time()
    thing_share, colour_share = judging.accuracy(icons, judge, 1000)
    figures: dict[str, object] = {"judge's own accuracy": {"concept": thing_share, "background": colour_share}}
    everything: list[Verdict] = []
    for cfg in guidances:
        pictures = draw(model, [q.text for q in asked], cfg, seed=100_000)
        verdicts = judged(pictures, asked, judge)
        everything += verdicts
        figures[f"CFG {cfg:g}"] = shares(verdicts)
        print(f"CFG {cfg:g}", json.dumps(figures[f"CFG {cfg:g}"]), f"{time.time() - started:.0f} s", flush=True)
        if cfg == guidances[0]:
            chosen = list(range(0, len(asked), max(1, len(asked) // 64)))[:64]
            sheet(pictures[chosen], [asked[n].text for n in chosen]).save(out / "sheet.png")
    table = by_concept(everything)
    figures["concepts below 60 %"] = {name: share for name, share in table.items() if share < 0.6}
    figures["by concept"] = table
    figures |= variety(model)
    figures["concept right on other sizes"] = other_sizes(model, judge)
    figures["VAE round trip, unseen icons, dB"] = round(round_trip(model, icons), 2)
    figures["wrong"] = [asdict(v.question) for v in everything if not v.thing_right]
    (out / "figures.json").write_text(json.dumps(figures, indent=1))
    print(json.dumps({key: value for key, value in figures.items() if key not in ("by concept", "wrong")}, indent=1))
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m training.evaluate", description=__doc__)
    parser.add_argument("--model", type=Path, default=SHIPPED)
    parser.add_argument("--work", type=Path, default=Path.home() / ".cache" / "virgil_nb-training")
    parser.add_argument("--out", type=Path, default=None, help="folder for figures.json and sheet.png; WORK/evaluation when not given")
    parser.add_argument("--cfg", type=float, nargs="+", default=[8.0, 4.0])
    parser.add_argument("--per-kind", type=int, default=2, help="prompts of each kind for every concept")
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    icons = IconSet(arguments.work)
    evaluate(
        arguments.model, icons, arguments.work, tuple(arguments.cfg), arguments.per_kind, arguments.out or arguments.work / "evaluation"
    )


if __name__ == "__main__":
    main()
