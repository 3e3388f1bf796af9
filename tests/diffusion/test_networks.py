"""The networks have the checkpoints' own keys, at any width, and can be trained."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.diffusion.conftest import UNET, VAE
from tests.goldens.regenerate import sd15_shapes
from virgil_nb.diffusion.networks.unet import UNet, UNetConfig, timestep_embedding
from virgil_nb.diffusion.networks.vae import AutoencoderKL, VAEConfig
from virgil_nb.diffusion.text.clip import config_from_shapes, expected_shapes
from virgil_nb.diffusion.text.hugging_face import ClipTextConfig


def shapes_of(network: torch.nn.Module) -> dict[str, tuple[int, ...]]:
    return {key: tuple(tensor.shape) for key, tensor in network.state_dict().items()}


def sd15(prefix: str) -> dict[str, tuple[int, ...]]:
    return {key[len(prefix) :]: tuple(shape) for key, shape in sd15_shapes().items() if key.startswith(prefix)}


def test_the_defaults_are_stable_diffusion_15() -> None:
    unet, vae, text = (sd15(p) for p in ("model.diffusion_model.", "first_stage_model.", "cond_stage_model.transformer.text_model."))
    with torch.device("meta"):
        assert shapes_of(UNet(UNetConfig.from_shapes(unet))) == shapes_of(UNet()) == unet
        assert shapes_of(AutoencoderKL(VAEConfig.from_shapes(vae))) == shapes_of(AutoencoderKL()) == vae
    assert config_from_shapes(text, {}) == ClipTextConfig()
    assert expected_shapes(ClipTextConfig()) == text


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_a_unet_of_any_shape_is_recognised(data: st.DataObject) -> None:
    levels = data.draw(st.integers(1, 4))
    per_level = lambda low, high: tuple(data.draw(st.lists(st.integers(low, high), min_size=levels, max_size=levels)))  # noqa: E731
    config = UNetConfig(
        model_channels=data.draw(st.sampled_from([8, 16])),
        channel_mult=per_level(1, 3),
        num_res_blocks=per_level(1, 2),
        transformer_depth=per_level(0, 2),
        middle_depth=data.draw(st.integers(0, 1)),
        context_dim=12,
        num_heads=2,
        norm_groups=2,
    )
    with torch.device("meta"):
        shapes = shapes_of(UNet(config))
    found = UNetConfig.from_shapes(shapes, {"virgil.num_heads": "2", "virgil.norm_groups": "2"})
    with torch.device("meta"):
        assert shapes_of(UNet(found)) == shapes
    assert (found.channel_mult, found.res_blocks, found.depths) == (config.channel_mult, config.res_blocks, config.depths)


@pytest.mark.parametrize("size", [(8, 8), (7, 9), (1, 3)])
def test_a_unet_takes_any_size(size: tuple[int, int]) -> None:
    x = torch.randn(2, 4, *size)
    assert UNet(UNET)(x, torch.tensor([0.0, 999.0]), torch.randn(2, 5, 16)).shape == x.shape


def test_an_autoencoder_has_eight_pixels_to_a_cell() -> None:
    vae = AutoencoderKL(VAE)
    mean, logvar = vae.encode(torch.randn(1, 3, 32, 48))
    assert mean.shape == logvar.shape == (1, 4, 4, 6)
    assert vae.decode(mean).shape == (1, 3, 32, 48)


def test_every_weight_can_be_trained() -> None:
    unet, vae = UNet(UNET), AutoencoderKL(VAE)
    for parameter in unet.parameters():
        torch.nn.init.normal_(parameter, std=0.1)  # away from the zeros that residual branches start with
    unet(torch.randn(1, 4, 8, 8), torch.tensor([5.0]), torch.randn(1, 5, 16)).square().mean().backward()
    mean, logvar = vae.encode(torch.randn(1, 3, 32, 32))
    (vae.decode(mean + logvar).square().mean()).backward()
    without = [name for network in (unet, vae) for name, parameter in network.named_parameters() if parameter.grad is None]
    assert without == []


def test_an_untrained_unet_predicts_nothing() -> None:
    assert not UNet(UNET)(torch.randn(1, 4, 8, 8), torch.tensor([5.0]), torch.randn(1, 5, 16)).any()


def test_timesteps_start_with_cosines() -> None:
    embedding = timestep_embedding(torch.tensor([0.0, 3.0]), 6)
    assert embedding[0].tolist() == [1, 1, 1, 0, 0, 0]
    assert embedding[1, 0] == pytest.approx(torch.tensor(3.0).cos().item())
