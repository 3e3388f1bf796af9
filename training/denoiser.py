"""Training of the denoiser (UNet) and the text encoder together, on latents of the frozen linear map.

Velocity prediction on SD1.x's noise schedule. Two workers, a thread each, share the weights: each computes the gradients of half a batch
and steps half of the weights. (Stepping without waiting for one another was tried: with this momentum it makes the loss rise.) The rate
is constant in the first stage and falls to nothing in the second (`cool`), so that the first can be stopped whenever time is up.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from training.captions import caption, nothing
from training.concepts import COLOURS, CONCEPTS, TAUGHT, held_out
from training.icons import IconSet
from training.latents import LatentMap, load_map
from training.muon import Pair
from training.pace import Average, Pace
from training.scenes import aligned, compose, sizes
from training.text import UNKNOWN, fresh_text_model, rows_of
from virgil_nb.diffusion.networks.unet import UNet, UNetConfig

CONFIG = UNetConfig(
    model_channels=40, channel_mult=(1, 2, 4), num_res_blocks=1, transformer_depth=(0, 1, 1), context_dim=64, num_heads=2, norm_groups=10
)
CANVASES, CANVAS_SHARES = (128, 112, 144, 96, 160), (0.86, 0.05, 0.05, 0.02, 0.02)
SIZE_SHARES = (0.15, 0.7, 0.15)  # small, middle, large icons: one size for most, so that it becomes crisp
UNCONDITIONAL = 0.13
BATCH = 48


def schedule() -> Tensor:
    """Cumulated alphas of SD1.x's 1,000 steps."""
    betas = torch.linspace(0.00085**0.5, 0.012**0.5, 1000, dtype=torch.float64) ** 2
    return torch.cumprod(1 - betas, 0).float()


@dataclass(frozen=True)
class Bank:
    """Latents of scenes of one canvas, (N, 4, h, w), and what is in them, (N, 2): concept, colour."""

    latents: Tensor
    contents: np.ndarray


@torch.no_grad()
def make_bank(icons: IconSet, mapping: LatentMap, canvas: int, each: int, seed: int) -> Bank:
    """`each` scenes of every concept on every colour, but for the combinations that are held out."""
    rng = np.random.default_rng(seed)
    latents, contents, waiting = [], [], []
    pairs = [(c, b) for c in range(len(CONCEPTS)) for b in range(len(COLOURS)) if not held_out(c, b)]
    for concept, colour in pairs:
        for n in range(each):
            size = sizes(canvas)[n % 3]
            layout = aligned(canvas, colour, rng, size)
            waiting.append(compose(icons.raster(CONCEPTS[concept].slug, size), layout))
            contents.append((concept, colour))
        if len(waiting) >= 64 or (concept, colour) == pairs[-1]:
            batch = torch.from_numpy(np.stack(waiting)).permute(0, 3, 1, 2) * 2 - 1
            latents.append(mapping(batch))
            waiting = []
    return Bank(torch.cat(latents), np.asarray(contents))


def banks(icons: IconSet, work: Path) -> dict[int, Bank]:
    """Banks of all canvases, from `work` when they were made from the same map."""
    mapping = load_map(work / "map.pt")
    mark = float(mapping.kernel.double().abs().sum())
    path = work / "banks.pt"
    if path.exists():
        stored = torch.load(path, weights_only=True)
        if stored["mark"] == mark:
            return {canvas: Bank(latents, contents.numpy()) for canvas, (latents, contents) in stored["banks"].items()}
    made = {canvas: make_bank(icons, mapping, canvas, 18 if canvas == 128 else 3, canvas) for canvas in CANVASES}
    torch.save({"mark": mark, "banks": {canvas: (b.latents, torch.from_numpy(b.contents)) for canvas, b in made.items()}}, path)
    return made


@torch.no_grad()
def taught_bank(icons: IconSet, mapping: LatentMap) -> Bank:
    """Scenes of the taught concepts alone, large and in the middle: six of each on every colour, but for the held-out combinations."""
    rng, scenes, contents = np.random.default_rng(1), [], []
    for concept in TAUGHT:
        for colour in (b for b in range(len(COLOURS)) if not held_out(concept, b)):
            for _ in range(6):
                layout = replace(aligned(128, colour, rng, 96), left=16, top=16)
                scenes.append(compose(icons.raster(CONCEPTS[concept].slug, 96), layout))
                contents.append((concept, colour))
    pictures = torch.from_numpy(np.stack(scenes)).permute(0, 3, 1, 2) * 2 - 1
    return Bank(torch.cat([mapping(part) for part in pictures.split(64)]), np.asarray(contents))


