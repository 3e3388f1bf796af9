"""What sampling promises beyond the golden figures."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from tests.diffusion.analytic import NEGATIVE, POSITIVE, AnalyticModel
from virgil_nb.diffusion import (
    SAMPLERS,
    SCHEDULERS,
    Checkpoint,
    InvalidSampling,
    NoiseSchedule,
    Step,
    device,
    free_memory,
    sample,
    sigmas_for,
)
from virgil_nb.diffusion.guidance import Guidance
from virgil_nb.diffusion.noise import SamplingNoise
from virgil_nb.diffusion.sampling import begin

EMPTY = torch.zeros(1, 4, 4, 4)
SETTINGS: dict[str, Any] = {"positive": POSITIVE, "negative": NEGATIVE, "seed": 1, "steps": 6, "cfg": 3.0}


class Counting(AnalyticModel):
    """Remembers how many rows each call had."""

    rows: list[int]

    def denoise(self, x: Tensor, sigma: Tensor, context: Tensor) -> Tensor:
        self.__dict__.setdefault("rows", []).append(len(x))
        return super().denoise(x, sigma, context)


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_the_same_seed_gives_the_same_latent_and_another_another(sampler: str) -> None:
    first, again, other = (sample(AnalyticModel(), EMPTY, **SETTINGS | {"sampler": sampler, "seed": seed}) for seed in (1, 1, 2))
    assert torch.equal(first, again)
    assert not torch.allclose(first, other, atol=0.1)


@pytest.mark.parametrize("sampler", ["euler", "ddim", "heun", "dpmpp_2m"])
def test_deterministic_samplers_solve_the_probability_flow(sampler: str) -> None:
    """Against SciPy's integrator of dx/dsigma = (x - D(x, sigma)) / sigma, on the analytic model (Karras et al. 2022, equation 1)."""
    from scipy.integrate import solve_ivp

    model, steps = AnalyticModel(), 400
    sigmas = sigmas_for(model.schedule, "karras", steps)
    source = SamplingNoise(3)
    noise = source.initial(EMPTY.shape)
    guide = Guidance(model, POSITIVE, NEGATIVE, 2.0)
    start = model.schedule.add_noise(EMPTY, noise, float(sigmas[0]), full=True)

    def slope(sigma: float, flat: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        x = torch.from_numpy(flat).view(EMPTY.shape)
        return np.asarray(((x - guide(x, sigma)) / sigma).flatten())

    exact = solve_ivp(slope, (float(sigmas[0]), 1e-3), start.double().flatten().numpy(), rtol=1e-7, atol=1e-7).y[:, -1]
    result = sample(model, EMPTY, **SETTINGS | {"sampler": sampler, "scheduler": "karras", "steps": steps, "seed": 3, "cfg": 2.0})
    difference = (result.flatten().double() - torch.from_numpy(exact)).abs()
    assert difference.median() < (0.01 if sampler in ("euler", "ddim") else 0.002)


@pytest.mark.parametrize("sampler", ["euler_ancestral", "dpmpp_2m_sde"])
def test_stochastic_samplers_draw_from_the_distribution(sampler: str) -> None:
    """Many cells, no guidance: the share of cells near each Gaussian is its weight in the mixture."""
    latent = torch.zeros(1, 4, 64, 64)
    result = sample(AnalyticModel(), latent, **SETTINGS | {"sampler": sampler, "scheduler": "karras", "steps": 60, "cfg": 1.0})
    channel = result[0, 0].flatten()  # means -1.2 (a half), 0.1 (three tenths), 1.4 (a fifth)
    shares = [float((channel < -0.55).float().mean()), float((channel > 0.85).float().mean())]
    assert shares == pytest.approx([0.5, 0.2], abs=0.04)


def test_brownian_noise_does_not_depend_on_the_steps_between() -> None:
    path = SamplingNoise(5).brownian(torch.zeros(1, 4, 8, 8), 0.03, 14.0)
    whole = path(10.0, 2.0) * math.sqrt(8.0)
    halves = path(10.0, 7.0) * math.sqrt(3.0) + path(7.0, 2.0) * math.sqrt(5.0)
    torch.testing.assert_close(whole, halves, atol=1e-4, rtol=0)


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(sorted(SCHEDULERS)),
    st.integers(1, 60),
    st.floats(0.05, 1.0),
    st.sampled_from([NoiseSchedule(), NoiseSchedule("v", True)]),
)
def test_sigmas_fall_to_zero(scheduler: str, steps: int, denoise: float, schedule: NoiseSchedule) -> None:
    sigmas = sigmas_for(schedule, scheduler, steps, denoise)
    assert sigmas[-1] == 0
    assert (sigmas.diff() < 0).all()
    assert float(sigmas[0]) <= schedule.sigma_max * 1.001


