"""What the model that ships in the package says about itself, read from its file's header alone: no torch, no weights."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from virgil_nb.nodes.folders import DATA, PACKAGED_CHECKPOINT

DEFAULT_RESOLUTION = (128, 128)
_LONGEST_HEADER = 100_000_000  # as the safetensors library has it


@cache
def packaged_metadata() -> Mapping[str, str]:
    """The metadata of the packaged checkpoint; empty if the file is not there."""
    return safetensors_metadata(DATA / PACKAGED_CHECKPOINT)


def packaged_resolution() -> tuple[int, int]:
    """(width, height) in pixels that the packaged model was trained for."""
    return resolution(packaged_metadata()) or DEFAULT_RESOLUTION


def safetensors_metadata(path: Path) -> Mapping[str, str]:
    """The `__metadata__` of a safetensors file; empty if there is none, or no such file, or it is another kind of file."""
    try:
        with path.open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            header = json.loads(file.read(length)) if 0 < length <= _LONGEST_HEADER else {}
    except (OSError, ValueError):
        return {}
    found = header.get("__metadata__") if isinstance(header, dict) else None
    return {str(key): str(value) for key, value in found.items()} if isinstance(found, dict) else {}


def resolution(metadata: Mapping[str, str]) -> tuple[int, int] | None:
    """(width, height) of `modelspec.resolution`, such as "128x128"; None if it is not there or makes no sense."""
    match = re.fullmatch(r"\s*(\d{1,5})\s*x\s*(\d{1,5})\s*", metadata.get("modelspec.resolution", ""), re.IGNORECASE)
    return (int(match[1]), int(match[2])) if match else None
