"""Uploads: a picture arrives whole, is looked at, and gets a name that nothing had; whatever else comes changes nothing."""

from __future__ import annotations

import base64
import io
import struct
import zlib
from pathlib import Path
from typing import Annotated, Any

import pytest
from PIL import Image

from tests.widget.conftest import Bench, Nodes
from virgil_nb.engine import Choices, Document, Editor, Engine, ImageUpload, Node, Services, node
from virgil_nb.nodes.folders import Folders
from virgil_nb.nodes.images import image_names
from virgil_nb.widget.upload import LARGEST, safe_name
from virgil_nb.widget.uploads import Uploads


def picture(kind: str = "PNG", size: tuple[int, int] = (9, 6), colour: str = "red") -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, kind)
    return file.getvalue()


def bomb(side: int = 60_000) -> bytes:
    """A PNG of a few bytes that says it is 60 000 pixels wide and high."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(100))) + chunk(b"IEND", b"")


class Desk:
    """A workbench with an input folder, and a page that uploads to it."""

    def __init__(self, bench: Bench, folder: Path) -> None:
        self.bench = bench
        self.folder = folder
        self._uploads = 0
        (self.uploads,) = (subject for subject in bench._conversation._subjects if isinstance(subject, Uploads))

    def piece(self, upload: str, name: str, size: int, offset: int, part: bytes, **more: Any) -> dict[str, Any]:
        """Sends one piece; the answer."""
        seen = len(self.bench.of("uploaded"))
        content = base64.b64encode(part).decode()
        message = {"kind": "upload", "view": "v", "upload": upload, "name": name, "size": size, "offset": offset, "data": content}
        self.bench.receive({**message, **more})
        return self.bench.until(lambda: self.bench.of("uploaded")[seen:])[0]

    def send(self, name: str, data: bytes, pieces: int = 1) -> dict[str, Any]:
        """Sends a whole file; the last answer."""
        self._uploads += 1
        step = -(-len(data) // pieces)
        told: dict[str, Any] = {}
        for offset in range(0, max(1, len(data)), max(1, step)):
            told = self.piece(f"u{self._uploads}", name, len(data), offset, data[offset : offset + step])
        return told

    def names(self) -> list[str]:
        return sorted(path.name for path in self.folder.iterdir()) if self.folder.exists() else []


@pytest.fixture
def desk(nodes: Nodes, tmp_path: Path) -> Any:
    @node("Load", registry=nodes.registry)
    def load(image: Annotated[str, Choices(image_names), ImageUpload()]) -> str:
        """A picture's name."""
        return image

    folders = Folders.at(tmp_path / "home")
    engine = Engine(nodes.registry)
    bench = Bench(Editor(Document.of(Node("1", "Load"))), lambda: engine, registry=nodes.registry, services=Services(folders))
    yield Desk(bench, folders.input)
    bench.close()
    engine.close()


def test_a_picture_in_pieces_becomes_a_file_and_a_choice(desk: Desk) -> None:
    data = picture(size=(400, 300))
    told = desk.send("fox.png", data, pieces=5)
    assert (told["name"], told["received"]) == ("fox.png", len(data))
    assert [answer["received"] for answer in desk.bench.of("uploaded")] == sorted({a["received"] for a in desk.bench.of("uploaded")})
    assert (desk.folder / "fox.png").read_bytes() == data
    spec = desk.bench.until(lambda: desk.bench.of("specs"))[0]["specs"][0]
    assert (spec["type"], spec["inputs"][0]["choices"]) == ("Load", ["fox.png"])


def test_nothing_is_ever_overwritten_and_the_same_picture_is_kept_once(desk: Desk) -> None:
    red, blue = picture(colour="red"), picture(colour="blue")
    assert desk.send("fox.png", red)["name"] == "fox.png"
    assert desk.send("fox.png", blue)["name"] == "fox-2.png"
    assert desk.send("fox.png", red)["name"] == "fox.png"
    assert desk.send("fox.png", blue)["name"] == "fox-2.png"
    assert desk.names() == ["fox-2.png", "fox.png"]
    assert (desk.folder / "fox.png").read_bytes() == red


