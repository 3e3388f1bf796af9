"""`virgil clean`: what is kept beside notebooks and nobody can come back to."""

from __future__ import annotations

from pathlib import Path

from virgil_nb.cli.errors import UsageError
from virgil_nb.widget.keeping.cleaning import clean, superfluous
from virgil_nb.widget.keeping.identity import ROOT


def clean_folder(folder: str, *, days: float, only_say: bool) -> int:
    """Removes what is superfluous in the `.virgil` of `folder`, or only says what is; prints each and why, and the sum."""
    home = Path(folder)
    if not home.is_dir():
        raise UsageError(f"there is no folder {folder}; name the one in which the notebooks are.")
    if not 0 <= days < 1e5:
        raise UsageError(f"--days is {days:g}; give 0 or more.")
    found = superfluous(home, days=days) if only_say else clean(home, days=days)
    for item in found:
        print(f"{_megabytes(item.size)}  {item.path.relative_to(home / ROOT.parent)}  {item.why}")
    done = "would go" if only_say else "gone"
    print(f"{_megabytes(sum(item.size for item in found))}  {done}" if found else "Nothing to clean.")
    return 0


def _megabytes(size: int) -> str:
    return f"{size / 1e6:8.1f} MB"
