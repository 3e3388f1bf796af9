"""A workbench in real kernels, asked as JupyterLab asks: nothing that was edited is lost, whatever becomes of the kernel."""

from __future__ import annotations

import ast
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from jupyter_client.manager import start_new_kernel
from nbclient import NotebookClient

pytestmark = pytest.mark.slow

LIMIT = 60
SETUP = """
import pathlib, sys, time
sys.path.insert(0, {root!r})
import virgil_nb as vnb
from virgil_nb.engine import NodeReturn, current
from virgil_nb.widget import bundle
bundle.STATIC = pathlib.Path({static!r})

@vnb.node("KeptPainter", category="test", output=True, cache=False)
def painter(text: str = "a fox", width: int = 8, until: str = "") -> NodeReturn:
    "A picture, as soon as a file is there."
    from PIL import Image
    while until and not pathlib.Path(until).exists():
        current().check_cancelled()
        time.sleep(0.02)
    return NodeReturn(ui={{"images": [Image.new("RGB", (width, 8), "red")]}})

def make(width=8, **options):
    wf = vnb.Workflow()
    wf.add("KeptPainter", width=width)
    return vnb.Workbench(vnb.Workflow(wf.document), **options)
"""


class Kernel:
    """One kernel of a notebook, and what its page does: cells by id, and one view of `wb`."""

    def __init__(self, notebook: Path) -> None:
        environment = {**os.environ, "JPY_SESSION_NAME": str(notebook)}
        self.manager, self.client = start_new_kernel(kernel_name="python3", env=environment, cwd=str(notebook.parent))
        self.seq = 0
        for name in ("widget.js", "widget.css", "loader.js"):
            (notebook.parent / "static").mkdir(exist_ok=True)
            (notebook.parent / "static" / name).write_text("")
        root = str(Path(__file__).resolve().parents[2])
        self.cell("setup", SETUP.format(root=root, static=str(notebook.parent / "static")))

    def cell(self, id_: str, source: str) -> None:
        """Runs a cell as JupyterLab does: its id is in the message's metadata."""
        self.request(source, {"cellId": id_})

    def request(self, source: str, metadata: dict[str, str], **expressions: str) -> dict[str, Any]:
        """The reply to an execute request. What is published meanwhile is left to `told`."""
        content = {"code": source, "silent": False, "store_history": False, "user_expressions": expressions, "allow_stdin": False}
        message = self.client.session.msg("execute_request", content, metadata=metadata)
        self.client.shell_channel.send(message)
        end = time.monotonic() + LIMIT
        while time.monotonic() < end:
            answer = self.client.get_shell_msg(timeout=LIMIT)
            if answer["parent_header"].get("msg_id") == message["header"]["msg_id"]:
                reply: dict[str, Any] = answer["content"]
                assert reply["status"] == "ok", "\n".join(reply.get("traceback", []))
                return reply
        raise AssertionError("the kernel did not answer")

    def value(self, expression: str) -> Any:
        """What an expression is in the kernel."""
        found = self.request("", {}, x=expression)["user_expressions"]["x"]
        assert found["status"] == "ok", found
        return ast.literal_eval(found["data"]["text/plain"])

    def view(self, kind: str, **fields: Any) -> None:
        """A message from the view of `wb`; it has been handled when this returns."""
        comm = self.value("wb.comm.comm_id")
        content = {"kind": kind, "view": "v", **fields}
        data = {"method": "custom", "content": content}
        self.client.shell_channel.send(self.client.session.msg("comm_msg", {"comm_id": comm, "data": data}))
        self.value("1")

    def edit(self, name: str, value: object) -> None:
        """Types into a field of the painter."""
        self.seq += 1
        base = self.value("wb._editor.revision")
        ops = [{"op": "set", "id": "1", "input": name, "value": value}]
        self.view("edit", seq=self.seq, base=base, ops=ops)

    def undo(self) -> None:
        self.seq += 1
        self.view("undo", seq=self.seq)

    @property
    def inputs(self) -> dict[str, Any]:
        """The painter's own values."""
        found: dict[str, Any] = self.value("dict(wb.workflow.document.nodes['1'].values)")
        return found

    @property
    def status(self) -> dict[str, Any]:
        """What the views are told of keeping."""
        found: dict[str, Any] = self.value("wb._keeping.status()")
        return found

    def until(self, expression: str) -> None:
        end = time.monotonic() + LIMIT
        while not self.value(expression):
            assert time.monotonic() < end, f"{expression} never came true"
            time.sleep(0.05)

    def told(self, kind: str) -> dict[str, Any]:
        """The next message of this kind that the views are told."""
        end = time.monotonic() + LIMIT
        while time.monotonic() < end:
            message = self.client.get_iopub_msg(timeout=LIMIT)
            content = message["content"].get("data", {}).get("content", {}) if message["msg_type"] == "comm_msg" else {}
            if content.get("kind") == kind:
                told: dict[str, Any] = content
                return told
        raise AssertionError(f"the views were never told {kind}")

    def kill(self) -> None:
        """As the out-of-memory killer does it."""
        self.manager.provisioner.process.kill()
        self.manager.provisioner.process.wait()

    def end(self) -> None:
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)


@pytest.fixture
def notebook(tmp_path: Path) -> Path:
    path = tmp_path / "lesson.ipynb"
    nbformat.write(nbformat.v4.new_notebook(), path)
    return path


