"""Whatever comes in broken or hostile is named at its node; queue and engine go on."""

from __future__ import annotations

import os
import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from tests.nodes.running import CHECKPOINT, DECODER, POSITIVE, SAMPLER, SHOWN, START, engine_for, node, text_to_image, with_values
from tests.nodes.test_load_image import bomb
from tests.nodes.tiny import write_checkpoint
from virgil_nb.engine import Document, Link, NodeError, ObjectRef, WorkflowInvalid
from virgil_nb.engine.engine import Engine
from virgil_nb.nodes.folders import Folders


@pytest.fixture
def engine(with_model: Folders) -> Iterator[Engine]:
    """An engine that, whatever a test does to it, runs a good workflow afterwards."""
    made = engine_for(with_model)
    yield made
    assert made.submit(text_to_image()).result(60).ui(SHOWN)


def refused(engine: Engine, document: Document, kind: str, **options: Any) -> str:
    """The message of the one problem of that kind."""
    with pytest.raises(WorkflowInvalid) as invalid:
        engine.submit(document, **options)
    (problem,) = [problem for problem in invalid.value.problems if problem.kind == kind]
    return f"{problem.node}.{problem.input}: {problem.message}"


def failed(engine: Engine, document: Document, at: str, **options: Any) -> str:
    """What the node `at` says as it fails."""
    with pytest.raises(NodeError) as error:
        engine.submit(document, **options).result(60)
    assert error.value.node == at
    return str(error.value)


def test_a_missing_model_file_is_a_problem_with_the_nearest_names(engine: Engine) -> None:
    said = refused(engine, with_values(text_to_image(), CHECKPOINT, ckpt_name="tinny.safetensors"), "value_not_in_list")
    assert said.startswith(f"{CHECKPOINT}.ckpt_name: ")
    assert "tiny.safetensors" in said.replace("tinny", "")


@pytest.mark.parametrize("name", ["../secret.safetensors", "/etc/passwd", "..\\secret.safetensors", "link.safetensors"])
def test_a_model_name_that_climbs_out_is_no_choice(engine: Engine, with_model: Folders, name: str) -> None:
    secret = write_checkpoint(with_model.models / "secret.safetensors")
    (with_model.models / "checkpoints" / "link.safetensors").symlink_to(secret)
    refused(engine, with_values(text_to_image(), CHECKPOINT, ckpt_name=name), "value_not_in_list")


def test_a_file_that_vanishes_before_the_run_is_named(engine: Engine, with_model: Folders) -> None:
    path = with_model.models / "checkpoints" / "soon gone.safetensors"
    write_checkpoint(path)
    document = with_values(text_to_image(), CHECKPOINT, ckpt_name=path.name)
    assert engine.validate(document) == []
    waiting = engine.submit(document)
    engine.submit(text_to_image())
    path.unlink()
    waiting.wait(60)
    refused(engine, document, "value_not_in_list")


@pytest.mark.parametrize("kept", [0, 5, 1000, 0.5, 0.99])
def test_a_truncated_model_file_is_named(engine: Engine, with_model: Folders, kept: float) -> None:
    path = write_checkpoint(with_model.models / "checkpoints" / "cut.safetensors")
    os.truncate(path, int(kept * path.stat().st_size) if isinstance(kept, float) else kept)
    said = failed(engine, with_values(text_to_image(), CHECKPOINT, ckpt_name="cut.safetensors"), CHECKPOINT)
    assert "cut.safetensors" in said