def test_cfg_1_never_evaluates_the_negative_prompt() -> None:
    model = Counting()
    sample(model, EMPTY, **SETTINGS | {"cfg": 1.0})
    assert model.rows == [1] * 6


def test_both_prompts_run_as_one_batch() -> None:
    model = Counting()
    sample(model, torch.zeros(3, 4, 4, 4), **SETTINGS)
    assert model.rows == [6] * 6


def test_prompts_of_different_lengths_run_as_one_batch_with_the_same_result(tiny: Checkpoint) -> None:
    torch.manual_seed(0)
    short, long = torch.randn(1, 77, 16), torch.randn(1, 154, 16)
    x = torch.randn(2, 4, 8, 8)
    together = Guidance(tiny.model, [[long, {}]], [[short, {}]], 3.0)(x, 2.0)
    alone = [tiny.model.denoise(x, torch.full((2,), 2.0), context.repeat(2, 1, 1)) for context in (long, short)]
    torch.testing.assert_close(together, alone[1] + (alone[0] - alone[1]) * 3.0, rtol=1e-4, atol=1e-4)


def test_several_prompts_are_averaged() -> None:
    model = AnalyticModel()
    x = torch.randn(1, 4, 4, 4)
    both = Guidance(model, [*POSITIVE, *NEGATIVE], NEGATIVE, 1.0)(x, 1.0)
    each = [Guidance(model, conditioning, NEGATIVE, 1.0)(x, 1.0) for conditioning in (POSITIVE, NEGATIVE)]
    torch.testing.assert_close(both, (each[0] + each[1]) / 2)


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_each_step_is_seen_before_it_is_taken(sampler: str) -> None:
    seen: list[Step] = []
    sample(AnalyticModel(), EMPTY, **SETTINGS, sampler=sampler, on_step=seen.append)
    assert [(step.index, step.total) for step in seen] == [(index, 6) for index in range(6)]
    assert all(step.sigma > step.sigma_next for step in seen)
    assert seen[-1].sigma_next == 0


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_what_on_step_raises_ends_the_sampling_at_once(sampler: str) -> None:
    model = Counting()

    def stop(step: Step) -> None:
        if step.index == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sample(model, EMPTY, **SETTINGS, sampler=sampler, on_step=stop)
    assert len(model.rows) == (5 if sampler == "heun" else 3)


def test_what_the_mask_keeps_is_kept() -> None:
    original = torch.randn(2, 4, 4, 6)
    mask = torch.zeros(1, 1, 4, 6)
    mask[..., 3:] = 1
    result = sample(AnalyticModel(), original, **SETTINGS, noise_mask=mask)
    torch.testing.assert_close(result[..., :3], original[..., :3], atol=1e-4, rtol=0)
    assert not torch.allclose(result[..., 3:], original[..., 3:], atol=0.1)


def test_a_mask_of_another_size_is_fitted() -> None:
    result = sample(AnalyticModel(), torch.randn(2, 4, 4, 6), **SETTINGS, noise_mask=torch.ones(64, 96))
    assert result.shape == (2, 4, 4, 6)


def test_the_latent_given_is_left_alone_and_none_is_given_back() -> None:
    latent = torch.randn(1, 4, 4, 4)
    before = latent.clone()
    untouched = sample(AnalyticModel(), latent, **SETTINGS, denoise=0.0)
    sample(AnalyticModel(), latent, **SETTINGS).zero_()
    assert torch.equal(latent, before)
    assert torch.equal(untouched, before)
    assert untouched.data_ptr() != latent.data_ptr()


def test_two_halves_make_the_whole() -> None:
    whole = sample(AnalyticModel(), EMPTY, **SETTINGS)
    first = sample(AnalyticModel(), EMPTY, **SETTINGS, last_step=3)
    second = sample(AnalyticModel(), first, **SETTINGS, start_step=3, noise=torch.zeros_like(EMPTY))
    torch.testing.assert_close(second, whole, atol=1e-4, rtol=1e-4)