@pytest.fixture
def start(notebook: Path) -> Iterator[Any]:
    started: list[Kernel] = []

    def start_() -> Kernel:
        started.append(Kernel(notebook))
        return started[-1]

    yield start_
    for kernel in started:
        kernel.end()


def test_edits_survive_the_cell_run_again_a_restart_changed_code_and_a_kill_in_mid_run(start: Any, notebook: Path, tmp_path: Path) -> None:
    kernel = start()
    kernel.cell("c1", "wb = make()")
    kernel.edit("text", "a hen")

    kernel.cell("c1", "wb = make()")  # the cell run again: another workflow with the same document
    assert kernel.inputs == {"width": 8, "text": "a hen"}
    kernel.undo()
    assert kernel.inputs == {"width": 8}
    kernel.edit("text", "a hare")
    kernel.cell("c2", "other = vnb.Workbench(wb.workflow)")
    kernel.cell("c1", "wb = vnb.Workbench(wb.workflow)")  # the same workflow again: nothing to do twice
    assert kernel.inputs == {"width": 8, "text": "a hare"}
    assert "restorable" not in kernel.status

    kernel.edit("until", str(tmp_path / "never"))
    kernel.view("run")
    kernel.until("bool(wb.last_run) and wb.last_run.state == 'running'")
    kernel.edit("text", "a heron")
    kernel.until("(wb.kept_folder() / 'edits.json').read_text().count('a heron') == 1")
    kernel.kill()  # in mid-run

    kernel = start()
    kernel.cell("c1", "wb = make()")  # run all
    assert kernel.status["state"] == "kept"
    assert kernel.inputs == {"width": 8, "text": "a heron", "until": str(tmp_path / "never")}
    kernel.undo()
    assert kernel.inputs["text"] == "a hare"

    kernel.cell("c1", "wb = make(width=16)")  # the code was changed
    assert kernel.inputs == {"width": 16}
    assert kernel.status["restorable"]["edits"] == 2
    kernel.view("restore", take="edits")
    assert kernel.inputs == {"width": 16, "text": "a hare", "until": str(tmp_path / "never")}
    kernel.view("ready", protocol=1)
    assert "restorable" not in kernel.told("snapshot")["keeping"]
    kernel.undo()
    assert kernel.inputs == {"width": 16}

    kernel.cell("c1", "wb = make(); wb.reset()")
    assert kernel.inputs == {"width": 8}


def test_two_kernels_on_one_notebook_do_not_write_over_each_other(start: Any) -> None:
    first, second = start(), start()
    first.cell("c1", "wb = make()")
    first.edit("text", "a hen")
    first.value("wb._keeping.flush()")
    second.cell("c1", "wb = make()")
    assert second.inputs["text"] == "a hen"
    assert second.status["state"] == "copy"
    second.edit("text", "a hare")
    second.value("wb._keeping.flush()")
    second.cell("c1", "wb = make()")
    assert second.inputs["text"] == "a hare"
    first.cell("c1", "wb = make()")
    assert first.inputs["text"] == "a hen"
    first.end()
    second.cell("c1", "wb = make()")
    assert second.status["state"] == "kept", "the first kernel is gone: its workbench is free"
    assert second.inputs["text"] == "a hare"
    second.undo()
    assert second.inputs["text"] == "a hen"


def test_a_tab_closed_in_mid_run_finds_the_picture_when_it_is_opened_again(start: Any, tmp_path: Path) -> None:
    kernel = start()
    kernel.cell("c1", "wb = make()")
    kernel.view("ready", protocol=1)
    assert kernel.told("snapshot")["run"] is None
    kernel.edit("until", str(tmp_path / "go"))
    kernel.view("run")
    kernel.until("bool(wb.last_run) and wb.last_run.state == 'running'")
    kernel.view("bye")
    (tmp_path / "go").touch()
    kernel.until("wb.last_run.done")
    kernel.told("images")
    kernel.view("ready", protocol=1)
    snapshot = kernel.told("snapshot")
    assert snapshot["run"]["state"] == "done"
    assert snapshot["document"]["nodes"][0]["values"]["until"] == str(tmp_path / "go")
    assert snapshot["keeping"]["state"] == "kept"
    assert kernel.told("images")["node"] == "1"


def test_a_notebook_run_without_a_page_is_as_its_code_says_and_leaves_nothing(start: Any, notebook: Path, monkeypatch: Any) -> None:
    kernel = start()
    kernel.cell("c1", "wb = make()")
    kernel.edit("text", "a hen")
    kernel.end()
    kept = sorted(path for path in (notebook.parent / ".virgil").rglob("*"))
    times = [path.stat().st_mtime_ns for path in kept]
    monkeypatch.setenv("JPY_SESSION_NAME", str(notebook))  # nbclient may be run from inside JupyterLab
    setup = SETUP.format(root=str(Path(__file__).resolve().parents[2]), static=str(notebook.parent / "static"))
    cells = [setup, "wb = make(); wb", "print(dict(wb.workflow.document.nodes['1'].values), wb._keeping.status()['state'])"]
    headless = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in cells])
    headless.cells[1].id = "c1"
    NotebookClient(headless, timeout=LIMIT, kernel_name="python3", resources={"metadata": {"path": str(notebook.parent)}}).execute()
    assert headless.cells[2].outputs[0].text == "{'width': 8} off\n"
    assert sorted(path for path in (notebook.parent / ".virgil").rglob("*")) == kept
    assert [path.stat().st_mtime_ns for path in kept] == times
