"""The colours of the still picture, the light ones of the live editor: of chrome, and of socket types with their glyphs."""

from __future__ import annotations

import hashlib

CANVAS, SURFACE, FIELD_FILL, LINE_COLOUR, DOTS = "#f7f8f9", "#ffffff", "#f3f4f6", "#dfe1e4", "#e6e8ea"
TEXT, TEXT_2, ERROR, AMBER = "#212121", "#6c6f75", "#d32f2f", "#b45f06"
COLOURS = {
    "MODEL": "#6b4fd0",
    "CLIP": "#b07a00",
    "VAE": "#c4243f",
    "CONTROL_NET": "#00796f",
    "CONDITIONING": "#d85a00",
    "LATENT": "#c02fa0",
    "IMAGE": "#1a73d9",
    "MASK": "#2e8b3d",
    "SIGMAS": "#0b7fa3",
    "NOISE": "#7a6a5f",
}
PLAIN = "#68707c"
SHAPES = {  # type -> outline, fill: "full", "open", "half" (left), "dot"
    "MODEL": ("square", "full"),
    "CLIP": ("square", "open"),
    "VAE": ("square", "half"),
    "CONTROL_NET": ("hexagon", "full"),
    "CONDITIONING": ("diamond", "full"),
    "LATENT": ("circle", "full"),
    "IMAGE": ("circle", "dot"),
    "MASK": ("circle", "half"),
    "SIGMAS": ("triangle", "full"),
    "NOISE": ("triangle", "open"),
}
PLAIN_TYPES = frozenset({"INT", "FLOAT", "STRING", "BOOLEAN", "COMBO", "*"})
PACK_HUES = ("#4a6fb0", "#8a5fb5", "#b0527e", "#a8622f", "#7d7a2a", "#3f8552", "#2d8286", "#5a63c2")


def colour_of(type_: str) -> str:
    """The colour of a socket type: its own, grey for plain values, else one of eight by the name's hash."""
    if type_ in PLAIN_TYPES or "," in type_:
        return PLAIN
    return COLOURS.get(type_) or PACK_HUES[hashlib.blake2b(type_.encode()).digest()[0] % len(PACK_HUES)]


def mixed(colour: str, ground: str, part: float) -> str:
    """`part` of a colour over a ground, all "#rrggbb"."""
    pairs = zip(bytes.fromhex(colour[1:]), bytes.fromhex(ground[1:]), strict=True)
    return "#" + bytes(round(a * part + b * (1 - part)) for a, b in pairs).hex()
