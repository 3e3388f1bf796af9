"""How the engine fingerprints, measures, copies and stores the values that travel on the wires.

Registered by qualified name, so that none of these packages is imported before such a value exists.
"""

from __future__ import annotations

import hashlib
import sys
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from virgil_nb.engine import register_value
from virgil_nb.nodes import codecs

if TYPE_CHECKING:
    import numpy as np
    from PIL.Image import Image as PILImage
    from torch import Tensor

    from virgil_nb.nodes.pictures import Picture

PLACES = frozenset({"path", "device", "device_name", "known_words", "related"})  # fields of a recipe that do not change what it computes


def digest(*parts: object) -> str:
    """A digest of what an object is (texts, numbers) and its bytes."""
    found = hashlib.blake2b(digest_size=16)
    for part in parts:
        data: Any = part if isinstance(part, bytes | bytearray | memoryview) else repr(part).encode()
        found.update(len(data).to_bytes(8, "little"))
        found.update(data)
    return found.hexdigest()


def tensor_fingerprint(tensor: Tensor) -> str:
    """By dtype, shape and content; where it lies (device, strides) does not matter. Raises TypeError for sparse and quantised ones."""
    import torch

    if tensor.layout is not torch.strided or tensor.is_quantized or tensor.is_meta:
        raise TypeError(f"a tensor with layout {tensor.layout} has no plain content; use .to_dense() first")
    plain = tensor.detach().resolve_conj().resolve_neg().cpu().contiguous()
    content: Any = plain.reshape(-1).view(torch.uint8).numpy() if plain.numel() else b""
    return digest("tensor", str(plain.dtype), tuple(plain.shape), memoryview(content))


def tensor_bytes(tensor: Tensor) -> int:
    """What it keeps in memory: its whole storage, as a slice keeps all that it was cut from."""
    import torch

    if tensor.layout is not torch.strided or tensor.is_meta:
        return tensor.numel() * tensor.element_size()
    return int(tensor.untyped_storage().nbytes())


def tensor_copy(tensor: Tensor) -> Tensor:
    """An ordinary tensor with storage of its own: no inference tensor, no history of gradients."""
    import torch

    with torch.inference_mode(False), torch.no_grad():
        return torch.empty_like(tensor).copy_(tensor) if tensor.is_inference() else tensor.detach().clone()


def array_fingerprint(array: np.ndarray) -> str:
    """By dtype, shape and content. Raises TypeError for arrays of objects."""
    import numpy as np

    if array.dtype.hasobject:
        raise TypeError("an array of Python objects has no plain content; use a numeric dtype")
    content: Any = np.ascontiguousarray(array).reshape(-1).view(np.uint8) if array.size else b""
    return digest("array", array.dtype.str, array.dtype.descr, array.shape, memoryview(content))


def array_bytes(array: np.ndarray) -> int:
    """What it keeps in memory: a view keeps all of the array that it shows a part of."""
    owner: Any = array
    while getattr(owner, "base", None) is not None:
        owner = owner.base
    return max(int(array.nbytes), int(getattr(owner, "nbytes", 0)))


def array_copy(array: np.ndarray) -> np.ndarray:
    """An array of its own, writable."""
    return array.copy()


def scalar_fingerprint(scalar: np.generic) -> str:
    """As the array of no dimensions that holds it."""
    import numpy as np

    return array_fingerprint(np.asarray(scalar))


def pil_fingerprint(picture: PILImage) -> str:
    """By mode, size, palette, transparency and pixels."""
    palette = picture.getpalette() if picture.mode in ("P", "PA") else None
    return digest("picture", picture.mode, picture.size, palette, picture.info.get("transparency"), picture.tobytes())


def pil_bytes(picture: PILImage) -> int:
    """The size of its pixels in memory."""
    per_pixel = {"1": 1, "L": 1, "P": 1, "LA": 4, "PA": 4, "RGB": 4, "I;16": 2}.get(picture.mode, 4)
    return picture.width * picture.height * per_pixel + 512


def picture_fingerprint(picture: Picture) -> str:
    """By its pixels and where they were saved."""
    return digest("shown", pil_fingerprint(picture.pil), picture.filename, picture.subfolder, picture.type)


def picture_bytes(picture: Picture) -> int:
    """The size of its pixels in memory."""
    return pil_bytes(picture.pil)


def picture_copy(picture: Picture) -> Picture:
    """The same with pixels of its own."""
    from dataclasses import replace

    return replace(picture, pil=picture.pil.copy())


def recipe_fingerprint(recipe: Any) -> str:
    """A model is a file's identity and what is made of it; where the file lies and what it computes on does not matter."""
    parts = [(item.name, repr(getattr(recipe, item.name))) for item in fields(recipe) if item.name not in PLACES]
    return digest(type(recipe).__qualname__, parts)


def recipe_bytes(recipe: Any) -> int:
    """Only the recipe: weights belong to the diffusion room's memory keeping, which has its own budget."""
    return sys.getsizeof(recipe) + 1024


def same(value: Any) -> Any:
    """The value itself: it is immutable."""
    return value


def register() -> None:
    """Tells the engine about all of these types."""
    register_value(
        "torch.Tensor",
        fingerprint=tensor_fingerprint,
        nbytes=tensor_bytes,
        copy=tensor_copy,
        encode=codecs.encode_tensor,
        decode=codecs.decode_tensor,
    )
    register_value(
        "numpy.ndarray",
        fingerprint=array_fingerprint,
        nbytes=array_bytes,
        copy=array_copy,
        encode=codecs.encode_array,
        decode=codecs.decode_array,
    )
    register_value(
        "numpy.generic",
        fingerprint=scalar_fingerprint,
        copy=same,
        encode=codecs.encode_scalar,
        decode=codecs.decode_scalar,
    )
    register_value(
        "PIL.Image.Image",
        fingerprint=pil_fingerprint,
        nbytes=pil_bytes,
        copy=lambda picture: picture.copy(),
        encode=codecs.encode_pil,
        decode=codecs.decode_pil,
    )
    register_value(
        "virgil_nb.nodes.pictures.Picture",
        fingerprint=picture_fingerprint,
        nbytes=picture_bytes,
        copy=picture_copy,
        encode=codecs.encode_picture,
        decode=codecs.decode_picture,
    )
    # recipes have no codec: they are made again in a moment, from a file that may have gone
    for name in ("model.Model", "text.clip.Clip", "vae.Vae"):
        register_value(f"virgil_nb.diffusion.{name}", fingerprint=recipe_fingerprint, nbytes=recipe_bytes, copy=same)
