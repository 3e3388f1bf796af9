"""Noise schedules and schedulers give ComfyUI's figures."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor

from tests.goldens.regenerate import apart, cases, figure, section
from virgil_nb.diffusion import NoiseSchedule, sigmas_for

SECTION = "a_schedulers"
KINDS = {"sd15_eps": NoiseSchedule(), "sd2_v": NoiseSchedule("v"), "zsnr_v": NoiseSchedule("v", zero_snr=True)}


def check(case: dict[str, Any], results: dict[str, Tensor]) -> None:
    tolerance = section(SECTION)["tolerance"]
    wrong = {name: list(apart(results[name], figure(SECTION, case, name), tolerance)) for name in case["outputs"]}
    assert not any(wrong.values()), wrong


@pytest.mark.parametrize("case", cases(SECTION, "table"), ids=lambda case: case["id"])
def test_a_schedule_has_the_reference_table(case: dict[str, Any]) -> None:
    schedule = KINDS[case["kind"]]
    table = schedule.sigmas
    first, last = (len(figure(SECTION, case, name)) for name in ("sigmas_first", "sigmas_last"))
    check(
        case,
        {
            "sigmas_first": table[:first],
            "sigmas_last": table[-last:],
            "sigmas_every50": table[:: case["table_stride"]],
            "sigma_of_t": schedule.sigma(torch.tensor(case["t_inputs"])),
            "timestep_of_sigma": schedule.timestep(table[case["timestep_inputs_index"]]),
            "percent_to_sigma": torch.tensor([schedule.sigma_at(percent) for percent in case["percent_inputs"]], dtype=torch.float64),
        },
    )


@pytest.mark.parametrize("case", cases(SECTION, "schedule", "ksampler_sigmas"), ids=lambda case: case["id"])
def test_a_scheduler_gives_the_reference_sigmas(case: dict[str, Any]) -> None:
    check(case, {"sigmas": sigmas_for(KINDS[case["kind"]], case["scheduler"], case["steps"], case.get("denoise", 1.0))})
