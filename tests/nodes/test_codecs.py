"""Tensors, arrays and pictures through the disk tier: the same bits, types and order in memory; pictures without torch."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from virgil_nb import nodes
from virgil_nb.engine import Buffer, Cache, DiskTier, NotStorable
from virgil_nb.engine.caching.cache import Entry
from virgil_nb.engine.caching.codecs import CodecError, decode, encode
from virgil_nb.nodes.pictures import Picture

nodes.load()

KEY = bytes(range(16))


def there_and_back(value: Any) -> Any:
    tree, buffers = encode(value)
    given_back = [Buffer(buffer.dtype, buffer.shape, bytearray(buffer.data)) for buffer in buffers]
    return decode(json.loads(json.dumps(tree, allow_nan=False)), given_back)


def bits(tensor: torch.Tensor) -> bytes:
    return tensor.contiguous().reshape(-1).view(torch.uint8).numpy().tobytes()


NUMBERS = ("float64", "float32", "float16", "bfloat16", "int64", "int32", "int16", "int8", "uint8", "uint16", "uint32", "uint64", "bool")
ODD_NUMBERS = (
    "complex32",
    "complex64",
    "complex128",
    "float8_e4m3fn",
    "float8_e5m2",
    "float8_e4m3fnuz",
    "float8_e5m2fnuz",
    "float8_e8m0fnu",
)
DTYPES = [getattr(torch, name) for name in (*NUMBERS, *ODD_NUMBERS) if hasattr(torch, name)]


@pytest.mark.filterwarnings("ignore:ComplexHalf")
@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("shape", [(), (0,), (5,), (2, 0, 3), (3, 4, 5)], ids=str)
def test_tensors_of_every_dtype_come_back_bit_by_bit(dtype: torch.dtype, shape: tuple[int, ...]) -> None:
    count = int(np.prod(shape))
    source = torch.from_numpy(np.random.default_rng(1).integers(0, 2 if dtype is torch.bool else 256, count * dtype.itemsize, np.uint8))
    tensor = source.view(dtype).reshape(shape) if count else torch.empty(shape, dtype=dtype)
    came = there_and_back(tensor)
    assert type(came) is torch.Tensor and came.dtype is dtype and came.shape == tensor.shape and bits(came) == bits(tensor)


@pytest.mark.parametrize("given_as", ["permuted", "channels last", "sliced", "expanded", "conj", "neg", "inference", "parameter"])
def test_tensors_that_lie_oddly_come_back_the_same_and_ordinary(given_as: str) -> None:
    base = torch.arange(120.0).reshape(2, 3, 4, 5)
    with torch.inference_mode(given_as == "inference"):
        tensor = {
            "permuted": lambda: base.movedim(1, -1),
            "channels last": lambda: base.contiguous(memory_format=torch.channels_last),
            "sliced": lambda: base[:, 1:, ::2, 1],
            "expanded": lambda: base[:1].expand(7, 3, 4, 5),
            "conj": lambda: torch.complex(base, -base).conj(),
            "neg": lambda: torch.complex(base, -base).conj().imag,
            "inference": lambda: base + 1,
            "parameter": lambda: torch.nn.Parameter(base.clone()),
        }[given_as]()
    came = there_and_back(tensor)
    assert torch.equal(came, tensor.detach()) and not came.requires_grad and not came.is_inference()
    if given_as in ("permuted", "channels last"):
        assert came.stride() == tensor.stride()
    came.numpy()[...] = 0
    came.requires_grad_()


@given(st.permutations(range(4)), st.lists(st.integers(1, 3), min_size=4, max_size=4))
@settings(max_examples=40, deadline=None)
def test_the_order_in_memory_comes_back(order: list[int], shape: list[int]) -> None:
    tensor = torch.rand(shape).permute(order)
    came = there_and_back(tensor)
    dense = [stride for size, stride in zip(tensor.shape, tensor.stride(), strict=True) if size > 1]
    assert torch.equal(came, tensor) and [s for n, s in zip(came.shape, came.stride(), strict=True) if n > 1] == dense
    array = tensor.numpy()
    again = there_and_back(array)
    assert np.array_equal(again, array) and again.flags.f_contiguous == array.flags.f_contiguous


@pytest.mark.filterwarnings("ignore:.*quantize")
@pytest.mark.parametrize("make", ["to_sparse", "quantised", "meta", "subclass"])
def test_tensors_that_are_more_than_numbers_are_not_stored(make: str) -> None:
    class Named(torch.Tensor):
        pass

    tensor = {
        "to_sparse": lambda: torch.ones(3, 3).to_sparse(),
        "quantised": lambda: torch.quantize_per_tensor(torch.ones(3), 0.1, 0, torch.qint8),
        "meta": lambda: torch.ones(3, device="meta"),
        "subclass": lambda: torch.ones(3).as_subclass(Named),
    }[make]()
    with pytest.raises(NotStorable):
        encode({"samples": tensor})


ARRAYS = [
    np.arange(6, dtype=kind).reshape(2, 3)
    for kind in ("f8", "f4", "f2", "i8", "i4", "i2", "i1", "u8", "u4", "u2", "u1", ">f4", ">i2", "c8", "c16", "longdouble")
]
ARRAYS += [
    np.array([True, False]),
    np.array(["a", "äöü"]),
    np.array([b"a", b"xyz"]),
    np.array(["2020-01-01", "NaT"], "datetime64[s]"),
    np.array([(1, 2.5), (3, 4.5)], [("a", "i4"), ("b", "f8")]),
    np.array([((1, 2), b"x")], [("p", [("x", "u1"), ("y", ">i4")]), ("s", "S3")]),
    np.zeros((2, 0), "f4"),
    np.array(3.5),
    np.asfortranarray(np.arange(6.0).reshape(2, 3)),
    np.arange(10)[::-2],
]


@pytest.mark.parametrize("array", ARRAYS, ids=lambda array: f"{array.dtype.str if not array.dtype.fields else 'fields'}{array.shape}")
def test_arrays_of_every_dtype_come_back_bit_by_bit(array: np.ndarray) -> None:
    came = there_and_back(array)
    assert type(came) is np.ndarray and came.dtype == array.dtype and came.shape == array.shape
    assert came.tobytes() == array.tobytes() and came.flags.writeable


def test_arrays_of_objects_and_of_other_kinds_are_not_stored() -> None:
    for array in (np.array([object()]), np.ma.masked_array([1], [True]), np.zeros(2, "V0")):
        with pytest.raises(NotStorable):
            encode(array)


@pytest.mark.parametrize("scalar", [np.float32(0.1), np.int64(-5), np.bool_(True), np.float16("nan"), np.str_("x")], ids=repr)
def test_numbers_of_numpys_own_come_back(scalar: np.generic) -> None:
    came = there_and_back([scalar])[0]
    assert type(came) is type(scalar) and came.tobytes() == scalar.tobytes()


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "PA", "RGB", "RGBA", "RGBX", "CMYK", "YCbCr", "LAB", "HSV", "I", "F", "I;16"])
@pytest.mark.parametrize("size", [(13, 7), (0, 5)])
def test_pictures_of_every_mode_come_back(mode: str, size: tuple[int, int]) -> None:
    picture = Image.new(mode, size)
    if picture.tobytes():
        picture.frombytes(np.random.default_rng(2).integers(0, 255, len(picture.tobytes()), np.uint8).tobytes())
    if mode in ("P", "PA"):
        picture.putpalette(bytes(range(30)) + bytes(range(200, 230)), "RGB")
    picture.info |= {"transparency": 3, "dpi": (72, 72.5), "note": "ä", "odd": object()}
    came = there_and_back(picture)
    assert type(came) is Image.Image and (came.mode, came.size, came.tobytes()) == (mode, size, picture.tobytes())
    assert came.getpalette() == picture.getpalette()
    assert came.info == {"transparency": 3, "dpi": (72, 72.5), "note": "ä"}


def test_a_palette_with_transparency_and_an_empty_one_come_back() -> None:
    palette = Image.new("P", (2, 2), 1)
    palette.putpalette(bytes(range(16)), "RGBA")
    came = there_and_back([palette, Image.new("P", (2, 2))])
    assert came[0].convert("RGBA").tobytes() == palette.convert("RGBA").tobytes()
    assert came[1].tobytes() == bytes(4)


def test_a_picture_opened_from_a_file_comes_back(tmp_path: Path) -> None:
    Image.new("RGB", (4, 4), (9, 8, 7)).save(tmp_path / "fox.png")
    with Image.open(tmp_path / "fox.png") as opened:
        came = there_and_back(Picture(opened, "fox.png", "animals", "output"))
    assert came.pil.getpixel((1, 1)) == (9, 8, 7)
    assert (came.filename, came.subfolder, came.type) == ("fox.png", "animals", "output")


def test_latents_and_conditioning_come_back_with_what_they_share() -> None:
    tokens = torch.rand(1, 77, 8).to(torch.bfloat16)
    conditioning = [[tokens, {"pooled_output": torch.rand(1, 8), "strength": 0.5}], [tokens, {"area": (1, 2, 3, 4)}]]
    latent = {"samples": torch.rand(1, 4, 8, 8), "noise_mask": torch.ones(1, 1, 8, 8), "batch_index": [0]}
    came, came_latent = there_and_back([conditioning, latent])
    assert came[0][0] is came[1][0] and torch.equal(came[0][0], tokens)
    assert torch.equal(came[0][1]["pooled_output"], conditioning[0][1]["pooled_output"]) and came[1][1] == {"area": (1, 2, 3, 4)}
    assert list(came_latent) == ["samples", "noise_mask", "batch_index"] and torch.equal(came_latent["samples"], latent["samples"])


def value(name: str, **parts: Any) -> Any:
    return ["value", name, ["dict", list(map(list, parts.items()))]]


HOSTILE = [
    value("torch.Tensor", data=["buffer", 0], dtype="save", shape=["tuple", [2]], order=["tuple", [0]], device="cpu"),
    value("torch.Tensor", data=["buffer", 0], dtype="float32", shape=["tuple", [1 << 40]], order=["tuple", [0]], device="cpu"),
    value("torch.Tensor", data=["buffer", 0], dtype="float32", shape=["tuple", [2]], order=["tuple", [0, 1]], device="cpu"),
    value("torch.Tensor", data=["buffer", 0], dtype="float32", shape=["tuple", [2]], order=["tuple", [0]], device="nowhere"),
    value("torch.Tensor", data=5, dtype="float32", shape=["tuple", [2]], order=["tuple", [0]], device="cpu"),
    value("numpy.ndarray", data=["buffer", 0], dtype="O", shape=["tuple", [1]], order=["tuple", [0]]),
    value("numpy.ndarray", data=["buffer", 0], dtype="f4", shape=["tuple", [1 << 40]], order=["tuple", [0]]),
    value("numpy.ndarray", data=["buffer", 0], dtype="no such", shape=["tuple", [2]], order=["tuple", [0]]),
    value("PIL.Image.Image", mode="RGB", size=["tuple", [1 << 20, 1 << 20]], pixels=["buffer", 0], info=["dict", []]),
    value("PIL.Image.Image", mode="RGB", size=["tuple", [-2, -4]], pixels=["buffer", 0], info=["dict", []]),
    value("PIL.Image.Image", mode="XYZ", size=["tuple", [2, 4]], pixels=["buffer", 0], info=["dict", []]),
    value("PIL.Image.Image", mode="1", size=["tuple", [0, 1 << 40]], pixels=["buffer", 1], info=["dict", []]),
    value("virgil_nb.nodes.pictures.Picture", pil=5, filename=None, subfolder="", type="temp"),
    value("virgil_nb.diffusion.model.Model", path="/etc/passwd"),
]


@pytest.mark.parametrize("tree", HOSTILE, ids=range(len(HOSTILE)))
def test_data_that_stand_for_no_tensor_or_picture_raise_one_kind_of_error(tree: Any) -> None:
    with pytest.raises(CodecError):
        decode(tree, [Buffer("F32", (2,), bytearray(8)), Buffer("U8", (0,), bytearray())])


def test_a_picture_of_a_whole_result_is_shown_in_a_new_process_without_torch(tmp_path: Path) -> None:
    cache = Cache(1 << 26, disk=DiskTier(tmp_path))
    picture = Picture(Image.new("RGB", (64, 48), (1, 2, 3)), "fox.png", "", "output")
    cache.put(KEY, Entry((torch.rand(1, 48, 64, 3),), {"images": [picture]}, seconds=3.0))
    assert cache.close(60) and cache.is_stored(KEY), cache.why_not_stored(KEY)
    code = """
import sys
from virgil_nb import nodes
from virgil_nb.engine import Cache, DiskTier
nodes.load()
cache = Cache(1 << 26, disk=DiskTier(sys.argv[1]))
found = cache.get(bytes(range(16)), lazy=True)
[picture] = found.ui["images"]
assert (picture.pil.size, picture.pil.getpixel((5, 5)), picture.filename) == ((64, 48), (1, 2, 3), "fox.png")
assert not {"torch", "numpy", "safetensors"} & set(sys.modules), "imported"
[tensor] = found.outputs
assert tuple(tensor.shape) == (1, 48, 64, 3) and "torch" in sys.modules
"""
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True)


def test_a_model_makes_the_result_not_storable(tmp_path: Path) -> None:
    from virgil_nb.diffusion.vae import Vae

    cache = Cache(1 << 26, disk=DiskTier(tmp_path))
    cache.put(KEY, Entry((object.__new__(Vae), torch.ones(3)), seconds=3.0))
    assert cache.flush(60) and cache.why_not_stored(KEY) == "a Vae has no codec"
