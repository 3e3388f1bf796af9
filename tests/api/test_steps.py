"""What went into a node, and a sampler's steps: the way from noise to latent as it was."""

from __future__ import annotations

from itertools import pairwise

import pytest
import torch

import virgil_nb as vnb


def test_the_last_steps_guess_is_what_the_sampler_gave(wf: vnb.Workflow, session: vnb.Session) -> None:
    result = wf.run(session=session, progress=False)
    steps = result.steps("KSampler")
    assert [(step.index, step.total) for step in steps] == [(0, 4), (1, 4), (2, 4), (3, 4)]
    assert all(a.sigma_next == b.sigma for a, b in pairwise(steps)) and steps[-1].sigma_next == 0
    torch.testing.assert_close(steps[-1].guess["samples"], result["KSampler"].LATENT["samples"])


def test_each_step_leads_to_the_next_as_eulers_method_says(wf: vnb.Workflow, session: vnb.Session) -> None:
    steps = wf.run(session=session, progress=False).steps(wf["KSampler"])
    for step, after in pairwise(steps):
        slope = (step.x - step.denoised) / step.sigma
        torch.testing.assert_close(step.x + slope * (step.sigma_next - step.sigma), after.x)


def test_the_guess_is_the_models_two_guesses_put_together_by_cfg(wf: vnb.Workflow, session: vnb.Session) -> None:
    result = wf.run(session=session, progress=False)
    inputs, step = result.inputs("KSampler"), result.steps("KSampler")[1]
    with torch.no_grad():
        sigma = torch.tensor([step.sigma])
        wanted, unwanted = (inputs["model"].denoise(step.x, sigma, inputs[name][0][0]) for name in ("positive", "negative"))
    torch.testing.assert_close(unwanted + inputs["cfg"] * (wanted - unwanted), step.denoised, rtol=1e-4, atol=1e-4)


def test_steps_are_there_for_a_sampler_that_came_from_the_cache(wf: vnb.Workflow, session: vnb.Session) -> None:
    first, again = wf.run(session=session, progress=False), wf.run(session=session, progress=False)
    assert again.executed == ()
    assert torch.equal(again.steps("KSampler")[2].x, first.steps("KSampler")[2].x)


def test_a_step_that_is_changed_leaves_the_run_untouched(wf: vnb.Workflow, session: vnb.Session) -> None:
    result = wf.run(session=session, progress=False)
    for step in result.steps("KSampler"):
        step.x.zero_()
        step.denoised.zero_()
    result.inputs("KSampler")["positive"][0][0].zero_()
    torch.testing.assert_close(result.steps("KSampler")[-1].guess["samples"], result["KSampler"].LATENT["samples"])


def test_inputs_are_the_values_as_the_node_got_them(wf: vnb.Workflow, session: vnb.Session) -> None:
    start = torch.randn(1, 4, 16, 16)
    wf["KSampler"].latent_image = {"samples": start}
    result = wf.run(session=session, progress=False)
    wf["KSampler"].steps = 9
    inputs = result.inputs("KSampler")
    assert inputs["steps"] == 4 and inputs["sampler_name"] == result.workflow["KSampler"].sampler_name
    assert torch.equal(inputs["latent_image"]["samples"], start)
    assert torch.equal(inputs["positive"][0][0], result["Prompt"].CONDITIONING[0][0])


def test_a_node_that_is_no_sampler_has_no_steps_and_one_that_was_not_needed_no_inputs(wf: vnb.Workflow, session: vnb.Session) -> None:
    unneeded = wf.add("CLIPTextEncode", text="an owl", clip=wf["CheckpointLoaderSimple"].CLIP, title="Unneeded")
    result = wf.run(session=session, progress=False)
    with pytest.raises(TypeError, match="VAEDecode takes no sampling steps"):
        result.steps("VAEDecode")
    with pytest.raises(KeyError, match="not needed"):
        result.inputs(unneeded)
