"""`Blocker`: a value that keeps every node that gets it from running. What those give in turn is a Blocker too."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Blocker:
    """message: said once, on the first node that is kept from running; None: in silence.

    A node returns one in place of an output, or of all of its outputs.
    """

    message: str | None = None


SILENT = Blocker(None)
