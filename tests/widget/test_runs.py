"""Runs: started from either side, shown in the views, stopped at once, and never at the price of the handler."""

from __future__ import annotations

import io
import threading
import time

import pytest
from PIL import Image

from tests.widget.conftest import Bench, MakeBench, Nodes
from virgil_nb.engine import Document, Interrupted, Node, NodeError, RunInsideNode, WorkflowInvalid, node

RUN = {"kind": "run", "view": "v"}
STOP = {"kind": "stop", "view": "v"}
READY = {"kind": "ready", "view": "v", "protocol": 1}


def slow(steps: int = 5) -> Document:
    return Document.of(Node("s", "Slow", {"steps": steps}))


def last_run(bench: Bench) -> dict[str, object]:
    return bench.of("run")[-1] if bench.of("run") else {}


def test_a_run_from_the_browser_shows_states_and_picture(bench: Bench) -> None:
    bench.receive(READY)
    bench.receive(RUN)
    bench.until(lambda: last_run(bench).get("state") == "done")
    states = bench.node_states()
    assert {id_: state["state"] for id_, state in states.items()} == {"1": "done", "2": "done"}
    message, buffers = next((m, b) for m, b in bench.sent if m["kind"] == "images")
    assert message["node"] == "2"
    assert [(i["width"], i["height"], i["format"]) for i in message["images"]] == [(7, 8, "png")]
    assert Image.open(io.BytesIO(buffers[0])).getpixel((0, 0)) == (255, 0, 0)


def test_a_second_run_is_served_from_the_cache_and_shows_its_picture_again(bench: Bench) -> None:
    first, second = bench.run(), bench.run()
    assert (first.executed, second.executed) == (("1", "2"), ())
    assert {state["state"] for state in bench.node_states().values()} == {"cached"}
    assert len(bench.of("images")) == 2


def test_when_run_returns_the_views_know_it_all(bench: Bench) -> None:
    bench.run()
    assert last_run(bench)["state"] == "done"
    assert bench.of("images")


def test_start_returns_at_once(make_bench: MakeBench, nodes: Nodes) -> None:
    bench = make_bench(slow())
    run = bench.start()
    assert not run.done
    nodes.release.set()
    assert run.wait(10)
    assert bench.last_run is run


def test_stop_from_the_browser_ends_running_and_queued(make_bench: MakeBench) -> None:
    bench = make_bench(slow())
    runs = [bench.start(), bench.start()]
    bench.until(lambda: bench.node_states().get("s", {}).get("state") == "running")
    bench.receive(STOP)
    bench.until(lambda: all(run.done for run in runs))
    assert [run.state for run in runs] == ["cancelled", "cancelled"]
    bench.until(lambda: last_run(bench)["state"] == "cancelled")
    with pytest.raises(Interrupted):
        runs[0].result()


def test_stop_pressed_right_after_run_is_not_lost(make_bench: MakeBench) -> None:
    bench = make_bench(slow())
    for _ in range(20):
        bench.receive(RUN)
        bench.receive(STOP)
    assert bench._asked.starter.settle(10)
    bench.until(lambda: bench.last_run is None or all(run.done for run in bench._runs))


def test_a_run_behind_another_workbenchs_moves_up_in_the_queue(make_bench: MakeBench, nodes: Nodes) -> None:
    first, second = make_bench(slow()), make_bench(slow())
    first.start()
    ahead = [first.start(), first.start()]
    second.start()
    second.until(lambda: last_run(second).get("position") == 3)
    first.until(lambda: last_run(first).get("queued") == 2)
    for run in ahead:
        run.cancel()
    second.until(lambda: last_run(second).get("position") == 1)
    first.until(lambda: "queued" not in last_run(first))
    nodes.release.set()
    second.until(lambda: last_run(second).get("state") == "done")


def test_the_time_left_is_told_once_nodes_ran_before(make_bench: MakeBench, nodes: Nodes) -> None:
    bench = make_bench(slow())
    nodes.release.set()
    bench.run()
    assert not any("remaining" in told for told in bench.of("run"))
    nodes.release.clear()
    bench.start()
    bench.until(lambda: "remaining" in last_run(bench))
    nodes.release.set()


def test_previews_wait_for_the_browser_and_only_the_newest_goes_on(make_bench: MakeBench, nodes: Nodes) -> None:
    bench = make_bench(slow(steps=60))
    bench.receive(READY)
    bench.start()
    frames = bench.until(lambda: bench.of("preview"))
    bench.until(lambda: bench.node_states().get("s", {}).get("value") == 60)
    assert len(bench.of("preview")) <= 3, "no acks: three frames at most"
    assert frames[0]["format"] == "jpeg"
    for _ in range(3):
        for frame in bench.of("preview"):
            bench.receive({"kind": "ack", "view": "v", "node": "s", "frame": frame["frame"]})
        time.sleep(0.05)
    bench.until(lambda: bench.of("preview")[-1]["width"] == 60)
    assert bench.of("preview")[-1]["step"] == 59
    assert len(bench.of("preview")) < 20
    nodes.release.set()


def test_without_a_view_no_preview_is_made(make_bench: MakeBench, nodes: Nodes) -> None:
    bench = make_bench(slow())
    bench.receive(READY)
    bench.receive({"kind": "bye", "view": "v"})
    nodes.release.set()
    bench.run()
    assert bench.of("preview") == []


