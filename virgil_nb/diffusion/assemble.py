"""From a file to a network: made without memory, then given the file's own tensors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

import torch
from torch import Tensor, nn

from virgil_nb.diffusion.errors import CheckpointChanged, MismatchedWeights, MissingWeights
from virgil_nb.diffusion.weights import Shapes, WeightFile, model_identity, open_weights

Network = TypeVar("Network", bound=nn.Module)

WIDEN_UP_TO = 640 * 2**20
"""Networks up to so many bytes in float32 are widened at once on the CPU. Larger half-precision ones stay mapped from the file and
widen each weight as its layer runs (see `networks/layers.py`): 0.4 CPU-seconds a pass of SD1.5, for 3.4 GB less memory."""


def below(shapes: Shapes, prefix: str) -> dict[str, tuple[int, ...]]:
    """The shapes whose keys start with `prefix`, without it."""
    return {key[len(prefix) :]: shape for key, shape in shapes.items() if key.startswith(prefix)}


def check_shapes(path: object, part: str, wanted: Shapes, found: Shapes) -> None:
    """Raises MissingWeights or MismatchedWeights unless every wanted key is there with its shape."""
    missing = [key for key in wanted if key not in found]
    if missing:
        raise MissingWeights(str(path), part, missing)
    for key, shape in wanted.items():
        if found[key] != shape:
            raise MismatchedWeights(str(path), f"{part}: {key} has shape {found[key]}; the other weights call for {shape}.")


def empty(build: Callable[[], Network]) -> Network:
    """The network that `build` makes, its weights having shapes but no memory."""
    with torch.device("meta"):
        return build()


def assembled(
    path: str,
    identity: str,
    prefix: str,
    build: Callable[[], Network],
    *,
    device: torch.device,
    dtype: torch.dtype,
    rename: Callable[[str], str] = str,
) -> Network:
    """The network that `build` makes, with the weights of the file below `prefix`; for inference: no gradients for its weights.

    rename: from the network's key to the file's (without prefix). Raises CheckpointChanged if the file is no longer the one meant.
    """
    if model_identity(path) != identity:
        raise CheckpointChanged(path, "the file was changed after the model was opened. Open it again.")
    file = open_weights(path)
    network = empty(build).requires_grad_(False).eval()
    keys = {key: prefix + rename(key) for key in network.state_dict()}
    network.load_state_dict(_tensors(file, keys, device, dtype), assign=True)
    return network


def _tensors(file: WeightFile, keys: Mapping[str, str], device: torch.device, dtype: torch.dtype) -> dict[str, Tensor]:
    count = sum(torch.Size(file.shapes[name]).numel() for name in keys.values())
    widen = device.type != "cpu" or count * dtype.itemsize <= WIDEN_UP_TO

    def placed(tensor: Tensor) -> Tensor:
        return tensor.to(device, dtype) if widen and tensor.is_floating_point() else tensor

    return {key: placed(file.tensor(name)) for key, name in keys.items()}
