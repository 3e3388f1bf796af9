"""What the engine is told about values: equal content has an equal fingerprint, a copy shares nothing, and sizes are what is kept alive."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
import torch
from PIL import Image

from virgil_nb import nodes
from virgil_nb.engine import values
from virgil_nb.nodes.pictures import Picture

nodes.load()


def print_of(value: object) -> str:
    found = values.fingerprint(value)
    assert found.digest, found.reason
    return found.digest


@pytest.mark.parametrize("dtype", [torch.float32, torch.float16, torch.bfloat16, torch.int64, torch.bool, torch.complex64])
def test_tensors_are_told_apart_by_content_not_by_where_they_lie(dtype: torch.dtype) -> None:
    a = (torch.arange(12) % 5).to(dtype).reshape(3, 4)
    assert print_of(a) == print_of(a.clone()) == print_of(a.t().contiguous().t())
    changed = a.clone()
    changed[0, 0] = 1
    different = [changed, a.reshape(4, 3), a.reshape(-1), a[:2], a.to(torch.complex128)]
    assert len({print_of(value) for value in (a, *different)}) == 6


def test_odd_tensors_have_fingerprints_too() -> None:
    a = torch.rand(3, 4, requires_grad=True)
    assert print_of(a) == print_of(a.detach())
    assert print_of(torch.zeros(())) != print_of(torch.zeros(1)) != print_of(torch.zeros(0))
    assert print_of(torch.rand(1).expand(3, 4))
    with torch.inference_mode():
        inference = torch.ones(3)
    assert print_of(inference) == print_of(torch.ones(3))
    assert values.fingerprint(torch.ones(3, 3).to_sparse()).digest is None


def test_fingerprints_agree_across_processes() -> None:
    code = """
import torch
from virgil_nb import nodes
from virgil_nb.engine import values
nodes.load()
print(values.fingerprint({"samples": torch.arange(6.0)}).digest)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == print_of({"samples": torch.arange(6.0)})


@pytest.mark.parametrize("requires_grad", [True, False])
def test_a_copied_tensor_shares_nothing_and_can_be_trained_on(requires_grad: bool) -> None:
    a = torch.rand(3, 4, requires_grad=requires_grad)
    copied = values.copy({"samples": a})["samples"]
    assert torch.equal(a, copied)
    copied.numpy()[:] = 0
    assert a.detach().count_nonzero() == 12
    assert not copied.requires_grad
    copied.requires_grad_().sum().backward()


def test_a_copied_inference_tensor_is_an_ordinary_one() -> None:
    with torch.inference_mode():
        a = torch.rand(3, 4)
    copied = values.copy(a)
    assert not copied.is_inference()
    assert torch.equal(copied, a)
    (copied.requires_grad_() * 2).sum().backward()


def test_a_slice_counts_as_all_that_it_keeps_alive() -> None:
    a = torch.zeros(1000, 1000)
    assert values.nbytes(a) == values.nbytes(a[:1]) == 4_000_000
    b = np.zeros((1000, 1000), np.float32)
    assert values.nbytes(b) == values.nbytes(b[:1]) == 4_000_000


def test_arrays_and_pictures_are_told_apart_by_content() -> None:
    a = np.arange(12, dtype=np.float32).reshape(3, 4)
    assert print_of(a) == print_of(np.asfortranarray(a)) != print_of(a.astype(np.float64))
    assert values.fingerprint(np.array([object()])).digest is None
    red, blue = Image.new("RGB", (4, 4), (255, 0, 0)), Image.new("RGB", (4, 4), (0, 0, 255))
    assert print_of(red) == print_of(red.copy()) != print_of(blue)
    assert print_of(red.convert("RGBA")) != print_of(red)
    palettes = [Image.new("P", (2, 2), 0), Image.new("P", (2, 2), 0)]
    palettes[0].putpalette([255, 0, 0])
    palettes[1].putpalette([0, 255, 0])
    assert print_of(palettes[0]) != print_of(palettes[1])


def test_copied_arrays_and_pictures_share_nothing() -> None:
    a = np.zeros((3, 4))
    values.copy(a)[:] = 1
    assert a.sum() == 0
    picture = Picture(Image.new("RGB", (4, 4)), "fox.png", "", "output")
    copied = values.copy({"images": [picture]})["images"][0]
    copied.pil.putpixel((0, 0), (255, 255, 255))
    assert picture.pil.getpixel((0, 0)) == (0, 0, 0)
    assert (copied.filename, copied.type) == ("fox.png", "output")
    assert values.nbytes(picture) >= 48
