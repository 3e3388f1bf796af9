"""Layers that compute in the dtype of their input, whatever dtype their weights are stored in.

A 2 GB half-precision file may thus stay mapped from disk while the arithmetic is float32: each weight is widened when its layer
runs, into the same scratch memory (new memory for every weight would cost ten times as much, in page faults). When weights and input
agree, these are torch's own layers at torch's own speed.
"""

from __future__ import annotations

import threading
from typing import TypeVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class _Scratch(threading.local):
    """A thread's memory for the weight that is in use."""

    def __init__(self) -> None:
        self.memory = torch.empty(0)

    def cast(self, weight: Tensor, x: Tensor) -> Tensor:
        """`weight` in x's dtype, valid until the next call in this thread; a lasting copy if a backward pass may need it."""
        if weight.device.type != "cpu" or x.requires_grad or weight.requires_grad:
            return weight.to(x.dtype)
        if self.memory.dtype != x.dtype or self.memory.numel() < weight.numel():
            self.memory = torch.empty(weight.numel(), dtype=x.dtype)
        return self.memory[: weight.numel()].view(weight.shape).copy_(weight)


_scratch = _Scratch()


class Linear(nn.Linear):
    """`nn.Linear` in the dtype of its input."""

    def forward(self, x: Tensor) -> Tensor:
        if self.weight.dtype == x.dtype:
            return F.linear(x, self.weight, self.bias)
        bias: Tensor | None = self.bias
        return F.linear(x, _scratch.cast(self.weight, x), None if bias is None else bias.to(x.dtype))


class Conv2d(nn.Conv2d):
    """`nn.Conv2d` in the dtype of its input."""

    def forward(self, x: Tensor) -> Tensor:
        weight, bias = self.weight, self.bias
        if weight.dtype == x.dtype:
            same: Tensor = self._conv_forward(x, weight, bias)
            return same
        widened: Tensor = self._conv_forward(x, _scratch.cast(weight, x), None if bias is None else bias.to(x.dtype))
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
