"""The still picture shows graph and pictures to whoever has no kernel: small, whole, and never more than a picture."""

from __future__ import annotations

import base64
import io
import random
from html.parser import HTMLParser

import pytest
from PIL import Image

from tests.widget.sample_workflow import SPECS, document, node, sample
from virgil_nb.widget.messages.document import DocumentJSON
from virgil_nb.widget.still.boxes import HEADER
from virgil_nb.widget.still.colours import CANVAS, SURFACE, mixed
from virgil_nb.widget.still.layout import lay_out
from virgil_nb.widget.still.output import PNG_BYTES, WEBP_BYTES, StillPicture, describe
from virgil_nb.widget.still.picture import MAX_SIZE, draw

RED = Image.new("RGB", (128, 128), (230, 20, 30))
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</div></style><svg onload=alert(1)>",
    "a\u202eb\x00c\ud800d\x1b[31m",
    "&lt;b&gt; &amp; 'quotes' \"double\" {id} {0}",
    "x" * 100_000,
    "多くの文字 🦊 متن",
)


def noise(width: int, height: int) -> Image.Image:
    return Image.frombytes("RGB", (width, height), random.Random(3).randbytes(width * height * 3))


def colours(image: Image.Image) -> set[tuple[int, ...]]:
    return {colour for _, colour in image.getcolors(maxcolors=image.width * image.height) or []}  # type: ignore[misc]


class Tags(HTMLParser):
    """The tags and attributes of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def still(prompt: str = "a red fox", title: str | None = None, picture: Image.Image = RED, name: str = "Sample") -> dict[str, str]:
    made = StillPicture()
    made.draw(sample(prompt, title), SPECS, {"4": [picture]}, {"3": {"state": "done", "seconds": 1.0}}, name)
    return made.bundle("")


def test_the_runs_picture_is_in_it() -> None:
    image = draw(sample(), SPECS, {"4": [RED]})
    assert (230, 20, 30) in colours(image)
    assert (230, 20, 30) not in colours(draw(sample(), SPECS))


def test_links_have_their_types_colours() -> None:
    found = colours(draw(sample(), SPECS))
    assert (0x6B, 0x4F, 0xD0) in found  # MODEL
    assert (0xD8, 0x5A, 0x00) in found  # CONDITIONING
    assert (0xC0, 0x2F, 0xA0) in found  # LATENT


def test_html_holds_one_picture_and_nothing_else() -> None:
    bundle = still()
    tags = Tags(bundle["text/html"]).found
    assert [tag for tag, _ in tags] == ["div", "img"]
    assert tags[0][1]["class"] == "vnb-still"
    source = tags[1][1]["src"] or ""
    image = Image.open(io.BytesIO(base64.b64decode(source.removeprefix("data:image/webp;base64,"))))
    assert image.format == "WEBP"
    assert image.size == (int(tags[1][1]["width"] or 0), int(tags[1][1]["height"] or 0))
    assert Image.open(io.BytesIO(base64.b64decode(bundle["image/png"]))).size == image.size


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_stays_text(text: str) -> None:
    bundle = still(prompt=text, title=text, name=text)
    tags = Tags(bundle["text/html"]).found
    assert [(tag, sorted(attributes)) for tag, attributes in tags] == [
        ("div", ["class", "data-vnb-still"]),
        ("img", ["alt", "height", "src", "style", "width"]),
    ]
    assert len(bundle["text/plain"]) < 5000
    bundle["text/plain"].encode("utf-8")


def test_a_notebook_grows_by_less_than_220_kb_whatever_the_picture() -> None:
    bundle = still(picture=noise(700, 700))
    assert sum(len(content) for content in bundle.values()) < 220_000
    assert len(base64.b64decode(bundle["image/png"])) <= PNG_BYTES
    assert WEBP_BYTES + PNG_BYTES < 220_000 / 1.34


def test_before_the_first_drawing_there_is_a_place_that_can_be_replaced() -> None:
    made = StillPicture()
    tags = Tags(made.bundle("words")["text/html"]).found
    assert [tag for tag, _ in tags] == ["div"]
    assert tags[0][1]["data-vnb-still"] == made.id


@pytest.mark.parametrize(
    "workflow",
    [
        document(),
        document(node("1", "Nobody knows this", {"a": 1}, {"b": ["gone", 3]})),
        document(node("1", "Sampler", {}, {"model": ["2", 0]}), node("2", "Sampler", {}, {"model": ["1", 99]})),
        document(node("1", "Save", position=[1e300, float("nan")]), node("2", "Save", position=[0, 0], size=[0, 0])),
        document(node("1", "Save", position=[-5e5, 0]), node("2", "Save", position=[5e5, 9e5])),
        document(*(node(str(i), "Sampler", {}, {"model": [str(i - 1), 0]}) for i in range(600))),
    ],
    ids=["empty", "unknown type", "cycle", "impossible places", "far apart", "long chain"],
)
def test_every_document_can_be_drawn(workflow: object) -> None:
    image = draw(workflow, SPECS)  # type: ignore[arg-type]
    assert 1 <= image.width <= MAX_SIZE[0]
    assert 1 <= image.height <= MAX_SIZE[1]


def test_nodes_without_a_place_do_not_cover_each_other() -> None:
    workflow = sample()
    for item in workflow["nodes"]:
        item.pop("position", None)
    boxes = list(lay_out(workflow, SPECS, {}, {}, len).values())
    for i, a in enumerate(boxes):
        for b in boxes[i + 1 :]:
            assert a.x + a.width <= b.x or b.x + b.width <= a.x or a.y + a.height <= b.y or b.y + b.height <= a.y
    assert [box.x for box in boxes] == sorted(box.x for box in boxes), "sources are left of what they feed"


def test_many_fields_fold_and_say_how_many() -> None:
    workflow = document(node("1", "Wide", {f"value {i}": i for i in range(20)}))
    box = lay_out(workflow, SPECS, {}, {}, len)["1"]
    assert len(box.fields) == 6
    assert box.more == "14 more"


def test_words_name_every_node_and_value() -> None:
    words = describe(sample("a red fox"), SPECS, "Sample")
    assert words.splitlines()[0] == "Sample: 4 nodes"
    assert "  Prompt (text: a red fox)" in words


def framed() -> DocumentJSON:
    """Noise of a checkpoint's model led round by two reroutes, in a frame, one node folded and one tinted."""
    workflow = sample()
    workflow["nodes"][1]["colour"] = "#ff0000"
    workflow["nodes"][3]["folded"] = True
    workflow["nodes"][2]["links"]["model"] = ("6", 0)
    workflow["nodes"] += [
        node("5", "Reroute", {}, {"": ["1", 0]}, position=[200, 400]),
        node("6", "Reroute", {}, {"": ["5", 0]}, position=[500, 400]),
    ]
    workflow["frames"] = {"1": {"title": "Words", "box": (280.0, -40.0, 290.0, 300.0), "colour": "#00ff00"}}
    return workflow


