"""Where models, inputs and outputs lie, and which names may be asked for.

    root/                    ~/.virgil, VIRGIL_HOME, or an existing ComfyUI folder
      models/checkpoints/ …  one folder a kind
      input/  output/  temp/

A name comes from a workflow that a stranger may have made, so it is only ever looked up below its own folder: what climbs
out of it by `..`, by an absolute path or through a symbolic link is refused. Nothing here creates a folder or reads a model.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath, PureWindowsPath

from virgil_nb.engine.json_values import shown
from virgil_nb.nodes.errors import FileMissingError, FileNameError
from virgil_nb.nodes.file_names import FileNames
from virgil_nb.nodes.numbering import Numbering

PACKAGED_CHECKPOINT = "virgil-icons.safetensors"
DATA = Path(__file__).parent.parent / "data"

MODEL_SUFFIXES = frozenset({".safetensors", ".sft", ".ckpt", ".pt", ".pt2", ".pth", ".bin", ".pkl"})
IMAGE_SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".avif", ".ico", ".ppm", ".pgm", ".jfif"})
# ComfyUI's older names for two of its model folders: both are searched.
ALSO = {"text_encoders": ("clip",), "diffusion_models": ("unet",)}


def virgil_home() -> Path:
    """Where this package keeps what is its own: VIRGIL_HOME, or `~/.virgil`. It need not exist."""
    return Path(os.environ.get("VIRGIL_HOME") or Path.home() / ".virgil").expanduser().absolute()


@dataclass(frozen=True)
class Folders:
    """The four folders of a session. `resolve` turns a name from a workflow into a path, `names` lists what there is."""

    models: Path
    input: Path
    output: Path
    temp: Path
    numbering: Numbering = field(default_factory=Numbering, compare=False, repr=False)
    listing: FileNames = field(default_factory=FileNames, compare=False, repr=False)

    @classmethod
    def at(cls, root: str | os.PathLike[str]) -> Folders:
        """The folders below `root`, laid out as ComfyUI does. They need not exist."""
        home = Path(root).expanduser().absolute()
        return cls(home / "models", home / "input", home / "output", home / "temp")

    @classmethod
    def default(cls) -> Folders:
        """Below VIRGIL_HOME, or `~/.virgil`."""
        return cls.at(virgil_home())

    @classmethod
    def locate(
        cls,
        models: str | os.PathLike[str] | None = None,
        input: str | os.PathLike[str] | None = None,  # noqa: A002
        output: str | os.PathLike[str] | None = None,
    ) -> Folders:
        """The default folders, with those that are named put in their place.

        models: a models folder, or a ComfyUI folder, whose input, output and temp are then used too. When the folder itself holds
        `checkpoints` or is called `models`, it is a models folder.
        """
        folders = cls.default()
        if models is not None:
            home = Path(models).expanduser().absolute()
            inside = (home / "models").is_dir() and not (home / "checkpoints").is_dir()
            folders = cls.at(home) if inside else replace(folders, models=home)
        if input is not None:
            folders = replace(folders, input=Path(input).expanduser().absolute())
        if output is not None:
            folders = replace(folders, output=Path(output).expanduser().absolute())
        return folders

    def roots(self, kind: str) -> tuple[Path, ...]:
        """The folders that are searched for `kind`: "input", "output", "temp", or a model folder such as "checkpoints"."""
        if kind in ("input", "output", "temp"):
            return (Path(getattr(self, kind)),)
        _check_name("models", kind)
        return tuple(self.models / name for name in (kind, *ALSO.get(kind, ())))

    def resolve(self, kind: str, name: str) -> Path:
        """The existing file `name` of `kind`.

        Raises FileNameError for a name that leaves its folder, FileMissingError (with the nearest names) when there is none.
        """
        for root in self.roots(kind):
            path = below(root, name, kind)
            if path.is_file():
                return path
        if kind == "checkpoints" and name == PACKAGED_CHECKPOINT and (DATA / name).is_file():
            return DATA / name
        raise FileMissingError.named(kind, name, self.roots(kind)[0], self.names(kind))

    def names(self, kind: str) -> list[str]:
        """All files of `kind` by their names below its folder, with `/`, sorted without regard to case."""
        suffixes = IMAGE_SUFFIXES if kind in ("input", "output", "temp") else MODEL_SUFFIXES
        found = {name for root in self.roots(kind) for name in self.listing.below(root, suffixes)}
        if kind == "checkpoints" and (DATA / PACKAGED_CHECKPOINT).is_file():
            found.add(PACKAGED_CHECKPOINT)
        return sorted(found, key=lambda name: (name.casefold(), name))


def below(root: Path, name: str, kind: str = "") -> Path:
    """`root / name`, which need not exist, without symbolic links; raises FileNameError if that lies outside `root`."""
    kind = kind or root.name
    _check_name(kind, name)
    try:
        home = root.resolve()
        path = (home / name).resolve()
        path.exists()
    except (OSError, RuntimeError) as problem:  # a loop of links, a name that is too long
        why = getattr(problem, "strerror", None) or str(problem)
        raise FileNameError(f"{shown(name)} can't be followed in the {kind} folder ({why}); choose another name.") from problem
    if path != home and home not in path.parents:
        raise FileNameError(f"{shown(name)} leads out of the {kind} folder ({home}) through a symbolic link; put the file itself there.")
    return path


def _check_name(kind: str, name: str) -> None:
    """Raises FileNameError unless `name` is a plain relative path, on every system's reading of it."""
    if not name or not name.strip():
        raise FileNameError(f"The name of a file in the {kind} folder is empty; choose one.")
    if "\0" in name or any(ord(char) < 32 for char in name):
        raise FileNameError(f"{shown(name)} holds a control character, which no file in the {kind} folder has; choose one of its names.")
    both = (PurePosixPath(name), PureWindowsPath(name))
    if any(path.is_absolute() or path.root or path.drive for path in both):
        raise FileNameError(f"{shown(name)} is an absolute path; give a name below the {kind} folder.")
    if any(".." in path.parts for path in both):
        raise FileNameError(f"{shown(name)} climbs out of the {kind} folder with '..'; give a name below it.")
