"""Which inputs are on the panel: here and in the browser (js/tests/core/panel.test.ts) by the same cases."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from virgil_nb import nodes
from virgil_nb.engine import Document, default_registry
from virgil_nb.widget.panel_entries import PanelEntry, panel_entries

CASES = json.loads((Path(__file__).parent / "panel_cases.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_the_panel_shows_what_its_case_says(case: dict[str, Any]) -> None:
    nodes.load()
    entries = panel_entries(Document.from_json(case["document"]), default_registry())
    for wanted, found in (
        (case["main"], [entry for entry in entries if not entry.more]),
        (case["more"], [entry for entry in entries if entry.more]),
    ):
        assert [told(entry, label) for entry, (_, _, label) in zip(found, wanted, strict=False)] == wanted
        assert len(found) == len(wanted)


def told(entry: PanelEntry, label: str | None) -> list[str | None]:
    """[node, input, label]; no label where the case has none: the two sides of a shape are named by who shows them."""
    return [entry.node, entry.spec.name, label and entry.label]
