"""How types look: each socket's shape and colour, its links, and that all of it can be told apart in both themes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.ui.look.gallery import THEMES, Gallery, Setting
from tests.ui.look.measure import contrast, rgb

COLOURS = {
    "model": ("#6b4fd0", "#ac9bff"),
    "clip": ("#b07a00", "#f2c94c"),
    "vae": ("#c4243f", "#ff7b87"),
    "control_net": ("#00796f", "#4fd6c3"),
    "conditioning": ("#d85a00", "#ff9f50"),
    "latent": ("#c02fa0", "#ff8be0"),
    "image": ("#1a73d9", "#64b0ff"),
    "mask": ("#2e8b3d", "#7dd87f"),
    "sigmas": ("#0b7fa3", "#57cdf0"),
    "noise": ("#7a6a5f", "#c3b3a5"),
    "int": ("#68707c", "#a3adba"),
    "float": ("#68707c", "#a3adba"),
    "string": ("#68707c", "#a3adba"),
    "boolean": ("#68707c", "#a3adba"),
    "combo": ("#68707c", "#a3adba"),
    "any": ("#68707c", "#a3adba"),
}
SAME_GLYPH = {frozenset(("int", "float"))}
# Shape and fill of a glyph, without its colour: what is left of it for one who sees none.
DRAWING = """(el) => [...el.querySelectorAll('svg *')].map(e => e.tagName + [...e.attributes].map(a => a.name + a.value).join()).join()"""
PAINT = """(el) => { const style = getComputedStyle(el.querySelector('svg [class]'));
  return style.stroke === 'none' ? style.fill : style.stroke; }"""


def hues(gallery: Gallery, name: str) -> tuple[int, int, int]:
    """The colour that a socket of `Take` is drawn in."""
    colour = gallery.find(f'[data-vnb-socket="2.in:{name}"]').evaluate(PAINT)
    numbers = [int(float(part)) for part in colour[colour.index("(") + 1 : -1].split(",")[:3]]
    return numbers[0], numbers[1], numbers[2]


def link_of(name: str, part: str = "vnb-link-line") -> str:
    """The selector of the line that goes into an input of `Take`."""
    return f'.vnb-link[data-vnb-link^=\'["2","{name}"\'] .{part}'


@pytest.mark.parametrize("setting", THEMES, ids=str)
def test_each_type_has_its_colour_and_is_seen_on_node_and_canvas(gallery: Gallery, artifacts: Path, setting: Setting) -> None:
    gallery.set(setting)
    gallery.show("types")
    gallery.shot(artifacts, f"types-{setting.theme}")
    least = 3.5 if setting.theme == "light" else 6.0
    grounds = [gallery.colour('[data-vnb-node="2"]', "backgroundColor"), gallery.colour(".vnb-canvas", "backgroundColor")]
    for name, pair in COLOURS.items():
        painted = hues(gallery, name)
        assert painted == rgb(pair[setting.theme == "dark"]), name
        assert min(round(contrast(painted, ground), 1) for ground in grounds) >= least, name
    own = hues(gallery, "pack_own")
    assert min(contrast(own, ground) for ground in grounds) >= least, "a pack's own type"


def test_no_two_types_look_the_same_without_their_colour(gallery: Gallery) -> None:
    gallery.show("types")
    drawings = {name: gallery.find(f'[data-vnb-socket="2.in:{name}"]').evaluate(DRAWING) for name in [*COLOURS, "pack_own"]}
    names = sorted(drawings)
    alike = {frozenset((a, b)) for i, a in enumerate(names) for b in names[i + 1 :] if drawings[a] == drawings[b]}
    assert alike == SAME_GLYPH


def test_a_list_is_drawn_twice_and_an_optional_input_smaller(gallery: Gallery) -> None:
    gallery.show("types")
    outlines = "(el) => el.querySelectorAll('svg > g').length"
    assert gallery.find('[data-vnb-socket="1.out:17"]').evaluate(outlines) == 2
    assert gallery.find('[data-vnb-socket="1.out:6"]').evaluate(outlines) == 1
    assert "scale(.7)" in gallery.find('[data-vnb-socket="2.in:pictures"] svg g').get_attribute("transform")
    assert "optional" in gallery.find('[data-vnb-socket="2.in:pictures"]').get_attribute("title")


def test_a_socket_is_a_glyph_of_12_px_on_the_border_with_24_to_hit(gallery: Gallery) -> None:
    gallery.show("types")
    glyph, node = gallery.find('[data-vnb-socket="2.in:model"] svg'), gallery.node("2")
    assert glyph.evaluate("(el) => [el.clientWidth, el.clientHeight]") == [12, 12]
    middle, box = gallery.middle('[data-vnb-socket="2.in:model"] svg'), node.bounding_box()
    assert box and abs(middle[0] - box["x"]) <= 1.5
    hit = [gallery.style('[data-vnb-socket="2.in:model"]', side, "::after") for side in ("width", "height")]
    assert hit == ["24px", "24px"]
    assert gallery.find('[data-vnb-socket="2.in:model"]').get_attribute("aria-label") == "input model, MODEL"


def test_links_are_drawn_over_an_underlay_and_the_one_pointed_at_stands_out(gallery: Gallery) -> None:
    gallery.show("types")
    line = link_of("latent")
    assert gallery.style(line, "strokeWidth") == "2px"
    assert gallery.style(line, "opacity") == "0.9"
    assert gallery.style(link_of("latent", "vnb-link-under"), "strokeWidth") == "5px"
    start, end = (gallery.middle(f'[data-vnb-socket="{socket}"]') for socket in ("1.out:5", "2.in:latent"))
    gallery.page.mouse.move((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
    gallery.notebook.until(lambda: gallery.style(line, "strokeWidth") == "3px", what="the thicker line")
    gallery.notebook.until(lambda: gallery.style('.vnb-link[data-vnb-link^=\'["2","vae"\']', "opacity") == "0.35", what="the rest to fade")
    gallery.page.mouse.move(5, 5)
    gallery.notebook.until(lambda: gallery.style('.vnb-link[data-vnb-link^=\'["2","vae"\']', "opacity") == "1", what="the rest again")


def test_links_lie_under_nodes_and_leave_level(gallery: Gallery) -> None:
    gallery.show("types")
    above = """() => { const nodes = document.querySelector('.vnb-editor .react-flow__nodes');
      return !!(document.querySelector('.vnb-editor .react-flow__edges').compareDocumentPosition(nodes) & 4); }"""
    assert gallery.page.evaluate(above), "nodes come after links, so they are painted over them"
    path = gallery.find(link_of("vae")).get_attribute("d") or ""
    numbers = [float(n) for n in path.replace("M", " ").replace("C", " ").replace(",", " ").split()]
    assert numbers[1] == numbers[3] and numbers[5] == numbers[7], "both ends are level"
    assert 34 <= numbers[2] - numbers[0] <= 160


def test_a_link_to_a_muted_node_is_faint(gallery: Gallery) -> None:
    gallery.show("states")
    faint = gallery.page.locator(".vnb-editor .vnb-link[data-faded]")
    links = [json.loads(text)[0] for text in faint.evaluate_all("all => all.map(e => e.dataset.vnbLink)")]
    assert links == ["muted"]
    assert gallery.style(".vnb-link[data-faded]", "opacity") == "0.3"


def test_a_link_in_the_air_is_dashed_and_what_fits_grows_while_the_rest_fades(gallery: Gallery) -> None:
    gallery.show("types")
    x, y = gallery.middle('[data-vnb-socket="1.out:5"]')
    gallery.page.mouse.move(x, y)
    gallery.page.mouse.down()
    gallery.page.mouse.move(x + 60, y - 40, steps=4)
    gallery.find('[data-vnb-socket="2.in:latent"][data-fit="yes"]').wait_for(state="attached")
    fit = {name: gallery.find(f'[data-vnb-socket="2.in:{name}"]').get_attribute("data-fit") for name in COLOURS}
    assert {name for name, said in fit.items() if said == "yes"} == {"latent", "any"}
    assert gallery.style(".vnb-link-loose .vnb-link-line", "strokeDasharray") == "5px, 5px"
    grown = "matrix(1.3, 0, 0, 1.3, 0, 0)"
    gallery.notebook.until(lambda: gallery.style('[data-vnb-socket="2.in:latent"] svg', "transform") == grown, what="the glyph to grow")
    assert gallery.style('[data-vnb-socket="2.in:model"] svg', "opacity") == "0.3"
    gallery.page.keyboard.press("Escape")
    gallery.page.mouse.up()
