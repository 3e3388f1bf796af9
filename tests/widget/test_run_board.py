"""A run's events become the states that the nodes show."""

from __future__ import annotations

from virgil_nb.engine.events import (
    NodeFailed,
    NodeFinished,
    NodeNote,
    NodeProgress,
    NodesCached,
    NodeStarted,
    RunFinished,
    RunMoved,
    RunQueued,
    RunStarted,
)
from virgil_nb.widget.error_titles import TITLES
from virgil_nb.widget.run_board import RunBoard


def states(board: RunBoard) -> dict[str, str]:
    return {node: state["state"] for node, state in board.nodes.items()}


def test_a_run_goes_from_queued_to_done() -> None:
    board = RunBoard()
    board.take(RunQueued("r", 0, 2))
    assert board.drain() == ({"id": "r", "state": "queued", "position": 2}, {})
    board.take(RunStarted("r", 1, ("1", "2", "3")))
    board.take(NodesCached("r", 2, ("1",)))
    board.take(NodeStarted("r", 3, "2"))
    board.take(NodeProgress("r", 4, "2", 3, 20))
    run, nodes = board.drain()
    assert run == {"id": "r", "state": "running", "total": 3, "finished": 1}
    assert nodes == {"1": {"state": "cached"}, "2": {"state": "running", "value": 3, "max": 20}, "3": {"state": "queued"}}
    board.take(NodeFinished("r", 5, "2", 0.51234))
    board.take(NodeStarted("r", 6, "3"))
    board.take(NodeFinished("r", 7, "3", 0.1))
    board.take(RunFinished("r", 8, "done", 0.7))
    run, nodes = board.drain()
    assert run == {"id": "r", "state": "done", "total": 3, "finished": 3, "seconds": 0.7}
    assert nodes == {"2": {"state": "done", "seconds": 0.512}, "3": {"state": "done", "seconds": 0.1}}
    assert board.drain() == (None, {})


def test_a_failure_names_its_node_and_those_after_it_wait() -> None:
    board = RunBoard()
    board.take(RunStarted("r", 0, ("1", "2", "3")))
    board.take(NodeStarted("r", 1, "1"))
    board.take(NodeFinished("r", 2, "1", 0.1))
    board.take(NodeStarted("r", 3, "2"))
    board.take(NodeFailed("r", 4, "2", "it broke", "ValueError", ("line 1", "line 2"), True))
    board.take(RunFinished("r", 5, "failed", 0.2))
    assert states(board) == {"1": "done", "2": "error", "3": "waiting"}
    assert board.nodes["2"]["error"] == {
        "title": "The node's code failed",
        "message": "ValueError: it broke",
        "traceback": ["line 1", "line 2"],
    }
    assert board.run == {"id": "r", "state": "failed", "total": 3, "finished": 1, "message": "it broke", "seconds": 0.2}


def test_a_stopped_run_marks_the_node_it_stopped_and_leaves_the_rest_as_it_was() -> None:
    board = RunBoard()
    board.take(RunStarted("r", 0, ("1", "2")))
    board.take(NodeStarted("r", 1, "1"))
    board.take(RunFinished("r", 2, "cancelled", 0.2))
    assert states(board) == {"1": "stopped", "2": "idle"}


def test_a_queued_run_does_not_hide_the_one_that_works() -> None:
    board = RunBoard()
    board.take(RunStarted("a", 0, ("1",)))
    board.take(NodeStarted("a", 1, "1"))
    board.take(RunQueued("b", 0, 1))
    assert board.run is not None
    assert (board.run["id"], board.run["state"]) == ("a", "running")
    board.take(NodeFinished("a", 2, "1", 0.1))
    board.take(RunFinished("a", 3, "done", 0.1))
    assert (board.run["id"], board.run["state"]) == ("b", "queued")
    board.take(RunStarted("b", 1, ("1",)))
    assert states(board) == {"1": "queued"}


