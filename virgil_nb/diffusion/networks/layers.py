"""Layers that compute in the dtype of their input, whatever dtype their weights are stored in.

A 2 GB half-precision file may thus stay mapped from disk while the arithmetic is float32: each weight is widened when its layer
runs and dropped again. When weights and input agree, these are torch's own layers at torch's own speed.
"""

from __future__ import annotations

from typing import TypeVar

import torch.nn.functional as F
from torch import Tensor, nn


class Linear(nn.Linear):
    """`nn.Linear` in the dtype of its input."""

    def forward(self, x: Tensor) -> Tensor:
        if self.weight.dtype == x.dtype:
            return F.linear(x, self.weight, self.bias)
        bias: Tensor | None = self.bias
        return F.linear(x, self.weight.to(x.dtype), None if bias is None else bias.to(x.dtype))


class Conv2d(nn.Conv2d):
    """`nn.Conv2d` in the dtype of its input."""

    def forward(self, x: Tensor) -> Tensor:
        if self.weight.dtype == x.dtype:
            same: Tensor = self._conv_forward(x, self.weight, self.bias)
            return same
        bias = self.bias
        widened: Tensor = self._conv_forward(x, self.weight.to(x.dtype), None if bias is None else bias.to(x.dtype))
        return widened


class GroupNorm(nn.GroupNorm):
    """`nn.GroupNorm`; in float32 where weights and input differ."""

    def forward(self, x: Tensor) -> Tensor:
        if self.weight.dtype == x.dtype:
            return F.group_norm(x, self.num_groups, self.weight, self.bias, self.eps)
        return F.group_norm(x.float(), self.num_groups, self.weight.float(), self.bias.float(), self.eps).to(x.dtype)


class LayerNorm(nn.LayerNorm):
    """`nn.LayerNorm`; in float32 where weights and input differ."""

    def forward(self, x: Tensor) -> Tensor:
        if self.weight.dtype == x.dtype:
            return F.layer_norm(x, self.normalized_shape, self.weight, self.bias, self.eps)
        normed = F.layer_norm(x.float(), self.normalized_shape, self.weight.float(), self.bias.float(), self.eps)
        return normed.to(x.dtype)


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
    return out.transpose(1, 2).reshape(b, n, width)
