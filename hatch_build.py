"""Build hook: bundles the editor's front end, so that `pip install .` gives a working editor.

The bundle is made by `npm ci && npm run build` in `js/` and lands in `virgil_nb/widget/static/`. An sdist carries the finished
bundle, so installing from one needs no Node. Nothing else belongs here.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NO_NODE = (
    "virgil_nb: building from source needs Node 20 or newer with npm (for the editor in js/); install Node, or install the released wheel."
)


def newest(paths: list[Path]) -> float:
    """Latest modification time of these files, 0 if there are none."""
    return max((p.stat().st_mtime for p in paths), default=0.0)


def sources(js: Path) -> list[Path]:
    """Every file that the bundle is made from."""
    found = [p for p in (js / "src").rglob("*") if p.is_file()]
    return found + [p for p in js.iterdir() if p.is_file() and p.suffix in {".json", ".mjs", ".js"}]


class BuildEditor(BuildHookInterface):  # type: ignore[type-arg]
    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        root = Path(self.root)
        js, bundle = root / "js", root / "virgil_nb" / "widget" / "static" / "widget.js"
        in_checkout = (root / ".git").exists()
        if bundle.exists() and (not in_checkout or bundle.stat().st_mtime >= newest(sources(js))):
            return
        if os.environ.get("VIRGIL_SKIP_JS"):
            return
        npm = shutil.which("npm")
        if npm is None or shutil.which("node") is None:
            raise SystemExit(NO_NODE)
        # An unpacked sdist may be read-only for its cache, so nothing but js/node_modules and the bundle is written.
        for command in (["ci", "--no-audit", "--no-fund", "--loglevel=error"], ["run", "--silent", "build"]):
            done = subprocess.run([npm, *command], cwd=js, check=False)
            if done.returncode != 0:
                said = f"`npm {' '.join(command)}` in js/ failed with exit code {done.returncode}"
                raise SystemExit(f"virgil_nb: {said}; its output is above.")
        if not bundle.exists():
            raise SystemExit(f"virgil_nb: the front-end build ran, but {bundle.relative_to(root)} is not there.")
