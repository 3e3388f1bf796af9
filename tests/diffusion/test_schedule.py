"""Noise schedules: what the network's output means, and how sigma and timestep belong together."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from virgil_nb.diffusion import NoiseSchedule

SIGMAS = st.floats(0.03, 14.0)


@settings(deadline=None)
@given(SIGMAS, st.integers(0, 1000))
def test_both_predictions_lead_back_to_the_clean_latent(sigma: float, seed: int) -> None:
    """By the definitions of Ho et al. 2020 (noise) and Salimans and Ho 2022 (velocity), on the variance-preserving latent z."""
    x0, noise = torch.randn(2, 1, 4, 2, 2, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    x, level = x0 + sigma * noise, torch.tensor(sigma, dtype=torch.float64)
    alpha, spread = 1 / math.hypot(1, sigma), sigma / math.hypot(1, sigma)
    velocity = alpha * noise - spread * x0
    torch.testing.assert_close(NoiseSchedule("epsilon").denoised(x, noise, level), x0)
    torch.testing.assert_close(NoiseSchedule("v").denoised(x, velocity, level), x0)
    torch.testing.assert_close(NoiseSchedule("v").scale_input(x, level), alpha * x0 + spread * noise)


@pytest.mark.parametrize("schedule", [NoiseSchedule(), NoiseSchedule("v", zero_snr=True)])
def test_timestep_and_sigma_are_inverse(schedule: NoiseSchedule) -> None:
    timesteps = torch.arange(1000).float()
    assert torch.equal(schedule.timestep(schedule.sigma(timesteps)), timesteps)


def test_sigma_at_is_far_away_at_the_start_and_nothing_at_the_end() -> None:
    schedule = NoiseSchedule()
    assert schedule.sigma_at(0.0) > 1e8
    assert schedule.sigma_at(1.0) == 0
    assert schedule.sigma_min < schedule.sigma_at(0.7) < schedule.sigma_at(0.3) < schedule.sigma_max


def test_zero_terminal_snr_ends_in_noise_and_starts_as_before() -> None:
    plain, zero = NoiseSchedule("v"), NoiseSchedule("v", zero_snr=True)
    assert zero.sigma_max > 300 * plain.sigma_max
    assert zero.sigma_min == pytest.approx(plain.sigma_min, rel=1e-4)
