"""Results outlive the kernel: the same workflow in a new process shows its pictures, and neither runs a node nor loads a model or torch."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

PROGRAM = """
import json, sys
import virgil_nb as vnb
session = vnb.Session(stored=sys.argv[1], outputs=sys.argv[2], history=False)
wf = vnb.Workflow.template("text-to-image")
wf["KSampler"].steps = 2
result = wf.run(session=session, progress=False)
images = [image.tobytes().hex() for image in result.images]
print(json.dumps({"executed": result.executed, "images": images, "torch": "torch" in sys.modules}))
session.close()
"""


def run(stored: Path, outputs: Path) -> dict[str, Any]:
    """One process: its last line."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    arguments = [sys.executable, "-c", PROGRAM, str(stored), str(outputs)]
    done = subprocess.run(arguments, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_a_new_kernel_shows_the_pictures_of_the_last_without_running_anything(tmp_path: Path) -> None:
    first = run(tmp_path / "cache", tmp_path / "out")
    assert len(first["executed"]) == 7 and len(first["images"]) == 1
    second = run(tmp_path / "cache", tmp_path / "out")
    assert second == {"executed": [], "images": first["images"], "torch": False}
    assert len(list((tmp_path / "out").iterdir())) == 1


def test_a_picture_that_is_not_in_the_output_folder_any_more_is_saved_again_without_being_made_again(tmp_path: Path) -> None:
    first = run(tmp_path / "cache", tmp_path / "out")
    for file in (tmp_path / "out").iterdir():
        file.unlink()
    second = run(tmp_path / "cache", tmp_path / "out")
    assert len(second["executed"]) == 1 and second["images"] == first["images"]
    assert len(list((tmp_path / "out").iterdir())) == 1
    third = run(tmp_path / "cache", tmp_path / "elsewhere")
    assert len(third["executed"]) == 1 and len(list((tmp_path / "elsewhere").iterdir())) == 1
