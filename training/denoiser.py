"""Training of the denoiser (UNet) on latents of the frozen linear map, told by the frozen text encoder what each scene shows.

Velocity prediction on SD1.x's noise schedule. Two workers, a thread each, share the weights: each computes the gradients of half a batch
and steps half of the weights. (Stepping without waiting for one another was tried: with this momentum it makes the loss rise.)

First the icons stand still in the middle, because in nine places at once the network learns colours and no things; then more and more
of them stand a cell aside, so that two seeds differ; last the canvases around 128 join in, with the icon at the same size, so that only
the margin is new. `denoiser` keeps the rate up and can be stopped whenever time is up; `cool` lets it fall to nothing.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from training.captions import caption, nothing
from training.concepts import COLOURS, CONCEPTS, held_out
from training.icons import IconSet
from training.latents import LatentMap, load_map
from training.muon import Pair
from training.pace import Average
from training.scenes import SIDES, aligned, compose
from training.text import Reader
from training.text import load as load_text
from virgil_nb.diffusion.networks.unet import UNet, UNetConfig

CONFIG = UNetConfig(
    model_channels=40, channel_mult=(1, 2, 4), num_res_blocks=1, transformer_depth=(0, 1, 1), context_dim=64, num_heads=2, norm_groups=10
)
OTHER_CANVASES = tuple(canvas for canvas in SIDES if canvas != 128)
STILL, MOVED = 3, 8  # scenes of each combination on the canvas of 128: in the middle, and one in each place around it
UNCONDITIONAL = 0.12
BATCH = 64


def schedule() -> Tensor:
    """Cumulated alphas of SD1.x's 1,000 steps."""
    betas = torch.linspace(0.00085**0.5, 0.012**0.5, 1000, dtype=torch.float64) ** 2
    return torch.cumprod(1 - betas, 0).float()


@dataclass(frozen=True)
class Bank:
    """Latents of scenes of one canvas, (N, 4, h, w), and what is in them, (N, 2): concept, colour.

    Every combination has `STILL` scenes in the middle, then `moved` aside.
    """

    latents: Tensor
    contents: np.ndarray
    moved: int


@torch.no_grad()
def make_bank(icons: IconSet, mapping: LatentMap, canvas: int, moved: int) -> Bank:
    """Scenes of every concept on every colour, but for the combinations that are held out."""
    rng = np.random.default_rng(canvas)
    latents, contents, waiting = [], [], []
    around = [(x, y) for x in (-1, 0, 1) for y in (-1, 0, 1) if (x, y) != (0, 0)]
    pairs = [(c, b) for c in range(len(CONCEPTS)) for b in range(len(COLOURS)) if not held_out(c, b)]
    for concept, colour in pairs:
        for n in range(STILL + moved):
            layout = aligned(canvas, colour, rng, (0, 0) if n < STILL else around[n - STILL])
            waiting.append(compose(icons.raster(CONCEPTS[concept].slug, layout.size), layout))
            contents.append((concept, colour))
        if len(waiting) >= 64 or (concept, colour) == pairs[-1]:
            batch = torch.from_numpy(np.stack(waiting)).permute(0, 3, 1, 2) * 2 - 1
            latents.append(mapping(batch))
            waiting = []
    return Bank(torch.cat(latents), np.asarray(contents), moved)


def banks(icons: IconSet, work: Path) -> dict[int, Bank]:
    """Banks of all canvases, from `work` when they were made from the same map."""
    mapping = load_map(work / "map.pt")
    mark = float(mapping.kernel.double().abs().sum())
    path = work / "banks.pt"
    if path.exists():
        stored = torch.load(path, weights_only=True)
        if stored["mark"] == mark:
            return {canvas: Bank(latents, contents.numpy(), moved) for canvas, (latents, contents, moved) in stored["banks"].items()}
    made = {128: make_bank(icons, mapping, 128, MOVED)} | {canvas: make_bank(icons, mapping, canvas, 0) for canvas in OTHER_CANVASES}
    kept = {canvas: (bank.latents, torch.from_numpy(bank.contents), bank.moved) for canvas, bank in made.items()}
    torch.save({"mark": mark, "banks": kept}, path)
    return made


@dataclass(frozen=True)
class Mix:
    """What a batch is made of: the share of scenes that stand aside, and of batches on other canvases than 128."""

    moved: float
    other_canvas: float


