"""Where models run, and in which dtype."""

from __future__ import annotations

import torch

from virgil_nb.diffusion.errors import DiffusionError
from virgil_nb.diffusion.numerics import describe


def pick(name: str = "auto") -> torch.device:
    """The device called `name`; "auto" is CUDA where there is one, else Apple's MPS, else the CPU.

    Raises DiffusionError if the named device isn't there.
    """
    if name == "auto":
        if torch.cuda.is_available():
            return torch.device("cuda")
        return torch.device("mps" if torch.backends.mps.is_available() else "cpu")
    try:
        device = torch.device(name)
    except RuntimeError as error:
        raise DiffusionError(f'"{name}" is no device; use "auto", "cpu", "cuda" or "cuda:1".') from error
    if device.type == "cuda" and (device.index or 0) >= torch.cuda.device_count():
        raise DiffusionError(f'"{name}" is not there: torch {torch.__version__} sees {torch.cuda.device_count()} CUDA devices.')
    return device


def compute_dtype(device: torch.device) -> torch.dtype:
    """The dtype that diffusion models and text encoders compute in: float32 on the CPU, half precision elsewhere."""
    return torch.float32 if device.type == "cpu" else torch.float16


def vae_dtype(device: torch.device) -> torch.dtype:
    """The dtype of the autoencoder, whose activations overflow float16: bfloat16 where the GPU has it, else float32."""
    has_bfloat16 = device.type == "cuda" and torch.cuda.get_device_capability(device)[0] >= 8
    return torch.bfloat16 if has_bfloat16 else torch.float32


def numerics(device: torch.device) -> str:
    """What changes the numbers that come out, apart from the inputs: device type, dtypes, torch version. For cache keys."""
    return describe(device.type, str(compute_dtype(device)), str(vae_dtype(device)), torch.__version__)
