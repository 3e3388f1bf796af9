"""Names of saved pictures, and writing them so that nothing is ever overwritten.

A prefix such as `fox/%date:yyyy-MM-dd%/%KSampler.seed%` names a folder below the output folder and the beginning of the file's
name; the file is `<name>_00001_.png`, created exclusively.
"""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from virgil_nb.engine.json_values import shown
from virgil_nb.nodes.errors import FileNameError, SaveError
from virgil_nb.nodes.folders import Folders, below

MARK = re.compile(r"%([^%]+)%")
DATE_PART = re.compile(r"yyyy|yy|MM?|dd?|hh?|mm?|ss?")
UNSAFE = re.compile(r'[/?<>\\:*|"\x00-\x1f\x7f]')


def expand_prefix(prefix: str, prompt: Mapping[str, object] | None, width: int, height: int, now: datetime) -> str:
    """`prefix` with ComfyUI's marks replaced: %date:yyyy-MM-dd hh.mm.ss%, %Title.input%, %year% … %second%, %width%, %height%.

    A mark that names nothing stays as it is. %Title.input% looks for a node by title, then by type, in `prompt` (API form); what it
    gives can't hold a folder separator.
    """
    plain = {
        "width": str(width),
        "height": str(height),
        "year": f"{now.year:04}",
        "month": f"{now.month:02}",
        "day": f"{now.day:02}",
        "hour": f"{now.hour:02}",
        "minute": f"{now.minute:02}",
        "second": f"{now.second:02}",
    }

    def replace(mark: re.Match[str]) -> str:
        text = mark[1]
        if text in plain:
            return plain[text]
        if text.startswith("date:"):
            return UNSAFE.sub("_", format_date(text[5:], now))
        title, dot, name = text.rpartition(".")
        value = input_value(prompt or {}, title, name) if dot else None
        return mark[0] if value is None else UNSAFE.sub("_", value)

    return MARK.sub(replace, prefix)


def format_date(pattern: str, now: datetime) -> str:
    """`now` as `pattern` says: yyyy, yy, M, MM, d, dd, h, hh (24 hours), m, mm, s, ss; the rest stays."""
    numbers = {"M": now.month, "d": now.day, "h": now.hour, "m": now.minute, "s": now.second}

    def part(match: re.Match[str]) -> str:
        token = match[0]
        if token[0] == "y":
            return f"{now.year:04}" if token == "yyyy" else f"{now.year % 100:02}"
        return f"{numbers[token[0]]:0{len(token)}}"

    return DATE_PART.sub(part, pattern)


def input_value(prompt: Mapping[str, object], title: str, name: str) -> str | None:
    """What the input `name` of the node titled (or typed) `title` holds, as text; None if there is no such value."""
    nodes = [node for node in prompt.values() if isinstance(node, Mapping)]
    named = [node for node in nodes if _title(node) == title] or [node for node in nodes if node.get("class_type") == title]
    for node in named:
        inputs = node.get("inputs")
        if isinstance(inputs, Mapping) and name in inputs:
            value = inputs[name]
            return None if isinstance(value, list | dict) else str(value)
    return None


def _title(node: Mapping[object, object]) -> object:
    meta = node.get("_meta")
    return meta.get("title") if isinstance(meta, Mapping) else None


def save_place(folders: Folders, prefix: str) -> tuple[Path, str, str]:
    """(folder that now exists, its name below the output folder, beginning of the file name) for an expanded `prefix`.

    Raises FileNameError if that lies outside the output folder, SaveError if the folder can't be made.
    """
    cleaned = prefix.replace("\\", "/")
    normal = os.path.normpath(cleaned) if cleaned.strip() else ""
    if normal in ("", "."):
        raise FileNameError(f"filename_prefix is {shown(prefix)}; it must name a file, such as 'fox' or 'animals/fox'.")
    below(folders.output, cleaned, "output")
    subfolder, stem = Path(normal).parent.as_posix(), Path(normal).name
    subfolder = "" if subfolder == "." else subfolder
    if len(stem.encode()) > 200:
        raise FileNameError(
            f"filename_prefix gives a name of {len(stem.encode())} bytes; file systems take 255. Shorten it to 200 or fewer."
        )
    folder = below(folders.output, subfolder, "output") if subfolder else folders.output.resolve()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise SaveError(f"The folder {folder} can't be made ({problem.strerror or problem}); choose another output folder.") from problem
    return folder, subfolder, stem


def write_new(folders: Folders, folder: Path, stem: str, suffix: str, data: bytes) -> str:
    """The name of a new file `<stem>_<number>_<suffix>` in `folder` that now holds `data`. No existing file is touched.

    Raises SaveError when the disk is full or the folder can't be written.
    """
    flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)
    collisions = 0
    while True:
        name = f"{stem}_{folders.numbering.take(folder, stem):05}_{suffix}"
        path = folder / name
        try:
            descriptor = os.open(path, flags, 0o666)
        except FileExistsError:
            collisions += 1
            if collisions % 4 == 0:
                folders.numbering.look_again(folder, stem)
            continue
        except OSError as problem:
            raise SaveError(_why(path, problem)) from problem
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
        except OSError as problem:
            path.unlink(missing_ok=True)
            raise SaveError(_why(path, problem)) from problem
        return name


def _why(path: Path, problem: OSError) -> str:
    wanted = {
        errno.ENOSPC: "the disk is full; free some space",
        errno.EDQUOT: "the disk quota is used up; free some space",
        errno.EACCES: "the folder may not be written to; change its permissions or choose another output folder",
        errno.EPERM: "the folder may not be written to; change its permissions or choose another output folder",
        errno.EROFS: "the file system is read-only; choose another output folder",
        errno.ENOENT: "its folder has vanished; run again",
    }.get(problem.errno or 0, f"{problem.strerror or problem}")
    return f"{path} could not be written: {wanted}."
