"""The header of a safetensors file: names, shapes and places of its tensors, and what the file says of itself. No torch, no weights.

8 bytes, the header's length · the header, JSON · the tensors
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from virgil_nb.diffusion.errors import CheckpointError, CheckpointTruncated

LONGEST_HEADER = 100_000_000
"""The format's own limit."""


def read_header(path: Path) -> dict[str, Any]:
    """The header of a file whose tensors are all there. Raises CheckpointTruncated or CheckpointError."""
    header, start = _read(path)
    try:
        tensors = [entry for key, entry in header.items() if key != "__metadata__"]
        wanted = start + max((int(entry["data_offsets"][1]) for entry in tensors), default=0)
        _ = [tuple(entry["shape"]) for entry in tensors]
    except (KeyError, TypeError, IndexError, ValueError) as error:
        raise _unreadable(path, error) from error
    size = path.stat().st_size
    if size < wanted:
        raise CheckpointTruncated(path, f"it has {size:,} bytes of {wanted:,}; the download stopped early. Download it again.")
    return header


def metadata_in(header: Mapping[str, Any]) -> Mapping[str, str]:
    """What a file says of itself, in a header of it; empty if it says nothing."""
    found = header.get("__metadata__")
    return {str(key): str(value) for key, value in found.items()} if isinstance(found, dict) else {}


def read_metadata(path: Path) -> Mapping[str, str]:
    """What the file says of itself; empty if it says nothing, is not there, or is another kind of file."""
    try:
        return metadata_in(_read(path)[0])
    except (OSError, CheckpointError):
        return {}


def _read(path: Path) -> tuple[dict[str, Any], int]:
    """(header, where the tensors start)."""
    size = path.stat().st_size
    with path.open("rb") as file:
        start = file.read(8)
        if len(start) < 8:
            raise CheckpointTruncated(path, f"it has only {size} bytes, too few for a safetensors file. Download it again.")
        length = int.from_bytes(start, "little")
        if length > LONGEST_HEADER:
            raise CheckpointError(path, "this is no model file: it starts neither like safetensors nor like PyTorch. Download it again.")
        if 8 + length > size:
            raise CheckpointTruncated(path, f"it ends after {size:,} bytes, within its header of {length:,}. Download it again.")
        raw = file.read(length)
    try:
        header = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise _unreadable(path, error) from error
    if not isinstance(header, dict):
        raise _unreadable(path, f"it is a {type(header).__name__}")
    return header, 8 + length


def _unreadable(path: Path, why: object) -> CheckpointError:
    return CheckpointError(path, f"this is no model file: its safetensors header can't be read ({why}). Download it again.")
