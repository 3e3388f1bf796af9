"""A field that lets people choose a file tells its size, and shows the picture that it is."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest
from PIL import Image

from tests.widget.conftest import MakeBench
from virgil_nb.engine import Registry, Services, node
from virgil_nb.nodes.folders import Folders
from virgil_nb.nodes.images import load_image


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    found = Folders.at(tmp_path / "home")
    (found.input / "sub").mkdir(parents=True)
    Image.new("RGB", (1000, 500), "red").save(found.input / "fox.png")
    Image.new("RGBA", (20, 40)).save(found.input / "sub" / "owl.webp")
    (found.input / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n and no more")
    (tmp_path / "secret.png").write_bytes((found.input / "fox.png").read_bytes())
    checkpoints = found.models / "checkpoints"
    checkpoints.mkdir(parents=True)
    (checkpoints / "lake.safetensors").write_bytes(b"x" * 1234)
    return found


def test_size_and_thumbnail_of_each_file_are_told_and_of_nothing_outside(make_bench: MakeBench, folders: Folders) -> None:
    bench = make_bench(services=Services(folders))
    names = ["fox.png", "sub/owl.webp", "broken.png", "gone.png", "../../secret.png", str(folders.input / "fox.png")]
    for _ in range(2):  # the second time from memory
        bench.sent.clear()
        bench.receive({"kind": "ask_files", "view": "v", "folder": "input", "names": names})
        told, pictures = bench.until(lambda: [sent for sent in bench.sent if sent[0]["kind"] == "files"])[0]
        assert [item["name"] for item in told["items"]] == ["fox.png", "sub/owl.webp", "broken.png"]
        fox, owl, broken = told["items"]
        assert (fox["width"], fox["height"], fox["size"]) == (1000, 500, os.path.getsize(folders.input / "fox.png"))
        assert (owl["width"], owl["height"]) == (20, 40)
        assert "width" not in broken
        assert [Image.open(io.BytesIO(data)).size for data in pictures] == [(160, 80), (20, 40)]


def test_a_picture_that_is_shown_comes_large(make_bench: MakeBench, folders: Folders) -> None:
    bench = make_bench(services=Services(folders))
    bench.receive({"kind": "ask_files", "view": "v", "folder": "input", "names": ["fox.png"], "large": True})
    told, (data,) = bench.until(lambda: [sent for sent in bench.sent if sent[0]["kind"] == "files"])[0]
    assert told["large"] is True
    assert Image.open(io.BytesIO(data)).size == (768, 384)


def test_models_have_a_size_and_no_picture(make_bench: MakeBench, folders: Folders) -> None:
    bench = make_bench(services=Services(folders))
    bench.receive({"kind": "ask_files", "view": "v", "folder": "checkpoints", "names": ["lake.safetensors"]})
    told, pictures = bench.until(lambda: [sent for sent in bench.sent if sent[0]["kind"] == "files"])[0]
    assert told["items"] == [{"name": "lake.safetensors", "size": 1234}]
    assert pictures == []


@pytest.mark.parametrize("folder", ["", "..", "/etc", "no such folder", "models/../.."])
def test_a_folder_that_is_none_has_no_files(make_bench: MakeBench, folders: Folders, folder: str) -> None:
    bench = make_bench(services=Services(folders))
    bench.receive({"kind": "ask_files", "view": "v", "folder": folder, "names": ["fox.png", "passwd", "secret.png"]})
    assert bench.until(lambda: bench.of("files"))[0]["items"] == []


def test_a_node_type_says_which_folder_its_choices_are_from() -> None:
    assert load_image.spec.to_json()["inputs"][0]["files"] == "input"

    @node("Plain", registry=Registry())
    def plain(text: str = "") -> None:
        """No files."""

    assert "files" not in plain.spec.to_json()["inputs"][0]
