"""How tensors, arrays and pictures are stored and come back: the same bits, dtype, shape and order in memory.

What comes back is an ordinary value, as a copy would be: no gradients, no inference tensor, and a picture that was opened from a file
is one that was not. Types with more to them than that (sub-classes, sparse and quantised tensors) are not stored.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from virgil_nb.engine.caching.codecs import Buffer, NotStorable

if TYPE_CHECKING:
    import numpy as np
    from PIL.Image import Image as PILImage
    from torch import Tensor

    from virgil_nb.nodes.pictures import Picture

# torch's and numpy's names of the dtypes that the safetensors format has a name for; of all others the bytes are stored
SAFETENSORS: Final = {
    "bool": "BOOL",
    "uint8": "U8",
    "int8": "I8",
    "float8_e4m3fn": "F8_E4M3",
    "float8_e5m2": "F8_E5M2",
    "bfloat16": "BF16",
} | {f"{name}{bits}": f"{letter}{bits}" for name, letter in (("uint", "U"), ("int", "I"), ("float", "F")) for bits in (16, 32, 64)}

PIXEL_BYTES: Final = {
    mode: size
    for size, modes in ((1, "L P"), (2, "LA PA La I;16 I;16L I;16B"), (3, "RGB YCbCr LAB HSV"), (4, "RGBA RGBX RGBa CMYK I F"))
    for mode in modes.split()
}
MOST_PIXELS: Final = 1 << 31


def _buffer(dtype: str, shape: tuple[int, ...], content: Any) -> Buffer:
    known = SAFETENSORS.get(dtype)
    data = memoryview(content)
    return Buffer.of_bytes(data) if known is None else Buffer(known, shape, data)


def encode_tensor(tensor: Tensor) -> dict[str, Any]:
    """Its numbers in the order in which they lie in memory, which later operations may depend on."""
    import torch

    if type(tensor) not in (torch.Tensor, torch.nn.Parameter):
        raise NotStorable(f"a {type(tensor).__qualname__} is more than a tensor")
    if tensor.layout is not torch.strided or tensor.is_quantized or tensor.is_meta:
        raise NotStorable(f"a tensor with layout {tensor.layout} has no plain content")
    plain = tensor.detach().resolve_conj().resolve_neg()
    strides = plain.stride()
    order = tuple(sorted(range(plain.ndim), key=lambda axis: (-strides[axis], axis)))
    if not plain.permute(order).is_contiguous():
        order = tuple(range(plain.ndim))
    lying = plain.permute(order).cpu().contiguous()
    content: Any = lying.reshape(-1).view(torch.uint8).numpy() if lying.numel() else b""
    name = str(plain.dtype).removeprefix("torch.")
    shape = tuple(lying.shape)
    return {"data": _buffer(name, shape, content), "dtype": name, "shape": shape, "order": order, "device": plain.device.type}


def decode_tensor(parts: Mapping[str, Any]) -> Tensor:
    """The tensor, on a device of the same type."""
    import torch

    dtype = getattr(torch, parts["dtype"])
    if not isinstance(dtype, torch.dtype):
        raise TypeError(f"{parts['dtype']!r} is no dtype")
    data = _data(parts)
    flat = torch.frombuffer(data, dtype=torch.uint8).view(dtype) if data else torch.empty(0, dtype=dtype)
    order = parts["order"]
    back = sorted(range(len(order)), key=order.__getitem__)
    return flat.reshape(parts["shape"]).permute(back).to(parts["device"])


def encode_array(array: np.ndarray) -> dict[str, Any]:
    """Its numbers in the order in which they lie in memory."""
    import numpy as np

    if type(array) is not np.ndarray:
        raise NotStorable(f"a {type(array).__qualname__} is more than an array")
    if array.dtype.hasobject or not array.dtype.itemsize:
        raise NotStorable(f"an array of {array.dtype} has no plain content")
    if array.dtype.fields is not None and _dtype(array.dtype.descr) != array.dtype:
        raise NotStorable(f"an array of {array.dtype} has fields that no list describes")
    order = tuple(sorted(range(array.ndim), key=lambda axis: (-abs(array.strides[axis]), axis)))
    lying = np.ascontiguousarray(array.transpose(order)).reshape([array.shape[axis] for axis in order])
    content: Any = lying.reshape(-1).view(np.uint8) if lying.nbytes else b""
    native = array.dtype.fields is None and array.dtype.isnative
    return {
        "data": _buffer(array.dtype.name if native else "", lying.shape, content),
        "dtype": array.dtype.str if array.dtype.fields is None else array.dtype.descr,
        "shape": lying.shape,
        "order": order,
    }


def decode_array(parts: Mapping[str, Any]) -> np.ndarray:
    """The array, writable."""
    import numpy as np

    dtype = _dtype(parts["dtype"])
    data = _data(parts)
    flat = np.frombuffer(data, dtype) if data else np.empty(0, dtype)
    order = parts["order"]
    return flat.reshape(parts["shape"]).transpose(sorted(range(len(order)), key=order.__getitem__))


def _dtype(form: Any) -> np.dtype:
    """The dtype of its text, or of its list of fields."""
    import numpy as np

    if isinstance(form, list):
        return np.dtype([(name, _dtype(inner) if isinstance(inner, list) else inner, *shape) for name, inner, *shape in form])
    return np.dtype(str(form))


def encode_scalar(scalar: np.generic) -> dict[str, Any]:
    """A number of numpy's own type, as an array of none dimensions."""
    import numpy as np

    return {"array": np.asarray(scalar)}


