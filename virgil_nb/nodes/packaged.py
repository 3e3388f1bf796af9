"""What the checkpoint that ships in the package says of itself, read without torch, so that an editor can open at once."""

from __future__ import annotations

import json
import struct
from functools import cache

from virgil_nb.nodes.folders import DATA, PACKAGED_CHECKPOINT

# A header of a small model is some tens of kilobytes; more than this is no header.
_LARGEST_HEADER = 16 * 2**20


@cache
def packaged_metadata() -> dict[str, str]:
    """The metadata in the safetensors header of the packaged checkpoint; empty if the file is not there.

    Format: 8 bytes little-endian length, then that much JSON with a `__metadata__` of strings (safetensors 0.3).
    """
    path = DATA / PACKAGED_CHECKPOINT
    if not path.is_file():
        return {}
    with path.open("rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        if length > _LARGEST_HEADER:
            return {}
        header = json.loads(file.read(length))
    return dict(header.get("__metadata__", {}))


def packaged_resolution() -> tuple[int, int]:
    """(width, height) in pixels that the packaged checkpoint was trained for; SD1.x's own 512 × 512 if it does not say."""
    width, _, height = packaged_metadata().get("modelspec.resolution", "512x512").lower().partition("x")
    return int(width), int(height or width)
