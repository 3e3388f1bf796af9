"""The browser's message types are the kernel's."""

from __future__ import annotations

from pathlib import Path

from virgil_nb.widget import typescript
from virgil_nb.widget.messages.to_browser import ToBrowser
from virgil_nb.widget.messages.to_kernel import ToKernel

CHECKED_IN = Path(__file__).resolve().parents[2] / "js" / "src" / "sync" / "messages"


def test_the_checked_in_typescript_is_what_the_python_types_say() -> None:
    written = {path.name: path.read_text(encoding="utf-8") for path in CHECKED_IN.iterdir()}
    assert written == typescript.render(), "run: python -m virgil_nb.widget.typescript"


def test_every_message_of_the_unions_has_an_interface_in_the_page_of_its_direction() -> None:
    pages = typescript.render()
    for page, union in (("to_kernel.ts", ToKernel), ("to_browser.ts", ToBrowser)):
        for message in union.__args__:
            assert f"export interface {message.__name__} {{" in pages[page]
    assert "value: JsonValue;" in pages["edits.ts"]
    assert "source: Source;" in pages["edits.ts"]
    assert "title?: string | null;" in pages["document.ts"]


def test_a_page_that_is_no_more_leaves_no_file(tmp_path: Path) -> None:
    folder = tmp_path / "messages"
    folder.mkdir()
    (folder / "gone.ts").write_text("export type Gone = 1;")
    typescript.write(folder)
    assert sorted(path.name for path in folder.iterdir()) == sorted(typescript.render())
