"""The repository itself: what it may name, and what its build gives."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode != 0:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_no_tracked_file_names_a_registry_host():
    # Written apart, so that this file names none either.
    hosts = [b".".join(parts) for parts in ((b"registry", b"npmjs"), (b"files", b"pythonhosted"), (b"pypi", b"org"), (b"npm", b"pkg"))]
    found = [path.name for path in tracked() if path.suffix != ".safetensors" and any(host in path.read_bytes() for host in hosts)]
    assert found == []


def test_the_lock_file_has_no_download_addresses():
    lock = json.loads((ROOT / "js" / "package-lock.json").read_text())
    assert [name for name, entry in lock["packages"].items() if "resolved" in entry and entry["resolved"].startswith("http")] == []


def test_only_the_shipped_model_is_large():
    large = {path.name: path.stat().st_size for path in tracked() if path.stat().st_size > 4 * 2**20}
    assert set(large) <= {"virgil-icons.safetensors"}
    assert all(size <= 25 * 10**6 for size in large.values())


def test_lessons_are_stored_without_outputs():
    for path in (ROOT / "notebooks").glob("*.ipynb"):
        notebook = json.loads(path.read_text())
        assert all(not cell.get("outputs") for cell in notebook["cells"]), path.name
        assert "widgets" not in notebook["metadata"], path.name


@pytest.mark.slow
def test_the_wheel_carries_editor_model_and_lessons_and_can_be_imported(tmp_path):
    built = subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path), str(ROOT)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stdout + built.stderr
    (wheel,) = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    for wanted in (
        "virgil_nb/widget/static/widget.js",
        "virgil_nb/widget/static/widget.css",
        "virgil_nb/widget/static/loader.js",
        "virgil_nb/data/virgil-icons.safetensors",
        "virgil_nb/data/bpe_simple_vocab_16e6.txt.gz",
        "virgil_nb/data/notebooks/00_first_picture.ipynb",
    ):
        assert wanted in names, wanted
    assert not [name for name in names if name.startswith(("tests/", "js/", "training/")) or "node_modules" in name]
    site = tmp_path / "site"
    zipfile.ZipFile(wheel).extractall(site)
    environment = {**os.environ, "PYTHONPATH": str(site)}
    code = "import virgil_nb as vnb; assert 'site' in vnb.__file__; vnb.Workbench(); vnb.Workflow.template('text-to-image')"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_source_build_without_node_says_so_in_one_line(tmp_path):
    copy = tmp_path / "source"
    copy.mkdir()
    for name in ("pyproject.toml", "hatch_build.py", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, copy / name)
    (copy / "virgil_nb").mkdir()
    (copy / "virgil_nb" / "__init__.py").write_text('__version__ = "0"\n')
    (copy / "js" / "src").mkdir(parents=True)
    (copy / "notebooks").mkdir()
    environment = {**os.environ, "PATH": str(tmp_path / "nothing")}
    environment.pop("VIRGIL_SKIP_JS", None)
    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel"], cwd=copy, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    said = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
    assert len(said) == 1 and "Node 20" in said[0], said
