"""The progress bar of a run that a cell or a script waits for: there where no editor shows the run, and only there."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import virgil_nb as vnb
from virgil_nb.engine import current
from virgil_nb.widget import bundle


@vnb.node(category="test", output=True, cache=False)
def steps_for_bar(steps: int = 8) -> None:
    """Takes longer than the bar waits before it shows."""
    context = current()
    assert context is not None
    for step in range(steps):
        time.sleep(0.1)
        context.progress(step + 1, steps)


@pytest.fixture
def session(tmp_path: Path) -> Iterator[vnb.Session]:
    with vnb.Session(history=False) as made:
        yield made


@pytest.fixture
def wf() -> vnb.Workflow:
    made = vnb.Workflow()
    made.add("steps_for_bar")
    return made


@pytest.fixture
def front_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A front end that counts as built: these tests have no browser."""
    (tmp_path / "widget.js").write_text("export default {}")
    (tmp_path / "widget.css").write_text("")
    (tmp_path / "loader.js").write_text('export default "__VNB_EDITOR__"')
    monkeypatch.setattr(bundle, "STATIC", tmp_path)


def test_a_run_without_an_editor_shows_one_bar_and_leaves_nothing_behind(
    wf: vnb.Workflow, session: vnb.Session, capsys: pytest.CaptureFixture[str]
) -> None:
    wf.run(session=session)
    shown = capsys.readouterr().err
    assert "steps_for_bar" in shown and "/8" in shown
    *_, blank, end = shown.split("\r")
    assert "\n" not in shown and blank.strip() == end == ""  # one line, wiped at the end


def test_nodes_inside_of_another_are_shown_by_its_name(session: vnb.Session, capsys: pytest.CaptureFixture[str]) -> None:
    @vnb.node(output=True)
    def outer_for_bar() -> None:
        graph = vnb.Graph()
        graph.add("steps_for_bar")
        return graph.give()  # type: ignore[return-value]

    wf = vnb.Workflow()
    node = wf.add(outer_for_bar)
    result = wf.run(outputs=[node], session=session)
    shown = capsys.readouterr().err
    inside = next(id_ for id_ in result.executed if id_ != node.info.id)
    assert "outer_for_bar" in shown and "/8" in shown and inside not in shown


def test_a_run_that_is_over_soon_shows_no_bar(
    wf: vnb.Workflow, session: vnb.Session, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("virgil_nb.api.progress.DELAY", 60.0)
    wf.run(session=session)
    assert capsys.readouterr().err == ""


def test_no_bar_where_none_is_wanted(wf: vnb.Workflow, session: vnb.Session, capsys: pytest.CaptureFixture[str]) -> None:
    wf.run(session=session, progress=False)
    wf.start(session=session).result(30)
    assert capsys.readouterr().err == ""


@pytest.mark.usefixtures("front_end")
def test_a_run_that_an_editor_shows_has_no_bar_beside_it(
    wf: vnb.Workflow, session: vnb.Session, capsys: pytest.CaptureFixture[str]
) -> None:
    workbench = vnb.Workbench(wf, autosave=False, session=session)
    workbench.run()
    assert "steps_for_bar" not in capsys.readouterr().err
    wf.run(session=session)  # not by the workbench, so the editor does not show it
    assert "steps_for_bar" in capsys.readouterr().err
    workbench.close()