def test_reroutes_are_dots_of_the_type_that_comes_to_them() -> None:
    boxes = lay_out(framed(), SPECS, {}, {}, len)
    assert boxes["6"].dot and (boxes["6"].width, boxes["6"].height) == (0, 0)
    assert (boxes["6"].x, boxes["6"].y) == (510, 410)
    assert {socket.type for socket in boxes["6"].sockets} == {"MODEL"}
    ring = document(node("1", "Reroute", {}, {"": ["2", 0]}), node("2", "Reroute", {}, {"": ["1", 0]}))
    assert {socket.type for box in lay_out(ring, SPECS, {}, {}, len).values() for socket in box.sockets} == {"*"}


def test_a_folded_node_is_its_header_and_links_end_at_it() -> None:
    box = lay_out(framed(), SPECS, {"4": [(128, 128)]}, {}, len)["4"]
    assert box.height == HEADER and not box.fields and not box.frames
    assert {socket.y for socket in box.sockets} == {HEADER / 2}


def test_frames_and_tints_are_in_the_picture() -> None:
    image = draw(framed(), SPECS)
    frame, header = mixed("#00ff00", CANVAS, 0.12), mixed("#ff0000", SURFACE, 0.1)
    for colour in (frame, header):
        assert tuple(bytes.fromhex(colour[1:])) in colours(image)
        assert tuple(bytes.fromhex(colour[1:])) not in colours(draw(sample(), SPECS))


def test_the_words_leave_reroutes_out() -> None:
    words = describe(framed(), SPECS, "Sample").splitlines()
    assert words[0] == "Sample: 4 nodes" and len(words) == 5


def test_a_frame_out_of_all_reach_does_not_shrink_the_picture() -> None:
    workflow = framed()
    workflow["frames"]["2"] = {"title": "", "box": (1e300, 0.0, 10.0, 10.0)}
    assert draw(workflow, SPECS).size == draw(framed(), SPECS).size
