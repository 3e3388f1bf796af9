"""Two views of one workbench on one page: both edit one node at once, run, stop and undo, and one goes on when the other is closed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.ui.conftest import OpenNotebook
from tests.ui.notebook_page import PANEL
from tests.ui.scene import SETUP, SHOW, Scene, open_scene

if TYPE_CHECKING:
    from playwright.sync_api import Locator


class View:
    """One of the views, in the order in which they are on the page."""

    def __init__(self, scene: Scene, place: int) -> None:
        self.scene = scene
        self.root: Locator = scene.page.locator(".vnb-editor").nth(place)

    def press(self, action: str) -> None:
        self.root.locator(f'[data-vnb-action="{action}"]').first.click()

    def click_into(self, name: str) -> None:
        self.root.locator(f'[data-vnb-field="{name}"] .vnb-field').click()

    def shown(self, name: str) -> str:
        return self.root.locator(f'[data-vnb-field="{name}"] :is(input, textarea)').input_value()

    def type_into(self, name: str, text: str) -> None:
        self.click_into(name)
        self.scene.page.keyboard.press("Control+a")
        self.scene.page.keyboard.type(text)

    def set_unseen(self, name: str, text: str) -> None:
        """Changes a text while the focus stays where it is, as a person on another screen would."""
        self.root.locator(f'[data-vnb-field="{name}"] :is(input, textarea)').evaluate(SET, text)


SET = """(field, text) => { const kind = field instanceof HTMLTextAreaElement ? HTMLTextAreaElement : HTMLInputElement;
  Object.getOwnPropertyDescriptor(kind.prototype, 'value').set.call(field, text);
  field.dispatchEvent(new Event('input', {bubbles: true})); }"""


@pytest.fixture
def views(open_notebook: OpenNotebook) -> Iterator[tuple[View, View]]:
    scene = open_scene(open_notebook([SETUP, SHOW, "wb"]))
    scene.notebook.run(2)
    first, second = View(scene, 0), View(scene, 1)
    second.root.locator('[data-vnb-node="2"]').wait_for(state="visible")
    yield first, second


def agree(first: View, second: View, name: str, text: str, in_kernel: str) -> None:
    """Both views and the kernel say the same."""
    notebook = first.scene.notebook
    node, _, field = name.partition(".")
    notebook.until(lambda: first.scene.value(f"wb.workflow['{node}'].{field}") == in_kernel, what=f"{in_kernel} in the kernel")
    for view in (first, second):
        notebook.until(lambda view=view: view.shown(name) == text, what=f"{text!r} in both views")


def test_two_views_type_into_one_text_at_once_and_show_the_same_at_every_rest(views: tuple[View, View]) -> None:
    first, second = views
    keyboard = first.scene.page.keyboard
    first.type_into("1.text", "a hen")
    agree(first, second, "1.text", "a hen", "'a hen'")
    second.set_unseen("1.text", "a hare")  # while the caret is in the first view's field
    agree(first, second, "1.text", "a hare", "'a hare'")
    keyboard.press("End")
    keyboard.type(" runs")
    agree(first, second, "1.text", "a hare runs", "'a hare runs'")
    keyboard.type(" and")
    first.scene.notebook.python("wb.workflow['2'].pause = 0.1")  # by code, in the same moments
    keyboard.type(" jumps")
    agree(first, second, "1.text", "a hare runs and jumps", "'a hare runs and jumps'")
    keyboard.press("Escape")
    second.press("undo")
    first.scene.notebook.until(lambda: first.shown("1.text") != "a hare runs and jumps", what="one step back in the other view")
    second.press("redo")
    agree(first, second, "1.text", "a hare runs and jumps", "'a hare runs and jumps'")


def test_a_number_half_typed_in_one_view_is_neither_lost_nor_sent_when_the_other_changes_it(views: tuple[View, View]) -> None:
    first, second = views
    notebook, keyboard = first.scene.notebook, first.scene.page.keyboard
    first.type_into("2.steps", "12")
    second.set_unseen("1.text", "a hare")
    notebook.python("wb.workflow['2'].steps = 30")
    notebook.until(lambda: second.shown("2.steps") == "30", what="the other's number in the second view")
    assert first.shown("2.steps") == "12", "what is being typed stays under the caret"
    assert first.scene.value("wb.workflow['2'].steps") == "30"
    keyboard.press("Enter")
    agree(first, second, "2.steps", "12", "12")
    keyboard.press("Escape")
    first.press("undo")
    agree(first, second, "2.steps", "30", "30")


def test_a_node_that_one_view_removes_while_the_other_types_into_it_comes_back_as_it_was_typed(views: tuple[View, View]) -> None:
    first, second = views
    notebook, page = first.scene.notebook, first.scene.page
    first.type_into("1.text", "a hen")
    agree(first, second, "1.text", "a hen", "'a hen'")
    notebook.python("wb.workflow.remove('1')")
    for view in views:
        view.root.locator('[data-vnb-node="1"]').wait_for(state="detached")
    page.keyboard.type("x")  # the field is gone from under the caret
    assert first.scene.value("list(wb.workflow.document.nodes)") == "['2']"
    second.press("undo")
    agree(first, second, "1.text", "a hen", "'a hen'")


def test_both_views_run_and_stop_and_the_second_goes_on_when_the_first_is_closed(views: tuple[View, View]) -> None:
    first, second = views
    scene, page, notebook = first.scene, first.scene.page, first.scene.notebook
    notebook.python("wb.workflow['2'].steps = 400; wb.workflow['2'].pause = 0.1")
    first.press("run")
    second.root.locator('[data-vnb-action="stop"]').wait_for(state="visible")
    second.press("stop")
    first.root.locator('[data-vnb-action="run"]').wait_for(state="visible", timeout=30_000)
    notebook.python("wb.workflow['2'].steps = 2")
    second.press("run")
    for view in views:
        view.root.locator('[data-vnb-image="2"]').wait_for(state="visible", timeout=30_000)

    first.type_into("1.text", "a hen")
    page.evaluate(f"() => {{ {PANEL}.content.widgets[1].outputArea.model.clear(); }}")  # with its last letters on their way
    page.wait_for_function("() => document.querySelectorAll('.vnb-editor').length === 1")
    left = View(scene, 0)
    agree(left, left, "1.text", "a hen", "'a hen'")
    left.type_into("1.text", "a hare")
    agree(left, left, "1.text", "a hare", "'a hare'")
    left.press("undo")
    agree(left, left, "1.text", "a hen", "'a hen'")
    left.press("run")
    notebook.until(lambda: scene.value("wb.last_run.document.nodes['1'].values['text']") == "'a hen'", what="a run of what is shown")
    left.root.locator('[data-vnb-action="run"]').wait_for(state="visible", timeout=30_000)
    notebook.run(1)  # the first view comes back
    page.wait_for_function("() => document.querySelectorAll('.vnb-editor').length >= 1")
    View(scene, 0).root.locator('[data-vnb-node="2"]').wait_for(state="visible")
    assert View(scene, 0).shown("1.text") == "a hen"
