"""What the room needs to be imported, and what it says when the editor was not built."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from virgil_nb.engine import Editor, Registry
from virgil_nb.widget import EditorNotBuilt, WorkbenchWidget, bundle


def loaded_by(statement: str, *modules: str) -> set[str]:
    code = f"import sys; {statement}; print(*(m for m in {modules!r} if m in sys.modules))"
    return set(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split())


def test_the_package_imports_without_jupyter_and_the_widget_without_torch() -> None:
    assert loaded_by("import virgil_nb.widget", "ipywidgets", "IPython", "anywidget", "torch", "PIL") == set()
    assert loaded_by("import virgil_nb.widget.workbench", "torch", "transformers", "PIL", "numpy") == set()


def test_a_source_tree_without_the_built_editor_says_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(bundle, "STATIC", tmp_path / "nothing here")
    with pytest.raises(EditorNotBuilt, match=r"widget\.js is missing.*make js"):
        WorkbenchWidget(Editor(), lambda: pytest.fail("no engine is needed"), registry=Registry())


def test_the_repr_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    assert repr(WorkbenchWidget(Editor(), lambda: pytest.fail("no engine is needed"), registry=Registry())) == (
        "<WorkbenchWidget: a workflow, 0 nodes>"
    )
