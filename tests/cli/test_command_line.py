"""The `virgil` command does what it says, and says what is wrong: exit code 1 for a run that failed, 2 for a line that makes no sense."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from tests.nodes.running import SAMPLER, text_to_image
from tests.nodes.tiny import write_checkpoint
from virgil_nb.cli import main
from virgil_nb.cli.lab import FIRST, command, copy_lessons


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("home")
    write_checkpoint(root / "models" / "checkpoints" / "tiny.safetensors")
    return root


@pytest.fixture
def here(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with a workflow in it."""
    monkeypatch.setenv("VIRGIL_HOME", str(home))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "fox.json").write_text(json.dumps(text_to_image(output="SaveImage").to_json()))
    (tmp_path / "shown.json").write_text(json.dumps(text_to_image().to_json()))
    return tmp_path


def test_run_saves_the_pictures_and_prints_their_paths(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "fox.json", "--output", "out", "--quiet"]) == 0
    assert capsys.readouterr().out.splitlines() == ["out/ComfyUI_00001_.png"]
    with Image.open(here / "out" / "ComfyUI_00001_.png") as picture:
        assert picture.size == (64, 64)


def test_run_shows_progress_unless_it_shall_be_quiet(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    line = [sys.executable, "-m", "virgil_nb.cli", "run", "fox.json"]
    loud = subprocess.run(line, capture_output=True, text=True, check=True)
    assert "CLIPTextEncode" in loud.stderr  # a fresh process takes its time there, so that the bar is drawn
    assert loud.stdout.split() == ["output/ComfyUI_00001_.png"]
    assert main(["run", "fox.json", "--quiet"]) == 0
    assert capsys.readouterr().err == ""


def test_set_changes_inputs_by_type_title_and_id(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = ["KSampler.seed=9", "3.steps=2", "6.text=a = fox.", "SaveImage.filename_prefix=7"]
    assert main(["run", "fox.json", "--quiet", *(word for setting in settings for word in ("--set", setting))]) == 0
    (path,) = capsys.readouterr().out.split()
    with Image.open(path) as picture:
        prompt = json.loads(picture.info["prompt"])
    assert (prompt[SAMPLER]["inputs"]["seed"], prompt[SAMPLER]["inputs"]["steps"]) == (9, 2)
    assert prompt["6"]["inputs"]["text"] == "a = fox."
    assert prompt["9"]["inputs"]["filename_prefix"] == "7"


def test_pictures_that_are_only_shown_are_saved_too(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "shown.json", "--quiet", "--output", "out"]) == 0
    assert capsys.readouterr().out.splitlines() == ["out/preview_00001_.png"]


def test_a_picture_is_run_as_the_workflow_that_it_carries(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "fox.json", "--quiet"]) == 0
    assert main(["run", "output/ComfyUI_00001_.png", "--quiet"]) == 0
    assert "output/ComfyUI_00002_.png" in capsys.readouterr().out


def test_what_nodes_say_is_passed_on(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "fox.json", "--quiet", "--set", "6.text=a zeppelin"]) == 0
    assert "zeppelin" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (["run", "nothing.json"], "nothing.json"),
        (["run", "empty.json"], "no workflow"),
        (["run", "text.json"], "no JSON"),
        (["run", "fox.json", "--set", "seed=3"], "NODE.INPUT=VALUE"),
        (["run", "fox.json", "--set", "KSampler.seed"], "NODE.INPUT=VALUE"),
        (["run", "fox.json", "--set", "KSampler.sed=3"], "seed"),
        (["run", "fox.json", "--set", "KSampler2.seed=3"], "KSampler"),
        (["nodes", "KSample"], "KSampler"),
    ],
)
def test_a_line_that_makes_no_sense_is_exit_code_2(here: Path, capsys: pytest.CaptureFixture[str], line: list[str], said: str) -> None:
    (here / "empty.json").write_text("{}")
    (here / "text.json").write_text("a red fox")
    assert main(line) == 2
    told = capsys.readouterr()
    assert said in told.err
    assert told.err.startswith(f"virgil {line[0]}: ")
    assert told.out == ""


@pytest.mark.parametrize("line", [[], ["frobnicate"], ["run"], ["run", "fox.json", "--bogus"], ["demo", "--seed", "x"]])
def test_argparse_ends_with_exit_code_2_too(here: Path, line: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(line)
    assert ended.value.code == 2


def test_a_workflow_that_cannot_run_is_exit_code_1_with_every_problem(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "fox.json", "--quiet", "--set", "KSampler.steps=0", "--set", "4.ckpt_name=gone.safetensors"]) == 1
    told = capsys.readouterr().err
    assert "KSampler.steps is 0" in told
    assert "gone.safetensors" in told


def test_a_node_that_fails_is_exit_code_1(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "fox.json", "--quiet", "--set", "SaveImage.filename_prefix=../out"]) == 1
    told = capsys.readouterr().err
    assert "SaveImage" in told or "Save Image" in told
    assert "climbs out" in told
    assert "Traceback" not in told


def test_nodes_are_listed_and_described(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["nodes"]) == 0
    assert "KSampler" in capsys.readouterr().out
    assert main(["nodes", "KSampler"]) == 0
    assert "0 to 18446744073709551615" in capsys.readouterr().out
    assert main(["nodes", "--json"]) == 0
    assert {"KSampler", "LoadImage"} <= {spec["type"] for spec in json.loads(capsys.readouterr().out)}


def test_models_are_listed(here: Path, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models"]) == 0
    assert "tiny.safetensors" in capsys.readouterr().out
    assert main(["models", "--json", "--models", str(home)]) == 0
    (tiny,) = (one for one in json.loads(capsys.readouterr().out) if one["name"] == "tiny.safetensors")
    assert (tiny["kind"], tiny["title"]) == ("checkpoints", "Tiny")


def test_listing_nodes_loads_no_torch(here: Path) -> None:
    code = "import sys; from virgil_nb.cli import main; main(['nodes']); main(['models']); sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode == 0


def test_lab_copies_the_lessons_and_leaves_a_persons_work_alone(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    assert folder / FIRST in copy_lessons(folder)
    (folder / FIRST).write_text("my work")
    copy_lessons(folder)
    assert (folder / FIRST).read_text() == "my work"


def test_lab_opens_the_first_lesson_and_passes_options_on(tmp_path: Path) -> None:
    line = command(tmp_path, ["--no-browser", "--port", "8899"])
    assert line[:3] == [sys.executable, "-m", "jupyterlab"]
    assert f"--LabApp.default_url=/lab/tree/{FIRST}" in line
    assert line[line.index("--no-browser") :][:3] == ["--no-browser", "--port", "8899"]


def test_lab_starts_a_real_jupyterlab(tmp_path: Path) -> None:
    line = [sys.executable, "-m", "virgil_nb.cli", "lab", "--folder", str(tmp_path / "lab"), "--version"]
    done = subprocess.run(line, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()[0].isdigit()
    assert (tmp_path / "lab" / FIRST).is_file()