@pytest.mark.parametrize(
    ("kind", "given", "kept"),
    [
        ("JPEG", "fox.png", "fox.jpg"),
        ("PNG", "fox.exe", "fox.exe.png"),
        ("WEBP", "fox", "fox.webp"),
        ("JPEG", "fox.JPEG", "fox.jpeg"),
        ("PNG", "../../up.png", "up.png"),
        ("PNG", "C:\\Users\\me\\fox.png", "fox.png"),
        ("PNG", ".hidden.png", "hidden.png"),
        ("PNG", "con.png", "_con.png"),
        ("PNG", "<img src=x>.png", "_img src=x_.png"),
        ("PNG", "fox\u202egnp.png", "fox_gnp.png"),
        ("PNG", "", "file.png"),
    ],
)
def test_a_misnamed_picture_gets_a_name_that_fits_it(desk: Desk, kind: str, given: str, kept: str) -> None:
    assert desk.send(given, picture(kind))["name"] == kept
    assert desk.names() == [kept]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"MZ\x90\x00 no picture at all", "is not a picture"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "is not a picture"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "is not a picture"),
        (picture(size=(300, 300), kind="JPEG")[:-400], "broken or cut off"),
        (picture(size=(64, 64))[:-30], "broken or cut off"),
        (bomb(), "decompression bomb"),
        (b"", "is empty"),
    ],
    ids=["program", "postscript", "svg", "cut JPEG", "cut PNG", "bomb", "empty"],
)
def test_what_is_no_good_picture_is_refused_with_the_reason(desk: Desk, data: bytes, why: str) -> None:
    told = desk.send("thing.png", data)
    assert why in told["error"] and "thing.png" in told["error"] and "name" not in told
    assert desk.names() == []
    assert desk.send("good.png", picture())["name"] == "good.png"


def test_pieces_that_do_not_fit_end_the_upload(desk: Desk) -> None:
    data = picture()
    assert "up to" in desk.piece("a", "big.png", LARGEST + 1, 0, data)["error"]
    assert "upload it again" in desk.piece("b", "x.png", len(data), 10, data[10:])["error"], "the beginning never came"
    desk.piece("c", "x.png", len(data), 0, data[:10])
    assert "came next" in desk.piece("c", "x.png", len(data), 5, data[5:])["error"]
    assert "not here any more" in desk.piece("c", "x.png", len(data), 10, data[10:])["error"]
    assert "does not fit" in desk.piece("d", "x.png", 10, 0, data)["error"]
    assert "damaged" in desk.piece("e", "x.png", 10, 0, b"", data="no base64!")["error"]
    assert desk.names() == []


def test_a_page_that_floods_is_answered_and_the_others_go_on(desk: Desk) -> None:
    for number in range(100):
        content = base64.b64encode(b"x").decode()
        desk.bench.receive(
            {"kind": "upload", "view": "v", "upload": f"f{number}", "name": "x.png", "size": 99, "offset": 0, "data": content}
        )
    desk.bench.until(lambda: len(desk.bench.of("uploaded")) == 100)
    assert len(desk.uploads._coming) <= 8
    assert desk.send("good.png", picture())["name"] == "good.png"


def test_what_a_closed_view_left_unfinished_is_removed(desk: Desk) -> None:
    desk.piece("a", "x.png", 100, 0, b"half")
    (coming,) = desk.uploads._coming.values()
    assert coming.path.exists()
    desk.bench.receive({"kind": "bye", "view": "v"})
    desk.bench.until(lambda: not desk.uploads._coming)
    assert not coming.path.exists()


def test_a_folder_that_cannot_be_written_is_told(desk: Desk) -> None:
    desk.folder.parent.mkdir(parents=True)
    desk.folder.write_text("a file where the folder should be")
    assert "input folder" in desk.send("fox.png", picture())["error"]


@pytest.mark.parametrize("name", ["a" * 400 + ".png", "ä" * 400 + ".png", "x." + "y" * 300, "🦊" * 99])
def test_a_name_is_never_too_long_for_a_file_system(name: str) -> None:
    assert 0 < len(safe_name(name).encode()) <= 120
