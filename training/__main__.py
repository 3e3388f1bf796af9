"""`python -m training`: fetches the data, trains every part, writes the model file and its card. Single stages by name."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from functools import partial
from pathlib import Path

import torch
from PIL import Image

from training import autoencoder, denoiser, judge, text
from training.card import card
from training.evaluate import SHIPPED, evaluate
from training.export import export
from training.icons import IconSet
from virgil_nb.diffusion import open_checkpoint

ORDER = ("map", "judge", "decoder", "encoder", "joint", "anneal", "text", "denoiser", "cool", "export", "card")
SECONDS = {
    "judge": 400.0,
    "decoder": 1100.0,
    "encoder": 200.0,
    "joint": 3000.0,
    "anneal": 300.0,
    "text": 150.0,
    "denoiser": 5000.0,
    "cool": 10000.0,
}


def stages(icons: IconSet, work: Path, model: Path, workers: int, seconds: float | None, clock: bool) -> dict[str, Callable[[], None]]:
    """What each stage does. seconds: instead of the stage's own CPU seconds; with `clock`, the denoiser's are the clock's."""
    denoise = partial(denoiser.train, icons, work, rate=1.0, workers=workers, clock=clock)
    budget = {name: seconds or usual for name, usual in SECONDS.items()}
    return {
        "map": lambda: autoencoder.make_map(icons, work),
        "judge": lambda: judge.train(icons, work, budget["judge"]),
        "decoder": lambda: autoencoder.train_decoder(icons, work, budget["decoder"]),
        "encoder": lambda: autoencoder.train_encoder(icons, work, budget["encoder"]),
        "joint": lambda: autoencoder.train_both(icons, work, budget["joint"]),
        "anneal": lambda: autoencoder.train_both(icons, work, budget["anneal"], rate=0.2),
        "text": lambda: text.teach(work, budget["text"]),
        "denoiser": lambda: denoise(budget["denoiser"], cool=False, mix=denoiser.rising),
        "cool": lambda: denoise(budget["cool"], cool=True, mix=denoiser.settled),
        "export": lambda: export(icons, work, model),
        "card": lambda: write_card(icons, work, model),
    }


def write_card(icons: IconSet, work: Path, model: Path) -> None:
    """Evaluates the model file and writes MODEL_CARD.md and sheet.webp beside it."""
    figures = evaluate(model, icons, work, (8.0, 4.0), 2, work / "evaluation")
    shape = denoiser.CONFIG
    count = sum(p.numel() for p in denoiser.UNet(shape).parameters()) / 1e6
    unet = (
        f"width {shape.model_channels} × {shape.channel_mult}, one residual block a level, attention at the two inner levels, {count:.1f} M"
    )
    page = card(figures, len(icons.unseen), unet, model.stat().st_size / 1e6, len(open_checkpoint(model).info.related))
    (model.parent / "MODEL_CARD.md").write_text(page, encoding="utf-8")
    Image.open(work / "evaluation" / "sheet.png").save(model.parent / "sheet.webp", quality=88)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m training", description=__doc__)
    parser.add_argument("stages", nargs="*", metavar="STAGE", help=f"{', '.join(ORDER)}; all of them, in this order, when none is named")
    parser.add_argument("--work", type=Path, default=Path.home() / ".cache" / "virgil_nb-training", help="folder for data and parts")
    parser.add_argument("--model", type=Path, default=SHIPPED, help="the model file to write")
    parser.add_argument("--threads", type=int, default=1, help="threads of a torch operation")
    parser.add_argument("--workers", type=int, default=2, help="workers of the denoiser's training, a thread each")
    parser.add_argument("--seconds", type=float, default=None, help="CPU seconds of the stage, instead of its own budget")
    parser.add_argument("--clock", action="store_true", help="the denoiser's budget is seconds of the clock")
    arguments = parser.parse_args()
    unknown = [name for name in arguments.stages if name not in ORDER]
    if unknown:
        parser.error(f"no stage {unknown[0]}; there are {', '.join(ORDER)}")
    torch.set_num_threads(arguments.threads)
    arguments.work.mkdir(parents=True, exist_ok=True)
    every = stages(IconSet(arguments.work), arguments.work, arguments.model, arguments.workers, arguments.seconds, arguments.clock)
    for name in arguments.stages or ORDER:
        print(f"== {name}", flush=True)
        every[name]()


if __name__ == "__main__":
    main()
