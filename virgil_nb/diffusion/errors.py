"""What can go wrong with diffusion models. Every message says what was found, what was wanted, and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path


class DiffusionError(Exception):
    """Anything that this package refuses to do."""


class CheckpointError(DiffusionError):
    """A model file that can't be used. `path` is the file."""

    def __init__(self, path: str | Path, message: str) -> None:
        self.path = Path(path)
        super().__init__(f"{self.path.name}: {message}")

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuilt, (type(self), dict(self.__dict__), self.args)


class CheckpointNotFound(CheckpointError):
    """There is no such file."""

    def __init__(self, path: str | Path) -> None:
        super().__init__(path, f"there is no such file ({path}). Check the name, or put the file there.")


class CheckpointTruncated(CheckpointError):
    """The file ends before its header says, or its header makes no sense."""


class CheckpointChanged(CheckpointError):
    """The file is not the one that the model was made from."""


class PickleRefused(CheckpointError):
    """A pickle that could run code when read. `globals` are the names it asks for."""

    def __init__(self, path: str | Path, message: str, names: Sequence[str] = ()) -> None:
        super().__init__(path, message)
        self.globals = tuple(names)


class UnknownModel(CheckpointError):
    """The file holds no model of a kind that is known here."""


class MissingWeights(CheckpointError):
    """Weights that the model needs are not in the file. `part` is "diffusion model", "text encoder" or "autoencoder"."""

    def __init__(self, path: str | Path, part: str, missing: Sequence[str]) -> None:
        self.part, self.missing = part, tuple(missing)
        named = ", ".join(self.missing[:3]) + (f" and {len(self.missing) - 3} more" if len(self.missing) > 3 else "")
        super().__init__(
            path, f"the {part} is incomplete: {named} not in the file. The file was cut down or saved wrongly; download it again."
        )


class MismatchedWeights(CheckpointError):
    """Weights whose shapes don't fit together."""


class InvalidSampling(DiffusionError, ValueError):
    """Sampling arguments that make no sense: an unknown sampler, a latent of the wrong shape, and so on."""


def _rebuilt(kind: type[CheckpointError], state: dict[str, object], args: tuple[object, ...]) -> CheckpointError:
    error = kind.__new__(kind)
    error.__dict__.update(state)
    error.args = args
    return error
