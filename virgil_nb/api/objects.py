"""Python objects given as inputs, kept by content hash beside the document.

    wf.add("ImageBlur", image=tensor)    →  values["image"] = ObjectRef(hash, "torch.Tensor"),  store[hash] = a copy of the tensor

The copy is made at assignment: what the caller does to the object afterwards does not reach the workflow. Files hold the reference
only, unless they are asked to embed tensors, arrays and pictures (base64 of safetensors, which holds no code). A workbench whose
edits are kept has the objects of those edits kept, too, in files named by their hash; they are read when first asked for.
"""

from __future__ import annotations

import base64
import logging
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from virgil_nb.engine import Batch, Document, DocumentError, ObjectRef, SetValue, values

log = logging.getLogger(__name__)

_EMBEDDED = "safetensors"
_HASH = re.compile(r"[0-9a-f]{32}")
_PICTURE_MODES = ("L", "RGB", "RGBA", "F", "CMYK")  # what an array holds as it is; others are kept as RGBA


class ObjectStore(Mapping[str, object]):
    """Objects by the hash of their content; only ever grows, and never gives out or takes in an alias."""

    def __init__(self, objects: Mapping[str, object] | None = None) -> None:
        self._held: dict[str, object] = dict(objects or {})
        self._folders: list[Path] = list(objects._folders) if isinstance(objects, ObjectStore) else []

    def __getitem__(self, key: str) -> object:
        if key not in self._held:
            self._held[key] = self._read(key)
        return self._held[key]

    def __contains__(self, key: object) -> bool:
        return key in self._held or self._file(key) is not None

    def __iter__(self) -> Iterator[str]:
        return iter(self._held)

    def __len__(self) -> int:
        return len(self._held)

    def as_value(self, value: object, *, place: str) -> object:
        """What the document holds for `value`: itself if it is plain data (a copy of it), else a reference to a copy kept here.

        Raises TypeError for an object whose content can't be fingerprinted, naming the `place`.
        """
        plain, found = _plain(value)
        if found:
            return plain
        told = values.fingerprint(value)
        content = told.digest
        if content is None:
            raise TypeError(
                f"{place} can't take this {type(value).__name__}: {told.reason}. Give a number, text, a list or dict of those, a tensor, "
                "an array or a picture, or register the type with virgil_nb.engine.register_value."
            )
        if content not in self._held:
            self._held[content] = values.copy(value)
        return ObjectRef(content, f"{type(value).__module__}.{type(value).__qualname__}")

    def keep_in(self, folder: Path) -> None:
        """Has objects that are not in memory looked for in `folder`, when they are asked for."""
        if folder not in self._folders:
            self._folders.append(folder)

    def store(self, reference: ObjectRef, folder: Path) -> None:
        """Writes the object to `folder`, once. Raises OSError, or ValueError for what can't be written."""
        path = folder / f"{reference.hash}.safetensors"
        if not _HASH.fullmatch(reference.hash) or path.exists() or reference.hash not in self._held:
            return
        try:
            raw = _packed(self._held[reference.hash])
        except (TypeError, LookupError, RuntimeError) as problem:
            raise ValueError(f"{reference.type_name}: {problem}") from problem
        folder.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f"{path.name}.{os.getpid()}.part")
        part.write_bytes(raw)
        part.replace(path)

    def _file(self, key: object) -> Path | None:
        if not isinstance(key, str) or not _HASH.fullmatch(key):
            return None
        return next((path for folder in self._folders if (path := folder / f"{key}.safetensors").is_file()), None)

    def _read(self, key: str) -> object:
        path = self._file(key)
        if path is None:
            raise KeyError(key)
        try:
            value = _unpacked(path.read_bytes())
        except Exception as problem:
            log.warning("%s can't be read: %s", path, problem)
            raise KeyError(key) from problem
        if values.fingerprint(value).digest != key:
            log.warning("%s holds something else than its name says", path)
            raise KeyError(key)
        return value

    def copy_of(self, reference: ObjectRef) -> object:
        """A copy of the object that `reference` names. Raises KeyError if it is not kept here."""
        if reference.hash not in self:
            raise KeyError(f"The {reference.type_name} of this input is not kept beside the workflow; assign it again.")
        return values.copy(self[reference.hash])

    def plain(self, document: Document) -> Document:
        """`document`, if none of its inputs is an object. Raises ValueError naming the first that is."""
        for node in document.nodes.values():
            for name, value in node.values.items():
                if isinstance(value, ObjectRef) and name not in node.links:
                    raise ValueError(
                        f"{node.title or node.type}.{name} holds a Python object ({value.type_name}), which this format can't. "
                        "Use to_api(embed=True), save the object to a file and load it with a node, or link a node instead."
                    )
        return document

    def embedded(self, document: Document) -> Document:
        """`document` with the content of its objects inside, as {"__object__", "type", "safetensors"}."""
        edits = [
            SetValue(node.id, name, {"__object__": value.hash, "type": value.type_name, _EMBEDDED: _encode(self[value.hash])})
            for node in document.nodes.values()
            for name, value in node.values.items()
            if isinstance(value, ObjectRef) and value.hash in self
        ]
        return Batch(tuple(edits)).apply(document) if edits else document

    def extract(self, document: Document) -> Document:
        """`document` with embedded objects replaced by references, their content taken into the store."""
        edits: list[SetValue] = []
        for node in document.nodes.values():
            for name, value in node.values.items():
                if isinstance(value, Mapping) and isinstance(value.get(_EMBEDDED), str) and "__object__" in value:
                    try:
                        content = _decode(value[_EMBEDDED])
                    except Exception as error:
                        place = f"{node.title or node.type}.{name}"
                        raise DocumentError(f"{place} holds an embedded object that can't be read: {error}") from error
                    edits.append(SetValue(node.id, name, self.as_value(content, place=f"{node.type}.{name}")))
        return Batch(tuple(edits)).apply(document) if edits else document


