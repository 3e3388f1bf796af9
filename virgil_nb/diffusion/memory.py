"""Loaded models: one store a device and process, shared by all sessions. A recipe asks here for its network, loaded at most once.

The store keeps what fits its budget, dropping what was used longest ago. Dropping only lets go: whoever holds a network may finish.
"""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from functools import cache
from typing import TypeVar, cast

import torch
from torch import nn

Network = TypeVar("Network", bound=nn.Module)

SHARE_OF_MEMORY = 0.6
"""Of the machine's memory, what loaded weights may take. Weights mapped from a file count too, though the system can drop those."""


class LoadedNetworks:
    """Networks by key. Thread-safe; two threads that ask for the same network get the same one."""

    def __init__(self, budget: int) -> None:
        self.budget = budget
        self._networks: OrderedDict[Hashable, nn.Module] = OrderedDict()
        self._lock = threading.RLock()

    def get(self, key: Hashable, load: Callable[[], Network]) -> Network:
        """The network called `key`; `load` makes it if it isn't there. What `load` raises comes out, and nothing is kept."""
        with self._lock:
            network = self._networks.get(key)
            if network is None:
                network = self._networks[key] = load()
                while len(self._networks) > 1 and self.nbytes > self.budget:
                    self._networks.popitem(last=False)
            self._networks.move_to_end(key)
            return cast("Network", network)

    @property
    def nbytes(self) -> int:
        """Bytes of all weights that are held."""
        with self._lock:
            return sum(nbytes(network) for network in self._networks.values())

    def free(self) -> None:
        """Lets go of all networks."""
        with self._lock:
            self._networks.clear()

    def __len__(self) -> int:
        return len(self._networks)


def nbytes(network: nn.Module) -> int:
    """Bytes of a network's parameters and buffers."""
    tensors = [*network.parameters(), *network.buffers()]
    return sum(tensor.numel() * tensor.element_size() for tensor in tensors)


@cache
def loaded_networks(device: torch.device) -> LoadedNetworks:
    """The process's store for `device`."""
    return LoadedNetworks(int(memory_of(device) * SHARE_OF_MEMORY))


def free_memory() -> None:
    """Lets go of all loaded networks, on every device that was used."""
    cuda = [torch.device("cuda", index) for index in range(torch.cuda.device_count())]
    for device in (torch.device("cpu"), torch.device("cuda"), torch.device("mps"), *cuda):
        loaded_networks(device).free()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()


def memory_of(device: torch.device) -> int:
    """Bytes that `device` has in all."""
    if device.type == "cuda" and torch.cuda.is_available():
        return int(torch.cuda.get_device_properties(device).total_memory)
    if hasattr(os, "sysconf"):
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return 8 * 2**30  # no way to ask without another dependency: assume a small machine
