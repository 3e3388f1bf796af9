"""ComfyUI's colours as ours. Its nodes keep two dark ones, for title and body; ours keep one tint, which the editor thins out itself.

The nine colours of its menu stand for the tint that its groups of the same name have; any other stands for itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

# of title and body, and the tint: the values that ComfyUI's files have for the colours of its menu
MENU: Final = {
    "#322": ("#533", "#aa8888"),
    "#332922": ("#593930", "#b06634"),
    "#232": ("#353", "#88aa88"),
    "#223": ("#335", "#8888aa"),
    "#2a363b": ("#3f5159", "#3f789e"),
    "#233": ("#355", "#88aaaa"),
    "#323": ("#535", "#a1309b"),
    "#432": ("#653", "#b58b2a"),
    "#222": ("#000", "#444444"),
}
_PAIRS: Final = {tint: {"color": title, "bgcolor": body} for title, (body, tint) in MENU.items()}
OWN: Final = "virgil_nb"  # under which files keep what ComfyUI has no place for
_SHORT: Final = re.compile(r"#[0-9a-fA-F]{3}")
_LONG: Final = re.compile(r"#[0-9a-fA-F]{6}")


def colour_in(text: object) -> str | None:
    """ "#rrggbb" of a colour in a file, "#a88" included; None if it is written in another way."""
    if isinstance(text, str) and _LONG.fullmatch(text):
        return text
    if isinstance(text, str) and _SHORT.fullmatch(text):
        return "#" + "".join(2 * digit for digit in text[1:].lower())
    return None


def node_colour(data: Mapping[str, Any]) -> str | None:
    """The tint of a node in a file, by the colour of its title, else of its body; by what we wrote beside it, if it is still that."""
    title = data.get("color")
    properties = data.get("properties")
    own = properties.get(OWN) if isinstance(properties, Mapping) else None
    if isinstance(own, Mapping) and title is not None and own.get("colour_is") == title:
        return colour_in(own.get("colour"))
    if isinstance(title, str) and title.lower() in MENU:
        return MENU[title.lower()][1]
    return colour_in(title) or (colour_in(data.get("bgcolor")) if title is None else None)


def write_node_colour(colour: str | None, kept: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """(`color` and `bgcolor` of a node with this tint, what has to be said beside them); those that the file had, if they stand for it."""
    before = {name: kept[name] for name in ("color", "bgcolor") if name in kept}
    if node_colour(before) == colour:
        return before, {}
    if colour is None:
        return {}, {}
    written = _PAIRS.get(colour, {"color": colour, "bgcolor": colour})
    return dict(written), {} if node_colour(written) == colour else {"colour": colour, "colour_is": written["color"]}
