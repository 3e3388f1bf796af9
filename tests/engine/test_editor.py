"""The editor: one mutable handle, undo and redo, and listeners that hear every change in order."""

from __future__ import annotations

import contextlib
import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engine.kinds import draw
from tests.engine.test_edits import edits, small_documents
from virgil_nb.engine import Change, Document, EditError, Editor, RemoveNode, Rename, SetValue, edit_from_json


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@given(small_documents, st.lists(edits | st.sampled_from(["undo", "redo"]), max_size=20))
@settings(max_examples=80, deadline=None)
def test_undo_to_the_start_and_redo_to_the_end_give_the_same_documents(document: Document, sequence: list[object]) -> None:
    editor = Editor(document, clock=Clock())
    for step in sequence:
        if step == "undo":
            editor.undo()
        elif step == "redo":
            editor.redo()
        else:
            with contextlib.suppress(EditError):
                editor.apply(edit_from_json(step), merge="typing" if len(str(step)) % 2 else None)
    end = editor.document
    back = 0
    while editor.undo():
        back += 1
    assert editor.document == document and not editor.can_undo
    while back:
        assert editor.redo()
        back -= 1
    assert editor.document == end


def test_typing_is_one_undo_step_and_a_pause_starts_another() -> None:
    clock = Clock()
    editor = Editor(draw("A:word"), clock=clock)
    for text in ("r", "re", "red"):
        editor.apply(SetValue("A", "text", text), merge="A.text")
        clock.now += 0.5
    clock.now += 2
    editor.apply(SetValue("A", "text", "red fox"), merge="A.text")
    editor.undo()
    assert editor.document.nodes["A"].values["text"] == "red"
    editor.undo()
    assert "text" not in editor.document.nodes["A"].values
    assert not editor.can_undo


def test_a_failed_edit_leaves_document_revision_and_history_as_they_were() -> None:
    editor = Editor(draw("A:number"))
    editor.apply(Rename("x"))
    editor.undo()
    with pytest.raises(EditError):
        editor.apply(RemoveNode("nobody"))
    assert editor.revision == 2 and editor.can_redo and not editor.can_undo


def test_a_listener_hears_each_change_with_its_origin_and_what_can_be_undone() -> None:
    editor = Editor(draw("A:number"))
    heard: list[Change] = []
    stop = editor.subscribe(heard.append)
    editor.apply(Rename("one"), origin="view 1")
    editor.undo(origin="view 2")
    stop()
    editor.apply(Rename("two"))
    assert [(c.revision, c.origin, c.can_undo, c.can_redo, c.document.name) for c in heard] == [
        (1, "view 1", True, False, "one"),
        (2, "view 2", False, True, ""),
    ]
    assert heard[1].edit.to_json() == {"op": "rename", "name": ""}


def test_a_listener_that_raises_does_not_keep_others_from_hearing() -> None:
    editor = Editor()
    heard: list[int] = []

    def broken(change: Change) -> None:
        raise RuntimeError("broken listener")

    editor.subscribe(broken)
    editor.subscribe(lambda change: heard.append(change.revision))
    editor.apply(Rename("x"))
    assert heard == [1]


def test_a_listener_may_edit_and_everybody_hears_in_order() -> None:
    editor = Editor()
    heard: list[tuple[str, int]] = []

    def answer(change: Change) -> None:
        heard.append(("first", change.revision))
        if change.revision == 1:
            editor.apply(Rename("again"))

    editor.subscribe(answer)
    editor.subscribe(lambda change: heard.append(("second", change.revision)))
    editor.apply(Rename("x"))
    assert heard == [("first", 1), ("second", 1), ("first", 2), ("second", 2)]


def test_edits_from_many_threads_are_all_applied_and_told_once() -> None:
    editor = Editor(draw("A:number"))
    heard: list[int] = []
    editor.subscribe(lambda change: heard.append(change.revision))
    start = threading.Barrier(4)

    def edit(number: int) -> None:
        start.wait()
        for index in range(50):
            editor.apply(SetValue("A", f"input{number}", index))

    threads = [threading.Thread(target=edit, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert editor.revision == 200 and heard == list(range(1, 201))
    assert dict(editor.document.nodes["A"].values) == {f"input{number}": 49 for number in range(4)}


def test_replacing_the_document_is_one_step_that_can_be_undone() -> None:
    editor = Editor(draw("A:number"))
    editor.replace(draw("B:add"))
    assert list(editor.document.nodes) == ["B"]
    editor.undo()
    assert editor.document == draw("A:number")
