"""The kernels that a workbench must live in, and the pages, each a small virtual environment below `.venv-kernels/`.

    .venv-kernels/colab/                      only what differs from the development environment: ipykernel, ipywidgets, …
        …/site-packages/shared.pth            everything else, torch above all, from there
    .venv-kernels/share/jupyter/kernels/      a kernelspec for each, so that a JupyterLab can start them as well

`python -m tests.kernels.build` makes them. The development environment itself is a stack, too: "development".
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
STACKS = Path(__file__).parent / "stacks"
PAGES = Path(__file__).parent / "pages"
ENVIRONMENTS = ROOT / ".venv-kernels"
KERNELSPECS = ENVIRONMENTS / "share" / "jupyter" / "kernels"


@dataclass(frozen=True)
class Stack:
    """A kernel, or a page's server, by name; `pins` says what it has of its own, None for the development environment."""

    name: str
    pins: Path | None

    @property
    def folder(self) -> Path:
        """Its virtual environment."""
        return ENVIRONMENTS / self.name

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return Path(sys.executable) if self.pins is None else self.folder / "bin" / "python"

    @property
    def built(self) -> bool:
        """Whether it is there as its pins say."""
        return self.pins is None or (self.stamp.is_file() and self.stamp.read_text() == self.wanted)

    @property
    def stamp(self) -> Path:
        """The file that says what was built."""
        return self.folder / "pins.txt"

    @property
    def wanted(self) -> str:
        """What `stamp` holds when all is built."""
        return "" if self.pins is None else self.pins.read_text()

    @property
    def versions(self) -> dict[str, str]:
        """The versions that it must show, by distribution."""
        lines = (line.partition("==") for line in self.wanted.splitlines() if "==" in line)
        return {name: version for name, _, version in lines}


def stacks() -> list[Stack]:
    """All stacks, the development environment first."""
    return [Stack("development", None), *(Stack(pins.stem, pins) for pins in sorted(STACKS.glob("*.txt")))]


def pages() -> list[Stack]:
    """Environments of other pages than JupyterLab's."""
    return [Stack(pins.stem, pins) for pins in sorted(PAGES.glob("*.txt"))]
