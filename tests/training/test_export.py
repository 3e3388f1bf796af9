from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from training.export import checkpoint, full_embedding, metadata
from training.text import HEADS
from virgil_nb.diffusion import open_checkpoint, sample
from virgil_nb.diffusion.networks.unet import UNet, UNetConfig
from virgil_nb.diffusion.networks.vae import AutoencoderKL, VAEConfig
from virgil_nb.diffusion.text.hugging_face import ClipTextConfig, clip_text_model

IDS = (320, 3240, 49406, 49407)  # "a", "fox", start, end


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file as the training writes it, with networks of next to no width."""
    torch.manual_seed(0)
    unet = UNet(
        UNetConfig(
            model_channels=8, channel_mult=(1, 2), num_res_blocks=1, transformer_depth=(0, 1), context_dim=8, num_heads=2, norm_groups=2
        )
    )
    vae = AutoencoderKL(VAEConfig(ch=4, ch_mult=(1, 1, 1, 1), num_res_blocks=1))
    text = clip_text_model(ClipTextConfig(width=8, layers=1, heads=HEADS, mlp_width=16, vocabulary=len(IDS) + 1))
    header = metadata() | {"virgil.num_heads": "2", "virgil.norm_groups": "2", "virgil.vae_norm_groups": "1"}
    path = tmp_path / "tiny.safetensors"
    save_file(checkpoint(unet, text, vae, IDS), path, header)
    return path


def test_the_package_opens_and_samples_what_the_training_writes(file: Path) -> None:
    opened = open_checkpoint(file, device="cpu")
    assert opened.info.resolution == (128, 128)
    assert opened.info.prediction == "v"
    assert "fox" in (opened.info.known_words or ())
    prompt, nothing = opened.clip.encode("a fox"), opened.clip.encode("")
    latent = sample(opened.model, torch.zeros(1, 4, 4, 4), positive=prompt, negative=nothing, seed=1, steps=2)
    assert opened.vae.decode(latent).shape == (1, 32, 32, 3)


def test_words_that_training_never_saw_have_rows_of_zeros() -> None:
    small = torch.arange(1.0, 11.0).reshape(5, 2)
    table = full_embedding(small, IDS)
    assert table.shape == (49408, 2)
    assert torch.equal(table[3240], small[2])
    assert int((table.abs().sum(1) > 0).sum()) == len(IDS)


def test_all_weights_are_half_precision_under_the_three_prefixes(file: Path) -> None:
    from safetensors import safe_open

    with safe_open(file, "pt") as stored:
        assert {key.split(".")[0] for key in stored.keys()} == {"model", "first_stage_model", "cond_stage_model"}  # noqa: SIM118
        assert all(stored.get_tensor(key).dtype == torch.float16 for key in stored.keys())  # noqa: SIM118
