"""The views of the editor that are looked at one by one: each is opened in a gallery as a person would open it."""

from __future__ import annotations

from collections.abc import Callable

from tests.ui.look.gallery import Gallery


def graph(gallery: Gallery) -> None:
    gallery.show("lake")
    gallery.press("run")
    gallery.wait_for_picture("3")
    gallery.wait_until_idle()
    gallery.select("2")


def every_field(gallery: Gallery) -> None:
    gallery.show("fields")
    gallery.unfold("1")


def error_card(gallery: Gallery) -> None:
    gallery.show("states")
    gallery.notebook.python("wb.start(['waiting'])")
    gallery.find('[data-vnb-error="error"]').wait_for(state="visible")


def panel(gallery: Gallery) -> None:
    gallery.show("dream")
    gallery.press("mode-panel")
    gallery.press("run")
    gallery.find("[data-vnb-panel-image]").wait_for(state="visible")
    gallery.wait_until_idle()
    gallery.find("[data-vnb-strip] img").wait_for(state="visible")


def panel_with_trouble(gallery: Gallery) -> None:
    gallery.show("dream")
    gallery.notebook.python("wb.workflow['4'].steps = 99")
    gallery.press("mode-panel")
    gallery.find("[data-vnb-trouble]").wait_for(state="visible")


def arranging(gallery: Gallery) -> None:
    gallery.show("panel")
    gallery.press("mode-panel")
    gallery.press("arrange")
    gallery.find("[data-vnb-item]").wait_for(state="visible")


def palette(gallery: Gallery) -> None:
    gallery.show("lake")
    gallery.press("add")
    gallery.find("[data-vnb-palette]").wait_for(state="visible")
    gallery.page.keyboard.type("samp")


def node_menu(gallery: Gallery) -> None:
    gallery.show("lake")
    gallery.node("2").locator(".vnb-header-icon").click(button="right")
    gallery.find("[data-vnb-menu]").wait_for(state="visible")


def more_menu(gallery: Gallery) -> None:
    gallery.show("lake")
    gallery.press("more")
    gallery.find("[data-vnb-menu]").wait_for(state="visible")


def choice_list(gallery: Gallery) -> None:
    every_field(gallery)
    gallery.find('[data-vnb-field="1.many"] button').click()
    gallery.find('.vnb-popover [role="option"]').wait_for(state="visible")


def history(gallery: Gallery) -> None:
    graph(gallery)
    gallery.press("history")
    gallery.find(".vnb-past img").wait_for(state="visible")


def log(gallery: Gallery) -> None:
    more_menu(gallery)
    gallery.page.get_by_role("menuitem", name="Log").click()
    gallery.find('[data-vnb-drawer="log"]').wait_for(state="visible")


def code(gallery: Gallery) -> None:
    gallery.show("lake")
    gallery.press("code")
    gallery.notebook.until(lambda: "Workflow" in gallery.find(".vnb-code").inner_text(), what="the code")


def keys(gallery: Gallery) -> None:
    gallery.show("lake")
    gallery.page.keyboard.press("?")
    gallery.find('[data-vnb-sheet="Keys"]').wait_for(state="visible")


def help_of_a_node(gallery: Gallery) -> None:
    gallery.show("lake")
    gallery.select("2")
    gallery.page.keyboard.press("h")
    gallery.find("[data-vnb-sheet]").wait_for(state="visible")


def find(gallery: Gallery) -> None:
    gallery.show("lake")
    gallery.page.keyboard.press("Control+f")
    gallery.page.keyboard.type("ksampler")
    gallery.find("[data-vnb-found]").wait_for(state="visible")


def empty(gallery: Gallery) -> None:
    gallery.show("empty")
    gallery.find("[data-vnb-start]").wait_for(state="visible")


VIEWS: dict[str, Callable[[Gallery], None]] = {
    view.__name__: view
    for view in (
        graph,
        every_field,
        error_card,
        panel,
        panel_with_trouble,
        arranging,
        palette,
        node_menu,
        more_menu,
        choice_list,
        history,
        log,
        code,
        keys,
        help_of_a_node,
        find,
        empty,
    )
}
