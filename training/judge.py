"""The judge: a small classifier that says which thing and which background colour a picture shows.

Trained apart from the model, on renderings that are moved, turned, scaled, blurred and noised much more than the model's training scenes,
with its own seeds. Broken pictures (parts of two things mixed) are a class of their own, so a blob isn't called a fox for want of choice.
"""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image, ImageFilter
from torch import Tensor, nn

from training.concepts import COLOURS, CONCEPTS
from training.icons import IconSet
from training.pace import Average, Pace
from training.scenes import Layout, compose, jittered

BROKEN = len(CONCEPTS)  # class of pictures that show no one thing
SIDE = 64  # what the judge looks at


class Judge(nn.Module):
    """(B, 3, H, W) in 0..1 -> logits of the things and BROKEN (B, n + 1), logits of the colours (B, 13)."""

    def __init__(self, width: int = 32) -> None:
        super().__init__()
        widths = (width, width * 2, width * 3, width * 5)
        layers: list[nn.Module] = []
        before = 3
        for channels in widths:
            layers += [nn.Conv2d(before, channels, 3, 2, 1, bias=False), nn.BatchNorm2d(channels), nn.ReLU()]
            layers += [nn.Conv2d(channels, channels, 3, 1, 1, bias=False), nn.BatchNorm2d(channels), nn.ReLU()]
            before = channels
        self.features = nn.Sequential(*layers)
        self.thing = nn.Linear(before * 4 * 4, len(CONCEPTS) + 1)
        self.colour = nn.Sequential(nn.Linear(before * 4 * 4 + 12, 64), nn.ReLU(), nn.Linear(64, len(COLOURS)))

    def forward(self, pictures: Tensor) -> tuple[Tensor, Tensor]:
        small = F.interpolate(pictures, (SIDE, SIDE), mode="area")
        found = self.features(small * 2 - 1).flatten(1)
        corners = F.adaptive_avg_pool2d(small, 8)[:, :, [0, 0, 7, 7], [0, 7, 0, 7]].flatten(1)
        return self.thing(found), self.colour(torch.cat([found, corners], dim=1))


def example(icons: IconSet, concept: int, colour: int, rng: np.random.Generator) -> np.ndarray:
    """One augmented rendering, (128, 128, 3) float32 in 0..1."""
    size = int(rng.choice((72, 80, 88, 96, 104, 112)))
    icon = Image.fromarray(icons.raster(CONCEPTS[concept].slug, size))
    if rng.random() < 0.6:
        icon = icon.rotate(float(rng.uniform(-12, 12)), Image.Resampling.BILINEAR)
    slack = max(4, (128 - size) // 2)
    left, top = (int(v) for v in (128 - size) // 2 + rng.integers(-slack, slack + 1, 2))
    gradient = tuple(float(v) for v in rng.uniform(-0.12, 0.12, 2))
    layout = Layout(128, size, left, top, jittered(COLOURS[colour].rgb, rng), gradient, float(rng.uniform(0, 0.4)))  # type: ignore[arg-type]
    return compose(np.asarray(icon), layout)


def damaged(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The picture with what a decoder may do to it: blur, coarse pixels, noise, a change of contrast."""
    image = Image.fromarray((picture * 255).astype(np.uint8))
    choice = rng.random()
    if choice < 0.35:
        image = image.filter(ImageFilter.GaussianBlur(float(rng.uniform(0.3, 2.2))))
    elif choice < 0.5:
        side = int(rng.integers(32, 96))
        image = image.resize((side, side), Image.Resampling.BILINEAR).resize((128, 128), Image.Resampling.BILINEAR)
    result = np.asarray(image, np.float32) / 255
    if rng.random() < 0.5:
        result = (result - 0.5) * rng.uniform(0.85, 1.15) + 0.5 + rng.uniform(-0.04, 0.04)
    if rng.random() < 0.4:
        coarse = rng.normal(0, rng.uniform(0.02, 0.08), (32, 32, 3)).astype(np.float32)
        result = result + np.kron(coarse, np.ones((4, 4, 1), np.float32))
    return np.clip(result, 0, 1).astype(np.float32)


def batch(icons: IconSet, count: int, rng: np.random.Generator, broken: float = 0.08) -> tuple[Tensor, Tensor, Tensor]:
    """Damaged examples (count, 3, 128, 128), their things and colours; a share `broken` is two pictures cut together."""
    things, colours = rng.integers(len(CONCEPTS), size=count), rng.integers(len(COLOURS), size=count)
    pictures = []
    for n in range(count):
        picture = example(icons, int(things[n]), int(colours[n]), rng)
        if rng.random() < broken:
            other = example(icons, int(rng.integers(len(CONCEPTS))), int(colours[n]), rng)
            cells = np.kron(rng.random((4, 4)) < 0.5, np.ones((32, 32)))[:, :, None]
            picture = np.where(cells > 0, picture, other)
            things[n] = BROKEN
        pictures.append(damaged(picture, rng))
    return torch.from_numpy(np.stack(pictures).astype(np.float32)).permute(0, 3, 1, 2), torch.from_numpy(things), torch.from_numpy(colours)


def train(icons: IconSet, work: Path, cpu_seconds: float) -> None:
    """Trains the judge and prints its accuracy on renderings with seeds of their own."""
    rng, judge = np.random.default_rng(77), Judge()
    torch.manual_seed(77)
    optimiser = torch.optim.AdamW(judge.parameters(), lr=1e-3, weight_decay=0.02)
    average, pace, step, started = Average([judge], 0.99), Pace(cpu_seconds, 3e-3, warm_up=0.05), 0, time.time()
    while pace.done < 1:
        pace.set_rate(optimiser)
        pictures, things, colours = batch(icons, 48, rng)
        thing, colour = judge(pictures)
        loss = F.cross_entropy(thing, things, label_smoothing=0.05) + 0.5 * F.cross_entropy(colour, colours)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        optimiser.step()
        average.update()
        step += 1
        if step % 50 == 0:
            right = float((thing.argmax(1) == things).float().mean())
            print(
                f"judge {step} done {pace.done:.2f} loss {float(loss.detach()):.3f} right {right:.2f} {time.time() - started:.0f} s",
                flush=True,
            )
    torch.save(judge.state_dict(), work / "judge.pt")
    thing_share, colour_share = accuracy(icons, load(work), 2000)
    print(f"judge: thing right {thing_share:.3f}, background right {colour_share:.3f} on 2000 renderings of unseen seeds", flush=True)


def load(work: Path) -> Judge:
    judge = Judge()
    judge.load_state_dict(torch.load(work / "judge.pt", weights_only=True))
    return judge.eval()


@torch.no_grad()
def accuracy(icons: IconSet, judge: Judge, count: int) -> tuple[float, float]:
    """Shares of right things and right colours on fresh damaged renderings, none of them broken."""
    rng = np.random.default_rng(4242)
    thing_right = colour_right = 0
    for start in range(0, count, 50):
        pictures, things, colours = batch(icons, min(50, count - start), rng, broken=0.0)
        thing, colour = judge(pictures)
        thing_right += int((thing.argmax(1) == things).sum())
        colour_right += int((colour.argmax(1) == colours).sum())
    return thing_right / count, colour_right / count