def decode_scalar(parts: Mapping[str, Any]) -> np.generic:
    """The number again."""
    scalar: np.generic = parts["array"][()]
    return scalar


def encode_pil(picture: PILImage) -> dict[str, Any]:
    """Its pixels, its palette, and of what is known beside them all that is plain (transparency, resolution, texts)."""
    mode, size = picture.mode, picture.size
    if mode != "1" and mode not in PIXEL_BYTES:
        raise NotStorable(f"a picture of mode {mode} is not stored")
    parts: dict[str, Any] = {"mode": mode, "size": size, "pixels": Buffer.of_bytes(picture.tobytes())}
    if mode in ("P", "PA") and picture.palette is not None:
        kind = picture.palette.mode
        parts["palette"] = (kind, bytes(picture.getpalette(kind) or ()))
    plain = {str(name): str(value) if isinstance(value, str) else value for name, value in picture.info.items()}
    parts["info"] = {name: value for name, value in plain.items() if _is_plain(value)}
    return parts


def decode_pil(parts: Mapping[str, Any]) -> PILImage:
    """The picture, as one that was made and not opened."""
    from PIL import Image

    mode, (width, height), data = parts["mode"], parts["size"], parts["pixels"].data
    row = (width + 7) // 8 if mode == "1" else width * PIXEL_BYTES[mode]
    if not (min(width, height) >= 0 and width * height <= MOST_PIXELS and row * height == len(data)):
        raise ValueError(f"{len(data)} bytes are no picture of {width}×{height} pixels and mode {mode}")
    picture = Image.frombytes(mode, (width, height), bytes(data)) if data else Image.new(mode, (width, height))
    if "palette" in parts:
        kind, colours = parts["palette"]
        picture.putpalette(colours, kind)
    picture.info.update(parts["info"])
    return picture


def _is_plain(value: object) -> bool:
    if isinstance(value, tuple):
        return all(_is_plain(item) for item in value)
    return value is None or type(value) in (bool, int, float, str, bytes)


def encode_picture(picture: Picture) -> dict[str, Any]:
    """Its pixels, and where they were saved."""
    return {"pil": picture.pil, "filename": picture.filename, "subfolder": picture.subfolder, "type": picture.type}


def decode_picture(parts: Mapping[str, Any]) -> Picture:
    """The picture with its place."""
    from PIL import Image

    from virgil_nb.nodes.pictures import Picture

    if not isinstance(parts["pil"], Image.Image) or any(type(parts[name]) is not str for name in ("subfolder", "type")):
        raise TypeError("a picture that is shown needs pixels and a place")
    if parts["filename"] is not None and type(parts["filename"]) is not str:
        raise TypeError("the name of a file is a text")
    return Picture(parts["pil"], parts["filename"], parts["subfolder"], parts["type"])


def _data(parts: Mapping[str, Any]) -> bytearray:
    """The bytes of "data", which are memory of nobody else."""
    data = parts["data"].data
    if not isinstance(data, bytearray):
        raise TypeError("the numbers are no bytes")
    return data
