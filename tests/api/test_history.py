"""A session's queue and history: what is in them, what can be done with it, and that the next kernel has it too."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

import virgil_nb as vnb
from virgil_nb.engine import NodeReturn, current

GO, REACHED = threading.Event(), threading.Event()
WAIT = 30


@vnb.node(category="test", output=True)
def painted_for_history(text: str = "", seed: int = 0, waits: bool = False) -> None:
    """A picture of one colour."""
    if waits:
        REACHED.set()
        GO.wait(WAIT)
        context = current()
        assert context is not None
        context.check_cancelled()
    return NodeReturn(ui={"images": [Image.new("RGB", (640, 320), (seed % 256, 0, 0))]})  # type: ignore[return-value]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "kept" / "runs.sqlite3"


@pytest.fixture
def session(file: Path) -> Iterator[vnb.Session]:
    GO.clear()
    REACHED.clear()
    with vnb.Session(history=file) as made:
        yield made
        GO.set()


def painting(text: str, **values: object) -> vnb.Workflow:
    wf = vnb.Workflow()
    wf.add("painted_for_history", text=text, **values)
    return wf


def test_a_later_session_has_the_runs_with_workflow_values_and_pictures(session: vnb.Session, file: Path) -> None:
    wf = painting("a fox", seed=7)
    wf.run(session=session, progress=False)
    wf["painted_for_history"].seed = 8
    wf.run(session=session, progress=False)
    session.close()
    with vnb.Session(history=file) as later:
        first, last = later.history
        assert [run.state for run in later.history] == ["done", "done"] and len(later.history) == 2
        assert later.history[-1].id == last.id == later.history[1].id and later.history[0].id == first.id
        assert (first.workflow["painted_for_history"].seed, last.workflow["painted_for_history"].seed) == (7, 8)
        ((node, values),) = last.values.items()
        assert values["seed"] == 8 and last.executed == (node,) and set(last.node_seconds) == {node}
        (picture,) = last.pictures
        assert picture.size == (160, 80) and picture.convert("RGB").getpixel((80, 40))[0] < 20
        assert first.workflow.run(session=later, progress=False).workflow["painted_for_history"].seed == 7
        assert len(later.history) == 3


def test_the_history_is_a_sequence_that_can_be_searched_and_forgotten(session: vnb.Session) -> None:
    for index in range(7):
        painting(f"number {index} is {'a fox' if index % 3 == 0 else 'an owl'}").run(session=session, progress=False)
    history = session.history
    texts = [next(iter(run.values.values()))["text"].split()[1] for run in history]
    ids = [run.id for run in history]
    assert texts == list("0123456")
    for part in (slice(None), slice(2, 5), slice(-2, None), slice(None, None, -2), slice(5, 2), slice(1, 99)):
        assert [run.id for run in history[part]] == ids[part]
    with pytest.raises(IndexError, match="no run 7 in a history of 7"):
        history[7]
    assert [run.id for run in history.search("FOX")] == [ids[6], ids[3], ids[0]] and len(history.search("owl", limit=2)) == 2
    assert history.delete(history[0], ids[3]) == 2 and [run.id for run in session.history] == [ids[i] for i in (1, 2, 4, 5, 6)]
    assert "5 runs" in repr(history) and history.clear() == 5 and len(history) == 0 and repr(history) == "<History: 0 runs>"


def test_runs_are_moved_in_the_queue_deleted_and_interrupted(session: vnb.Session) -> None:
    first = painting("first", waits=True).start(session=session)
    assert REACHED.wait(WAIT)
    runs = [painting(str(index), seed=index).start(session=session) for index in range(5)]
    urgent = painting("urgent", seed=9).start(session=session, front=True)
    last = painting("last", seed=10).start(session=session, priority=3)
    later = painting("later", seed=11).start(session=session)
    assert [info.id for info in session.queue] == [run.id for run in (first, urgent, *runs, later, last)]
    queue = session.queue
    assert queue.to_front(runs[3]) and queue.delete(runs[0], runs[1].id) == 2 and session.interrupt(runs[2])
    assert [info.id for info in queue] == [run.id for run in (first, runs[3], urgent, runs[4], later, last)]
    assert queue[0].state == "running" and len(queue) == 6
    assert queue.clear() == 5 and session.interrupt() and not session.interrupt("unknown")
    GO.set()
    with pytest.raises(vnb.Interrupted):
        first.result(WAIT)
    assert list(session.queue) == [] and repr(session.queue) == "<Queue: nothing runs or waits>"
    assert {run.state for run in session.history} == {"cancelled"} and len(session.history) == 9


def test_a_session_without_a_file_remembers_until_it_is_closed(tmp_path: Path) -> None:
    with vnb.Session(history=False) as session:
        run = painting("a cat", seed=1).start(session=session)
        run.result(WAIT)
        (past,) = session.history
        assert past.id == run.id and past.workflow["painted_for_history"].text == "a cat" and past.pictures == []
        assert [found.id for found in session.history.search("CAT")] == [run.id]


def test_the_file_lies_in_the_home_and_is_not_made_before_there_is_a_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIRGIL_HOME", str(tmp_path / "home"))
    with vnb.Session() as session:
        assert list(session.history) == [] and not (tmp_path / "home").exists()
        painting("a dog", seed=2).run(session=session, progress=False)
        assert len(session.history) == 1
    assert (tmp_path / "home" / "history.sqlite3").stat().st_mode & 0o077 == 0


def test_trouble_with_the_file_is_shown_with_the_history(file: Path) -> None:
    file.parent.mkdir()
    file.write_bytes(b"no database " * 1000)
    with vnb.Session(history=file) as session:
        painting("x", seed=3).run(session=session, progress=False)
        assert "set aside as runs.sqlite3.broken-1" in repr(session.history) and len(session.history) == 1


def test_a_kernel_that_is_killed_leaves_its_runs_to_the_next(file: Path) -> None:
    code = f"""
import os, signal
import virgil_nb as vnb
@vnb.node(output=True)
def small_for_history(x: int = 5) -> None:
    return None
wf = vnb.Workflow()
wf.add("small_for_history")
session = vnb.Session(history={str(file)!r})
wf.run(session=session, progress=False)
print(session.history[-1].state, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, env=dict(os.environ))
    assert done.stdout == "done\n" and done.returncode == -9, done.stderr
    with vnb.Session(history=file) as later:
        (past,) = later.history
        assert past.state == "done" and next(iter(past.workflow.to_json()["nodes"]))["type"] == "small_for_history"
