"""What the built-in nodes refuse, each with what was found, what was wanted, and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from virgil_nb.engine.errors import VirgilError
from virgil_nb.engine.json_values import shown
from virgil_nb.engine.names import close_names


class FileNameError(VirgilError):
    """A file name that leaves its folder, or is no name."""


class FileMissingError(VirgilError):
    """No such file in the folder where it was looked for."""

    @classmethod
    def named(cls, kind: str, name: str, folder: Path, known: Sequence[str]) -> FileMissingError:
        close = close_names(name, known)
        if close:
            hint = f"The nearest names there: {', '.join(close)}."
        elif known:
            hint = f"There {'is' if len(known) == 1 else 'are'} {len(known)} other file{'s' if len(known) > 1 else ''}, such as {known[0]}."
        else:
            hint = "The folder is empty."
        return cls(f"{shown(name)} is not in the {kind} folder ({folder}). {hint} Put the file there, or choose another.")


class PictureError(VirgilError):
    """A picture that can't be read or is not safe to read."""


class ValueMismatchError(VirgilError):
    """A value on a wire that is not what its type promises, or does not fit the values it meets."""


class SaveError(VirgilError):
    """A picture could not be written."""
