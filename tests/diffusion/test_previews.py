"""Previews: colours straight from the latent."""

from __future__ import annotations

import torch

from virgil_nb.diffusion import Checkpoint, LatentFormat, latent_to_rgb


def test_a_preview_is_the_first_latent_of_the_batch_in_bytes() -> None:
    latent = torch.zeros(2, 4, 3, 5)
    latent[1] = 9
    picture = latent_to_rgb(latent, LatentFormat())
    assert picture.shape == (3, 5, 3)
    assert picture.dtype == torch.uint8
    assert (picture == 127).all()


def test_sd1_has_the_usual_colours() -> None:
    latent = torch.tensor([1.0, -0.5, 0.3, 2.0]).view(1, 4, 1, 1)
    expected = [(0.3512 - 0.1625 - 0.08487 - 0.424), (0.2297 - 0.2487 + 0.05286 - 0.5232), (0.3227 - 0.1175 + 0.08163 - 1.4354)]
    assert latent_to_rgb(latent, LatentFormat())[0, 0].tolist() == [int(max(0, (value + 1) / 2) * 255) for value in expected]


def test_a_model_brings_its_own_colours(tiny: Checkpoint) -> None:
    latent = torch.tensor([0.25, -1.0, 5.0, 3.0]).view(1, 4, 1, 1)
    assert latent_to_rgb(latent, tiny.model.latent_format)[0, 0].tolist() == [int(0.875 * 255), 0, 255]


def test_scaling_is_undone() -> None:
    latent = torch.randn(1, 4, 2, 2)
    space = LatentFormat(scale=0.5)
    torch.testing.assert_close(space.out_of_model(space.into_model(latent)), latent)
