"""Names from workflows stay in their folders."""

from __future__ import annotations

import os
import pickle
from dataclasses import replace
from pathlib import Path

import pytest

from virgil_nb.nodes.errors import FileMissingError, FileNameError
from virgil_nb.nodes.folders import PACKAGED_CHECKPOINT, Folders

CLIMBING = [
    "../secret.safetensors",
    "a/../../secret.safetensors",
    "..",
    "/etc/passwd",
    "//server/share",
    "C:\\Windows\\win.ini",
    "C:secret",
    "..\\secret.safetensors",
    "a\\..\\..\\secret",
    "\\\\server\\share",
    "",
    "  ",
    "a\0b",
    "a\nb",
    "x" * 5000,
]


@pytest.mark.parametrize("kind", ["checkpoints", "vae", "input", "output"])
@pytest.mark.parametrize("name", CLIMBING)
def test_a_name_that_climbs_out_is_refused(home: Folders, kind: str, name: str) -> None:
    (home.models.parent / "secret.safetensors").write_bytes(b"secret")
    with pytest.raises(FileNameError) as refused:
        home.resolve(kind, name)
    assert len(str(refused.value)) < 600


@pytest.mark.parametrize("kind", ["..", "../input", "/etc", "a/../..", ""])
def test_a_kind_that_climbs_out_is_refused(home: Folders, kind: str) -> None:
    with pytest.raises(FileNameError):
        home.resolve(kind, "a.safetensors")


def test_a_symbolic_link_out_of_the_folder_is_refused_and_not_listed(home: Folders, tmp_path: Path) -> None:
    secret = tmp_path / "secret.safetensors"
    secret.write_bytes(b"secret")
    checkpoints = home.models / "checkpoints"
    (checkpoints / "link.safetensors").symlink_to(secret)
    (checkpoints / "way").symlink_to(tmp_path)
    for name in ("link.safetensors", "way/secret.safetensors"):
        with pytest.raises(FileNameError, match="symbolic link"):
            home.resolve("checkpoints", name)
    assert [name for name in home.names("checkpoints") if name != PACKAGED_CHECKPOINT] == []


def test_a_loop_of_links_is_refused(home: Folders) -> None:
    (home.input / "a").symlink_to(home.input / "b")
    (home.input / "b").symlink_to(home.input / "a")
    with pytest.raises((FileNameError, FileMissingError)):
        home.resolve("input", "a/x.png")


def test_links_that_stay_inside_work(home: Folders) -> None:
    (home.input / "real.png").write_bytes(b"x")
    (home.input / "also.png").symlink_to(home.input / "real.png")
    assert home.resolve("input", "also.png") == (home.input / "real.png").resolve()
    assert home.names("input") == ["also.png", "real.png"]


def test_the_folder_itself_may_be_a_link(home: Folders, tmp_path: Path) -> None:
    elsewhere = tmp_path / "big disk"
    elsewhere.mkdir()
    (elsewhere / "m.safetensors").write_bytes(b"x")
    (home.models / "checkpoints").rmdir()
    (home.models / "checkpoints").symlink_to(elsewhere)
    assert home.resolve("checkpoints", "m.safetensors") == elsewhere / "m.safetensors"
    assert "m.safetensors" in home.names("checkpoints")


def test_names_are_listed_with_their_subfolders_sorted_and_without_other_files(home: Folders) -> None:
    checkpoints = home.models / "checkpoints"
    (checkpoints / "SD15").mkdir()
    for name in ("b.safetensors", "SD15/a.safetensors", "A.ckpt", "notes.txt", ".hidden.safetensors"):
        (checkpoints / name).write_bytes(b"")
    assert [name for name in home.names("checkpoints") if name != PACKAGED_CHECKPOINT] == ["A.ckpt", "b.safetensors", "SD15/a.safetensors"]


def test_a_missing_file_names_its_folder_and_the_nearest_names(home: Folders) -> None:
    (home.models / "vae" / "kl-f8-anime.safetensors").write_bytes(b"")
    with pytest.raises(FileMissingError) as missing:
        home.resolve("vae", "kl-f8-anima.safetensors")
    assert "kl-f8-anime.safetensors" in str(missing.value)
    assert str(home.models / "vae") in str(missing.value)


def test_an_existing_comfyui_folder_is_used_as_it_lies(tmp_path: Path) -> None:
    comfy = tmp_path / "ComfyUI"
    (comfy / "models" / "checkpoints").mkdir(parents=True)
    assert Folders.locate(models=comfy) == Folders.at(comfy)
    only_models = Folders.locate(models=comfy / "models")
    assert only_models.models == comfy / "models"
    assert only_models.output == Folders.default().output
    assert Folders.locate(models=comfy, output=tmp_path / "out").output == tmp_path / "out"


def test_older_folder_names_of_comfyui_are_searched_too(home: Folders) -> None:
    (home.models / "clip").mkdir()
    (home.models / "clip" / "clip_l.safetensors").write_bytes(b"")
    assert home.names("text_encoders") == ["clip_l.safetensors"]
    assert home.resolve("text_encoders", "clip_l.safetensors").name == "clip_l.safetensors"


def test_the_default_folders_follow_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIRGIL_HOME", str(tmp_path))
    assert Folders.default().models == tmp_path / "models"
    monkeypatch.delenv("VIRGIL_HOME")
    assert Folders.default().models == Path(os.path.expanduser("~")) / ".virgil" / "models"


def test_folders_can_be_pickled(home: Folders) -> None:
    assert pickle.loads(pickle.dumps(home)) == home == replace(home)


def test_a_folder_that_has_not_changed_is_not_walked_again(home: Folders, monkeypatch: pytest.MonkeyPatch) -> None:
    walks: list[object] = []
    walk = os.walk
    monkeypatch.setattr(os, "walk", lambda top: walks.append(top) or walk(top))
    deep = home.input / "deep"
    deep.mkdir()
    (deep / "a.png").write_bytes(b"")
    age(home.input, deep)
    assert home.names("input") == home.names("input") == ["deep/a.png"]
    assert len(walks) == 1
    (deep / "b.png").write_bytes(b"")
    assert home.names("input") == ["deep/a.png", "deep/b.png"]
    (deep / "a.png").unlink()
    assert home.names("input") == ["deep/b.png"], "what changed a moment ago is looked at again"


def age(*folders: Path) -> None:
    for folder in folders:
        os.utime(folder, (1e9, 1e9))


@pytest.mark.parametrize("kind", ["input", "checkpoints"])
def test_a_folder_that_is_not_there_holds_nothing_until_it_comes(home: Folders, kind: str) -> None:
    (root,) = home.roots(kind)
    root.rmdir()
    assert [name for name in home.names(kind) if name != PACKAGED_CHECKPOINT] == []
    root.mkdir()
    for name in ("a.png", "a.safetensors"):
        (root / name).write_bytes(b"")
    assert [name for name in home.names(kind) if name != PACKAGED_CHECKPOINT] == ["a.png" if kind == "input" else "a.safetensors"]
