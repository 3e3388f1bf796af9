"""How ComfyUI lays a node's fields out in `widgets_values`: by position, with slots in between that are no inputs.

    KSampler   [seed, control, steps, cfg, sampler_name, scheduler, denoise]
    LoadImage  [image, "image"]                      (the second is the upload button)

The order is the definition's: required inputs, then optional ones. Files grow older: surplus values are dropped, missing ones keep
their default.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from virgil_nb.engine.kinds.spec import MISSING, InputSpec, NodeSpec

CONTROLS = ("fixed", "increment", "decrement", "randomize")
SEED_NAMES = ("seed", "noise_seed")


@dataclass(frozen=True)
class Slot:
    """One place of widgets_values: an input's value, or something beside the input of that name."""

    name: str
    kind: Literal["value", "control", "filter", "upload"]


def slots_of(spec: NodeSpec) -> list[Slot]:
    """The slots that a node of this type stores. The upload button stands after the required fields, before the optional ones."""
    found: list[Slot] = []
    upload: list[Slot] = []
    for item in spec.inputs:
        if not item.required and upload:
            found += upload
            upload = []
        if item.widget:
            found.append(Slot(item.name, "value"))
            found += beside(item)
        if item.image_upload:
            upload = [Slot(item.name, "upload")]
    return found + upload


def beside(item: InputSpec) -> list[Slot]:
    """The slots that follow a field's own: what becomes of it after a run and, for a choice, a filter text."""
    if item.type == "COMBO":
        return [Slot(item.name, "control"), Slot(item.name, "filter")] if item.control_after_generate else []
    if item.type == "INT" and (item.control_after_generate or item.name in SEED_NAMES):
        return [Slot(item.name, "control")]
    return []


def read_stored(spec: NodeSpec, stored: Sequence[object]) -> tuple[dict[str, object], dict[str, str]]:
    """(values by input, controls by input) of a `widgets_values` list. Controls that say "fixed" are left out: that is the default."""
    values: dict[str, object] = {}
    controls: dict[str, str] = {}
    for slot, value in zip(slots_of(spec), without_dummies(spec, stored), strict=False):
        if slot.kind == "value":
            values[slot.name] = value
        elif slot.kind == "control":
            control = read_control(value)
            if control is not None and control != "fixed":
                controls[slot.name] = control
    return values, controls


def read_control(value: object) -> str | None:
    """A control's name; very old files have true for randomize and false for fixed."""
    if isinstance(value, bool):
        return "randomize" if value else "fixed"
    return value if isinstance(value, str) and value in CONTROLS else None


def without_dummies(spec: NodeSpec, stored: Sequence[object]) -> Sequence[object]:
    """`stored` without the places that front ends before 1.16 kept for fields that can only be linked (ComfyUI's forceInput)."""
    forced = [item for item in spec.inputs if item.link_only and item.type in ("INT", "FLOAT", "STRING", "BOOLEAN", "COMBO")]
    if not forced:
        return stored
    places: list[bool] = []
    for item in spec.inputs:
        if item in forced:
            places += [False] + [False] * item.control_after_generate
        elif item.widget:
            places += [True] + [True] * item.control_after_generate
    return [value for value, kept in zip(stored, places, strict=True) if kept] if len(stored) == len(places) else stored


def stored_values(spec: NodeSpec, values: Mapping[str, object], controls: Mapping[str, str]) -> list[object]:
    """The `widgets_values` list of a node of this type."""
    by_kind = {"filter": "", "upload": "image"}
    return [
        field_value(spec.by_name[slot.name], values)
        if slot.kind == "value"
        else controls.get(slot.name, "fixed")
        if slot.kind == "control"
        else by_kind[slot.kind]
        for slot in slots_of(spec)
    ]


def field_value(item: InputSpec, values: Mapping[str, object]) -> object:
    """What a field shows: its value, else its default, else the first choice; None if there is none of these."""
    if item.name in values:
        return values[item.name]
    if item.default is not MISSING:
        return item.default
    if isinstance(item.choices, tuple) and item.choices:
        return item.choices[0]
    return {"INT": 0, "FLOAT": 0.0, "STRING": "", "BOOLEAN": False}.get(item.type)


def restore_unknown(
    inputs: Sequence[Mapping[str, object]], stored: object, values: Mapping[str, object], controls: Mapping[str, str]
) -> object:
    """The stored values of a node whose type is not known here, with those put in that its file names and that have changed."""
    if not isinstance(stored, list):
        return stored
    changed: list[object] = []
    for name, value, control in names_by_saved_inputs(inputs, stored):
        changed.append(values.get(name, value))
        if control is not None:
            changed.append(controls.get(name, control))
    return changed + stored[len(changed) :]


def names_by_saved_inputs(inputs: Sequence[Mapping[str, object]], stored: Sequence[object]) -> Iterator[tuple[str, object, str | None]]:
    """(input, value, control or None) of a node whose type is not known here, from the fields that newer files list among the inputs.

    Gives nothing unless the list accounts for every stored value.
    """
    fields = [item for item in inputs if isinstance(item.get("widget"), Mapping)]
    found: list[tuple[str, object, str | None]] = []
    place = 0
    for item in fields:
        if place >= len(stored):
            return
        value, control = stored[place], None
        place += 1
        if item.get("type") == "INT" and place < len(stored) and isinstance(stored[place], str) and stored[place] in CONTROLS:
            control = read_control(stored[place])
            place += 1
        found.append((str(item.get("name")), value, control))
    if place == len(stored) or (place + 1 == len(stored) and stored[place] in ("image", None, "")):
        yield from found
