"""Model files that can't be used: each is refused with an error that says what it is and what to do."""

from __future__ import annotations

import json
import pickle
import struct
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor

from tests.diffusion.conftest import METADATA
from virgil_nb.diffusion import CheckpointError, errors, load_vae, open_checkpoint

Weights = dict[str, Tensor]


class Evil:
    def __reduce__(self) -> tuple[Any, ...]:
        return (print, ("code from a pickle ran",))


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(errors.CheckpointNotFound, match=r"gone\.safetensors: there is no such file"):
        open_checkpoint(tmp_path / "gone.safetensors")


@pytest.mark.parametrize("kept", [4, 2_000, -1_000])
def test_a_truncated_file(kept: int, tiny_file: Path, tmp_path: Path) -> None:
    short = tmp_path / "short.safetensors"
    short.write_bytes(tiny_file.read_bytes()[:kept])
    with pytest.raises(errors.CheckpointTruncated, match="Download it again"):
        open_checkpoint(short)


@pytest.mark.parametrize("content", [b"<!DOCTYPE html><html>not found</html>", struct.pack("<Q", 4) + b"[[[[" + bytes(100)])
def test_a_file_of_another_kind(content: bytes, tmp_path: Path) -> None:
    for ending in (".safetensors", ".ckpt"):
        other = tmp_path / f"other{ending}"
        other.write_bytes(content)
        with pytest.raises(CheckpointError, match="this is no model file"):
            open_checkpoint(other)


def test_a_pickle_under_the_name_of_safetensors(weights: Weights, tmp_path: Path) -> None:
    disguised = tmp_path / "disguised.safetensors"
    torch.save(weights, disguised)
    with pytest.raises(errors.PickleRefused, match="pickle under another name"):
        open_checkpoint(disguised)
    disguised.write_bytes(pickle.dumps(Evil()))
    with pytest.raises(errors.PickleRefused, match="pickle under another name"):
        open_checkpoint(disguised)


@pytest.mark.parametrize("zipped", [True, False])
def test_a_pickle_that_asks_for_more_than_tensors(zipped: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    evil = tmp_path / "evil.ckpt"
    torch.save({"state_dict": {"a": torch.zeros(1)}, "callbacks": Evil()}, evil, _use_new_zipfile_serialization=zipped)
    with pytest.raises(errors.PickleRefused, match="print") as refused:
        open_checkpoint(evil)
    assert "ran" not in capsys.readouterr().out
    assert not zipped or refused.value.globals == ("builtins.print",)


def test_a_checkpoint_of_tensors_only_is_read(weights: Weights, tmp_path: Path) -> None:
    path = tmp_path / "plain.ckpt"
    torch.save({"state_dict": weights}, path)
    info = open_checkpoint(path).info
    assert (info.title, info.prediction, info.resolution, info.known_words) == ("plain", "epsilon", None, None)


def test_a_truncated_pickle(weights: Weights, tmp_path: Path) -> None:
    path = tmp_path / "short.ckpt"
    torch.save(weights, path)
    path.write_bytes(path.read_bytes()[:-5000])
    with pytest.raises(CheckpointError, match=r"short\.ckpt"):
        open_checkpoint(path)


@pytest.mark.parametrize(
    ("key", "found"),
    [
        ("conditioner.embedders.0.x", "Stable Diffusion XL"),
        ("cond_stage_model.model.x", "Stable Diffusion 2"),
        ("double_blocks.0.x", "a Flux model"),
        ("lora_unet_x.lora_up.weight", "a LoRA"),
        ("something.else", "no diffusion model in it"),
    ],
)
def test_another_kind_of_model(key: str, found: str, tmp_path: Path) -> None:
    path = tmp_path / "other.safetensors"
    save_file({key: torch.zeros(2, 2)}, path)
    with pytest.raises(errors.UnknownModel, match=found):
        open_checkpoint(path)


@pytest.mark.parametrize(
    ("key", "part"),
    [
        ("model.diffusion_model.middle_block.1.proj_in.weight", "diffusion model"),
        ("model.diffusion_model.input_blocks.0.0.weight", "diffusion model"),
        ("first_stage_model.decoder.mid.attn_1.q.bias", "autoencoder"),
        ("cond_stage_model.transformer.text_model.encoder.layers.1.mlp.fc2.bias", "text encoder"),
    ],
)
def test_missing_weights_are_named_with_their_part(key: str, part: str, weights: Weights, tmp_path: Path) -> None:
    path = tmp_path / "holes.safetensors"
    save_file({name: weight for name, weight in weights.items() if name != key}, path, METADATA)
    with pytest.raises(errors.MissingWeights, match=part) as missing:
        open_checkpoint(path)
    assert missing.value.missing == (key.removeprefix("cond_stage_model.transformer.text_model.").split("_model.", 1)[-1],)


def test_a_whole_part_that_is_missing(weights: Weights, tmp_path: Path) -> None:
    path = tmp_path / "unet.safetensors"
    save_file({name: weight for name, weight in weights.items() if name.startswith("model.")}, path, METADATA)
    with pytest.raises(errors.UnknownModel, match="no autoencoder in it"):
        open_checkpoint(path)
    with pytest.raises(errors.UnknownModel, match="no autoencoder"):
        load_vae(path)


def test_weights_of_two_models(weights: Weights, tmp_path: Path) -> None:
    path = tmp_path / "mixed.safetensors"
    key = "model.diffusion_model.out.0.weight"
    save_file({**weights, key: torch.zeros(24, dtype=torch.float16)}, path, METADATA)
    with pytest.raises(errors.MismatchedWeights, match=r"out\.0\.weight has shape \(24,\)"):
        open_checkpoint(path)


@pytest.mark.parametrize(
    "metadata",
    [
        {"modelspec.prediction_type": "x0"},
        {"virgil.words": "{"},
        {"virgil.norm_groups": "many"},
        {"virgil.norm_groups": "7"},
        {"virgil.num_heads": "0"},
        {"virgil.latent_rgb_factors": json.dumps([1, 2])},
        {"virgil.latent_scale": "big"},
    ],
)
def test_metadata_that_make_no_sense(metadata: dict[str, str], weights: Weights, tmp_path: Path) -> None:
    path = tmp_path / "odd.safetensors"
    save_file(weights, path, METADATA | metadata)
    with pytest.raises(CheckpointError, match=r"odd\.safetensors"):
        open_checkpoint(path)


def test_a_file_that_changes_after_it_was_opened(weights: Weights, tmp_path: Path) -> None:
    path = tmp_path / "changing.safetensors"
    save_file(weights, path, METADATA)
    checkpoint = open_checkpoint(path)
    save_file({key: weight + 1 for key, weight in weights.items()}, path, METADATA)
    with pytest.raises(errors.CheckpointChanged, match="Open it again"):
        checkpoint.vae.decode(torch.zeros(1, 4, 4, 4))


def test_errors_travel_between_processes(tmp_path: Path) -> None:
    error = errors.MissingWeights(tmp_path / "a.safetensors", "autoencoder", ["x", "y"])
    copy = pickle.loads(pickle.dumps(error))
    assert (type(copy), str(copy), copy.missing, copy.path) == (type(error), str(error), error.missing, error.path)
