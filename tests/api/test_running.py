"""Running the shipped model's workflow: what is run again, what comes back, and whose it is."""

from __future__ import annotations

import asyncio
import warnings

import numpy as np
import pytest
import torch
from PIL import Image

import virgil_nb as vnb


def test_a_new_seed_reruns_exactly_the_sampler_and_what_follows(wf, session):
    wf.run(session=session, progress=False)
    wf["KSampler"].seed = 4321
    result = wf.run(session=session, progress=False)
    assert [result.workflow[i].info.type for i in result.executed] == ["KSampler", "VAEDecode", "SaveImage"]
    assert {result.workflow[i].info.type for i in result.cached} == {"CheckpointLoaderSimple", "CLIPTextEncode", "EmptyLatentImage"}


def test_two_seeds_give_different_pictures_and_one_seed_the_same(session):
    def picture(seed: int) -> np.ndarray:
        return np.asarray(vnb.generate("a panda", seed=seed, steps=6, session=session, progress=False), dtype=np.float32)

    assert np.abs(picture(1) - picture(2)).mean() > 2
    assert np.array_equal(picture(1), picture(1))


def test_changing_a_returned_tensor_through_numpy_leaves_the_cache_untouched(wf, session):
    first = wf.run(session=session, progress=False)
    samples = first["KSampler"].LATENT["samples"]
    kept = samples.clone()
    samples.numpy()[:] = 0
    again = wf.run(session=session, progress=False)
    assert again.executed == ()
    assert torch.equal(again["KSampler"].LATENT["samples"], kept)
    assert torch.equal(first["KSampler"].LATENT["samples"], kept)


def test_backward_works_on_what_a_result_gives(wf, session):
    result = wf.run(session=session, progress=False)
    latent = result["KSampler"].LATENT["samples"].requires_grad_()
    vae = result["CheckpointLoaderSimple"].VAE
    vae.decode(latent).mean().backward()
    assert latent.grad is not None and latent.grad.abs().sum() > 0


def test_the_pictures_come_from_the_cache_too(wf, session):
    first, again = wf.run(session=session, progress=False), wf.run(session=session, progress=False)
    assert again.executed == () and len(again.images) == 1
    assert first.images[0].tobytes() == again.images[0].tobytes()


def test_a_session_may_keep_only_what_a_run_needs(wf, tmp_path):
    with vnb.Session(cache="needed", stored=False, outputs=tmp_path, history=False) as thrifty:
        first = wf.run(session=thrifty, progress=False)
        wf["KSampler"].seed = 5
        second = wf.run(session=thrifty, progress=False)
        assert set(first.executed) == set(second.executed) and len(second.images) == 1
        assert "keeps nothing longer" in second.why("CheckpointLoaderSimple") and "what is needed" in repr(thrifty)
    with pytest.raises(ValueError, match="'plenty' is no size; give bytes"):
        vnb.Session(cache="plenty")


def test_what_a_node_was_expanded_into_can_be_looked_at(session):
    @vnb.node
    def twice(samples: vnb.Latent, x: int = 2) -> vnb.Latent:
        graph = vnb.Graph()
        for _ in range(x):
            samples = graph.add("LatentUpscale", samples=samples, width=16, height=16, upscale_method="nearest-exact", crop="disabled")
        return graph.give(samples)

    wf = vnb.Workflow()
    loop = wf.add(twice, samples={"samples": torch.rand(1, 4, 4, 4)})
    result = wf.run(outputs=[loop], session=session, progress=False)
    first, second, outer = result.executed
    assert outer == loop.info.id and first != second
    assert result[second].LATENT["samples"].shape == (1, 4, 8, 8)
    assert torch.equal(result[second].LATENT["samples"], result[loop].LATENT["samples"])
    assert result.inputs(second)["width"] == 16 and result.inputs(first)["samples"]["samples"].shape == (1, 4, 4, 4)
    assert result.why(first)
    with pytest.raises(KeyError, match="No node is called"):
        result["nobody"]


def test_a_tensor_goes_in_and_comes_out(session):
    wf = vnb.Workflow()
    tensor = torch.rand(2, 32, 24, 3)
    shown = wf.add("PreviewImage", images=tensor)
    tensor.zero_()  # the workflow holds a copy
    result = wf.run(session=session, progress=False)
    assert [image.size for image in result.images] == [(24, 32), (24, 32)]
    assert np.asarray(result.images[0]).mean() > 50
    assert shown.images.mean() > 0.2


def test_an_object_is_in_a_file_only_when_asked(session):
    wf = vnb.Workflow()
    wf.add("PreviewImage", images=torch.rand(1, 8, 8, 3))
    with pytest.raises(ValueError, match="embed=True"):
        wf.to_api()
    again = vnb.Workflow.open(wf.to_api(embed=True))
    assert again.run(session=session, progress=False).images[0].tobytes() == wf.run(session=session, progress=False).images[0].tobytes()


def test_an_object_that_is_missing_elsewhere_is_a_problem():
    wf = vnb.Workflow()
    wf.add("PreviewImage", images=torch.rand(1, 8, 8, 3))
    assert [p.kind for p in vnb.Workflow.open(wf.to_json()).validate()] == ["missing_object"]


