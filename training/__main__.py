"""`python -m training [--work FOLDER] [STAGE ...]`: fetches the data and trains the model; all stages in order when none is named."""

from __future__ import annotations

import argparse
from pathlib import Path

import torch

from training import autoencoder, denoiser, judge
from training.icons import IconSet


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m training", description=__doc__)
    parser.add_argument("stages", nargs="*")
    parser.add_argument("--work", type=Path, default=Path.home() / ".cache" / "virgil_nb-training")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=None)
    parser.add_argument("--workers", type=int, default=2)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    arguments.work.mkdir(parents=True, exist_ok=True)
    icons = IconSet(arguments.work)
    for stage in arguments.stages:
        if stage == "map":
            autoencoder.make_map(icons, arguments.work)
        elif stage == "decoder":
            autoencoder.train_decoder(icons, arguments.work, arguments.seconds or 900, adversarial=False)
        elif stage == "crisp":
            autoencoder.train_decoder(icons, arguments.work, arguments.seconds or 900, adversarial=True, rate=0.4, seed=4)
        elif stage == "encoder":
            autoencoder.train_encoder(icons, arguments.work, arguments.seconds or 420)
        elif stage == "judge":
            judge.train(icons, arguments.work, arguments.seconds or 300)
        elif stage == "denoiser":
            denoiser.train(icons, arguments.work, arguments.seconds or 4200, rate=1.0, cool=False, workers=arguments.workers)
        elif stage == "cool":
            denoiser.train(icons, arguments.work, arguments.seconds or 1800, rate=1.0, cool=True, workers=arguments.workers)


if __name__ == "__main__":
    main()