def test_node_states_are_coalesced(make_bench: MakeBench, nodes: Nodes) -> None:
    bench = make_bench(slow(steps=3000))
    nodes.release.set()
    begin = time.monotonic()
    bench.run()
    seconds = time.monotonic() - begin
    assert len(bench.of("nodes")) + len(bench.of("run")) <= 30 * seconds + 8
    assert bench.node_states()["s"]["state"] == "done"
    assert bench.node_states()["s"]["notes"] == [{"level": "warning", "text": "nearly there"}]


def test_a_node_that_raises_shows_its_error_on_itself(make_bench: MakeBench) -> None:
    bench = make_bench(Document.of(Node("b", "Broken", {"text": "<b>too hot</b>"})))
    bench.receive(RUN)
    bench.until(lambda: last_run(bench).get("state") == "failed")
    error = bench.node_states()["b"]["error"]
    assert error["title"] == "The node's code failed"
    assert "<b>too hot</b>" in error["message"]
    assert any("raise ValueError" in line for line in error["traceback"])
    with pytest.raises(NodeError):
        bench.run()
    bench.edit({"op": "set", "id": "b", "input": "text", "value": "again"})
    assert bench.of("applied"), "document and conversation survive"


def test_a_run_that_cannot_start_says_why(make_bench: MakeBench) -> None:
    bench = make_bench(Document.of(Node("1", "Show", {"colour": "red"})))
    bench.receive(RUN)
    notice = bench.until(lambda: bench.of("notice"))[0]
    problems = bench.of("problems")[-1]["problems"]
    assert [p["kind"] for p in problems] == ["required_input_missing"]
    assert problems[0]["message"] in notice["text"]
    with pytest.raises(WorkflowInvalid):
        bench.run()


def test_outputs_that_do_not_exist_are_a_notice_and_no_more(bench: Bench) -> None:
    bench.receive({**RUN, "outputs": ["99"]})
    assert bench.until(lambda: bench.of("notice"))[0]["level"] == "error"


def test_only_what_was_asked_for_runs(make_bench: MakeBench) -> None:
    bench = make_bench(Document.of(Node("1", "Show", {"value": 3}), Node("2", "Show", {"value": 4})))
    bench.receive({**RUN, "outputs": ["2"]})
    bench.until(lambda: last_run(bench).get("state") == "done")
    assert set(bench.node_states()) == {"2"}


def test_a_view_that_opens_later_sees_run_and_pictures(bench: Bench) -> None:
    bench.run()
    bench.sent.clear()
    bench.receive(READY)
    bench.until(lambda: bench.of("images"))
    snapshot = bench.of("snapshot")[0]
    assert snapshot["run"]["state"] == "done"
    assert {id_: state["state"] for id_, state in snapshot["nodes"].items()} == {"1": "done", "2": "done"}
    assert bench.of("images")[0]["stale"] is False


def test_handlers_do_not_wait_for_what_runs(make_bench: MakeBench) -> None:
    bench = make_bench(slow())
    bench.start()
    begin = time.monotonic()
    for value in range(50):
        bench.edit({"op": "set", "id": "s", "input": "steps", "value": value})
    bench.receive(RUN)
    bench.receive(STOP)
    assert len(bench.of("applied")) == 50
    assert time.monotonic() - begin < 5


def test_run_inside_a_node_raises_and_queues_nothing(make_bench: MakeBench, nodes: Nodes) -> None:
    bench = make_bench(Document.of(Node("1", "Recursive")))

    @node("Recursive", output=True, registry=nodes.registry)
    def recursive() -> None:
        bench.run()

    with pytest.raises(NodeError) as caught:
        bench.run()
    assert isinstance(caught.value.cause, RunInsideNode)
    assert len(bench._runs) == 1


def test_an_interrupt_of_a_blocking_run_stops_the_run(make_bench: MakeBench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench = make_bench(slow())
    run = bench.submit()
    wait, calls = run.wait, []

    def interrupted(timeout: float | None = None) -> bool:
        calls.append(timeout)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return wait(timeout)

    monkeypatch.setattr(run, "wait", interrupted)
    with pytest.raises(KeyboardInterrupt):
        bench.finish(run)
    assert run.state == "cancelled"


def test_an_idle_workbench_holds_no_thread_of_its_own(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("virgil_nb.widget.pacing.IDLE_SECONDS", 0.05)
    bench.receive(READY)
    bench.until(lambda: bench.of("snapshot"))
    bench.until(lambda: bench._pacer._thread is None)
    assert not [thread for thread in threading.enumerate() if thread.name == "virgil-start"]


def test_a_view_that_opens_later_knows_that_the_pictures_are_of_another_document(bench: Bench) -> None:
    bench.finish(bench.submit())
    bench.receive({"kind": "ready", "view": "v", "protocol": 1})
    assert "ran" not in bench.until(lambda: bench.of("snapshot"))[0]
    bench.edit({"op": "set", "id": "1", "input": "value", "value": 50})
    bench.receive({"kind": "ready", "view": "w", "protocol": 1})
    told = bench.until(lambda: bench.of("snapshot")[1:])[0]
    assert told["document"]["nodes"][0]["values"]["value"] == 50
    assert told["ran"]["nodes"][0]["values"]["value"] == 7
