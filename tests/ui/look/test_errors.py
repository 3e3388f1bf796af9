"""How errors read: a title of a few words, the figures that decide, and first the button that mends it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ui.look.gallery import PAIRS, Gallery, Setting

# A decoder that runs out of memory and one that works in tiles; a sampler that a text of another checkpoint does not fit.
SETUP = '''
from virgil_nb.nodes.errors import ValueMismatchError

@vnb.node("VAEDecode", display_name="Decode", category="latent")
def vae_decode(samples: vnb.Latent) -> vnb.Image:
    """At once."""
    raise MemoryError("Decoding 768 × 768 at once needs 6.1 GB; 4.3 GB are free. In tiles it needs 2.0 GB and takes about 2 s longer.")

@vnb.node("VAEDecodeTiled", display_name="Decode in tiles", category="latent")
def vae_decode_tiled(samples: vnb.Latent, tile_size: Annotated[int, vnb.Range(64, 2048, 64)] = 512) -> vnb.Image:
    """In parts."""
    return samples

@vnb.node("Checkpoint", category="loaders")
def checkpoint(ckpt_name: Literal["lake_xl", "lake_v2"] = "lake_xl") -> tuple[vnb.Model, vnb.Clip]:
    """A model and its text encoder."""
    return ckpt_name, ckpt_name

@vnb.node("Encode", display_name="Prompt", category="text")
def encode(clip: vnb.Clip, text: str = "a lake") -> vnb.Conditioning:
    """A text as numbers."""
    return clip

@vnb.node("Fit", display_name="KSampler", category="sampling", output=True)
def fit(model: vnb.Model, positive: vnb.Conditioning) -> NodeReturn:
    """Fits only what comes from one checkpoint."""
    if model != positive:
        raise ValueMismatchError("The text has 768 numbers a word, this model reads 2048. The CLIP comes from another checkpoint.")
    return NodeReturn(ui={"images": [Image.new("RGB", (64, 64), "navy")]})

documents["memory"] = document("Lake at dusk", [
    node("1", "Blank", (0, 0)),
    node("2", "Develop", (280, 0), {"latent": ["1", 0]}),
    node("3", "VAEDecode", (560, 0), {"samples": ["2", 0]}),
    node("4", "Tone", (860, 0), {"image": ["3", 0]}),
])
documents["mismatch"] = document("Two checkpoints", [
    node("1", "Checkpoint", (0, 0), values={"ckpt_name": "lake_xl"}),
    node("2", "Checkpoint", (0, 160), values={"ckpt_name": "lake_v2"}),
    node("3", "Encode", (300, 100), {"clip": ["2", 1]}),
    node("4", "Fit", (580, 0), {"model": ["1", 0], "positive": ["3", 0]}),
])
documents["needy"] = document("Something is missing", [
    node("1", "Blank", (0, 0)),
    node("2", "Develop", (2400, 0)),
    node("4", "Decode", (2700, 0), {"latent": ["2", 0]}),
    node("3", "Tone", (3000, 0), {"image": ["4", 0]}),
])
documents["file"] = document("A file that is gone", [
    node("1", "Checkpoint", (0, 0), values={"ckpt_name": "lake_v3"}),
    node("3", "Encode", (300, 100), {"clip": ["1", 1]}),
    node("4", "Fit", (580, 0), {"model": ["1", 0], "positive": ["3", 0]}),
])
'''


@pytest.fixture
def clinic(gallery: Gallery) -> Gallery:
    """The gallery with nodes that fail."""
    if gallery.value("'memory' in documents") == "False":
        gallery.notebook.python(SETUP)
    return gallery


def fail(gallery: Gallery, document: str, node: str) -> None:
    """Runs a workflow that stops at this node."""
    gallery.show(document)
    gallery.press("run")
    gallery.find(f'[data-vnb-error="{node}"]').wait_for(state="visible")
    gallery.wait_until_idle()


def in_sight(gallery: Gallery, id_: str) -> bool:
    """Whether a node is on the canvas from side to side."""
    box, canvas = gallery.node(id_).bounding_box(), gallery.find(".vnb-canvas").bounding_box()
    return bool(box and canvas and canvas["x"] <= box["x"] and box["x"] + box["width"] <= canvas["x"] + canvas["width"])


@pytest.mark.parametrize("setting", PAIRS, ids=str)
def test_a_card_says_what_happened_and_its_first_button_mends_it(clinic: Gallery, artifacts: Path, setting: Setting) -> None:
    clinic.set(setting)
    fail(clinic, "memory", "3")
    assert clinic.node("3").locator(".vnb-status").inner_text().strip() == "stopped"
    assert clinic.node("4").locator(".vnb-status").inner_text().strip() == "waiting"
    assert "Stopped at Decode" in clinic.find("[data-vnb-run-status]").inner_text()
    if setting.cell == "narrow":
        clinic.press("fit")
        clinic.rest()
        clinic.select("3")
        clinic.page.keyboard.press("f")
    clinic.shot(artifacts, f"error-{setting}")
    card = clinic.find('[data-vnb-error="3"]')
    title = card.locator(".vnb-card-title")
    assert title.inner_text() == "Not enough memory" and len(title.inner_text().split()) <= 5
    assert "6.1 GB; 4.3 GB are free" in card.locator(".vnb-card-text").inner_text()
    assert [text.strip() for text in card.locator(".vnb-card-buttons button").all_inner_texts()] == ["Decode in tiles", "Traceback"]
    first = '[data-vnb-error="3"] .vnb-card-buttons button'
    assert clinic.colour(first, "backgroundColor") == (25, 118, 210), "the first button is the one to press"
    assert clinic.clipped('[data-vnb-error="3"]') == []
    node, box = clinic.node("3").bounding_box(), card.bounding_box()
    assert node and box and box["y"] >= node["y"] + node["height"]
    clinic.find(first).click()
    clinic.wait_for_picture("4")
    assert clinic.value("wb.workflow.document.nodes['3'].type") == "'VAEDecodeTiled'"
    card.wait_for(state="detached")


def test_the_traceback_is_folded_and_begins_with_the_nodes_own_lines(clinic: Gallery) -> None:
    fail(clinic, "mismatch", "4")
    button = clinic.find('[data-vnb-error="4"] button[aria-expanded]')
    assert button.get_attribute("aria-expanded") == "false"
    button.click()
    lines = clinic.find('[data-vnb-error="4"] .vnb-trace').inner_text()
    assert "in fit" in lines and "virgil_nb/engine" not in lines
    button.click()
    clinic.find('[data-vnb-error="4"] .vnb-trace').wait_for(state="detached")


def test_a_text_of_another_checkpoint_is_mended_by_its_own_clip(clinic: Gallery) -> None:
    fail(clinic, "mismatch", "4")
    card = clinic.find('[data-vnb-error="4"]')
    assert card.locator(".vnb-card-title").inner_text() == "Values don't fit together"
    card.locator("button", has_text="Use CLIP of lake_xl").click()
    clinic.wait_for_picture("4")
    assert "node='1'" in clinic.value("wb.workflow.document.nodes['3'].links['clip']")


def test_a_file_that_is_not_there_stops_the_run_before_it_starts_and_the_nearest_is_one_press_away(clinic: Gallery) -> None:
    clinic.show("file")
    clinic.press("run")
    card = clinic.find('[data-vnb-problem="1"]')
    card.wait_for(state="visible")
    assert "lake_v3" in card.locator(".vnb-card-text").inner_text()
    card.locator("button", has_text="Use lake_v2").click()
    clinic.notebook.until(lambda: clinic.value("wb.workflow['1'].ckpt_name") == "'lake_v2'", what="the nearest name")
    card.wait_for(state="detached")


def test_run_says_which_input_is_missing_and_goes_there(clinic: Gallery) -> None:
    clinic.show("needy")
    for _ in range(4):
        clinic.press("zoom-in")
    assert clinic.style('[data-vnb-node="2"] .vnb-socket[data-needed]', "borderTopLeftRadius", "::before") == "50%"
    clinic.press("run")
    card = clinic.find('[data-vnb-problem="2"]')
    card.wait_for(state="visible")
    clinic.notebook.until(lambda: in_sight(clinic, "2"), what="the node to be in sight")
    assert "latent" in clinic.find("[data-vnb-run-status]").inner_text()
    clinic.rest()  # the view glides to the node: a button that moves under the mouse is not clicked
    card.locator("button", has_text="Add what gives LATENT").click()
    clinic.find("[data-vnb-palette]").wait_for(state="visible")
    assert "gives LATENT" in clinic.find(".vnb-chip").inner_text()
    clinic.page.keyboard.press("Escape")
