"""`python -m tests.kernels.build [name …]`: builds the environments of the stacks, those that are missing or outdated.

An environment gets what its pins name, without dependencies; whatever else it imports comes from the environment that runs this.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

from tests.kernels.stack import ENVIRONMENTS, KERNELSPECS, ROOT, Stack, pages, stacks


def build(stack: Stack) -> None:
    """Makes the environment of `stack` anew."""
    assert stack.pins is not None
    shutil.rmtree(stack.folder, ignore_errors=True)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(stack.folder)], check=True)
    options = ["--quiet", "--disable-pip-version-check", "--no-deps", "-r", str(stack.pins)]
    subprocess.run([sys.executable, "-m", "pip", "--python", str(stack.python), "install", *options], check=True)
    own = subprocess.run(
        [str(stack.python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], check=True, capture_output=True, text=True
    )
    shared = dict.fromkeys([str(ROOT), sysconfig.get_path("purelib"), sysconfig.get_path("platlib")])
    (Path(own.stdout.strip()) / "shared.pth").write_text("\n".join(shared) + "\n")  # looked at last, so that the pins win
    stack.stamp.write_text(stack.wanted)


def write_kernelspec(stack: Stack) -> None:
    """Makes the stack known as a kernel, where `JUPYTER_PATH` is `.venv-kernels/share/jupyter`."""
    folder = KERNELSPECS / stack.name
    folder.mkdir(parents=True, exist_ok=True)
    command = [str(stack.python), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    spec = {"argv": command, "display_name": stack.name, "language": "python", "metadata": {"debugger": False}}
    (folder / "kernel.json").write_text(json.dumps(spec, indent=1))


def link_page(stack: Stack) -> None:
    """Puts JupyterLab's schemas and themes beside those of Notebook 7, where an ordinary install has them all in one folder."""
    shared, own = Path(sys.prefix) / "share" / "jupyter" / "lab", stack.folder / "share" / "jupyter" / "lab"
    if not own.is_dir():
        return
    for folder in (shared, shared / "schemas"):
        for thing in folder.iterdir():
            place = own / thing.relative_to(shared)
            if not place.exists():
                place.symlink_to(thing)


def main(names: list[str]) -> int:
    known = {stack.name: stack for stack in [*stacks(), *pages()]}
    unknown = [name for name in names if name not in known]
    if unknown:
        print(f"There is no stack {unknown[0]!r}; there are {', '.join(known)}.", file=sys.stderr)
        return 2
    for stack in known.values():
        if (names and stack.name not in names) or stack.pins is None:
            continue
        if not stack.built:
            print(f"building {stack.folder.relative_to(ENVIRONMENTS.parent)}", file=sys.stderr)
            build(stack)
        (link_page if stack in pages() else write_kernelspec)(stack)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