def _plain(value: object) -> tuple[Any, bool]:
    """(a copy of `value` made of JSON's types, True), or (None, False) if it is not plain data."""
    if value is None or isinstance(value, bool | str | int | float):
        return value, True
    if isinstance(value, os.PathLike):
        return os.fspath(value), True
    if isinstance(value, ObjectRef):
        return value, True
    if isinstance(value, list | tuple):
        items = [_plain(item) for item in value]
        return ([item for item, _ in items], True) if all(found for _, found in items) else (None, False)
    if isinstance(value, dict) and all(isinstance(key, str) for key in value):
        pairs = {key: _plain(item) for key, item in value.items()}
        return ({key: item for key, (item, _) in pairs.items()}, True) if all(found for _, found in pairs.values()) else (None, False)
    if type(value).__module__ == "numpy" and getattr(value, "shape", None) == () and hasattr(value, "item"):
        return _plain(value.item())
    return None, False


def _encode(value: object) -> str:
    return base64.b64encode(_packed(value)).decode("ascii")


def _decode(text: str) -> object:
    return _unpacked(base64.b64decode(text, validate=True))


def _packed(value: object) -> bytes:
    """The object as a safetensors file of one entry, whose name says what it is. Raises ValueError for other types."""
    import numpy as np
    import safetensors.numpy
    import safetensors.torch
    import torch
    from PIL import Image

    if isinstance(value, torch.Tensor):
        return safetensors.torch.save({"tensor": value.detach().contiguous()}, {"kind": "tensor"})
    if isinstance(value, Image.Image):
        mode = value.mode if value.mode in _PICTURE_MODES else "RGBA"
        name = "picture" if mode == "RGBA" else f"picture:{mode}"
        return safetensors.numpy.save({name: np.ascontiguousarray(value.convert(mode))}, {"kind": "picture", "mode": value.mode})
    if isinstance(value, np.ndarray):
        return safetensors.numpy.save({"array": np.ascontiguousarray(value)}, {"kind": "array"})
    raise ValueError(f"A {type(value).__name__} can't be embedded; tensors, arrays and pictures can.")


def _unpacked(raw: bytes) -> object:
    import safetensors.numpy
    import safetensors.torch
    from PIL import Image

    (name,) = tensors = safetensors.torch.load(raw)
    if name == "tensor":
        return tensors[name]
    array = safetensors.numpy.load(raw)[name]
    kind, _, mode = name.partition(":")
    return Image.fromarray(array, mode or "RGBA") if kind == "picture" else array