class Batches:
    """Endless training batches: latents and the states of their captions."""

    def __init__(self, stored: dict[int, Bank], reader: Reader, seed: int) -> None:
        self.stored, self.reader, self.rng = stored, reader, np.random.default_rng(seed)

    @torch.no_grad()
    def next(self, count: int, mix: Mix) -> tuple[Tensor, Tensor]:
        """Latents (count, 4, h, w) and caption states (count, 77, 64)."""
        rng = self.rng
        other = rng.random() < mix.other_canvas
        bank = self.stored[int(rng.choice(OTHER_CANVASES)) if other else 128]
        each = STILL + bank.moved
        aside = rng.integers(STILL, each, size=count) if bank.moved else np.zeros(count, int)
        place = np.where((rng.random(count) < mix.moved) & (bank.moved > 0), aside, rng.integers(STILL, size=count))
        chosen = each * rng.integers(len(bank.latents) // each, size=count) + place
        texts = [
            nothing(rng) if rng.random() < UNCONDITIONAL else caption(int(concept), int(colour), rng).text
            for concept, colour in bank.contents[chosen]
        ]
        return bank.latents[torch.from_numpy(chosen)], self.reader.states(
            [text + "." if text and rng.random() < 0.04 else text for text in texts], rng
        )


def velocity_loss(unet: nn.Module, alphas: Tensor, latents: Tensor, context: Tensor) -> Tensor:
    """Weighted squared error of the velocity at stratified random steps.

    Weights: Hang et al. 2023, arXiv:2303.09556, gamma 5. Sampling starts from pure noise: so do the last steps here.
    """
    count = len(latents)
    steps = ((torch.randperm(count) + torch.rand(count)) * (1000 / count)).long().clamp(max=999)
    kept = torch.where(steps >= 985, torch.zeros(count), alphas[steps])
    keep, blend = kept.sqrt()[:, None, None, None], (1 - kept).sqrt()[:, None, None, None]
    noise = torch.randn_like(latents)
    noisy = (keep * latents + blend * noise).contiguous(memory_format=torch.channels_last)
    error = (unet(noisy, steps, context) - (keep * noise - blend * latents)).square().mean((1, 2, 3))
    signal = kept / (1 - kept)
    weight = signal.clamp(max=5) / (signal + 1) + 0.1
    return (weight * error).mean() / 0.4


def _alias(unet: UNet) -> UNet:
    """A network with the same weights in memory and gradients of its own."""
    other = UNet(CONFIG).to(memory_format=torch.channels_last)
    for mine, theirs in zip(other.parameters(), unet.parameters(), strict=True):
        mine.data = theirs.data
    return other


def rising(done: float) -> Mix:
    """The first stage: icons stand still for its first half."""
    return Mix(moved=min(0.5, max(0.0, done - 0.5)), other_canvas=0.0)


def settled(done: float) -> Mix:
    """The second stage: half of the icons stand aside; the other canvases join."""
    return Mix(moved=0.5, other_canvas=0.12 if done > 0.1 else 0.0)


def train(
    icons: IconSet, work: Path, seconds: float, rate: float, cool: bool, mix: Callable[[float], Mix], workers: int = 2, clock: bool = False
) -> None:
    """Trains from `work`/denoiser.pt if it is there, for `seconds` of CPU time, or of the `clock`.

    cool: the rate falls to zero over them. mix: what batches are made of when a share `done` of them is over.
    """
    stored, reader, alphas = banks(icons, work), load_text(work), schedule()
    torch.manual_seed(int(time.time()) if (work / "denoiser.pt").exists() else 5)
    unet = UNet(CONFIG).to(memory_format=torch.channels_last)
    named = sorted(unet.named_parameters(), key=lambda item: -item[1].numel())  # dealt out in turn, so that all workers step alike
    average, first = Average([unet], 0.994), 0
    optimisers = [Pair(named[n::workers]) for n in range(workers)]  # each worker steps its share of the weights
    if (work / "denoiser.pt").exists():
        state = torch.load(work / "denoiser.pt", weights_only=True)
        unet.load_state_dict(state["unet"])
        first = state["step"]
        average.shadow, average.steps = state["average"], first
        if len(state["optimisers"]) == workers:
            for optimiser, kept in zip(optimisers, state["optimisers"], strict=True):
                optimiser.load_state_dict(kept)
    replicas = [_alias(unet) for _ in range(workers)]
    gradients = [[dict(replica.named_parameters())[name] for name, _ in named] for replica in replicas]
    share, barrier = BATCH // workers, threading.Barrier(workers)
    started, used = time.time(), time.process_time()
    progress = {"step": float(first), "loss": 0.0, "done": 0.0, "saved": time.time()}

    def save() -> None:
        parts = [optimiser.state_dict() for optimiser in optimisers]
        state = {"unet": unet.state_dict(), "optimisers": parts, "average": average.shadow, "step": int(progress["step"])}
        torch.save(state, work / "denoiser.new")
        (work / "denoiser.new").replace(work / "denoiser.pt")
        progress["saved"] = time.time()

    def report(loss: float) -> None:
        spent = time.time() - started if clock else time.process_time() - used
        progress["done"] = min(1.0, spent / seconds)
        progress["step"] += 1
        taken = progress["step"] - first
        progress["loss"] += (loss - progress["loss"]) / min(taken, 50)
        if taken % 50 == 0:
            each = 1000 * (time.process_time() - used) / taken / BATCH
            done, passed = f"step {int(progress['step'])} done {progress['done']:.3f}", time.time() - started
            print(f"{done} loss {progress['loss']:.4f}, {passed:.0f} s, {each:.1f} CPU ms a sample", flush=True)
        if time.time() - progress["saved"] > 180:
            save()

    def work_on(worker: int) -> None:
        torch.set_num_threads(1)
        replica, batches = replicas[worker], Batches(stored, reader, seed=1000 * worker + first)
        while progress["done"] < 1:
            loss = velocity_loss(replica, alphas, *batches.next(share, mix(progress["done"])))
            loss.backward()
            barrier.wait()
            for n in range(worker, len(named), workers):
                named[n][1].grad = sum(mine[n].grad for mine in gradients) / workers
            warm = min(1.0, (progress["step"] - first + 1) / (200 if first == 0 else 20))
            optimisers[worker].set_rate(rate * warm * (1 - progress["done"] if cool else 1))
            optimisers[worker].step()
            barrier.wait()
            replica.zero_grad(set_to_none=True)
            if worker == 0:
                average.update()
                report(float(loss.detach()))
            barrier.wait()

    threads = [threading.Thread(target=work_on, args=(n,)) for n in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    save()
