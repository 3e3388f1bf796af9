"""Saved pictures carry the workflow, stay in the output folder, and never overwrite anything."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from virgil_nb.nodes.errors import FileNameError, SaveError, ValueMismatchError
from virgil_nb.nodes.folders import Folders
from virgil_nb.nodes.images import preview_image, save_image
from virgil_nb.nodes.saving import expand_prefix, save_place, write_new

NOW = datetime(2026, 3, 7, 9, 5, 2)
PROMPT = {
    "3": {"class_type": "KSampler", "inputs": {"seed": 7, "sampler_name": "euler", "model": ["4", 0]}, "_meta": {"title": "My sampler"}},
    "6": {"class_type": "CLIPTextEncode", "inputs": {"text": "../a fox: the \\ best?"}, "_meta": {"title": "Prompt"}},
}


def pictures(count: int = 1) -> torch.Tensor:
    return torch.linspace(0, 1, count * 8 * 10 * 3).reshape(count, 8, 10, 3)


def names_in(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_a_batch_is_saved_under_counted_names(home: Folders) -> None:
    shown = save_image(pictures(2), "fox").ui["images"]
    assert names_in(home.output) == ["fox_00001_.png", "fox_00002_.png"] == [one.filename for one in shown]
    assert [(one.subfolder, one.type, one.width, one.height) for one in shown] == [("", "output", 10, 8)] * 2


def test_the_file_holds_the_pixels_rounded_down_as_comfyuis_do(home: Folders) -> None:
    save_image(pictures(), "fox")
    with Image.open(home.output / "fox_00001_.png") as file:
        assert np.array_equal(np.asarray(file), (pictures()[0].numpy() * 255).astype(np.uint8))


def test_the_file_carries_the_workflow_under_comfyuis_keys(home: Folders) -> None:
    workflow = {"nodes": [], "links": [], "title": "ein Füchslein 🦊"}
    save_image(pictures(), "fox", prompt=PROMPT, extra_pnginfo={"workflow": workflow})
    with Image.open(home.output / "fox_00001_.png") as file:
        assert json.loads(file.info["prompt"]) == PROMPT
        assert json.loads(file.info["workflow"]) == workflow
    raw = (home.output / "fox_00001_.png").read_bytes()
    assert raw.count(b"tEXtprompt\0") == raw.count(b"tEXtworkflow\0") == 1


def test_counting_goes_on_above_what_is_there(home: Folders) -> None:
    for name in ("fox_00007_.png", "fox_00002_.png", "foxes_00099_.png", "FOX_00011_.png", "fox_x_.png"):
        (home.output / name).write_bytes(b"mine")
    assert save_image(pictures(), "fox").ui["images"][0].filename == "fox_00012_.png"
    assert (home.output / "fox_00007_.png").read_bytes() == b"mine"


def test_the_folder_is_listed_once_for_many_saves(home: Folders, monkeypatch: pytest.MonkeyPatch) -> None:
    from virgil_nb.nodes import numbering

    listed: list[Path] = []
    highest = numbering.highest
    monkeypatch.setattr(numbering, "highest", lambda folder, stem: listed.append(folder) or highest(folder, stem))
    names = {write_new(home, home.output, "fox", ".png", b"x") for _ in range(50)}
    assert len(names) == 50
    assert len(listed) == 1


def test_a_file_that_another_program_made_meanwhile_is_not_overwritten(home: Folders) -> None:
    write_new(home, home.output, "fox", ".png", b"first")
    for number in range(2, 40):
        (home.output / f"fox_{number:05}_.png").write_bytes(b"theirs")
    assert write_new(home, home.output, "fox", ".png", b"second") == "fox_00040_.png"
    assert (home.output / "fox_00002_.png").read_bytes() == b"theirs"


SAVER = """
import sys
from pathlib import Path
from virgil_nb.nodes.folders import Folders
from virgil_nb.nodes.saving import write_new
folders = Folders.at(sys.argv[1])
for index in range(150):
    write_new(folders, folders.output, "fox", ".png", f"{sys.argv[2]} {index}".encode())
