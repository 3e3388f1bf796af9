"""Layers that compute in the dtype of their input, whatever dtype their weights are stored in.

A 2 GB half-precision file may thus stay mapped from disk while the arithmetic is float32: each weight is widened when its layer
runs and dropped again. When weights and input agree, these are torch's own layers at torch's own speed.
"""

from __future__ import annotations

from typing import TypeVar, cast

import torch.nn.functional as F
from torch import Tensor, nn


class Linear(nn.Linear):
    """`nn.Linear` in the dtype of its input."""

    def forward(self, input: Tensor) -> Tensor:
        if self.weight.dtype == input.dtype:
            return F.linear(input, self.weight, self.bias)
        bias: Tensor | None = self.bias
        return F.linear(input, self.weight.to(input.dtype), None if bias is None else bias.to(input.dtype))


class Conv2d(nn.Conv2d):
    """`nn.Conv2d` in the dtype of its input."""

    def forward(self, input: Tensor) -> Tensor:
        if self.weight.dtype == input.dtype:
            return self._conv_forward(input, self.weight, self.bias)
        bias = self.bias
        return self._conv_forward(input, self.weight.to(input.dtype), None if bias is None else bias.to(input.dtype))


class GroupNorm(nn.GroupNorm):
    """`nn.GroupNorm`; in float32 where weights and input differ."""

    def forward(self, input: Tensor) -> Tensor:
        if self.weight.dtype == input.dtype:
            return F.group_norm(input, self.num_groups, self.weight, self.bias, self.eps)
        return F.group_norm(input.float(), self.num_groups, self.weight.float(), self.bias.float(), self.eps).to(input.dtype)


class LayerNorm(nn.LayerNorm):
    """`nn.LayerNorm`; in float32 where weights and input differ."""

    def forward(self, input: Tensor) -> Tensor:
        if self.weight.dtype == input.dtype:
            return F.layer_norm(input, self.normalized_shape, self.weight, self.bias, self.eps)
        normed = F.layer_norm(input.float(), self.normalized_shape, self.weight.float(), self.bias.float(), self.eps)
        return normed.to(input.dtype)


M = TypeVar("M", bound=nn.Module)


def zeroed(module: M) -> M:
    """`module`, its parameters set to zero: residual branches start as the identity when a network is trained from scratch."""
    for parameter in module.parameters():
        nn.init.zeros_(parameter)
    return module


def attention(q: Tensor, k: Tensor, v: Tensor, heads: int) -> Tensor:
    """Softmax attention of `heads` heads. q: (B, n, heads * d), k and v: (B, m, heads * d) -> (B, n, heads * d)."""
    b, n, width = q.shape
    split = (b, -1, heads, width // heads)
    out = F.scaled_dot_product_attention(q.view(split).transpose(1, 2), k.view(split).transpose(1, 2), v.view(split).transpose(1, 2))
    return cast("Tensor", out.transpose(1, 2).reshape(b, n, width))
