"""What a workflow was set to, in words short enough for a list of runs: "a red fox", "128 × 128", "20 steps", "seed 7"."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest

from virgil_nb.engine import Document, ObjectRef, Registry
from virgil_nb.engine.json_values import thaw
from virgil_nb.widget.panel_entries import PanelEntry, panel_entries

MOST = 6
LONGEST = 80


def settings_in_words(document: Document, registry: Registry) -> list[str]:
    """The values on the workflow's panel, in its order, each once, without those that are changed less often."""
    entries = [entry for entry in panel_entries(document, registry) if not entry.more and not entry.linked]
    return list(dict.fromkeys(_phrases(document, entries)))[:MOST]


def _phrases(document: Document, entries: list[PanelEntry]) -> Iterator[str]:
    skipped = False
    for entry, following in zip_longest(entries, entries[1:]):
        if skipped:
            skipped = False
            continue
        value = value_of(document, entry)
        if following is not None and _is_shape(entry, following):
            skipped = True
            yield f"{in_words(value)} × {in_words(value_of(document, following))}"
        elif entry.prompt or entry.spec.image_upload:
            if value:
                yield in_words(value)
        elif entry.spec.name == "steps":
            yield f"{in_words(value)} {in_words(entry.label)}"
        else:
            yield f"{in_words(entry.label)} {in_words(value)}"


def value_of(document: Document, entry: PanelEntry) -> object:
    """The value that an input has, its default if it has none of its own."""
    value = document.nodes[entry.node].values.get(entry.spec.name, entry.spec.default)
    return value if isinstance(value, ObjectRef) else thaw(value)


def _is_shape(entry: PanelEntry, following: PanelEntry) -> bool:
    return entry.node == following.node and (entry.spec.name, following.spec.name) == ("width", "height")


def in_words(value: object) -> str:
    """A value in a few words on one line."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, ObjectRef):
        return f"a {value.type_name.rpartition('.')[2]}"
    line = " ".join(str(value).split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"
