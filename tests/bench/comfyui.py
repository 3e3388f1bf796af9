"""ComfyUI's executor beside ours: the same workflows, in the same call of the benchmark, each by its own process.

COMFYUI=~/ComfyUI make bench
COMFYUI=~/ComfyUI COMFYUI_PYTHON=~/ComfyUI/venv/bin/python make bench      # where its requirements are installed elsewhere
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from virgil_nb.engine import Node

SECONDS: Final = 2.0  # of CPU for one first run; a shape that took longer is not tried with more nodes
Figures = Mapping[str, Mapping[int, Mapping[str, float]]]


def api_format(nodes: list[Node], shown: list[str]) -> dict[str, Any]:
    """The workflow as ComfyUI takes it; `shown` are the nodes that are run for."""
    return {
        node.id: {
            "class_type": f"{node.type} shown" if node.id in shown else node.type,
            "inputs": {**node.values, **{name: [link.node, link.slot] for name, link in node.links.items()}},
        }
        for node in nodes
    }


def measured(folder: Path, workflows: Mapping[str, Mapping[int, Any]], repeat: int = 3) -> dict[str, Any]:
    """What comfyui_process.py answers. Raises SystemExit with the reason if the checkout does not start."""
    if not (folder / "execution.py").is_file():
        raise SystemExit(f"COMFYUI={folder}: there is no execution.py; give the folder of a ComfyUI checkout")
    python = os.environ.get("COMFYUI_PYTHON", sys.executable)
    script = Path(__file__).with_name("comfyui_process.py")
    asked = json.dumps({"seconds": SECONDS, "repeat": repeat, "workflows": workflows})
    done = subprocess.run([python, str(script)], input=asked, capture_output=True, text=True, cwd=folder, check=False)
    if done.returncode != 0:
        last = done.stderr.strip().splitlines()[-1:] or ["it said nothing"]
        raise SystemExit(f"ComfyUI did not start with {python}: {last[0]}. Name a Python that has its requirements in COMFYUI_PYTHON.")
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def print_beside(ours: Figures, theirs: Mapping[str, Any]) -> None:
    """Prints CPU seconds of both, and how many times ours theirs is."""
    print(f"\nComfyUI {theirs['version']} beside it, CPU ms per run (validation included in both), and how many times ours that is\n")
    print("shape       nodes           first run             run again       one leaf edited")
    for shape, sizes in theirs["shapes"].items():
        for size, found in sizes.items():
            row = f"{shape:9} {int(size):7,}"
            if "fault" in found:
                print(f"{row}   {found['fault']}")
                continue
            for what in ("first", "again", "edited"):
                mine = ours[shape][int(size)][what]
                row += f"   {found[what] * 1e3:9,.1f} {found[what] / mine:7,.0f} ×"
            print(row)
