"""Training of the autoencoder, in three stages: linear map and decoder together, decoder alone (crisper), encoder alone.

The encoder of the checkpoint learns to give what the linear map gives; scale and mean are folded into `quant_conv` and
`post_quant_conv`, so that latents times 0.18215 have variance 1, as the sampler expects.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from training.concepts import COLOURS, CONCEPTS
from training.icons import IconSet
from training.latents import CHANNELS, LatentMap, load_map
from training.muon import Pair
from training.pace import Average, Pace
from training.scenes import aligned, compose, free
from virgil_nb.diffusion.latents import SD1_RGB
from virgil_nb.diffusion.networks.vae import AutoencoderKL, VAEConfig

CONFIG = VAEConfig(ch=16, ch_mult=(1, 2, 4, 8), num_res_blocks=1)
SCALE = 0.18215  # SD1.x's latent factor


def pictures(icons: IconSet, count: int, canvas: int, rng: np.random.Generator, known: float = 0.5) -> Tensor:
    """Scenes in -1..1, (count, 3, canvas, canvas), of any icon but the unseen ones.

    known: share of the icons that are concepts, and of the layouts that are the denoiser's; the other layouts are free.
    """
    unseen = set(icons.unseen)
    others = [slug for slug in icons.things if slug not in unseen]
    scenes = []
    for _ in range(count):
        if rng.random() < known and canvas >= 112:
            layout = aligned(canvas, int(rng.integers(len(COLOURS))), rng)
        else:
            layout = free(canvas, int(rng.choice([size for size in (56, 72, 88, 104) if size <= canvas])), rng)
        slug = CONCEPTS[int(rng.integers(len(CONCEPTS)))].slug if rng.random() < known else others[int(rng.integers(len(others)))]
        scenes.append(compose(icons.raster(slug, layout.size), layout))
    return torch.from_numpy(np.stack(scenes)).permute(0, 3, 1, 2).contiguous() * 2 - 1


def known_scenes(icons: IconSet, count: int, canvas: int, rng: np.random.Generator) -> Tensor:
    """Scenes as the denoiser sees them, (count, 3, canvas, canvas) in -1..1."""
    scenes = []
    for _ in range(count):
        layout = aligned(canvas, int(rng.integers(len(COLOURS))), rng)
        scenes.append(compose(icons.raster(CONCEPTS[int(rng.integers(len(CONCEPTS)))].slug, layout.size), layout))
    return torch.from_numpy(np.stack(scenes)).permute(0, 3, 1, 2).contiguous() * 2 - 1


def fresh() -> AutoencoderKL:
    """An untrained autoencoder whose outer 1x1 convolutions only scale, and whose attention starts (and stays) at nothing."""
    vae = AutoencoderKL(CONFIG)
    with torch.no_grad():
        identity = torch.eye(CHANNELS)[:, :, None, None]
        vae.quant_conv.weight.zero_()
        vae.quant_conv.weight[:CHANNELS, :CHANNELS] = identity / SCALE
        vae.quant_conv.bias.zero_()
        vae.quant_conv.bias[CHANNELS:] = -20.0  # log-variance: the encoder is certain
        vae.post_quant_conv.weight.copy_(identity * SCALE)
        vae.post_quant_conv.bias.zero_()
        for mid in (vae.encoder.mid, vae.decoder.mid):
            mid.attn_1.proj_out.weight.zero_()
            mid.attn_1.proj_out.bias.zero_()
    for mid in (vae.encoder.mid, vae.decoder.mid):
        mid.attn_1.requires_grad_(False)
    return vae


def edges(x: Tensor) -> tuple[Tensor, Tensor]:
    return x[:, :, :, 1:] - x[:, :, :, :-1], x[:, :, 1:] - x[:, :, :-1]


def reconstruction_loss(made: Tensor, wanted: Tensor) -> Tensor:
    """Mean absolute error of the pixels and of their differences, with a little squared error."""
    loss = (made - wanted).abs().mean() + 0.5 * (made - wanted).square().mean()
    for a, b in zip(edges(made), edges(wanted), strict=True):
        loss = loss + 0.7 * (a - b).abs().mean()
    return loss


def psnr(made: Tensor, wanted: Tensor) -> float:
    """Peak signal-to-noise ratio in dB, mean over the batch; pictures in -1..1."""
    error = ((made.clamp(-1, 1) - wanted) / 2).square().mean((1, 2, 3))
    return float((-10 * torch.log10(error)).mean())


def unseen_pictures(icons: IconSet, canvas: int = 128) -> Tensor:
    """The test set of the round trip: every icon that no training saw, each laid out freely once, always the same."""
    rng = np.random.default_rng(2024)
    scenes = [compose(icons.raster(slug, 88), free(canvas, 88, rng)) for slug in icons.unseen]
    return torch.from_numpy(np.stack(scenes)).permute(0, 3, 1, 2).contiguous() * 2 - 1


def make_map(icons: IconSet, out: Path) -> None:
    """Stage 1: the linear map, from the principal components of pictures of all kinds, white on the denoiser's scenes."""
    rng, mapping = np.random.default_rng(1), LatentMap()
    mapping.start_from_components(pictures(icons, 384, 128, rng))
    whiten(mapping, known_scenes(icons, 512, 128, rng))
    torch.save(mapping.state_dict(), out / "map.pt")


