"""Python objects that kept edits use are kept themselves, by the hash of their content."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

import virgil_nb as vnb
from virgil_nb.api.objects import ObjectStore
from virgil_nb.engine import AddNode, Node, ObjectRef, values
from virgil_nb.widget.keeping import Keepers

PICTURE = Image.fromarray(np.arange(48, dtype=np.uint8).reshape(4, 4, 3))
OBJECTS: list[Any] = [
    torch.arange(6, dtype=torch.float32).reshape(1, 2, 3, 1),
    torch.ones(2, 2, dtype=torch.bfloat16),
    np.arange(4.0),
    PICTURE,
    PICTURE.convert("L"),
    PICTURE.convert("RGBA"),
]


@pytest.mark.parametrize(
    "value", OBJECTS, ids=lambda value: f"{type(value).__name__} {getattr(value, 'mode', getattr(value, 'dtype', ''))}"
)
def test_an_object_is_read_back_the_same_by_another_store(value: Any, tmp_path: Path) -> None:
    vnb.Workflow()  # registers what the engine must know of the types
    here, there = ObjectStore(), ObjectStore()
    reference = here.as_value(value, place="input")
    assert isinstance(reference, ObjectRef)
    here.store(reference, tmp_path)
    assert reference.hash not in there
    there.keep_in(tmp_path)
    assert reference.hash in there
    assert values.fingerprint(there[reference.hash]).digest == reference.hash


def test_a_file_that_holds_something_else_and_a_hostile_hash_are_not_there(tmp_path: Path) -> None:
    vnb.Workflow()
    here, there = ObjectStore(), ObjectStore()
    first, second = (here.as_value(torch.full((2,), float(n)), place="input") for n in (1, 2))
    assert isinstance(first, ObjectRef) and isinstance(second, ObjectRef)
    here.store(first, tmp_path)
    (tmp_path / f"{first.hash}.safetensors").rename(tmp_path / f"{second.hash}.safetensors")
    (tmp_path / f"{first.hash}.safetensors").write_bytes(b"no safetensors")
    there.keep_in(tmp_path)
    for key in (first.hash, second.hash, "../objects", ""):
        with pytest.raises(KeyError):
            there[key]


def test_a_pasted_node_with_a_tensor_comes_back_with_it_though_the_code_has_it_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JPY_SESSION_NAME", str(tmp_path / "lesson.ipynb"))
    first = vnb.Workflow()
    node = first.add("SaveImage", images=torch.zeros(1, 4, 4, 3))
    reference = first.document.nodes[node.info.id].values["images"]
    assert isinstance(reference, ObjectRef)
    keeping = Keepers().keep(first.editor, name="x", autosave=True, objects=first.objects)
    first.editor.apply(AddNode(Node("9", "SaveImage", {"images": reference})), origin="v#1")
    keeping.flush()

    later = vnb.Workflow()
    again = Keepers().keep(later.editor, name="x", autosave=True, objects=later.objects)
    assert again.restore("edits") == ""
    kept = later["9"].images
    assert torch.equal(kept, torch.zeros(1, 4, 4, 3))
