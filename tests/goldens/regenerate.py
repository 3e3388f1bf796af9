"""Golden cases, and the inputs and weights that belong to them, made anew from their names."""

from __future__ import annotations

import gzip
import json
import math
import zlib
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

HERE = Path(__file__).parent


@cache
def section(name: str) -> dict[str, Any]:
    """The section's manifest."""
    manifest: dict[str, Any] = json.loads((HERE / f"{name}.json").read_text(encoding="utf-8"))
    return manifest


def cases(name: str, *kinds: str) -> list[dict[str, Any]]:
    """The section's cases of these kinds (its "what"), all without any."""
    return [case for case in section(name)["cases"] if not kinds or case["what"] in kinds]


@cache
def _figures(name: str) -> Mapping[str, Tensor]:
    return load_file(HERE / f"{name}.safetensors")


def figure(name: str, case: Mapping[str, Any], output: str) -> Tensor:
    """The reference for one output of a case."""
    return _figures(name)[f"{case['id']}/{output}"]


def generator(name: str, seed: int = 0) -> torch.Generator:
    return torch.Generator("cpu").manual_seed((zlib.crc32(name.encode("utf-8")) + seed) % 2**32)


def tensor(rule: Mapping[str, Any], shape: list[int] | None = None) -> Tensor:
    """The input that a rule describes: I1 (normal), U1 (uniform), or "U1 > t" (ones where it is)."""
    shape = rule.get("shape", shape)
    source = generator(rule["name"], rule["seed"])
    if rule["rule"] == "I1":
        return torch.randn(shape, generator=source) * rule.get("scale", 1)
    uniform = torch.rand(shape, generator=source)
    _, above, threshold = rule["rule"].partition(" > ")
    return (uniform > float(threshold)).float() if above else uniform


def weight(key: str, shape: list[int]) -> Tensor:
    """The weight called `key` (rule W1), float16."""
    x = torch.randn(shape, generator=generator(key))
    if len(shape) >= 2:
        x *= max(1 / math.sqrt(math.prod(shape[1:])), 0.01)
    elif key.endswith((".weight", ".scale", ".gamma")):
        x = 1 + 0.1 * x
    else:
        x *= 0.02
    return x.half()


def sd15_shapes() -> dict[str, list[int]]:
    shapes: dict[str, list[int]] = json.loads(gzip.decompress((HERE / "sd15_checkpoint.json.gz").read_bytes()))
    return shapes


def write_sd15(path: Path) -> Path:
    """A full-width SD1.5 checkpoint of seeded noise, 2.1 GB in float16."""
    shapes = sd15_shapes()
    with ThreadPoolExecutor() as pool:
        save_file(dict(zip(shapes, pool.map(lambda key: weight(key, shapes[key]), shapes), strict=True)), path)
    return path


def apart(result: Tensor, reference: Tensor, tolerance: Mapping[str, float], *, scaled: bool = False, times: float = 1.0) -> Iterator[str]:
    """What is wrong with `result`, if anything. scaled: atol counts in standard deviations of the reference."""
    if result.shape != reference.shape:
        yield f"shape {tuple(result.shape)}, not {tuple(reference.shape)}"
        return
    result, reference = result.double(), reference.double()
    atol = tolerance["atol"] * (float(reference.std()) if scaled else 1.0)
    allowed = times * (atol + tolerance["rtol"] * reference.abs())
    excess = ((result - reference).abs() / allowed).max() if reference.numel() else torch.zeros(())
    if not excess <= 1:
        yield f"{float(excess):.3g} times the tolerance"