@torch.no_grad()
def whiten(mapping: LatentMap, scenes: Tensor) -> None:
    """Gives the map's channels unit variance and no correlation on `scenes`, then turns them towards SD1's preview colours."""
    mapping.standardise(scenes)
    z = mapping(scenes).transpose(0, 1).flatten(1).double()
    values, vectors = torch.linalg.eigh(z @ z.T / z.shape[1])
    change = (vectors / values.sqrt()).T
    change = _towards_usual_colours(change @ z, scenes) @ change
    kernel = mapping.kernel.double() / mapping.scale.double()[:, None, None, None]
    mapping.mean.copy_(change @ (mapping.mean / mapping.scale).double())
    mapping.kernel.copy_(torch.einsum("ij,jchw->ichw", change, kernel))
    mapping.scale.fill_(1)


def _towards_usual_colours(z: Tensor, scenes: Tensor) -> Tensor:
    """The rotation (4, 4) of white latents z (4, N) after which SD1's preview colours fit them best.

    Source: Schoenemann 1966, the orthogonal Procrustes problem.
    """
    rgb = F.avg_pool2d(scenes, 8).transpose(0, 1).flatten(1).double()
    fit = torch.linalg.lstsq(z.T, (rgb - rgb.mean(1, keepdim=True)).T).solution  # (4, 3)
    left, _, right = torch.linalg.svd(torch.tensor(SD1_RGB, dtype=torch.float64) @ fit.T)
    return left @ right


def learn(
    stage: str, pace: Pace, optimisers: Pair, average: Average, loss: Callable[[], Tensor], keep: Callable[[int], None], every: float
) -> None:
    """Steps down `loss` until the budget is spent; `keep` is called with the averaged weights in place, every so many seconds and last."""
    step, saved = 0, time.time()

    def keep_average() -> None:
        average.swap()
        with torch.no_grad():
            keep(step)
        average.swap()

    while pace.done < 1:
        optimisers.set_rate(pace.rate)
        found = loss()
        found.backward()
        optimisers.step()
        average.update()
        step += 1
        if step % 50 == 0:
            print(f"{stage} {step} done {pace.done:.2f} loss {float(found.detach()):.4f}", flush=True)
        if time.time() - saved > every:
            saved = time.time()
            keep_average()
    keep_average()


