"""One input of a node as an ipywidget: a slider where the range is narrow, a choice, a text, a switch. Nothing is clamped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import ipywidgets

from virgil_nb.engine import MISSING, InputSpec
from virgil_nb.widget.panel_entries import PanelEntry
from virgil_nb.widget.settings_words import in_words
from virgil_nb.widget.wire import EXACT

SLIDER_STEPS = 1000
LABEL_WIDTH = "120px"


@dataclass(frozen=True)
class Field:
    """What an input's widget is to be. Two that differ in nothing but `value` are shown by one widget.

    whole: the value is a whole number, shown as text because a number in a browser would lose digits of it.
    """

    kind: type
    value: Any
    options: dict[str, Any]
    whole: bool = False

    def made(self) -> Any:
        """The widget. Its `value` is the input's."""
        style = {"description_width": LABEL_WIDTH}
        return self.kind(value=self.value, layout=ipywidgets.Layout(width="auto"), style=style, **self.options)

    def read(self, shown: Any) -> Any:
        """The input's value for what its widget shows. Raises ValueError, saying what is wanted, where it means none."""
        if not self.whole:
            return shown
        try:
            return int("".join(shown.split()))
        except ValueError:
            raise ValueError(f"{self.options['description']} is {shown[:40]!r}; it must be a whole number.") from None

    def fits(self, other: Field) -> bool:
        """Whether the widget of `other` can show this."""
        return (self.kind, self.options, self.whole) == (other.kind, other.options, other.whole)


def field_for(entry: PanelEntry, value: object, choices: Sequence[object]) -> Field:
    """How `value` of that input is shown and changed, whatever it is."""
    spec = entry.spec
    options: dict[str, Any] = {"description": entry.label, "disabled": entry.linked}
    if spec.type == "COMBO":
        chosen = None if value is MISSING else value
        missing = chosen is not None and chosen not in choices  # such as a file that is gone: it stays, before the others
        return Field(ipywidgets.Dropdown, chosen, {**options, "options": [*([chosen] if missing else []), *choices]})
    if spec.type == "BOOLEAN" and (isinstance(value, bool) or value in (None, MISSING)):
        return Field(ipywidgets.Checkbox, value is True, {**options, "indent": False})
    if spec.type in ("INT", "FLOAT") and isinstance(value, int | float) and not isinstance(value, bool):
        return _number(spec, value, options)
    text = value if isinstance(value, str) else "" if value in (None, MISSING) else in_words(value)
    options["disabled"] = entry.linked or not (isinstance(value, str) or value in (None, MISSING))  # a Python object
    if entry.prompt:
        return Field(ipywidgets.Textarea, text, {**options, "rows": 4, "continuous_update": False})
    return Field(ipywidgets.Text, text, {**options, "continuous_update": False})


def _number(spec: InputSpec, value: float, options: dict[str, Any]) -> Field:
    whole = spec.type == "INT" and value == int(value)
    if whole and max(abs(int(value)), spec.max or 0) > EXACT:
        return Field(ipywidgets.Text, str(int(value)), {**options, "continuous_update": False}, whole=True)
    step = spec.step or (1 if spec.type == "INT" else 0.01)
    low, high = spec.min, spec.max
    number: Any = int if whole else float
    fits = whole or spec.type == "FLOAT"
    if fits and low is not None and high is not None and low <= value <= high and (high - low) / step <= SLIDER_STEPS:
        kind = ipywidgets.IntSlider if whole else ipywidgets.FloatSlider
        limits = {"min": number(low), "max": number(high), "step": number(step)}
        return Field(kind, number(value), {**options, **limits, "continuous_update": False})
    kind = ipywidgets.IntText if whole else ipywidgets.FloatText
    return Field(kind, number(value), {**options, "step": number(step)})
