"""`virgil lab`: JupyterLab on the first lesson, in a folder of your own copies."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from virgil_nb.cli.errors import UsageError

PACKAGE = Path(__file__).resolve().parent.parent
FIRST = "00_first_picture.ipynb"


def lessons() -> Path:
    """The folder of the lessons: in the installed package, or in the checkout beside it."""
    for folder in (PACKAGE / "data" / "notebooks", PACKAGE.parent / "notebooks"):
        if (folder / FIRST).is_file():
            return folder
    raise UsageError("the lessons are not installed; install virgil_nb from a wheel or a checkout.")


def copy_lessons(folder: Path) -> list[Path]:
    """Copies the lessons that `folder` lacks, and gives their paths there. What is there already stays: it may hold a person's work."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise UsageError(f"the folder {folder} can't be made ({problem.strerror}); give another with --folder.") from problem
    copies = []
    for lesson in sorted(lessons().glob("*.ipynb")):
        copy = folder / lesson.name
        if not copy.exists():
            shutil.copyfile(lesson, copy)
        copies.append(copy)
    return copies


def command(folder: Path, more: Sequence[str]) -> list[str]:
    """The command that starts JupyterLab in `folder`, opened on the first lesson."""
    asked = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={folder}", f"--LabApp.default_url=/lab/tree/{FIRST}", *more]
    as_root = hasattr(os, "geteuid") and os.geteuid() == 0 and "--allow-root" not in more
    return [*asked, "--allow-root"] if as_root else asked  # in a container one is root, and the server is local and asks for its token


def lab(folder: str, more: Sequence[str]) -> int:
    """Copies the lessons and becomes JupyterLab; `more` are its own options."""
    if importlib.util.find_spec("jupyterlab") is None:
        raise UsageError("JupyterLab is not installed here; run: pip install 'virgil_nb[lab]'")
    home = Path(folder).expanduser().absolute()
    copy_lessons(home)
    print(f"Your copies of the lessons are in {home}.", file=sys.stderr)
    if os.name == "posix":
        sys.stderr.flush()
        os.execv(sys.executable, command(home, more))
    return subprocess.call(command(home, more))