def test_a_picture_of_a_batch_can_be_made_again_alone() -> None:
    batch = sample(AnalyticModel(), torch.zeros(3, 4, 4, 4), **SETTINGS)
    alone = sample(AnalyticModel(), EMPTY, **SETTINGS, batch_index=[2])
    torch.testing.assert_close(alone, batch[2:])


def test_results_are_ordinary_tensors(tiny: Checkpoint) -> None:
    positive, negative = tiny.clip.encode("a red fox"), tiny.clip.encode("")
    latent = sample(tiny.model, torch.zeros(1, 4, 4, 4), positive=positive, negative=negative, seed=1, steps=2)
    picture = tiny.vae.decode(latent)
    for tensor in (latent, picture, positive[0][0]):
        assert tensor.dtype == torch.float32
        assert not tensor.is_inference()
        assert not tensor.requires_grad
        tensor.numpy()[...] = 0


def test_gradients_flow_where_they_are_asked_for(tiny: Checkpoint) -> None:
    latent = torch.zeros(1, 4, 4, 4, requires_grad=True)
    tiny.vae.decode(latent).sum().backward()
    assert latent.grad is not None
    assert latent.grad.any()
    pixels = torch.rand(1, 16, 16, 3, requires_grad=True)
    tiny.vae.encode(pixels).square().sum().backward()
    assert pixels.grad is not None
    context = tiny.clip.encode("fox")[0][0].requires_grad_()
    guide = Guidance(tiny.model, [[context, {}]], [], 1.0)
    run = begin(tiny.model, guide, torch.zeros(1, 4, 4, 4), torch.randn(1, 4, 4, 4), torch.tensor([2.0, 1.0]), SamplingNoise(0))
    next(run).denoised.sum().backward()
    assert context.grad is not None
    assert context.grad.any()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"sampler": "eular"}, '"eular" is no sampler; there are euler'),
        ({"scheduler": "norm"}, '"norm" is no scheduler; there are normal'),
        ({"steps": 0}, "steps is 0; it must be 1 or more"),
        ({"seed": -1}, "seed is -1"),
        ({"positive": []}, "positive conditioning is empty"),
        ({"positive": [["a fox", {}]]}, "this one has str"),
        ({"sampler": "dpmpp_2m_sde", "sampler_options": {"solver_type": "euler"}}, 'solver_type is "euler"'),
    ],
)
def test_arguments_that_make_no_sense(change: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidSampling, match=message):
        sample(AnalyticModel(), EMPTY, **SETTINGS | change)


def test_conditioning_of_another_model(tiny: Checkpoint) -> None:
    with pytest.raises(InvalidSampling, match="768 wide; this model wants 16"):
        sample(tiny.model, EMPTY, positive=[[torch.zeros(1, 77, 768), {}]], negative=[], seed=1, cfg=1.0)


def test_noise_of_another_shape() -> None:
    with pytest.raises(InvalidSampling, match="the noise has shape"):
        sample(AnalyticModel(), EMPTY, **SETTINGS, noise=torch.zeros(1, 4, 8, 8))


def test_half_precision_gives_nearly_the_same(tiny: Checkpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a GPU would do, as far as a CPU can tell."""

    def picture() -> Tensor:
        positive, negative = tiny.clip.encode("a (red:1.2) fox"), tiny.clip.encode("")
        latent = sample(tiny.model, torch.zeros(1, 4, 8, 8), positive=positive, negative=negative, seed=1, steps=4, cfg=2.0)
        return tiny.vae.decode(latent)

    exact = picture()
    free_memory()
    monkeypatch.setattr(device, "compute_dtype", lambda _: torch.bfloat16)
    monkeypatch.setattr(device, "vae_dtype", lambda _: torch.bfloat16)
    half = picture()
    free_memory()
    assert half.dtype == torch.float32
    assert not torch.equal(half, exact)
    torch.testing.assert_close(half, exact, atol=0.1, rtol=0)


@pytest.mark.parametrize("shape", [(1, 3, 4, 4), (4, 4, 4)])
def test_a_latent_of_another_shape(shape: tuple[int, ...]) -> None:
    with pytest.raises(InvalidSampling, match=r"wants \(batch, 4, height, width\)"):
        sample(AnalyticModel(), torch.zeros(shape), **SETTINGS)