"""


def test_two_processes_never_overwrite_each_other(home: Folders) -> None:
    root = str(home.output.parent)
    both = [subprocess.Popen([sys.executable, "-c", SAVER, root, name]) for name in "ab"]
    assert [process.wait(timeout=60) for process in both] == [0, 0]
    contents = {path.read_text() for path in home.output.iterdir()}
    assert contents == {f"{name} {index}" for name in "ab" for index in range(150)}


CLIMBING = [
    "../fox",
    "a/../../fox",
    "/tmp/fox",
    "..",
    "a/..",
    "C:\\fox",
    "..\\fox",
    "a\\..\\..\\fox",
    "",
    "   ",
    ".",
    "./.",
    "fox\0",
    "x" * 300,
]


@pytest.mark.parametrize("prefix", CLIMBING)
def test_a_prefix_that_climbs_out_or_names_nothing_is_refused(home: Folders, prefix: str) -> None:
    with pytest.raises(FileNameError):
        save_image(pictures(), prefix)
    assert names_in(home.output.parent) == []


def test_a_prefix_through_a_link_out_of_the_folder_is_refused(home: Folders, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (home.output / "way").symlink_to(outside)
    for prefix in ("way/fox", "way/deep/fox"):
        with pytest.raises(FileNameError, match="symbolic link"):
            save_image(pictures(), prefix)
    assert list(outside.iterdir()) == []


def test_a_link_in_the_place_of_the_file_is_not_followed(home: Folders, tmp_path: Path) -> None:
    (home.output / "fox_00001_.png").symlink_to(tmp_path / "victim")
    save_image(pictures(), "fox")
    assert not (tmp_path / "victim").exists()


def test_marks_cannot_climb_out_either(home: Folders) -> None:
    save_image(pictures(), "%Prompt.text%/%My sampler.seed%", prompt=PROMPT)
    (name,) = names_in(home.output)
    assert name == ".._a fox_ the _ best_/7_00001_.png"


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(prefix=st.text(st.sampled_from("ab ./\\:%~\0\n…🦊C"), max_size=12), value=st.text(max_size=6))
def test_no_prefix_ever_leads_out_of_the_output_folder(home: Folders, prefix: str, value: str) -> None:
    prompt = {"1": {"class_type": "a", "inputs": {"b": value}}}
    expanded = expand_prefix(f"{prefix}%a.b%{prefix}", prompt, 8, 8, NOW)
    try:
        folder, subfolder, stem = save_place(home, expanded)
    except (FileNameError, SaveError):
        return
    assert folder == (home.output / subfolder).resolve()
    assert home.output in (folder / stem).parents
    assert (folder / stem).parent == folder


def test_subfolders_are_made(home: Folders) -> None:
    (shown,) = save_image(pictures(), "animals/red/fox").ui["images"]
    assert (shown.subfolder, shown.filename) == ("animals/red", "fox_00001_.png")
    assert names_in(home.output) == ["animals/red/fox_00001_.png"]


@pytest.mark.parametrize(
    ("prefix", "wanted"),
    [
        ("%year%-%month%-%day%_%hour%%minute%%second%", "2026-03-07_090502"),
        ("%width%x%height%", "10x8"),
        ("%date:yyyy-MM-dd%/%date:hhmmss%", "2026-03-07/090502"),
        ("%date:yy.M.d h:m:s%", "26.3.7 9_5_2"),
        ("%KSampler.seed%_%My sampler.sampler_name%", "7_euler"),
        ("%Nobody.seed% %KSampler.model% %unknown% 100%", "%Nobody.seed% %KSampler.model% %unknown% 100%"),
        ("plain", "plain"),
    ],
)
def test_marks_are_replaced_as_comfyui_does(prefix: str, wanted: str) -> None:
    assert expand_prefix(prefix, PROMPT, 10, 8, NOW) == wanted


def test_batch_numbers_in_names(home: Folders) -> None:
    save_image(pictures(2), "fox%batch_num%")
    assert names_in(home.output) == ["fox0_00001_.png", "fox1_00001_.png"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_is_a_clear_error(home: Folders) -> None:
    home.output.chmod(0o500)
    try:
        with pytest.raises(SaveError, match="may not be written"):
            save_image(pictures(), "fox")
    finally:
        home.output.chmod(0o700)


def test_an_output_folder_that_is_a_file_is_a_clear_error(home: Folders) -> None:
    home.output.rmdir()
    home.output.write_bytes(b"")
    with pytest.raises((SaveError, FileNameError)):
        save_image(pictures(), "animals/fox")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_is_a_clear_error_and_leaves_no_half_file(home: Folders, monkeypatch: pytest.MonkeyPatch) -> None:
    real_open = os.open

    def open_full(path: os.PathLike[str], flags: int, mode: int) -> int:
        os.close(real_open(path, flags, mode))
        return real_open("/dev/full", os.O_WRONLY)

    monkeypatch.setattr(os, "open", open_full)
    with pytest.raises(SaveError, match="disk is full"):
        write_new(home, home.output, "fox", ".png", b"x" * 100_000)
    assert names_in(home.output) == []


def test_preview_shows_without_writing(home: Folders) -> None:
    shown = preview_image(pictures(3)).ui["images"]
    assert [(one.filename, one.type, one.width, one.height) for one in shown] == [(None, "temp", 10, 8)] * 3
    assert names_in(home.output.parent) == []


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_grey_rgb_and_transparent_pictures_can_be_saved(home: Folders, channels: int) -> None:
    (shown,) = save_image(torch.rand(1, 4, 4, channels), "fox").ui["images"]
    assert shown.pil.mode == {1: "L", 3: "RGB", 4: "RGBA"}[channels]


@pytest.mark.parametrize(
    "wrong", [None, "fox", torch.rand(3, 8, 8), torch.rand(1, 3, 64, 64), torch.rand(0, 8, 8, 3), [torch.rand(1, 8, 8, 3)]]
)
def test_what_is_no_image_is_refused_with_what_it_should_be(home: Folders, wrong: object) -> None:
    with pytest.raises(ValueMismatchError, match="IMAGE"):
        save_image(wrong, "fox")


def test_numbers_that_are_none_become_black(home: Folders) -> None:
    image = pictures()
    image[0, 0, 0] = float("nan")
    (shown,) = save_image(image, "fox").ui["images"]
    assert shown.pil.getpixel((0, 0)) == (0, 0, 0)