def test_a_run_can_be_awaited(wf, session):
    result = asyncio.run(wf.run_async(session=session))
    assert result.images[0].size == (128, 128)


def test_a_started_run_gives_its_events_in_order(wf, session):
    wf["KSampler"].seed = 99
    kinds = [type(event).__name__ for event in wf.start(session=session).events()]
    assert kinds.index("RunStarted") < kinds.index("NodeProgress") < kinds.index("RunFinished") == len(kinds) - 1
    assert kinds.count("NodeProgress") >= 4


def test_cancelling_ends_within_a_step_and_keeps_what_was_done(wf, session):
    wf["KSampler"].steps, wf["KSampler"].seed = 400, 5
    run = wf.start(session=session)
    steps = 0
    for event in run.events():
        if type(event).__name__ == "NodeProgress" and run.state == "running":
            steps += 1
            run.cancel()
    assert run.state == "cancelled" and steps < 20
    with pytest.raises(vnb.Interrupted) as caught:
        run.result()
    assert "CheckpointLoaderSimple" in {wf[i].info.type for i in (*caught.value.result.executed, *caught.value.result.cached)}


def test_control_changes_the_seed_when_a_run_is_queued(wf, session):
    from virgil_nb.engine import SetControl

    wf["KSampler"].seed = 10
    wf.editor.apply(SetControl(wf["KSampler"].info.id, "seed", "increment"))
    result = wf.run(session=session, progress=False)
    assert wf["KSampler"].seed == 11 == result.workflow["KSampler"].seed
    wf.undo()
    assert wf["KSampler"].seed == 10


def test_a_wrong_value_is_refused_before_anything_runs(wf, session):
    wf["KSampler"].steps = 0
    with pytest.raises(vnb.WorkflowInvalid) as caught:
        wf.run(session=session, progress=False)
    (problem,) = caught.value.problems
    assert (problem.kind, problem.input) == ("value_smaller_than_min", "steps")
    assert "1" in problem.message


def test_a_node_that_raises_says_where_and_keeps_the_rest(wf, session):
    @vnb.node
    def explode(image: vnb.Image) -> vnb.Image:
        """Raises."""
        raise ValueError("the fuse was lit")

    bad = wf.add(explode, image=wf["VAEDecode"].IMAGE)
    shown = wf.add("PreviewImage", images=bad.outputs[0])
    with pytest.raises(vnb.NodeError, match="the fuse was lit") as caught:
        wf.run(outputs=[shown], session=session, progress=False)
    assert caught.value.node == bad.info.id and isinstance(caught.value.cause, ValueError)
    assert wf.run(outputs=["SaveImage"], session=session, progress=False).executed in ((), (wf["SaveImage"].info.id,))


def test_the_pictures_of_a_node_of_ones_own_may_be_pil_images(session):
    @vnb.node(output=True)
    def square(side: int = 9) -> vnb.NodeReturn:
        """A square."""
        return vnb.NodeReturn(ui={"images": [Image.new("RGB", (side, side), "red")]})

    wf = vnb.Workflow()
    wf.add(square)
    (picture,) = wf.run(session=session, progress=False).images
    assert picture.size == (9, 9)


def test_running_inside_a_node_raises_and_never_deadlocks(session):
    inner = vnb.Workflow.template("text-to-image")

    @vnb.node(output=True)
    def nested(go: bool = True) -> None:
        """Runs a workflow inside a node."""
        inner.run(session=session, progress=False)

    wf = vnb.Workflow()
    wf.add(nested)
    with pytest.raises(vnb.NodeError) as caught:
        wf.run(session=session, progress=False)
    assert isinstance(caught.value.cause, vnb.RunInsideNode)


def test_generate_names_the_words_that_the_model_does_not_know(session):
    with pytest.warns(UserWarning, match="xylomorph"):
        vnb.generate("a xylomorph", steps=1, session=session, progress=False)


def test_generate_knows_a_red_fox(session):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        picture = vnb.generate("a red fox", steps=8, session=session, progress=False)
    assert picture.size == (128, 128) and picture.mode == "RGB"


def test_another_size_brings_a_warning_that_names_the_right_one(session):
    with pytest.warns(UserWarning, match="128"):
        vnb.generate("a red fox", steps=1, width=256, height=256, session=session, progress=False)


def test_the_saved_picture_carries_its_workflow(wf, session):
    wf["SaveImage"].filename_prefix = "carries"
    wf.run(session=session, progress=False)
    newest = max(session.folders.output.glob("carries*.png"), key=lambda path: path.stat().st_mtime)
    again = vnb.Workflow.open(newest)
    assert again["KSampler"].steps == 4 and again.validate() == []


def test_a_reroute_gives_what_flows_through_it(session):
    @vnb.node("Answer of a test", output=True)
    def answer(x: int = 42) -> int:
        return x

    wf = vnb.Workflow()
    source = wf.add("Answer of a test")
    first = wf.add("Reroute", {"": source[0]})
    second = wf.add("Reroute", {"": first[0]})
    loose = wf.add("Reroute")
    result = wf.run(session=session, progress=False)
    assert (result[first][0], result[second.info.id][0], list(result[second])) == (42, 42, [42])
    with pytest.raises(KeyError, match="nothing comes through Reroute"):
        result[loose]
