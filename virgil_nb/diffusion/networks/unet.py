"""The UNet of Stable Diffusion 1.x and its narrow relatives.

    x ─ input_blocks ─┬─┬─┬─ middle_block ─ output_blocks ─ out ─ prediction
                      └─┴─┴──── skips, concatenated ────┘

Names and nesting are those of the checkpoints below `model.diffusion_model.`, so a state dict is assigned as it is.
Widths and depths are read from the weights' shapes; heads and norm groups can't be, and come from the file's metadata.
Sources: Rombach et al. 2022, arXiv:2112.10752; Dhariwal and Nichol 2021, arXiv:2105.05233.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from virgil_nb.diffusion.networks.layers import Conv2d, GroupNorm, LayerNorm, Linear, attention, zeroed


@dataclass(frozen=True)
class UNetConfig:
    """Shape of a UNet; the defaults are Stable Diffusion 1.5's.

    num_res_blocks, transformer_depth: one entry per level; an int stands for the same at every level. Depth 0 is no attention there.
    head_channels: when set, heads = channels // head_channels at each level (SD2); else `num_heads` everywhere (SD1).
    norm_groups: None is the rule min(32, model_channels // 4).
    """

    in_channels: int = 4
    out_channels: int = 4
    model_channels: int = 320
    channel_mult: tuple[int, ...] = (1, 2, 4, 4)
    num_res_blocks: int | tuple[int, ...] = 2
    transformer_depth: int | tuple[int, ...] = (1, 1, 1, 0)
    middle_depth: int = 1
    context_dim: int = 768
    num_heads: int = 8
    head_channels: int | None = None
    norm_groups: int | None = None
    linear_projections: bool = False

    @property
    def groups(self) -> int:
        return self.norm_groups if self.norm_groups is not None else min(32, self.model_channels // 4)

    @property
    def res_blocks(self) -> tuple[int, ...]:
        return self._per_level(self.num_res_blocks)

    @property
    def depths(self) -> tuple[int, ...]:
        return self._per_level(self.transformer_depth)

    def heads(self, channels: int) -> int:
        return self.num_heads if self.head_channels is None else channels // self.head_channels

    def __post_init__(self) -> None:
        for mult, depth in zip(self.channel_mult, self.depths, strict=True):
            channels = mult * self.model_channels
            if depth and (self.heads(channels) < 1 or channels % self.heads(channels)):
                raise ValueError(f"{channels} channels can't be split into {self.heads(channels)} heads")

    def _per_level(self, value: int | tuple[int, ...]) -> tuple[int, ...]:
        return (value,) * len(self.channel_mult) if isinstance(value, int) else value

    @classmethod
    def from_shapes(cls, shapes: Mapping[str, tuple[int, ...]], metadata: Mapping[str, str] | None = None) -> UNetConfig:
        """The config of the UNet whose state dict has these shapes (keys without prefix).

        metadata: `virgil.num_heads`, `virgil.head_channels`, `virgil.norm_groups` where they are not SD1.x's.
        Raises KeyError where a key that every such UNet has is missing.
        """
        metadata = metadata or {}
        base, in_channels = shapes["input_blocks.0.0.weight"][:2]
        mult, blocks, depths = [1], [0], [0]
        index = 1
        while any(f"input_blocks.{index}.0.{end}" in shapes for end in ("in_layers.0.weight", "op.weight")):
            if f"input_blocks.{index}.0.op.weight" in shapes:
                for row in (mult, blocks, depths):
                    row.append(0)
            else:
                mult[-1] = shapes[f"input_blocks.{index}.0.out_layers.3.weight"][0] // base
                blocks[-1] += 1
                depths[-1] = _depth(shapes, f"input_blocks.{index}.1.")
            index += 1
        projection = next((shape for key, shape in shapes.items() if key.endswith("proj_in.weight")), (0, 0, 1, 1))
        context = next((shape[1] for key, shape in shapes.items() if key.endswith("attn2.to_k.weight")), cls.context_dim)
        head_channels = metadata.get("virgil.head_channels")
        groups = metadata.get("virgil.norm_groups")
        return cls(
            in_channels=in_channels,
            out_channels=shapes["out.2.weight"][0],
            model_channels=base,
            channel_mult=tuple(mult),
            num_res_blocks=tuple(blocks),
            transformer_depth=tuple(depths),
            middle_depth=_depth(shapes, "middle_block.1."),
            context_dim=context,
            num_heads=int(metadata.get("virgil.num_heads", cls.num_heads)),
            head_channels=int(head_channels) if head_channels else None,
            norm_groups=int(groups) if groups else None,
            linear_projections=len(projection) == 2,
        )


def _depth(shapes: Mapping[str, tuple[int, ...]], prefix: str) -> int:
    depth = 0
    while f"{prefix}transformer_blocks.{depth}.norm1.weight" in shapes:
        depth += 1
    return depth


def timestep_embedding(timesteps: Tensor, width: int) -> Tensor:
    """Cosines, then sines, of the timesteps at `width // 2` frequencies from 1 down to 1/10000: (B,) -> (B, width), float32.

    Source: Vaswani et al. 2017, arXiv:1706.03762, section 3.5, as used by Ho et al. 2020.
    """
    half = width // 2
    frequencies = torch.exp(-math.log(10000) * torch.arange(half, dtype=torch.float32, device=timesteps.device) / half)
    angles = timesteps.float()[:, None] * frequencies[None]
    embedding = torch.cat([torch.cos(angles), torch.sin(angles)], dim=-1)
    return F.pad(embedding, (0, width % 2))


class ResBlock(nn.Module):
    """Two convolutions with the timestep added between them, and a skip connection."""

    def __init__(self, in_channels: int, out_channels: int, emb_channels: int, groups: int) -> None:
        super().__init__()
        self.in_layers = nn.Sequential(GroupNorm(groups, in_channels), nn.SiLU(), Conv2d(in_channels, out_channels, 3, padding=1))
        self.emb_layers = nn.Sequential(nn.SiLU(), Linear(emb_channels, out_channels))
        self.out_layers = nn.Sequential(
            GroupNorm(groups, out_channels), nn.SiLU(), nn.Dropout(0.0), zeroed(Conv2d(out_channels, out_channels, 3, padding=1))
        )
        self.skip_connection = nn.Identity() if in_channels == out_channels else Conv2d(in_channels, out_channels, 1)

    def forward(self, x: Tensor, emb: Tensor) -> Tensor:
        hidden = self.in_layers(x) + self.emb_layers(emb)[:, :, None, None]
        result: Tensor = self.skip_connection(x) + self.out_layers(hidden)
        return result


class CrossAttention(nn.Module):
    """Multi-head attention of the latent cells to `context`, or to themselves."""

    def __init__(self, channels: int, context_dim: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.to_q = Linear(channels, channels, bias=False)
        self.to_k = Linear(context_dim, channels, bias=False)
        self.to_v = Linear(context_dim, channels, bias=False)
        self.to_out = nn.Sequential(Linear(channels, channels), nn.Dropout(0.0))

    def forward(self, x: Tensor, context: Tensor | None = None) -> Tensor:
        context = x if context is None else context
        result: Tensor = self.to_out(attention(self.to_q(x), self.to_k(context), self.to_v(context), self.heads))
        return result


class GEGLU(nn.Module):
    """Linear layer gated by the GELU of another. Source: Shazeer 2020, arXiv:2002.05202."""

    def __init__(self, channels: int, out_channels: int) -> None:
        super().__init__()
        self.proj = Linear(channels, out_channels * 2)

    def forward(self, x: Tensor) -> Tensor:
        value, gate = self.proj(x).chunk(2, dim=-1)
        result: Tensor = value * F.gelu(gate)
        return result


class FeedForward(nn.Module):
    def __init__(self, channels: int, mult: int = 4) -> None:
        super().__init__()
        self.net = nn.Sequential(GEGLU(channels, channels * mult), nn.Dropout(0.0), Linear(channels * mult, channels))

    def forward(self, x: Tensor) -> Tensor:
        result: Tensor = self.net(x)
        return result


class TransformerBlock(nn.Module):
    """Self-attention, attention to the prompt, feed-forward; each on a normed input and added back."""

    def __init__(self, channels: int, context_dim: int, heads: int) -> None:
        super().__init__()
        self.attn1 = CrossAttention(channels, channels, heads)
        self.attn2 = CrossAttention(channels, context_dim, heads)
        self.ff = FeedForward(channels)
        self.norm1, self.norm2, self.norm3 = LayerNorm(channels), LayerNorm(channels), LayerNorm(channels)

    def forward(self, x: Tensor, context: Tensor) -> Tensor:
        x = x + self.attn1(self.norm1(x))
        x = x + self.attn2(self.norm2(x), context)
        result: Tensor = x + self.ff(self.norm3(x))
        return result


class SpatialTransformer(nn.Module):
    """Transformer blocks over the cells of a feature map, (B, C, h, w) -> same."""

    def __init__(self, channels: int, depth: int, context_dim: int, heads: int, groups: int, linear: bool) -> None:
        super().__init__()
        self.linear = linear
        self.norm = GroupNorm(groups, channels, eps=1e-6)
        self.proj_in = Linear(channels, channels) if linear else Conv2d(channels, channels, 1)
        self.transformer_blocks = nn.ModuleList(TransformerBlock(channels, context_dim, heads) for _ in range(depth))
        self.proj_out = zeroed(Linear(channels, channels) if linear else Conv2d(channels, channels, 1))

    def forward(self, x: Tensor, context: Tensor) -> Tensor:
        b, c, h, w = x.shape
        hidden = self.norm(x)
        hidden = self.proj_in(hidden.flatten(2).transpose(1, 2)) if self.linear else self.proj_in(hidden).flatten(2).transpose(1, 2)
        for block in self.transformer_blocks:
            hidden = block(hidden, context)
        if self.linear:
            hidden = self.proj_out(hidden).transpose(1, 2).reshape(b, c, h, w)
        else:
            hidden = self.proj_out(hidden.transpose(1, 2).reshape(b, c, h, w))
        result: Tensor = x + hidden
        return result


class Downsample(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.op = Conv2d(channels, channels, 3, stride=2, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        result: Tensor = self.op(x)
        return result


class Upsample(nn.Module):
    """Nearest-neighbour enlargement to `size` (that of the skip which comes next), then a convolution."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv = Conv2d(channels, channels, 3, padding=1)

    def forward(self, x: Tensor, size: tuple[int, int]) -> Tensor:
        result: Tensor = self.conv(F.interpolate(x, size=size, mode="nearest"))
        return result


class Stage(nn.Sequential):
    """One entry of `input_blocks`, `middle_block` or `output_blocks`: each layer gets what it needs."""

    def forward(self, x: Tensor, emb: Tensor, context: Tensor, size: tuple[int, int] | None = None) -> Tensor:  # type: ignore[override]
        for layer in self:
            if isinstance(layer, ResBlock):
                x = layer(x, emb)
            elif isinstance(layer, SpatialTransformer):
                x = layer(x, context)
            elif isinstance(layer, Upsample):
                x = layer(x, size if size is not None else (2 * x.shape[2], 2 * x.shape[3]))
            else:
                x = layer(x)
        return x


class UNet(nn.Module):
    """Prediction (noise or velocity) for a noisy latent."""

    def __init__(self, config: UNetConfig | None = None) -> None:
        super().__init__()
        self.config = config = config or UNetConfig()
        base, groups, emb = config.model_channels, config.groups, config.model_channels * 4

        def transformer(channels: int, depth: int) -> SpatialTransformer:
            heads = config.heads(channels)
            return SpatialTransformer(channels, depth, config.context_dim, heads, groups, config.linear_projections)

        self.time_embed = nn.Sequential(Linear(base, emb), nn.SiLU(), Linear(emb, emb))
        self.input_blocks = nn.ModuleList([Stage(Conv2d(config.in_channels, base, 3, padding=1))])
        skips, channels = [base], base
        levels = list(zip(config.channel_mult, config.res_blocks, config.depths, strict=True))
        for level, (mult, blocks, depth) in enumerate(levels):
            for _ in range(blocks):
                layers: list[nn.Module] = [ResBlock(channels, base * mult, emb, groups)]
                channels = base * mult
                if depth:
                    layers.append(transformer(channels, depth))
                self.input_blocks.append(Stage(*layers))
                skips.append(channels)
            if level < len(levels) - 1:
                self.input_blocks.append(Stage(Downsample(channels)))
                skips.append(channels)
        middle: list[nn.Module] = [ResBlock(channels, channels, emb, groups)]
        if config.middle_depth:
            middle.append(transformer(channels, config.middle_depth))
        self.middle_block = Stage(*middle, ResBlock(channels, channels, emb, groups))
        self.output_blocks = nn.ModuleList()
        for level, (mult, blocks, depth) in reversed(list(enumerate(levels))):
            for block in range(blocks + 1):
                layers = [ResBlock(channels + skips.pop(), base * mult, emb, groups)]
                channels = base * mult
                if depth:
                    layers.append(transformer(channels, depth))
                if level and block == blocks:
                    layers.append(Upsample(channels))
                self.output_blocks.append(Stage(*layers))
        self.out = nn.Sequential(GroupNorm(groups, channels), nn.SiLU(), zeroed(Conv2d(channels, config.out_channels, 3, padding=1)))

    def forward(self, x: Tensor, timesteps: Tensor, context: Tensor) -> Tensor:
        """The prediction for `x`, same shape and dtype.

        x: (B, in_channels, h, w), any h and w. timesteps: (B,), 0..999, fractions allowed. context: (B, T, context_dim).
        """
        emb = self.time_embed(timestep_embedding(timesteps, self.config.model_channels).to(x.dtype))
        context = context.to(x.dtype)
        skips: list[Tensor] = []
        for stage in self.input_blocks:
            x = stage(x, emb, context)
            skips.append(x)
        x = self.middle_block(x, emb, context)
        for stage in self.output_blocks:
            x = torch.cat([x, skips.pop()], dim=1)
            size = (skips[-1].shape[2], skips[-1].shape[3]) if skips else None
            x = stage(x, emb, context, size)
        result: Tensor = self.out(x)
        return result
