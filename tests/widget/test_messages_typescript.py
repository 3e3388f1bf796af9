"""The browser's message types are the kernel's."""

from __future__ import annotations

from pathlib import Path

from virgil_nb.widget import typescript

CHECKED_IN = Path(__file__).resolve().parents[2] / "js" / "src" / "sync" / "messages.ts"


def test_the_checked_in_typescript_is_what_the_python_types_say() -> None:
    assert CHECKED_IN.read_text(encoding="utf-8") == typescript.render(), "run: python -m virgil_nb.widget.typescript"


def test_every_message_of_the_union_has_an_interface() -> None:
    text = typescript.render()
    for name in ("Ready", "Edit", "Undo", "Redo", "Run", "Stop", "Ack", "Snapshot", "Applied", "Rejected", "Images", "Preview", "BatchOp"):
        assert f"export interface {name} {{" in text
    assert "value: JsonValue;" in text
    assert "source: Source;" in text
    assert "title?: string | null;" in text
