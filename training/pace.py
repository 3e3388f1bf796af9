"""How long a training runs and how its learning rate goes: budgets are CPU seconds of this process, so a busy machine changes the
hour at which a training ends, not what comes out of it."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable

import torch
from torch import Tensor, nn


class Pace:
    """`done` goes from 0 to 1 as the process spends its budget; `rate` is warm-up, then a cosine down to a hundredth."""

    def __init__(self, cpu_seconds: float, peak: float, warm_up: float = 0.03) -> None:
        self.cpu_seconds, self.peak, self.warm_up = cpu_seconds, peak, warm_up
        self._start = time.process_time()

    @property
    def done(self) -> float:
        return min(1.0, (time.process_time() - self._start) / self.cpu_seconds)

    @property
    def rate(self) -> float:
        done = self.done
        if done < self.warm_up:
            return self.peak * (done / self.warm_up + 0.02) / 1.02
        return self.peak * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * (done - self.warm_up) / (1 - self.warm_up))))

    def set_rate(self, optimiser: torch.optim.Optimizer) -> None:
        """Gives the rate to every parameter group, times its `factor` if it has one."""
        for group in optimiser.param_groups:
            group["lr"] = self.rate * group.get("factor", 1.0)


class Average:
    """Exponential moving average of a module's parameters; the decay rises from 0 to `decay` over the first steps."""

    def __init__(self, modules: Iterable[nn.Module], decay: float = 0.999) -> None:
        self.parameters = [p for module in modules for p in module.parameters()]
        self.shadow = [p.detach().clone() for p in self.parameters]
        self.decay, self.steps = decay, 0

    @torch.no_grad()
    def update(self) -> None:
        self.steps += 1
        decay = min(self.decay, (1 + self.steps) / (10 + self.steps))
        torch._foreach_lerp_(self.shadow, [p.detach() for p in self.parameters], 1 - decay)

    @torch.no_grad()
    def swap(self) -> None:
        """Exchanges the live parameters with the averaged ones; call again to go back."""
        for live, mean in zip(self.parameters, self.shadow, strict=True):
            kept: Tensor = live.detach().clone()
            live.copy_(mean)
            mean.copy_(kept)