def train_decoder(icons: IconSet, out: Path, cpu_seconds: float) -> None:
    """Stage 2: the decoder alone on the frozen map, under a little noise in the latent, as the denoiser's latents are not perfect."""
    rng, vae, mapping = np.random.default_rng(2), fresh(), load_map(out / "map.pt")
    torch.manual_seed(2)
    load_parts(vae, out)
    test = unseen_pictures(icons)

    def loss() -> Tensor:
        real = pictures(icons, 4, 128 if rng.random() < 0.5 else 96, rng, known=0.6)
        z = mapping(real)
        return reconstruction_loss(vae.decoder(z + 0.14 * torch.rand(len(z), 1, 1, 1) * torch.randn_like(z)), real)

    def keep(step: int) -> None:
        print(f"decoder {step} unseen psnr {_from_the_map(vae, mapping, test):.2f} dB", flush=True)
        torch.save(vae.decoder.state_dict(), out / "decoder.pt")

    learn("decoder", Pace(cpu_seconds, 1.0), Pair(vae.decoder.named_parameters()), Average([vae.decoder], 0.997), loss, keep, every=240)


def _from_the_map(vae: AutoencoderKL, mapping: LatentMap, test: Tensor) -> float:
    """PSNR in dB of pictures decoded from the map's latents."""
    return psnr(torch.cat([vae.decoder(mapping(part)) for part in test.split(8)]), test)


def load_parts(vae: AutoencoderKL, out: Path) -> None:
    """Gives the autoencoder the halves that are already in `out`."""
    for name, half in (("decoder", vae.decoder), ("encoder", vae.encoder)):
        if (out / f"{name}.pt").exists():
            half.load_state_dict(torch.load(out / f"{name}.pt", weights_only=True))


def train_encoder(icons: IconSet, out: Path, cpu_seconds: float) -> None:
    """Stage 3: the encoder learns to give what the map gives."""
    rng, vae, mapping = np.random.default_rng(3), fresh(), load_map(out / "map.pt")
    torch.manual_seed(3)
    load_parts(vae, out)

    def loss() -> Tensor:
        real = pictures(icons, 4, 96, rng, known=0.3)
        return F.smooth_l1_loss(vae.encoder(real)[:, :CHANNELS], mapping(real), beta=0.1)

    def keep(_step: int) -> None:
        torch.save(vae.encoder.state_dict(), out / "encoder.pt")

    learn("encoder", Pace(cpu_seconds, 1.0), Pair(vae.encoder.named_parameters()), Average([vae.encoder], 0.99), loss, keep, every=300)


def train_both(icons: IconSet, out: Path, cpu_seconds: float, rate: float = 1.0) -> None:
    """Stage 4: both halves together. The encoder may leave the map a little where that helps the round trip; the decoder goes on with
    the map's latents in half of the pictures, because those are what the denoiser was trained on. rate: of the steps, 1 for the usual."""
    rng, vae, mapping = np.random.default_rng(4), fresh(), load_map(out / "map.pt")
    torch.manual_seed(4)
    load_parts(vae, out)
    test = unseen_pictures(icons)

    def loss() -> Tensor:
        real = pictures(icons, 4, 128 if rng.random() < 0.4 else 96, rng, known=0.5)
        mapped, encoded = mapping(real), vae.encoder(real)[:, :CHANNELS]
        noisy = mapped[2:] + 0.1 * torch.rand(2, 1, 1, 1) * torch.randn_like(mapped[2:])
        made = vae.decoder(torch.cat([encoded[:2], noisy]))
        return reconstruction_loss(made, real) + 2 * (made - real).square().mean() + 0.05 * (encoded - mapped).square().mean()

    def keep(step: int) -> None:
        trip = psnr(torch.cat([vae.decoder(vae.encoder(part)[:, :CHANNELS]) for part in test.split(8)]), test)
        print(f"joint {step} unseen psnr {trip:.2f} dB, from the map's latents {_from_the_map(vae, mapping, test):.2f} dB", flush=True)
        torch.save(vae.encoder.state_dict(), out / "encoder.pt")
        torch.save(vae.decoder.state_dict(), out / "decoder.pt")

    optimisers = Pair(vae.named_parameters(), muon=0.008 * rate, adam=5e-4 * rate)
    average = Average([vae.encoder, vae.decoder], 0.99)
    learn("joint", Pace(cpu_seconds, 1.0, warm_up=0.1), optimisers, average, loss, keep, every=300)
