"""Training of the denoiser (UNet) and the text encoder together, on latents of the frozen linear map.

Velocity prediction on SD1.x's noise schedule. Two workers, a thread each, share the weights and step without waiting for one another
(Recht et al. 2011, arXiv:1106.5730): on a CPU that others use too, no worker idles at a barrier. The rate is constant in the first
stage and falls to nothing in the second (`cool`), so that the first can be stopped whenever time is up.
"""

from __future__ import annotations

import threading
import time
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


class Batches:
    """Endless training batches: latents and the rows of their captions."""

    def __init__(self, stored: dict[int, Bank], seed: int) -> None:
        self.stored, self.rng = stored, np.random.default_rng(seed)

    def next(self, count: int) -> tuple[Tensor, Tensor]:
        rng = self.rng
        bank = self.stored[int(rng.choice(CANVASES, p=CANVAS_SHARES))]
        row = rng.integers(len(bank.latents) // 3, size=count)  # scenes lie in threes: small, middle, large
        chosen = 3 * row + rng.choice(3, size=count, p=SIZE_SHARES)
        texts = []
        for concept, colour in bank.contents[chosen]:
            text = nothing(rng) if rng.random() < UNCONDITIONAL else caption(int(concept), int(colour), rng).text
            texts.append(text + "." if text and rng.random() < 0.04 else text)
        rows = rows_of(texts)
        for line in rows[rng.random(count) < 0.03]:  # a word that nobody taught, somewhere near the start
            line[int(rng.integers(1, 4))] = UNKNOWN
        return bank.latents[torch.from_numpy(chosen)], rows


class Denoiser(nn.Module):
    """UNet and text encoder, with the loss of a batch."""

    def __init__(self) -> None:
        super().__init__()
        self.unet = UNet(CONFIG)
        self.text = fresh_text_model()
        self.alphas: Tensor
        self.register_buffer("alphas", schedule(), persistent=False)

    def loss(self, latents: Tensor, rows: Tensor) -> Tensor:
        """Weighted squared error of the velocity at stratified random steps. Weights: Hang et al. 2023, arXiv:2303.09556, gamma 5."""
        count = len(latents)
        steps = ((torch.randperm(count) + torch.rand(count)) * (1000 / count)).long().clamp(max=999)
        alphas = torch.where(
            steps >= 985, torch.zeros(count), self.alphas[steps]
        )  # sampling starts from pure noise: so does the last step here
        keep, blend = alphas.sqrt()[:, None, None, None], (1 - alphas).sqrt()[:, None, None, None]
        noise = torch.randn_like(latents)
        context = self.text(input_ids=rows).last_hidden_state
        noisy = (keep * latents + blend * noise).contiguous(memory_format=torch.channels_last)
        made = self.unet(noisy, steps, context)
        error = (made - (keep * noise - blend * latents)).square().mean((1, 2, 3))
        signal = alphas / (1 - alphas)
        weight = signal.clamp(max=5) / (signal + 1) + 0.1
        return (weight * error).mean() / 0.4


def _alias(model: Denoiser) -> Denoiser:
    """A model with the same weights in memory and gradients of its own."""
    other = Denoiser().to(memory_format=torch.channels_last)
    for mine, theirs in zip(other.parameters(), model.parameters(), strict=True):
        mine.data = theirs.data
    return other


def train(icons: IconSet, work: Path, cpu_seconds: float, rate: float, cool: bool, workers: int = 2) -> None:
    """Trains from `work`/denoiser.pt if it is there, for `cpu_seconds` of CPU time; `cool` lets the rate fall to zero over them."""
    stored = banks(icons, work)
    torch.manual_seed(int(time.time()) if (work / "denoiser.pt").exists() else 5)
    model = Denoiser().to(memory_format=torch.channels_last)
    parameters = list(model.parameters())
    optimiser = Pair(model)
    average = Average([model], 0.999)
    step = 0
    if (work / "denoiser.pt").exists():
        state = torch.load(work / "denoiser.pt", weights_only=True)
        model.load_state_dict(state["model"])
        optimiser.load_state_dict(state["optimiser"])
        average.shadow, average.steps, step = state["average"], state["step"], state["step"]
    lock, started, used = threading.Lock(), time.time(), time.process_time()
    progress = {"step": step, "loss": 0.5, "done": 0.0, "saved": time.time()}

    def save() -> None:
        state = {"model": model.state_dict(), "optimiser": optimiser.state_dict(), "average": average.shadow, "step": int(progress["step"])}
        torch.save(state, work / "denoiser.new")
        (work / "denoiser.new").replace(work / "denoiser.pt")
        progress["saved"] = time.time()

    def work_on(worker: int) -> None:
        torch.set_num_threads(1)
        replica, batches = _alias(model), Batches(stored, seed=1000 * worker + step)
        mine = list(replica.parameters())
        while progress["done"] < 1:
            loss = replica.loss(*batches.next(BATCH))
            loss.backward()
            replica.text.get_input_embeddings().weight.grad[UNKNOWN] = 0
            with lock:
                progress["done"] = min(1.0, (time.process_time() - used) / cpu_seconds)
                warm = min(1.0, (progress["step"] + 1) / 200)
                optimiser.set_rate(rate * warm * (1 - progress["done"] if cool else 1))
                for parameter, own in zip(parameters, mine, strict=True):
                    parameter.grad, own.grad = own.grad, None
                optimiser.step()
                average.update()
                progress["step"] += 1
                progress["loss"] += 0.02 * (float(loss.detach()) - progress["loss"])
                if progress["step"] % 50 == 0:
                    each = 1000 * (time.process_time() - used) / max(1, progress["step"] - step) / BATCH
                    done, passed = f"step {progress['step']} done {progress['done']:.3f}", time.time() - started
                    print(f"{done} loss {progress['loss']:.4f} {passed:.0f} s, {each:.1f} CPU ms a sample", flush=True)
                if time.time() - progress["saved"] > 180:
                    save()

    threads = [threading.Thread(target=work_on, args=(n,)) for n in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    save()
