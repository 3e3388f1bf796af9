"""Samplers, noise, masks and step ranges give ComfyUI's figures, on a denoiser that can be written down."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
import torch
from torch import Tensor

from tests.diffusion.analytic import NEGATIVE, POSITIVE, AnalyticModel
from tests.goldens.regenerate import apart, cases, figure, section, tensor
from virgil_nb.diffusion import NoiseSchedule, Step, initial_noise, sample
from virgil_nb.diffusion.noise import BrownianPath

SECTION = "b_samplers"
KINDS = {"eps": NoiseSchedule(), "v": NoiseSchedule("v"), "zsnr": NoiseSchedule("v", zero_snr=True)}


def check(case: dict[str, Any], results: dict[str, Tensor]) -> None:
    tolerance = section(SECTION)["tolerance"]
    wrong = {name: list(apart(results[name], figure(SECTION, case, name), tolerance)) for name in case["outputs"]}
    assert not any(wrong.values()), wrong


@pytest.mark.parametrize("case", cases(SECTION, "sample"), ids=lambda case: case["id"])
def test_a_sampler_gives_the_reference_latent(case: dict[str, Any]) -> None:
    shape = case["shape"]
    seen: list[Step] = []
    result = sample(
        AnalyticModel(KINDS[case["kind"]]),
        tensor(case["latent_image"], shape) if "latent_image" in case else torch.zeros(shape),
        positive=POSITIVE,
        negative=NEGATIVE,
        noise_mask=tensor(case["noise_mask"]) if "noise_mask" in case else None,
        noise=torch.zeros(shape) if case.get("disable_noise") else None,
        sampler_options=case.get("sampler_options"),
        on_step=seen.append,
        force_full_denoise=case.get("force_full_denoise", False),
        **{name: case[name] for name in ("seed", "steps", "cfg", "sampler", "scheduler", "denoise")},
        **{name: case[name] for name in ("start_step", "last_step") if name in case},
    )
    results = {"samples": result}
    if seen:
        results |= {"x": torch.stack([step.x for step in seen]), "denoised": torch.stack([step.denoised for step in seen])}
    check(case, results)


@pytest.mark.parametrize("case", cases(SECTION, "noise"), ids=lambda case: case["id"])
def test_a_seed_gives_the_reference_noise(case: dict[str, Any]) -> None:
    _, *rest = case["shape"]
    picked = initial_noise([len(case["noise_inds"]), *rest], case["seed"], case["noise_inds"])
    check(case, {"noise": initial_noise(case["shape"], case["seed"]), "noise_inds": picked})


@pytest.mark.parametrize("case", cases(SECTION, "brownian"), ids=lambda case: case["id"])
def test_a_seed_gives_the_reference_brownian_path(case: dict[str, Any]) -> None:
    path = BrownianPath(figure(SECTION, case, "noise")[0], case["sigma_min"], case["sigma_max"], case["seed"])
    points = case["points"]
    check(case, {"noise": torch.stack([path(high, low) for high, low in pairwise(points)])})