class Batches:
    """Endless training batches: latents and the rows of their captions."""

    def __init__(self, stored: dict[int, Bank], seed: int) -> None:
        self.stored, self.rng = stored, np.random.default_rng(seed)

    def next(self, count: int) -> tuple[Tensor, Tensor, Tensor]:
        rng = self.rng
        bank = self.stored[int(rng.choice(CANVASES, p=CANVAS_SHARES))]
        row = rng.integers(len(bank.latents) // 3, size=count)  # scenes lie in threes: small, middle, large
        chosen = 3 * row + rng.choice(3, size=count, p=SIZE_SHARES)
        texts, labels = [], torch.full((count, 2), -1)
        for n, (concept, colour) in enumerate(bank.contents[chosen]):
            if rng.random() < UNCONDITIONAL:
                texts.append(nothing(rng))
                continue
            made = caption(int(concept), int(colour), rng)
            labels[n] = torch.tensor([int(concept), int(colour) if made.names_colour else len(COLOURS)])
            texts.append(made.text + "." if rng.random() < 0.04 else made.text)
        rows = rows_of(texts)
        for line in rows[rng.random(count) < 0.03]:  # a word that nobody taught, somewhere near the start
            line[int(rng.integers(1, 4))] = UNKNOWN
        return bank.latents[torch.from_numpy(chosen)], rows, labels


class Denoiser(nn.Module):
    """UNet and text encoder, with the loss of a batch.

    The text encoder learns from two small heads that read thing and colour off its states, not through the UNet: that gradient is so
    faint at first that finding the one word which names the thing would take most of the training.
    """

    def __init__(self) -> None:
        super().__init__()
        self.unet = UNet(CONFIG)
        self.text = fresh_text_model()
        self.thing = nn.Linear(CONFIG.context_dim, len(CONCEPTS))
        self.colour = nn.Linear(CONFIG.context_dim, len(COLOURS) + 1)
        self.alphas: Tensor
        self.register_buffer("alphas", schedule(), persistent=False)

    def read(self, hidden: Tensor, labels: Tensor) -> Tensor:
        """Cross-entropy of the heads, at the mean of the states after the text's end and at one of them. labels: (B, 2), -1 to skip.

        Most of the 77 positions are such ends, so the UNet finds what the caption says wherever its attention falls.
        """
        chosen = hidden[torch.arange(len(hidden)), torch.randint(24, hidden.shape[1], (len(hidden),))]
        ends, labels = torch.cat([hidden[:, 24:].mean(1), chosen]), labels.repeat(2, 1)
        loss = nn.functional.cross_entropy(self.thing(ends), labels[:, 0], ignore_index=-1)
        return loss + 0.5 * nn.functional.cross_entropy(self.colour(ends), labels[:, 1], ignore_index=-1)

    def loss(self, latents: Tensor, rows: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        """The denoiser's loss and the heads'.

        Weighted squared error of the velocity at stratified random steps. Weights: Hang et al. 2023, arXiv:2303.09556, gamma 5."""
        count = len(latents)
        steps = ((torch.randperm(count) + torch.rand(count)) * (1000 / count)).long().clamp(max=999)
        alphas = torch.where(
            steps >= 985, torch.zeros(count), self.alphas[steps]
        )  # sampling starts from pure noise: so does the last step here
        keep, blend = alphas.sqrt()[:, None, None, None], (1 - alphas).sqrt()[:, None, None, None]
        noise = torch.randn_like(latents)
        hidden = self.text(input_ids=rows).last_hidden_state
        context = hidden.detach()
        noisy = (keep * latents + blend * noise).contiguous(memory_format=torch.channels_last)
        made = self.unet(noisy, steps, context)
        error = (made - (keep * noise - blend * latents)).square().mean((1, 2, 3))
        signal = alphas / (1 - alphas)
        weight = signal.clamp(max=5) / (signal + 1) + 0.1
        return (weight * error).mean() / 0.4, self.read(hidden, labels)


def _alias(model: Denoiser) -> Denoiser:
    """A model with the same weights in memory and gradients of its own."""
    other = Denoiser().to(memory_format=torch.channels_last)
    for mine, theirs in zip(other.parameters(), model.parameters(), strict=True):
        mine.data = theirs.data
    return other


def teach_text(work: Path, cpu_seconds: float) -> None:
    """Trains the text encoder alone to tell things and colours apart; the denoiser's training goes on with that beside the UNet's."""
    torch.manual_seed(6)
    rng, model = np.random.default_rng(6), Denoiser()
    if (work / "denoiser.pt").exists():
        state = torch.load(work / "denoiser.pt", weights_only=True)
        model.load_state_dict(state["model"], strict=False)
    else:
        state = {"step": 0}
    heads = nn.ModuleList([model.text, model.thing, model.colour])
    optimiser = torch.optim.AdamW(heads.parameters(), lr=3e-3, betas=(0.9, 0.99), weight_decay=0.01)
    pace, step = Pace(cpu_seconds, 2e-3, warm_up=0.05), 0
    while pace.done < 1:
        pace.set_rate(optimiser)
        things, colours = rng.integers(len(CONCEPTS), size=64), rng.integers(len(COLOURS), size=64)
        made = [caption(int(c), int(b), rng) for c, b in zip(things, colours, strict=True)]
        named = torch.tensor([int(b) if m.names_colour else len(COLOURS) for m, b in zip(made, colours, strict=True)])
        hidden = model.text(input_ids=rows_of([m.text for m in made])).last_hidden_state
        loss = model.read(hidden, torch.stack([torch.from_numpy(things), named], dim=1))
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        model.text.get_input_embeddings().weight.grad[UNKNOWN] = 0
        optimiser.step()
        step += 1
        if step % 25 == 0:
            right = float((model.thing(hidden[:, 24:].mean(1)).argmax(1) == torch.from_numpy(things)).float().mean())
            print(f"text {step} done {pace.done:.2f} loss {float(loss.detach()):.3f} right {right:.2f}", flush=True)
    average = [p.detach().clone() for p in model.parameters()]
    torch.save({"model": model.state_dict(), "optimisers": [], "average": average, "step": state["step"]}, work / "denoiser.pt")


def train(
    icons: IconSet, work: Path, seconds: float, rate: float, cool: bool, workers: int = 2, clock: bool = False, taught: bool = False
) -> None:
    """Trains from `work`/denoiser.pt if it is there, for `seconds` of CPU time, or of the `clock`.

    cool: the rate falls to zero over them. taught: only on the concepts that the shipped file draws.
    """
    stored = dict.fromkeys(CANVASES, taught_bank(icons, load_map(work / "map.pt"))) if taught else banks(icons, work)
    torch.manual_seed(int(time.time()) if (work / "denoiser.pt").exists() else 5)
    model = Denoiser().to(memory_format=torch.channels_last)
    named = list(model.named_parameters())
    average, first = Average([model], 0.992), 0
    optimisers = [Pair(named[n::workers]) for n in range(workers)]  # each worker steps its share of the weights
    if (work / "denoiser.pt").exists():
        state = torch.load(work / "denoiser.pt", weights_only=True)
        model.load_state_dict(state["model"], strict=False)
        first = state["step"]
        if len(state["average"]) == len(average.shadow):
            average.shadow, average.steps = state["average"], first
        for optimiser, kept in zip(optimisers, state["optimisers"], strict=False):
            if len(state["optimisers"]) == workers:
                optimiser.load_state_dict(kept)
    replicas = [_alias(model) for _ in range(workers)]
    gradients = [list(replica.parameters()) for replica in replicas]
    share, barrier = BATCH // workers, threading.Barrier(workers)
    started, used = time.time(), time.process_time()
    progress = {"step": float(first), "loss": 0.0, "reading": 0.0, "done": 0.0, "saved": time.time()}

    def save() -> None:
        parts = [optimiser.state_dict() for optimiser in optimisers]
        state = {"model": model.state_dict(), "optimisers": parts, "average": average.shadow, "step": int(progress["step"])}
        torch.save(state, work / "denoiser.new")
        (work / "denoiser.new").replace(work / "denoiser.pt")
        progress["saved"] = time.time()

    def report(loss: float, reading: float) -> None:
        spent = time.time() - started if clock else time.process_time() - used
        progress["done"] = min(1.0, spent / seconds)
        progress["step"] += 1
        taken = progress["step"] - first
        progress["loss"] += (loss - progress["loss"]) / min(taken, 50)
        progress["reading"] += (reading - progress["reading"]) / min(taken, 50)
        if taken % 50 == 0:
            each = 1000 * (time.process_time() - used) / taken / BATCH
            done, passed = f"step {int(progress['step'])} done {progress['done']:.3f}", time.time() - started
            print(
                f"{done} loss {progress['loss']:.4f}, heads {progress['reading']:.3f}, {passed:.0f} s, {each:.1f} CPU ms a sample",
                flush=True,
            )
        if time.time() - progress["saved"] > 180:
            save()

    def work_on(worker: int) -> None:
        torch.set_num_threads(1)
        replica, batches = replicas[worker], Batches(stored, seed=1000 * worker + first)
        while progress["done"] < 1:
            loss, reading = replica.loss(*batches.next(share))
            (loss + 0.3 * reading).backward()
            replica.text.get_input_embeddings().weight.grad[UNKNOWN] = 0
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
                report(float(loss.detach()), float(reading.detach()))
            barrier.wait()

    threads = [threading.Thread(target=work_on, args=(n,)) for n in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    save()
