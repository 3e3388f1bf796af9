"""Model files: safetensors, mapped from disk, read key by key. A weight that nobody asks for is never read.

PyTorch's own files (.ckpt, .pt, .pth) hold pickles. They are read only with `weights_only=True`, mapped too; a file that asks for
anything but tensors is refused, naming what it asks for.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from functools import cached_property
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from virgil_nb.diffusion.errors import CheckpointNotFound, CheckpointTruncated, PickleRefused
from virgil_nb.diffusion.safetensors_header import LONGEST_HEADER, metadata_in, read_header

if TYPE_CHECKING:
    from torch import Tensor

Shapes = Mapping[str, tuple[int, ...]]

PICKLE_ENDINGS = (".ckpt", ".pt", ".pth")
SAMPLED_BLOCKS = 64
BLOCK = 4096


class WeightFile(Protocol):
    """Named tensors in a file."""

    path: Path
    metadata: Mapping[str, str]

    @property
    def shapes(self) -> Shapes: ...

    def tensor(self, key: str) -> Tensor:
        """The tensor called `key`, mapped from the file: its memory is the page cache's until it is changed."""
        ...


def open_weights(path: str | Path) -> WeightFile:
    """The weights in `path`, nothing but their names, shapes and metadata read.

    Raises CheckpointNotFound, CheckpointTruncated, PickleRefused, or CheckpointError for a file that is neither kind.
    """
    path = Path(path)
    if not path.is_file():
        raise CheckpointNotFound(path)
    with path.open("rb") as file:
        start = file.read(16)
    if not _is_pickle(start):
        return SafetensorsFile(path)
    if path.suffix not in PICKLE_ENDINGS:
        raise PickleRefused(path, "this is a PyTorch pickle under another name, not a safetensors file. Get the model as safetensors.")
    return PickledWeights(path)


def _is_pickle(start: bytes) -> bool:
    """Whether a file starts like torch's zip files, or like a bare pickle (and not like a header's length)."""
    return start[:4] == b"PK\x03\x04" or (start[:1] == b"\x80" and start[1:2] in b"\x02\x03\x04\x05" and start[2:8] != bytes(6))


class SafetensorsFile:
    """A safetensors file, its tensors mapped."""

    def __init__(self, path: Path) -> None:
        self.path = path
        header = read_header(path)
        self.metadata = metadata_in(header)
        self._shapes = {key: tuple(entry["shape"]) for key, entry in header.items() if key != "__metadata__"}

    @property
    def shapes(self) -> Shapes:
        return self._shapes

    @cached_property
    def _open(self) -> Any:
        from safetensors import SafetensorError, safe_open

        try:
            return safe_open(self.path, framework="pt", device="cpu")
        except (SafetensorError, OSError) as error:
            raise CheckpointTruncated(self.path, f"safetensors can't read it: {error}. Download it again.") from error

    def tensor(self, key: str) -> Tensor:
        tensor: Tensor = self._open.get_tensor(key)
        return tensor


class PickledWeights:
    """A PyTorch file whose pickle holds nothing but tensors and plain containers; the state dict, or that under "state_dict"."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.metadata: Mapping[str, str] = {}
        self._tensors = _unpickled(path)

    @property
    def shapes(self) -> Shapes:
        return {key: tuple(tensor.shape) for key, tensor in self._tensors.items()}

    def tensor(self, key: str) -> Tensor:
        return self._tensors[key]


def _unpickled(path: Path) -> dict[str, Tensor]:
    import pickle
    import zipfile

    import torch

    try:
        names = sorted(torch.serialization.get_unsafe_globals_in_checkpoint(path)) if zipfile.is_zipfile(path) else []
        if names:
            asked = ", ".join(names)
            raise PickleRefused(path, f"this pickle asks for {asked}, which could run code. Get the model as safetensors.", names)
        loaded = torch.load(path, map_location="cpu", weights_only=True, mmap=zipfile.is_zipfile(path))
    except pickle.UnpicklingError as error:
        raise PickleRefused(path, f"this pickle holds more than tensors ({_asked_for(error)}). Get the model as safetensors.") from error
    except (RuntimeError, EOFError, OSError, ValueError, zipfile.BadZipFile) as error:
        raise CheckpointTruncated(path, f"PyTorch can't read it: {str(error).splitlines()[0]}. Download it again.") from error
    state = loaded.get("state_dict", loaded) if isinstance(loaded, dict) else {}
    return {key: value for key, value in state.items() if isinstance(key, str) and isinstance(value, torch.Tensor)}


def _asked_for(error: Exception) -> str:
    """The global that torch refused, out of its message."""
    _, found, rest = str(error).partition("GLOBAL ")
    return rest.split(" ", 1)[0] if found else str(error).splitlines()[0]


def model_identity(path: str | Path) -> str:
    """A name for the file's content, cheap enough for any size: a hash of its start, size, mtime and 64 blocks spread over it.

    Raises CheckpointNotFound.
    """
    path = Path(path)
    if not path.is_file():
        raise CheckpointNotFound(path)
    stat = path.stat()
    digest = blake2b(f"{stat.st_size} {stat.st_mtime_ns}".encode(), digest_size=16)
    with path.open("rb") as file:
        start = file.read(8)
        digest.update(start)
        length = struct.unpack("<Q", start)[0] if len(start) == 8 else 0
        digest.update(file.read(length if length < LONGEST_HEADER else BLOCK))
        for index in range(SAMPLED_BLOCKS):
            file.seek(max(stat.st_size - BLOCK, 0) * index // (SAMPLED_BLOCKS - 1))
            digest.update(file.read(BLOCK))
    return digest.hexdigest()
