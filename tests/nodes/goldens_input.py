"""Draws the inputs and weights of the golden figures; the rules are in goldens/README.md."""

from __future__ import annotations

import json
import math
import zlib
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from torch import Tensor

HERE = Path(__file__).parent / "goldens"


def cases(node: str) -> list[dict[str, Any]]:
    found = json.loads((HERE / "cases.json").read_text())["cases"]
    return [case for case in found if node in (case.get("node"), case["what"])]


def figures() -> dict[str, Tensor]:
    return load_file(HERE / "figures.safetensors")


def generator(name: str, seed: int) -> torch.Generator:
    return torch.Generator().manual_seed((zlib.crc32(name.encode()) + seed) % 2**32)


def drawn(rule: Any) -> Any:
    """The input that a rule describes; anything else is the input itself."""
    if not isinstance(rule, dict):
        return rule
    source = generator(rule["name"], rule["seed"])
    if rule["rule"] in ("latent", "I1"):
        tensor = torch.randn(rule["shape"], generator=source)
        return {"samples": tensor} if rule["rule"] == "latent" else tensor
    uniform = torch.rand(rule["shape"], generator=source)
    _, above, limit = rule["rule"].replace(" ", "").partition(">")
    return (uniform > float(limit)).float() if above else uniform


def weight(key: str, shape: tuple[int, ...]) -> Tensor:
    x = torch.randn(shape, generator=generator(key, 0))
    if len(shape) >= 2:
        x = x * max(1 / math.sqrt(math.prod(shape[1:])), 0.01)
    else:
        x = 1 + 0.1 * x if key.endswith(".weight") else 0.02 * x
    return x.half()
