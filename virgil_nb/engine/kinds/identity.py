"""What tells one version of a node's code from the next: a digest, or the reason why there is none.

An identity is asked for again before each run, as a function in a notebook may use names whose values change.
How the code of functions and packages is read is in code.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable


@dataclass(frozen=True, slots=True)
class Identity:
    """A digest of the code as it is now, or (digest None) why it can't be told.

    plain: the code names nothing whose numbers depend on device or dtype; False where that can't be told.
    """

    digest: str | None
    reason: str = ""
    plain: bool = False


@runtime_checkable
class CodeIdentity(Protocol):
    """Something that can say which code it is."""

    def now(self) -> Identity:
        """The identity at this moment. Never raises."""
        ...


@dataclass(frozen=True, slots=True)
class FixedIdentity:
    """A code that is known to be the same as long as `digest` is."""

    digest: str

    def now(self) -> Identity:
        return Identity(self.digest)


@dataclass(frozen=True, slots=True)
class UnknownIdentity:
    """A code of which nothing can be told; its results are never cached."""

    reason: str

    def now(self) -> Identity:
        return Identity(None, self.reason)


UNKNOWN_CODE = UnknownIdentity("nothing is known about its code")
