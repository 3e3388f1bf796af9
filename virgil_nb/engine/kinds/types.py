"""The names of the sockets, as annotations for node functions, and the markers that refine a widget.

    def soften(image: Image, radius: Annotated[float, Range(0, 50)] = 4.0) -> Image: ...

To a type checker every socket is `Any`: the values are tensors and objects of packages that the engine does not know.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated
from typing import Any as _Any

from virgil_nb.engine.services import Services


@dataclass(frozen=True, slots=True)
class Socket:
    """The socket's type name as links and colours use it: "IMAGE", "*" for any, "INT,FLOAT" for either."""

    name: str


@dataclass(frozen=True, slots=True)
class Range:
    """Limits of a number, both inclusive; step of the field, and the grid that the value is rounded to."""

    min: float | None = None
    max: float | None = None
    step: float | None = None
    round: float | None = None


@dataclass(frozen=True, slots=True)
class Choices:
    """The choices of a field, found when they are asked for. files: the kind of folder whose files they are, such as "checkpoints"."""

    find: Callable[[Services], Sequence[str]]
    files: str = ""


@dataclass(frozen=True, slots=True)
class Multiline:
    """A text field of several lines; dynamic: `{a|b}` chooses at random (ComfyUI's dynamic prompts)."""

    dynamic: bool = False


@dataclass(frozen=True, slots=True)
class Seed:
    """A seed: may change by itself after a run; 0 to 2**64 - 1 unless a Range says otherwise."""


@dataclass(frozen=True, slots=True)
class ImageUpload:
    """The choice names a picture of the input folder, and the field offers to add one."""


@dataclass(frozen=True, slots=True)
class LinkOnly:
    """No field, only a socket, though the type is a plain one."""


@dataclass(frozen=True, slots=True)
class Lazy:
    """The input is computed only when the node's check_lazy asks for it; it is None until then."""


@dataclass(frozen=True, slots=True)
class RawLink:
    """The node gets the `Link` itself (for nodes that expand into others), once what it comes from is computed."""


@dataclass(frozen=True, slots=True)
class Tooltip:
    """Help for one input."""

    text: str


Any = _Any
Image = Annotated[_Any, Socket("IMAGE")]
Mask = Annotated[_Any, Socket("MASK")]
Latent = Annotated[_Any, Socket("LATENT")]
Conditioning = Annotated[_Any, Socket("CONDITIONING")]
Model = Annotated[_Any, Socket("MODEL")]
Clip = Annotated[_Any, Socket("CLIP")]
ClipVision = Annotated[_Any, Socket("CLIP_VISION")]
ClipVisionOutput = Annotated[_Any, Socket("CLIP_VISION_OUTPUT")]
StyleModel = Annotated[_Any, Socket("STYLE_MODEL")]
Vae = Annotated[_Any, Socket("VAE")]
ControlNet = Annotated[_Any, Socket("CONTROL_NET")]
UpscaleModel = Annotated[_Any, Socket("UPSCALE_MODEL")]
Sampler = Annotated[_Any, Socket("SAMPLER")]
Sigmas = Annotated[_Any, Socket("SIGMAS")]
Noise = Annotated[_Any, Socket("NOISE")]
Guider = Annotated[_Any, Socket("GUIDER")]
Audio = Annotated[_Any, Socket("AUDIO")]
Video = Annotated[_Any, Socket("VIDEO")]

WIDGET_TYPES = frozenset({"INT", "FLOAT", "STRING", "BOOLEAN", "COMBO"})


def types_fit(given: str, wanted: str) -> bool:
    """Whether an output of type `given` may feed an input of type `wanted`: equal, `*`, or comma lists that meet, case-blind."""
    if given == wanted or given == "*" or wanted == "*":
        return True
    if "," not in given and "," not in wanted:
        return given.strip().casefold() == wanted.strip().casefold()
    have = {part.strip().casefold() for part in given.split(",")}
    want = {part.strip().casefold() for part in wanted.split(",")}
    return "*" in have or "*" in want or bool(have & want)