def test_notes_stay_with_their_node_and_do_not_pile_up() -> None:
    board = RunBoard()
    board.take(RunStarted("r", 0, ("1",)))
    board.take(NodeStarted("r", 1, "1"))
    board.take(NodeNote("r", 2, "1", "warning", "unknown word"))
    board.take(NodeProgress("r", 3, "1", 1, 2))
    board.take(NodeFinished("r", 4, "1", 0.1))
    assert board.nodes["1"]["notes"] == [{"level": "warning", "text": "unknown word"}]
    for number in range(100):
        board.take(NodeNote("r", 5 + number, "1", "info", "x" * 10_000))
    assert len(board.nodes["1"]["notes"]) == 20
    assert len(board.nodes["1"]["notes"][-1]["text"]) == 4000
    board.take(RunFinished("r", 200, "done", 0.2))
    board.take(RunStarted("r2", 0, ("1",)))
    assert "notes" not in board.nodes["1"]


def test_an_error_is_told_in_words_and_never_by_a_class_name_alone() -> None:
    for kind, title in [
        ("OutOfMemoryError", "Not enough GPU memory"),
        ("FileNotFoundError", "File not found"),
        ("Odd", "It could not be done"),
    ]:
        board = RunBoard()
        board.take(RunStarted("r", 0, ("1",)))
        board.take(NodeFailed("r", 1, "1", "details", kind, (), False))
        error = board.nodes["1"]["error"]
        assert error["title"] == title
        assert len(title.split()) <= 5
        assert "details" in error["message"]


def test_every_title_names_a_class_that_exists() -> None:
    import builtins

    from virgil_nb import engine
    from virgil_nb.diffusion import errors as diffusion_errors
    from virgil_nb.nodes import errors as node_errors

    elsewhere = {"OutOfMemoryError"}  # torch's
    homes = (builtins, engine, diffusion_errors, node_errors)
    assert [kind for kind in TITLES if kind not in elsewhere and not any(hasattr(home, kind) for home in homes)] == []


def test_runs_that_wait_behind_are_counted_until_they_start_or_are_dropped() -> None:
    board = RunBoard()
    board.take(RunQueued("a", 0, 0))
    board.take(RunStarted("a", 1, ("1",)))
    board.take(RunQueued("b", 0, 1))
    board.take(RunQueued("c", 0, 2))
    assert board.drain()[0] == {"id": "a", "state": "running", "total": 1, "finished": 0, "queued": 2}
    board.take(RunFinished("b", 1, "cancelled", 0.0))
    assert board.drain()[0] == {"id": "a", "state": "running", "total": 1, "finished": 0, "queued": 1}
    board.take(RunFinished("a", 2, "done", 0.5))
    run = board.drain()[0]
    assert run is not None and (run["id"], run["state"]) == ("c", "queued")
    assert "queued" not in run


def test_the_nodes_of_a_run_that_waits_wait_with_it() -> None:
    board = RunBoard()
    board.take(RunQueued("a", 0, 0, ("1", "2")))
    assert board.drain()[1] == {}, "nothing is before it: it starts at once"
    board.take(RunFinished("a", 1, "cancelled", 0.0))
    board.take(RunQueued("b", 0, 1, ("1", "2")))
    board.drain()
    assert states(board) == {"1": "queued", "2": "queued"}
    board.take(RunFinished("b", 1, "cancelled", 0.0))
    assert "queued" not in states(board).values()


def test_the_place_in_the_queue_moves_up() -> None:
    board = RunBoard()
    board.take(RunQueued("a", 0, 2))
    board.drain()
    board.take(RunMoved("a", 1, 1))
    assert board.drain()[0] == {"id": "a", "state": "queued", "position": 1}
    board.take(RunStarted("a", 2, ()))
    run = board.drain()[0]
    assert run is not None and "position" not in run


def test_a_run_behind_the_shown_one_has_its_last_place_when_it_is_shown() -> None:
    board = RunBoard()
    board.take(RunStarted("a", 0, ()))
    board.take(RunQueued("b", 0, 4))
    for position in (3, 2, 1):
        board.take(RunMoved("b", 4 - position, position))
    assert len(board._waiting["b"]) == 2
    board.take(RunFinished("a", 1, "done", 0.1))
    shown = board.shown()
    assert shown is not None and shown["id"] == "b" and shown["position"] == 1
