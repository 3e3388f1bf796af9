"""The workbench in every kernel that it must live in: opened, edited, run, stopped, run again, and after a restart."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.kernels.conftest import NODES
from tests.kernels.host import Host, View
from tests.kernels.stack import Stack

WIDGET = "application/vnd.jupyter.widget-view+json"
SET_TEXT = {"op": "set", "id": "1", "input": "text", "value": "an owl"}


@pytest.fixture
def view(host: Host) -> Iterator[View]:
    """A fresh workbench over one painter, with a page that looks at it."""
    host.run("wb = vnb.Workbench(wf.copy())\ndisplay(wb)")
    yield View(host)
    host.settle()
    host.run("wb.stop()\nwb.close()")


def endless(host: Host) -> None:
    host.run("wb.workflow['Painter'].steps = ENDLESS")


def under_way(view: View) -> None:
    view.wait_for("run", lambda run: run["state"] == "running")


def test_the_kernel_is_the_one_that_was_asked_for(host: Host, stack: Stack) -> None:
    for name, version in stack.versions.items():
        assert host.value(f"__import__('importlib.metadata').metadata.version({name!r})") == version


def test_a_page_gets_the_whole_document(host: Host, view: View) -> None:
    (snapshot,) = view.messages("snapshot")
    (painter,) = snapshot["document"]["nodes"]
    assert painter["type"] == "Painter"
    assert "Painter" in [spec["type"] for spec in snapshot["specs"]]


COLAB = """
import sys, types
colab = sys.modules["google.colab.output"] = types.ModuleType("google.colab.output")
colab.enable_custom_widget_manager = lambda: None
colab._widgets = types.SimpleNamespace(_installed_url="https://ssl.gstatic.com/the-widget-manager.js")
"""


def test_colab_is_told_where_the_widget_manager_for_the_editor_is(host: Host) -> None:
    host.run(COLAB)
    asked = host.ask("wb = vnb.Workbench(wf.copy())\nwb")
    assert host.reply(asked).text == ""
    host.run("del sys.modules['google.colab.output']")
    shown = [m["content"] for m in host.published if m["msg_type"] == "display_data" and m["parent_header"]["msg_id"] == asked]
    (editor,) = [content for content in shown if WIDGET in content["data"]]
    assert editor["metadata"][WIDGET]["colab"]["custom_widget_manager"]["url"].endswith("the-widget-manager.js")


def test_edits_go_both_ways_and_are_undone_in_one_order(host: Host, view: View) -> None:
    view.edit(SET_TEXT)
    assert host.value("wb.workflow['Painter'].text") == "an owl"
    host.run("wb.workflow['Painter'].text = 'a cat'")
    view.wait_for("applied", lambda message: message["ops"][0].get("value") == "a cat")
    view.send("undo", seq=50)
    view.wait_for("applied", lambda message: message.get("seq") == 50)
    assert host.value("wb.workflow['Painter'].text") == "an owl"


def test_a_run_from_the_page_streams_previews_and_ends_with_its_picture(host: Host, view: View) -> None:
    view.send("run")
    view.wait_for("run", lambda run: run["state"] == "done")
    view.wait_for("images")
    assert view.messages("preview")
    assert host.value("[image.size for image in wb.result.images]") == [(64, 64)]


def test_the_page_stops_a_run_in_the_background(host: Host, view: View) -> None:
    endless(host)
    host.run("run = wb.start()")
    under_way(view)
    view.send("stop")
    view.wait_for("run", lambda run: run["state"] == "cancelled")
    assert host.value("run.state") == "cancelled"


def test_the_page_stops_a_run_that_a_cell_waits_for(host: Host, view: View) -> None:
    endless(host)
    asked = host.ask("wb.run()")
    under_way(view)
    view.send("stop")
    assert host.reply(asked).error == "Interrupted"
    assert view.wait_for("run", lambda run: run["state"] == "cancelled")


def test_the_notebooks_stop_button_stops_a_run_that_a_cell_waits_for(host: Host, view: View) -> None:
    endless(host)
    asked = host.ask("wb.run()")
    under_way(view)
    host.interrupt()
    assert host.reply(asked).error == "KeyboardInterrupt"
    view.wait_for("run", lambda run: run["state"] == "cancelled")
    assert host.value("wb.last_run.state") == "cancelled"


def test_the_notebooks_stop_button_stops_a_workflow_without_a_workbench(host: Host) -> None:
    host.run("alone = wf.copy()\nalone['Painter'].steps = ENDLESS")
    asked = host.ask("alone.run()")
    host.wait(lambda: any(m["msg_type"] == "stream" and m["parent_header"].get("msg_id") == asked for m in host.published))  # its bar
    host.interrupt()
    assert host.reply(asked).error == "KeyboardInterrupt"
    assert host.value("[run.state for run in vnb.default_session().history][-1]") == "cancelled"


def test_an_edit_in_the_page_while_a_cell_waits_for_a_run_arrives_and_cells_keep_their_order(host: Host, view: View) -> None:
    endless(host)
    host.run("order = []")
    waiting = host.ask("try:\n    wb.run()\nexcept vnb.Interrupted:\n    order.append('run')")
    under_way(view)
    later = [host.ask(f"order.append({name!r})") for name in ("second", "third")]
    view.edit(SET_TEXT)
    view.send("stop")
    for asked in (waiting, *later):
        assert host.reply(asked).status == "ok"
    assert host.value("order") == ["run", "second", "third"]
    assert host.value("wb.workflow['Painter'].text") == "an owl"


def test_what_a_cell_prints_after_a_run_stays_with_that_cell(host: Host, view: View) -> None:
    host.run("wb.workflow['Painter'].steps = 50")
    asked = host.ask("_ = wb.run()\nprint('after the run')")
    under_way(view)
    view.edit(SET_TEXT)
    assert "after the run" in host.reply(asked).printed


def test_the_cell_can_be_run_again(host: Host) -> None:
    show = "wb = vnb.Workbench(wf.copy())\nwb"
    host.run(show, cell="the-cell")
    first = View(host, view="first")
    first.send("run")
    first.wait_for("run", lambda run: run["state"] == "done")
    host.run(show, cell="the-cell")
    again = View(host, view="again")
    assert again.comm != first.comm
    again.edit(SET_TEXT)
    again.send("run")
    again.wait_for("run", lambda run: run["state"] == "done")
    assert host.value("wb.workflow['Painter'].text") == "an owl"


def test_a_top_level_await_leaves_the_result(host: Host, view: View) -> None:
    assert host.run("result = await wb.workflow.run_async()\nprint(len(result.images), end='')") == "1"


def test_the_shipped_model_makes_a_picture(host: Host) -> None:
    assert host.value("vnb.generate('a red fox', steps=2).size") == (128, 128)


def test_edits_are_there_when_the_cell_runs_again_and_after_a_restart(host: Host) -> None:
    show = "wb = vnb.Workbench(wf.copy())\nwb"
    host.run(show, cell="kept")
    View(host).edit(SET_TEXT)
    host.run(show, cell="kept")
    assert host.value("wb.workflow['Painter'].text") == "an owl"
    host.restart()
    host.run(NODES)
    host.run(show, cell="kept")
    assert host.value("wb.workflow['Painter'].text") == "an owl"


def test_after_a_restart_everything_is_there_again(host: Host) -> None:
    host.run("wb = vnb.Workbench(wf.copy())\nwb.workflow['Painter'].steps = ENDLESS\nrun = wb.start()\nwb")
    under_way(View(host))
    host.restart()
    host.run(NODES)
    host.run("wb = vnb.Workbench(wf.copy())\nwb")
    view = View(host)
    view.send("run")
    view.wait_for("run", lambda run: run["state"] == "done")
    view.wait_for("images")
