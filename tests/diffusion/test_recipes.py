"""Models, text encoders and autoencoders are recipes: cheap to open, immutable, picklable; weights come on first use and can go."""

from __future__ import annotations

import dataclasses
import pickle
import subprocess
import sys
import threading
from functools import partial
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor

from tests.diffusion.conftest import METADATA, TEXT, UNET, VAE
from virgil_nb.diffusion import Checkpoint, assemble, free_memory, load_vae, model_identity, open_checkpoint
from virgil_nb.diffusion.memory import LoadedNetworks, loaded_networks, nbytes

CPU = torch.device("cpu")


def test_opening_reads_widths_from_shapes_and_the_rest_from_metadata(tiny: Checkpoint) -> None:
    assert (tiny.model.config, tiny.vae.config, tiny.clip.config) == (UNET, VAE, TEXT)
    assert (tiny.info.title, tiny.info.resolution, tiny.info.prediction) == ("Tiny", (128, 96), "v")
    assert tiny.model.schedule.prediction == "v"
    assert tiny.model.latent_format.rgb_bias == (0.5, 0.0, 0.0)


def test_opening_loads_nothing(tiny_file: Path) -> None:
    free_memory()
    open_checkpoint(tiny_file, device="cpu")
    assert loaded_networks(CPU).nbytes == 0


def test_importing_needs_no_torch() -> None:
    code = "import sys, virgil_nb.diffusion as d; assert d.__all__ and 'torch' not in sys.modules and 'transformers' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_recipes_are_immutable_and_picklable(tiny: Checkpoint) -> None:
    for recipe in (tiny.model, tiny.clip, tiny.vae):
        assert pickle.loads(pickle.dumps(recipe)) == recipe
        with pytest.raises(dataclasses.FrozenInstanceError):
            recipe.path = "elsewhere"  # type: ignore[misc]


def test_a_network_is_loaded_once_even_by_many_threads(tiny: Checkpoint) -> None:
    free_memory()
    found: list[object] = []
    threads = [threading.Thread(target=lambda: found.append(tiny.model.network())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len({id(network) for network in found}) == 1


def test_memory_is_freed_and_filled_again(tiny: Checkpoint) -> None:
    before = tiny.vae.decode(torch.ones(1, 4, 2, 2))
    assert loaded_networks(CPU).nbytes > 0
    free_memory()
    assert loaded_networks(CPU).nbytes == 0
    assert torch.equal(tiny.vae.decode(torch.ones(1, 4, 2, 2)), before)


def test_the_store_drops_what_was_used_longest_ago() -> None:
    network = torch.nn.Linear(10, 10)
    store = LoadedNetworks(budget=2 * nbytes(network))
    for key in ("a", "b", "a", "c"):
        store.get(key, lambda: torch.nn.Linear(10, 10))
    assert store.nbytes <= store.budget
    loads: list[str] = []

    def load(key: str) -> torch.nn.Module:
        loads.append(key)
        return torch.nn.Linear(10, 10)

    for key in ("a", "c", "b"):
        store.get(key, partial(load, key))
    assert loads == ["b"]


def test_a_failed_load_leaves_nothing_behind() -> None:
    store = LoadedNetworks(budget=100)
    with pytest.raises(ZeroDivisionError):
        store.get("a", lambda: 1 / 0)  # type: ignore[type-var]
    assert len(store) == 0


def test_a_large_half_precision_network_stays_mapped_and_gives_the_same(tiny: Checkpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    x, sigma, context = torch.randn(2, 4, 8, 8), torch.tensor([1.0, 9.0]), torch.randn(2, 77, 16)
    widened = tiny.model.denoise(x, sigma, context)
    free_memory()
    monkeypatch.setattr(assemble, "WIDEN_UP_TO", 0)
    assert {parameter.dtype for parameter in tiny.model.network().parameters()} == {torch.float16}
    torch.testing.assert_close(tiny.model.denoise(x, sigma, context), widened, rtol=1e-5, atol=1e-5)
    asked, half = x.clone().requires_grad_(), x.clone().requires_grad_()
    tiny.model.denoise(half, sigma, context).square().sum().backward()
    free_memory()
    monkeypatch.undo()
    tiny.model.denoise(asked, sigma, context).square().sum().backward()
    torch.testing.assert_close(half.grad, asked.grad, rtol=1e-3, atol=1e-3)


def test_an_identity_follows_the_content(weights: dict[str, Tensor], tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    save_file(weights, path, METADATA)
    identity = model_identity(path)
    assert model_identity(path) == identity
    with path.open("r+b") as file:
        file.seek(-1, 2)
        file.write(b"\x7f")
    assert model_identity(path) != identity


@pytest.mark.parametrize("prefix", ["first_stage_model.", ""])
def test_an_autoencoder_opens_by_itself(prefix: str, weights: dict[str, Tensor], tiny: Checkpoint, tmp_path: Path) -> None:
    path = tmp_path / "vae.safetensors"
    own = {key.replace("first_stage_model.", prefix): weight for key, weight in weights.items() if key.startswith("first_stage_model.")}
    save_file(own, path, {"virgil.vae_norm_groups": "2"})
    z = torch.randn(1, 4, 3, 5)
    assert torch.equal(load_vae(path, device="cpu").decode(z), tiny.vae.decode(z))
