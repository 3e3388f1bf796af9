"""Node types: what the palette lists and what nodes are drawn from."""

from __future__ import annotations

from typing import NotRequired, TypedDict

from virgil_nb.widget.messages.document import JsonValue


class InputSpecJSON(TypedDict):
    """One input of a node type. `widget`: it has a field on the node, so it need not be linked."""

    name: str
    type: str
    required: bool
    widget: bool
    default: NotRequired[JsonValue]
    min: NotRequired[float]
    max: NotRequired[float]
    step: NotRequired[float]
    round: NotRequired[float]
    choices: NotRequired[list[str | float | bool]]
    multiline: NotRequired[bool]
    dynamic_prompts: NotRequired[bool]
    lazy: NotRequired[bool]
    control_after_generate: NotRequired[bool]
    image_upload: NotRequired[bool]
    files: NotRequired[str]
    tooltip: NotRequired[str]


class OutputSpecJSON(TypedDict):
    """One output of a node type."""

    name: str
    type: str
    is_list: NotRequired[bool]
    tooltip: NotRequired[str]


class SpecJSON(TypedDict):
    """A node type: what the palette lists and what a node is drawn from."""

    type: str
    display_name: str
    category: str
    description: str
    output_node: bool
    inputs: list[InputSpecJSON]
    outputs: list[OutputSpecJSON]
