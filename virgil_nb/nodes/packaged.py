"""What the model that ships in the package says about itself, read from its file's header alone: no torch, no weights."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from virgil_nb.diffusion.safetensors_header import read_metadata
from virgil_nb.nodes.folders import DATA, PACKAGED_CHECKPOINT

DEFAULT_RESOLUTION = (128, 128)


@cache
def packaged_metadata() -> Mapping[str, str]:
    """The metadata of the packaged checkpoint; empty if the file is not there."""
    return read_metadata(DATA / PACKAGED_CHECKPOINT)


def packaged_resolution() -> tuple[int, int]:
    """(width, height) in pixels that the packaged model was trained for."""
    return resolution(packaged_metadata()) or DEFAULT_RESOLUTION


def resolution(metadata: Mapping[str, str]) -> tuple[int, int] | None:
    """(width, height) of `modelspec.resolution`, such as "128x128"; None if it is not there or makes no sense."""
    match = re.fullmatch(r"\s*(\d{1,5})\s*x\s*(\d{1,5})\s*", metadata.get("modelspec.resolution", ""), re.IGNORECASE)
    return (int(match[1]), int(match[2])) if match else None