class Hostile:
    """Unpickling it would make a file."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.mark,)


@pytest.mark.parametrize("name", ["evil.ckpt", "evil.safetensors", "evil.pt", "evil.bin"])
@pytest.mark.parametrize("form", ["torch", "pickle"])
def test_a_pickle_offered_as_a_checkpoint_is_never_run(engine: Engine, with_model: Folders, tmp_path: Path, name: str, form: str) -> None:
    mark, path = tmp_path / "mark", with_model.models / "checkpoints" / name
    content = {"state_dict": Hostile(mark)}
    if form == "torch":
        torch.save(content, path)
    else:
        path.write_bytes(pickle.dumps(content))
    said = failed(engine, with_values(text_to_image(), CHECKPOINT, ckpt_name=name), CHECKPOINT)
    assert name in said
    assert not mark.exists()


def test_a_file_of_another_kind_is_named(engine: Engine, with_model: Folders) -> None:
    from safetensors.torch import save_file

    save_file({"lora_unet_down.lora_up.weight": torch.zeros(2, 2)}, with_model.models / "checkpoints" / "lora.safetensors")
    assert "LoRA" in failed(engine, with_values(text_to_image(), CHECKPOINT, ckpt_name="lora.safetensors"), CHECKPOINT)
    (with_model.models / "checkpoints" / "text.safetensors").write_text("a red fox, which is no model at all")
    assert "text.safetensors" in failed(engine, with_values(text_to_image(), CHECKPOINT, ckpt_name="text.safetensors"), CHECKPOINT)


def load(name: str) -> Document:
    return Document.of(node("1", "LoadImage", image=name), node("2", "PreviewImage", images=("1", 0)))


def test_a_decompression_bomb_fails_at_its_node(engine: Engine, with_model: Folders) -> None:
    (with_model.input / "bomb.png").write_bytes(bomb(50_000, 50_000))
    assert "bomb" in failed(engine, load("bomb.png"), "1")


@pytest.mark.parametrize("name", ["../a.png", "/etc/passwd", "link.png", "missing.png"])
def test_a_picture_outside_the_input_folder_is_no_choice(engine: Engine, with_model: Folders, tmp_path: Path, name: str) -> None:
    (with_model.input / "link.png").symlink_to(tmp_path / "a.png")
    refused(engine, load(name), "value_not_in_list")


def test_a_broken_picture_fails_at_its_node(engine: Engine, with_model: Folders) -> None:
    (with_model.input / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\nnothing more")
    assert "broken.png" in failed(engine, load("broken.png"), "1")


def test_a_prefix_that_climbs_out_fails_at_its_node(engine: Engine, with_model: Folders) -> None:
    document = with_values(text_to_image(output="SaveImage"), SHOWN, filename_prefix="../../fox")
    assert "climbs out" in failed(engine, document, SHOWN)


OBJECT = "object"


def with_object(document: Document, node_id: str, name: str) -> Document:
    one = document.nodes[node_id]
    links = {key: link for key, link in one.links.items() if key != name}
    changed = one.with_(links=links, values={**one.values, name: ObjectRef(OBJECT, "torch.Tensor")})
    return document.with_nodes({**document.nodes, node_id: changed})


@pytest.mark.parametrize(
    ("latent", "said"),
    [
        ({"samples": torch.zeros(1, 16, 8, 8)}, "16"),
        ({"samples": torch.zeros(1, 4, 3, 8, 8)}, "(1, 4, 3, 8, 8)"),
        ({"samples": torch.zeros(4, 8, 8)}, "(4, 8, 8)"),
        ({"samples": torch.zeros(0, 4, 8, 8)}, "(0, 4, 8, 8)"),
        ({"samples": torch.zeros(1, 4, 8, 8, dtype=torch.int64)}, "int64"),
        ({"samples": None}, "LATENT"),
        ({"pixels": torch.zeros(1, 4, 8, 8)}, "samples"),
        (torch.zeros(1, 4, 8, 8), "Wrap it"),
        ("a latent", "str"),
    ],
)
def test_what_is_no_latent_for_the_model_is_named_at_the_sampler(engine: Engine, latent: object, said: str) -> None:
    message = failed(engine, with_object(text_to_image(), SAMPLER, "latent_image"), SAMPLER, objects={OBJECT: latent})
    assert said in message
    assert "latent_image" in message


@pytest.mark.parametrize(
    ("conditioning", "said"),
    [
        ([], "empty"),
        ([[torch.zeros(1, 77, 24), {}]], "24"),
        ([[torch.zeros(77, 16), {}]], "batch, tokens, width"),
        ([torch.zeros(1, 77, 16)], "[tensor"),
        ("a red fox", "CLIP Text Encode"),
    ],
)
def test_what_is_no_conditioning_for_the_model_is_named_at_the_sampler(engine: Engine, conditioning: object, said: str) -> None:
    message = failed(engine, with_object(text_to_image(), SAMPLER, "positive"), SAMPLER, objects={OBJECT: conditioning})
    assert said in message
    assert "positive" in message


def test_the_prompt_of_another_model_is_named_at_the_sampler(engine: Engine, with_model: Folders) -> None:
    write_checkpoint(with_model.models / "checkpoints" / "wide.safetensors", width=32)
    document = text_to_image(more=(node("10", "CheckpointLoaderSimple", ckpt_name="wide.safetensors"),))
    one = document.nodes[POSITIVE]
    mixed = document.with_nodes({**document.nodes, POSITIVE: one.with_(links={"clip": Link("10", 1)})})
    assert "another model's text encoder" in failed(engine, mixed, SAMPLER)


def test_a_latent_of_another_family_is_named_at_the_decoder(engine: Engine) -> None:
    document = with_object(text_to_image(), DECODER, "samples")
    assert "16" in failed(engine, document, DECODER, objects={OBJECT: {"samples": torch.zeros(1, 16, 8, 8)}})


@pytest.mark.parametrize(
    ("mask", "said"), [(None, "NoneType"), (torch.zeros(8), "(8,)"), ("x", "str"), (torch.zeros(0, 8, 8), "(0, 8, 8)")]
)
def test_what_is_no_mask_is_named_at_its_node(engine: Engine, mask: object, said: str) -> None:
    empty = node("10", "EmptyLatentImage", width=64, height=64, batch_size=1)
    start = node(START, "SetLatentNoiseMask", samples=("10", 0), mask=("10", 0))
    document = with_object(text_to_image(start, more=(empty,)), START, "mask")
    message = failed(engine, document, START, objects={OBJECT: mask})
    assert said in message


@pytest.mark.parametrize(
    ("node_id", "name", "value", "kind"),
    [
        (SAMPLER, "steps", 0, "value_smaller_than_min"),
        (SAMPLER, "steps", 10_001, "value_bigger_than_max"),
        (SAMPLER, "seed", -1, "value_smaller_than_min"),
        (SAMPLER, "seed", 2**64, "value_bigger_than_max"),
        (SAMPLER, "cfg", "high", "invalid_input_type"),
        (SAMPLER, "denoise", 1.5, "value_bigger_than_max"),
        (SAMPLER, "sampler_name", "eular", "value_not_in_list"),
        (SAMPLER, "scheduler", "", "value_not_in_list"),
        (START, "width", 8, "value_smaller_than_min"),
        (START, "batch_size", 0, "value_smaller_than_min"),
    ],
)
def test_a_field_out_of_range_is_a_problem_at_that_field(engine: Engine, node_id: str, name: str, value: object, kind: str) -> None:
    assert refused(engine, with_values(text_to_image(), node_id, **{name: value}), kind).startswith(f"{node_id}.{name}: ")
