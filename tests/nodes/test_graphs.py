"""Whole graphs, from file to picture, on a tiny model with random weights."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from tests.nodes.running import CHECKPOINT, DECODER, NEGATIVE, POSITIVE, SAMPLER, SHOWN, START, engine_for, node, text_to_image, with_values
from tests.nodes.tiny import write_vae
from virgil_nb.engine import Document, Link, NodeNote, NodePreview, NodeProgress, default_registry, open_document
from virgil_nb.nodes.folders import Folders


def result_of(folders: Folders, document: Document, **options: Any) -> Any:
    engine = engine_for(folders)
    return engine.submit(document, **options).result(60)


def test_text_becomes_a_picture(with_model: Folders) -> None:
    result = result_of(with_model, text_to_image())
    (picture,) = result.ui(SHOWN)["images"]
    assert picture.pil.size == (64, 64)
    assert np.asarray(picture.pil).std() > 0
    assert result.outputs(SAMPLER)[0]["samples"].shape == (1, 4, 8, 8)
    assert result.outputs(DECODER)[0].shape == (1, 64, 64, 3)


def test_the_same_seed_gives_the_same_picture_and_another_another(with_model: Folders) -> None:
    first = result_of(with_model, text_to_image()).outputs(DECODER)[0]
    assert torch.equal(result_of(with_model, text_to_image()).outputs(DECODER)[0], first)
    assert not torch.equal(result_of(with_model, text_to_image(seed=2)).outputs(DECODER)[0], first)


def test_changing_the_seed_reruns_only_the_sampler_and_what_follows(with_model: Folders) -> None:
    engine = engine_for(with_model)
    document = text_to_image()
    assert set(engine.submit(document).result(60).executed) == {CHECKPOINT, POSITIVE, NEGATIVE, START, SAMPLER, DECODER, SHOWN}
    assert engine.submit(document).result(60).executed == ()
    again = engine.submit(with_values(document, SAMPLER, seed=2)).result(60)
    assert again.executed == (SAMPLER, DECODER, SHOWN)
    prompted = engine.submit(with_values(document, POSITIVE, text="a blue fox")).result(60)
    assert prompted.executed == (POSITIVE, SAMPLER, DECODER, SHOWN)


def test_another_file_under_the_same_name_is_another_model(with_model: Folders) -> None:
    from tests.nodes.tiny import write_checkpoint

    engine = engine_for(with_model)
    first = engine.submit(text_to_image()).result(60)
    write_checkpoint(with_model.models / "checkpoints" / "tiny.safetensors", seed=5)
    second = engine.submit(text_to_image()).result(60)
    assert CHECKPOINT in second.executed
    assert not torch.equal(first.outputs(DECODER)[0], second.outputs(DECODER)[0])


def test_what_a_result_gives_can_be_changed_and_trained_on_without_touching_the_cache(with_model: Folders) -> None:
    engine = engine_for(with_model)
    first = engine.submit(text_to_image()).result(60)
    kept = first.outputs(SAMPLER)[0]["samples"].clone()
    first.outputs(SAMPLER)[0]["samples"].numpy()[:] = 0
    latent = first.outputs(SAMPLER)[0]["samples"]
    assert torch.equal(latent, kept)
    (latent.requires_grad_() ** 2).sum().backward()
    image = first.outputs(DECODER)[0].requires_grad_()
    image.mean().backward()
    (conditioning,) = first.outputs(POSITIVE)
    conditioning[0][0].add_(1)
    assert engine.submit(text_to_image()).result(60).executed == ()


@pytest.mark.parametrize("sampler", ["euler", "euler_ancestral", "heun", "dpmpp_2m", "dpmpp_2m_sde", "ddim"])
def test_every_sampler_runs(with_model: Folders, sampler: str) -> None:
    latent = result_of(with_model, text_to_image(sampler_name=sampler)).outputs(SAMPLER)[0]["samples"]
    assert latent.isfinite().all()


@pytest.mark.parametrize("scheduler", ["normal", "karras", "exponential", "sgm_uniform", "simple", "beta", "ddim_uniform"])
def test_every_scheduler_runs(with_model: Folders, scheduler: str) -> None:
    latent = result_of(with_model, text_to_image(scheduler=scheduler)).outputs(SAMPLER)[0]["samples"]
    assert latent.isfinite().all()


def test_progress_and_previews_come_with_each_step(with_model: Folders) -> None:
    events = list(submitted(with_model, text_to_image(steps=5)).events())
    progress = [(event.value, event.maximum) for event in events if isinstance(event, NodeProgress) and event.node == SAMPLER]
    assert progress == [(step, 5) for step in range(1, 6)]
    previews = [event for event in events if isinstance(event, NodePreview)]
    assert [event.step for event in previews] == [1, 2, 3, 4, 5]
    pictures = [event.picture() for event in previews]
    assert {picture.size for picture in pictures} == {(64, 64)}
    assert len({picture.tobytes() for picture in pictures}) == 5


def submitted(folders: Folders, document: Document) -> Any:
    engine = engine_for(folders)
    run = engine.submit(document)
    run.wait(60)
    return run


def test_stop_ends_within_one_sampler_step(with_model: Folders) -> None:
    engine = engine_for(with_model)
    run = engine.submit(text_to_image(steps=1000))
    seen = 0
    for event in run.events():
        if isinstance(event, NodeProgress):
            seen += 1
            if seen == 3:
                run.cancel()
                at_stop = event.value
    assert run.state == "cancelled"
    last = [event.value for event in run.events() if isinstance(event, NodeProgress)][-1]
    assert last - at_stop < 50, "the worker may be some quick steps ahead of who listens, but stops"
    assert SAMPLER in engine.submit(text_to_image(seed=9)).result(60).executed


def notes_of(folders: Folders, document: Document) -> dict[str, str]:
    return {event.node: event.text for event in submitted(folders, document).events() if isinstance(event, NodeNote)}


def test_words_that_the_model_does_not_know_are_named_with_the_nearest(with_model: Folders) -> None:
    notes = notes_of(with_model, with_values(text_to_image(), POSITIVE, text="a redd fox on a zeppelin"))
    assert "redd" in notes[POSITIVE]
    assert "red" in notes[POSITIVE].replace("redd", "")
    assert "zeppelin" in notes[POSITIVE]
    assert NEGATIVE not in notes
    assert notes_of(with_model, text_to_image()) == {}


def test_another_size_brings_a_note_that_names_the_right_one(with_model: Folders) -> None:
    notes = notes_of(with_model, with_values(text_to_image(), START, width=96, height=64))
    assert "96 × 64" in notes[SAMPLER]
    assert "64 × 64" in notes[SAMPLER]


def test_a_size_that_is_no_multiple_of_8_is_rounded_down(with_model: Folders) -> None:
    assert result_of(with_model, with_values(text_to_image(), START, width=70, height=67)).outputs(DECODER)[0].shape == (1, 64, 64, 3)


def test_a_batch_is_as_many_pictures(with_model: Folders) -> None:
    pictures = result_of(with_model, with_values(text_to_image(), START, batch_size=3)).ui(SHOWN)["images"]
    assert len({picture.pil.tobytes() for picture in pictures}) == 3


def save_input(folders: Folders, alpha: bool = False) -> Image.Image:
    picture = Image.effect_mandelbrot((64, 64), (-2, -1.5, 1, 1.5), 50).convert("RGB")
    if alpha:
        hole = Image.new("L", picture.size, 255)
        hole.paste(0, (32, 0, 64, 64))
        picture.putalpha(hole)
    picture.save(folders.input / "in.png")
    return picture


def image_to_image(**sampler: Any) -> Document:
    picture = node("10", "LoadImage", image="in.png")
    start = node(START, "VAEEncode", pixels=("10", 0), vae=(CHECKPOINT, 2))
    return text_to_image(start, more=(picture,), **sampler)


def test_an_image_is_the_start_of_another(with_model: Folders) -> None:
    save_input(with_model)
    result = result_of(with_model, image_to_image(denoise=0.5))
    (picture,) = result.ui(SHOWN)["images"]
    assert picture.pil.size == (64, 64)
    little, much = (
        (result_of(with_model, image_to_image(denoise=amount)).outputs(SAMPLER)[0]["samples"] - result.outputs(START)[0]["samples"])
        .abs()
        .mean()
        for amount in (0.1, 0.9)
    )
    assert little < much


def test_denoise_0_gives_the_latent_back(with_model: Folders) -> None:
    save_input(with_model)
    result = result_of(with_model, image_to_image(denoise=0.0))
    assert torch.equal(result.outputs(SAMPLER)[0]["samples"], result.outputs(START)[0]["samples"])


def test_a_changed_input_picture_is_read_again_and_an_unchanged_one_is_not(with_model: Folders) -> None:
    picture = save_input(with_model)
    engine = engine_for(with_model)
    engine.submit(image_to_image()).result(60)
    picture.save(with_model.input / "in.png", compress_level=6)
    assert engine.submit(image_to_image()).result(60).executed == ()
    Image.new("RGB", (64, 64), (255, 0, 0)).save(with_model.input / "in.png")
    assert "10" in engine.submit(image_to_image()).result(60).executed


def test_outside_the_mask_the_latent_stays(with_model: Folders) -> None:
    save_input(with_model, alpha=True)
    picture = node("10", "LoadImage", image="in.png")
    encoded = node("11", "VAEEncode", pixels=("10", 0), vae=(CHECKPOINT, 2))
    masked = node(START, "SetLatentNoiseMask", samples=("11", 0), mask=("10", 1))
    result = result_of(with_model, text_to_image(masked, more=(picture, encoded), steps=4))
    before, after = result.outputs("11")[0]["samples"], result.outputs(SAMPLER)[0]["samples"]
    torch.testing.assert_close(after[..., :4], before[..., :4], rtol=1e-4, atol=1e-4)
    assert (after[..., 4:] - before[..., 4:]).abs().mean() > 0.05


def test_inpainting_paints_the_masked_part_anew(with_model: Folders) -> None:
    save_input(with_model, alpha=True)
    picture = node("10", "LoadImage", image="in.png")
    start = node(START, "VAEEncodeForInpaint", pixels=("10", 0), vae=(CHECKPOINT, 2), mask=("10", 1), grow_mask_by=0)
    result = result_of(with_model, text_to_image(start, more=(picture,)))
    (latent,) = result.outputs(START)
    assert latent["noise_mask"].shape == (1, 1, 64, 64)
    after = result.outputs(SAMPLER)[0]["samples"]
    torch.testing.assert_close(after[..., :4], latent["samples"][..., :4], rtol=1e-4, atol=1e-4)
    assert (after[..., 4:] - latent["samples"][..., 4:]).abs().mean() > 0.05


def test_a_second_pass_on_an_enlarged_latent(with_model: Folders) -> None:
    document = text_to_image()
    larger = node("20", "LatentUpscale", samples=(SAMPLER, 0), upscale_method="bislerp", width=96, height=96, crop="disabled")
    again = document.nodes[SAMPLER].with_(id="21", links={**document.nodes[SAMPLER].links, "latent_image": Link("20", 0)})
    decoded = node("22", "VAEDecode", samples=("21", 0), vae=(CHECKPOINT, 2))
    shown = node("23", "PreviewImage", images=("22", 0))
    result = result_of(with_model, Document.of(*document.nodes.values(), larger, again, decoded, shown))
    assert result.ui("23")["images"][0].pil.size == (96, 96)


def test_a_vae_from_a_file_of_its_own(with_model: Folders) -> None:
    write_vae(with_model.models / "vae" / "other.safetensors")
    document = text_to_image(more=(node("10", "VAELoader", vae_name="other.safetensors"),))
    own = document.nodes[DECODER]
    other = document.with_nodes({**document.nodes, DECODER: own.with_(links={**own.links, "vae": Link("10", 0)})})
    assert not torch.equal(result_of(with_model, other).outputs(DECODER)[0], result_of(with_model, document).outputs(DECODER)[0])


def test_a_saved_picture_opens_as_the_workflow_that_made_it(with_model: Folders) -> None:
    document = text_to_image(output="SaveImage")
    (saved,) = result_of(with_model, document).ui(SHOWN)["images"]
    path = with_model.output / saved.filename
    assert path == with_model.output / "ComfyUI_00001_.png"
    with Image.open(path) as file:
        prompt, workflow = json.loads(file.info["prompt"]), json.loads(file.info["workflow"])
        assert np.array_equal(np.asarray(file), np.asarray(saved.pil))
        from_picture = open_document(file, default_registry())
    assert prompt[SAMPLER]["class_type"] == "KSampler"
    assert prompt[SAMPLER]["inputs"]["seed"] == 1
    assert prompt[SAMPLER]["inputs"]["model"] == [CHECKPOINT, 0]
    assert {one["type"] for one in workflow["nodes"]} == {one.type for one in document.nodes.values()}
    for opened in (from_picture, open_document(str(path), default_registry()), open_document(path.read_bytes(), default_registry())):
        assert opened == document
    engine = engine_for(with_model)
    engine.submit(document).result(60)
    assert engine.submit(open_document(path, default_registry())).result(60).executed == ()


def test_a_cached_save_does_not_write_again(with_model: Folders) -> None:
    engine = engine_for(with_model)
    for _ in range(2):
        result = engine.submit(text_to_image(output="SaveImage")).result(60)
        assert result.ui(SHOWN)["images"][0].filename == "ComfyUI_00001_.png"
    assert [path.name for path in Path(with_model.output).iterdir()] == ["ComfyUI_00001_.png"]
