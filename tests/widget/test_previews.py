"""Previews: the newest frame wins, and no more are under way than the browser has drawn."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image

from virgil_nb.widget.encoding import as_picture, as_preview
from virgil_nb.widget.messages.to_browser import Preview
from virgil_nb.widget.pacing import Pacer
from virgil_nb.widget.previews import PATIENCE, WINDOW, Frame, Previews


class Scene:
    """Previews whose frames carry their number as their width, and a clock that is moved by hand."""

    def __init__(self) -> None:
        self.sent: list[tuple[Preview, list[bytes]]] = []
        self.now = 0.0
        self.made = 0
        self.pacer = Pacer()
        self.previews = Previews(self.pacer, lambda told, data: self.sent.append((told, data)), clock=lambda: self.now)

    def offer(self, number: int, node: str = "3") -> None:
        def make() -> Image.Image:
            self.made += 1
            return Image.new("RGB", (number, 8))

        self.previews.offer(Frame("run", node, make, number, 20))

    def offer_and_send(self, *numbers: int) -> None:
        for number in numbers:
            self.offer(number)
            assert self.pacer.settle(5)

    @property
    def steps(self) -> list[Any]:
        return [told.get("step") for told, _ in self.sent]


def test_no_more_frames_are_under_way_than_the_window() -> None:
    scene = Scene()
    scene.offer_and_send(*range(1, WINDOW + 1))
    scene.offer(90)
    scene.offer(91)
    scene.pacer.settle(0.2)
    assert scene.steps == list(range(1, WINDOW + 1))
    assert scene.made == WINDOW, "frames that are not sent are not even made"
    scene.previews.acknowledge("3", 1)
    scene.pacer.settle(0.2)
    assert scene.steps == [*range(1, WINDOW + 1), 91], "the newest frame goes, the one before it never does"
    scene.pacer.close()


def test_an_ack_of_a_frame_covers_those_before_it() -> None:
    scene = Scene()
    scene.offer_and_send(*range(1, WINDOW + 1))
    scene.previews.acknowledge("3", WINDOW)
    scene.offer_and_send(11, 12, 13)
    assert scene.steps[-3:] == [11, 12, 13]


def test_a_view_that_went_away_holds_the_stream_up_only_for_a_while() -> None:
    scene = Scene()
    scene.offer_and_send(*range(1, WINDOW + 1))
    scene.now += PATIENCE
    scene.offer_and_send(50)
    assert scene.steps[-1] == 50


def test_nodes_do_not_wait_for_each_other() -> None:
    scene = Scene()
    scene.offer_and_send(*range(1, WINDOW + 1))
    scene.offer(7, node="4")
    assert scene.pacer.settle(5)
    assert scene.sent[-1][0]["node"] == "4"


def test_acks_that_fit_nothing_are_harmless() -> None:
    scene = Scene()
    scene.previews.acknowledge("nowhere", 3)
    scene.offer_and_send(1)
    scene.previews.acknowledge("3", 10**9)
    scene.previews.acknowledge("3", 0)
    scene.offer_and_send(2)
    assert scene.steps == [1, 2]


def test_a_frame_that_cannot_be_made_does_not_stop_the_next() -> None:
    scene = Scene()
    scene.previews.offer(Frame("run", "3", lambda: 1 // 0, 1, 20))
    assert scene.pacer.settle(5)
    scene.offer_and_send(2)
    assert scene.steps == [2]


def test_a_preview_is_a_small_jpeg_with_its_sizes() -> None:
    scene = Scene()
    scene.offer_and_send(16)
    told, data = scene.sent[0]
    image = Image.open(io.BytesIO(data[0]))
    assert (image.format, image.size) == ("JPEG", (16, 8))
    assert (told["width"], told["height"], told["step"], told["total"]) == (16, 8, 16, 20)
    assert as_preview(Image.new("RGBA", (2048, 1024)))[1:] == (512, 256)


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "P", "1", "CMYK", "I;16"])
def test_finished_pictures_of_every_mode_can_be_encoded(mode: str) -> None:
    data, told = as_picture(Image.new(mode, (40, 30)))
    assert Image.open(io.BytesIO(data)).size == (40, 30)
    assert (told["width"], told["height"], told["format"]) == (40, 30, "png")


def test_a_large_picture_is_sent_as_webp_and_told_in_its_own_size() -> None:
    data, told = as_picture(Image.new("RGB", (4000, 1000), "red"))
    assert (told["width"], told["height"], told["format"]) == (4000, 1000, "webp")
    assert max(Image.open(io.BytesIO(data)).size) == 1536
