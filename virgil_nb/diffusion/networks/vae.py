"""The autoencoder of Stable Diffusion 1.x and its narrow relatives: pictures to latents, 8 pixels to a cell, and back.

Names and nesting are those of the checkpoints below `first_stage_model.`. Widths and depths are read from the weights' shapes.
Latents here are unscaled; the factor 0.18215 belongs to the diffusion model's input. Source: Rombach et al. 2022, arXiv:2112.10752.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch.nn.functional as F
from torch import Tensor, nn

from virgil_nb.diffusion.networks.layers import Conv2d, GroupNorm, attention


@dataclass(frozen=True)
class VAEConfig:
    """Shape of an autoencoder; the defaults are Stable Diffusion 1.5's. norm_groups: None is the rule min(32, ch // 4)."""

    ch: int = 128
    ch_mult: tuple[int, ...] = (1, 2, 4, 4)
    num_res_blocks: int = 2
    z_channels: int = 4
    embed_dim: int = 4
    in_channels: int = 3
    out_channels: int = 3
    norm_groups: int | None = None
    mid_attention: bool = True

    @property
    def groups(self) -> int:
        return self.norm_groups if self.norm_groups is not None else min(32, self.ch // 4)

    @property
    def downscale(self) -> int:
        """Pixels along the side of a latent cell."""
        return 1 << (len(self.ch_mult) - 1)

    @classmethod
    def from_shapes(cls, shapes: Mapping[str, tuple[int, ...]], metadata: Mapping[str, str] | None = None) -> VAEConfig:
        """The config of the autoencoder whose state dict has these shapes (keys without prefix).

        metadata: `virgil.vae_norm_groups` where the rule does not hold. Raises KeyError where a key that every one has is missing.
        """
        ch, in_channels = shapes["encoder.conv_in.weight"][:2]
        mult: list[int] = []
        while f"encoder.down.{len(mult)}.block.0.conv1.weight" in shapes:
            mult.append(shapes[f"encoder.down.{len(mult)}.block.0.conv1.weight"][0] // ch)
        blocks = 0
        while f"encoder.down.0.block.{blocks}.conv1.weight" in shapes:
            blocks += 1
        groups = (metadata or {}).get("virgil.vae_norm_groups")
        embed, z = shapes["post_quant_conv.weight"][1], shapes["post_quant_conv.weight"][0]
        return cls(
            ch=ch,
            ch_mult=tuple(mult),
            num_res_blocks=blocks,
            z_channels=z,
            embed_dim=embed,
            in_channels=in_channels,
            out_channels=shapes["decoder.conv_out.weight"][0],
            norm_groups=int(groups) if groups else None,
            mid_attention="decoder.mid.attn_1.norm.weight" in shapes,
        )


class ResnetBlock(nn.Module):
    def __init__(self, in_channels: int, out_channels: int, groups: int) -> None:
        super().__init__()
        self.norm1 = GroupNorm(groups, in_channels, eps=1e-6)
        self.conv1 = Conv2d(in_channels, out_channels, 3, padding=1)
        self.norm2 = GroupNorm(groups, out_channels, eps=1e-6)
        self.conv2 = Conv2d(out_channels, out_channels, 3, padding=1)
        if in_channels != out_channels:
            self.nin_shortcut = Conv2d(in_channels, out_channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        hidden = self.conv1(F.silu(self.norm1(x)))
        hidden = self.conv2(F.silu(self.norm2(hidden)))
        result: Tensor = hidden + (self.nin_shortcut(x) if hasattr(self, "nin_shortcut") else x)
        return result


class AttnBlock(nn.Module):
    """One head of attention over all cells; projections are 1x1 convolutions."""

    def __init__(self, channels: int, groups: int) -> None:
        super().__init__()
        self.norm = GroupNorm(groups, channels, eps=1e-6)
        self.q, self.k, self.v = (Conv2d(channels, channels, 1) for _ in range(3))
        self.proj_out = Conv2d(channels, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        b, c, h, w = x.shape
        hidden = self.norm(x)
        q, k, v = (projection(hidden).flatten(2).transpose(1, 2) for projection in (self.q, self.k, self.v))
        mixed = attention(q.contiguous(), k.contiguous(), v.contiguous(), heads=1)
        result: Tensor = x + self.proj_out(mixed.transpose(1, 2).reshape(b, c, h, w))
        return result


class Downsample(nn.Module):
    """Halves the size; pads one row below and one column to the right, as the original does."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv = Conv2d(channels, channels, 3, stride=2)

    def forward(self, x: Tensor) -> Tensor:
        result: Tensor = self.conv(F.pad(x, (0, 1, 0, 1)))
        return result


class Upsample(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv = Conv2d(channels, channels, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        result: Tensor = self.conv(F.interpolate(x, scale_factor=2.0, mode="nearest"))
        return result


class Mid(nn.Module):
    def __init__(self, channels: int, groups: int, with_attention: bool) -> None:
        super().__init__()
        self.block_1 = ResnetBlock(channels, channels, groups)
        self.attn_1 = AttnBlock(channels, groups) if with_attention else nn.Identity()
        self.block_2 = ResnetBlock(channels, channels, groups)

    def forward(self, x: Tensor) -> Tensor:
        result: Tensor = self.block_2(self.attn_1(self.block_1(x)))
        return result


class Level(nn.Module):
    """The blocks of one resolution; `block.0` changes the width, `downsample` or `upsample` the size."""

    def __init__(self, in_channels: int, out_channels: int, blocks: int, groups: int, resample: type[Downsample | Upsample] | None) -> None:
        super().__init__()
        self.block = nn.ModuleList(ResnetBlock(in_channels if i == 0 else out_channels, out_channels, groups) for i in range(blocks))
        if resample is Downsample:
            self.downsample = Downsample(out_channels)
        elif resample is Upsample:
            self.upsample = Upsample(out_channels)

    def forward(self, x: Tensor) -> Tensor:
        for block in self.block:
            x = block(x)
        if hasattr(self, "downsample"):
            x = self.downsample(x)
        elif hasattr(self, "upsample"):
            x = self.upsample(x)
        return x


class Encoder(nn.Module):
    """Picture (B, 3, H, W) to mean and log-variance, (B, 2 * z_channels, H / f, W / f)."""

    def __init__(self, config: VAEConfig) -> None:
        super().__init__()
        widths = [config.ch * mult for mult in config.ch_mult]
        last = len(widths) - 1
        self.conv_in = Conv2d(config.in_channels, config.ch, 3, padding=1)
        self.down = nn.ModuleList(
            Level(widths[max(i - 1, 0)] if i else config.ch, width, config.num_res_blocks, config.groups, Downsample if i < last else None)
            for i, width in enumerate(widths)
        )
        self.mid = Mid(widths[-1], config.groups, config.mid_attention)
        self.norm_out = GroupNorm(config.groups, widths[-1], eps=1e-6)
        self.conv_out = Conv2d(widths[-1], 2 * config.z_channels, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv_in(x)
        for level in self.down:
            x = level(x)
        result: Tensor = self.conv_out(F.silu(self.norm_out(self.mid(x))))
        return result


class Decoder(nn.Module):
    """Latent (B, z_channels, h, w) to picture (B, 3, h * f, w * f). `up` is indexed by resolution: the last entry runs first."""

    def __init__(self, config: VAEConfig) -> None:
        super().__init__()
        widths = [config.ch * mult for mult in config.ch_mult]
        last = len(widths) - 1
        self.conv_in = Conv2d(config.z_channels, widths[-1], 3, padding=1)
        self.mid = Mid(widths[-1], config.groups, config.mid_attention)
        self.up = nn.ModuleList(
            Level(widths[min(i + 1, last)], width, config.num_res_blocks + 1, config.groups, Upsample if i else None)
            for i, width in enumerate(widths)
        )
        self.norm_out = GroupNorm(config.groups, widths[0], eps=1e-6)
        self.conv_out = Conv2d(widths[0], config.out_channels, 3, padding=1)

    def forward(self, z: Tensor) -> Tensor:
        x = self.mid(self.conv_in(z))
        for level in reversed(list(self.up)):
            x = level(x)
        result: Tensor = self.conv_out(F.silu(self.norm_out(x)))
        return result


class AutoencoderKL(nn.Module):
    """Encoder and decoder with their 1x1 convolutions on the latent side."""

    def __init__(self, config: VAEConfig | None = None) -> None:
        super().__init__()
        self.config = config = config or VAEConfig()
        self.encoder = Encoder(config)
        self.decoder = Decoder(config)
        self.quant_conv = Conv2d(2 * config.z_channels, 2 * config.embed_dim, 1)
        self.post_quant_conv = Conv2d(config.embed_dim, config.z_channels, 1)

    def encode(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and log-variance of the latent, each (B, embed_dim, H / f, W / f). x: (B, 3, H, W) in -1..1, sides multiples of f."""
        mean, logvar = self.quant_conv(self.encoder(x)).chunk(2, dim=1)
        return mean, logvar.clamp(-30.0, 20.0)

    def decode(self, z: Tensor) -> Tensor:
        """Picture (B, 3, h * f, w * f) in about -1..1, not clamped."""
        result: Tensor = self.decoder(self.post_quant_conv(z))
        return result
