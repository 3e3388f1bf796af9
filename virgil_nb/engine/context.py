"""The node that runs here: `current()` gives a node's function its run, its services, and a way to tell how far it is.

    def slow(image: Image) -> Image:
        context = current()
        for step in range(10):
            ...
            if context: context.progress(step + 1, 10)

Each thread, and each asyncio task, sees its own; outside a run there is none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Literal, Protocol

from virgil_nb.engine.events import Level
from virgil_nb.engine.services import Services


class Prints(Protocol):
    """What takes the text that nodes print. echo: the text goes on to the stream that it was printed to."""

    echo: bool

    def write(self, node: str, text: str, stream: Literal["stdout", "stderr"]) -> None: ...


class Execution(Protocol):
    """What a run offers to the context of its nodes."""

    node_id: str

    @property
    def run_id(self) -> str: ...
    @property
    def services(self) -> Services: ...
    @property
    def printed(self) -> Prints | None: ...
    @property
    def cancelled(self) -> bool: ...
    def check_cancelled(self) -> None: ...
    def progress(self, node: str, value: float, maximum: float) -> None: ...
    def preview(self, node: str, make_picture: Callable[[], Any], step: int | None) -> None: ...
    def note(self, node: str, text: str, level: Level) -> None: ...


class NodeContext:
    """One node's hold on the run it is in. progress, preview and check_cancelled raise when the run is to stop."""

    __slots__ = ("_execution", "node_id")

    def __init__(self, execution: Execution, node_id: str) -> None:
        self._execution = execution
        self.node_id = node_id

    @property
    def run_id(self) -> str:
        return self._execution.run_id

    @property
    def services(self) -> Services:
        return self._execution.services

    @property
    def cancelled(self) -> bool:
        """Whether the run is to stop."""
        return self._execution.cancelled

    def check_cancelled(self) -> None:
        """Raises what ends this node if the run is to stop. Let it pass through: it is no Exception, but a BaseException."""
        self._execution.check_cancelled()

    def progress(self, value: float, maximum: float) -> None:
        """Tells that `value` of `maximum` is done, and stops here if the run is to stop."""
        self._execution.check_cancelled()
        self._execution.progress(self.node_id, value, maximum)

    def preview(self, make_picture: Callable[[], Any], step: int | None = None) -> None:
        """Offers a picture of the unfinished result; `make_picture` is called by who shows it, at once or later or never."""
        self._execution.check_cancelled()
        self._execution.preview(self.node_id, make_picture, step)

    def note(self, text: str, level: Level = "warning") -> None:
        """Says something on the node; kept with the result, and said again when that comes from the cache."""
        self._execution.note(self.node_id, text, level)


EXECUTION: ContextVar[Execution | None] = ContextVar("virgil_nb_execution", default=None)


def current() -> NodeContext | None:
    """The context of the node that this code runs for; None outside a run."""
    execution = EXECUTION.get()
    return None if execution is None else NodeContext(execution, execution.node_id)


class RunCancelled(BaseException):
    """Ends a node whose run is to stop. No Exception, so that a node's own `except Exception` lets it pass."""


class Checking:
    """The execution that a kind's own check and fingerprint see: services, and nobody who listens."""

    run_id = ""
    cancelled = False
    printed = None

    def __init__(self, services: Services, node_id: str = "") -> None:
        self.services = services
        self.node_id = node_id

    def check_cancelled(self) -> None: ...
    def progress(self, node: str, value: float, maximum: float) -> None: ...
    def preview(self, node: str, make_picture: Callable[[], Any], step: int | None) -> None: ...
    def note(self, node: str, text: str, level: Level) -> None: ...


@contextmanager
def checking(services: Services) -> Iterator[None]:
    """While this lasts, `current().services` is there for functions that look at a node before it runs."""
    token = EXECUTION.set(Checking(services))
    try:
        yield
    finally:
        EXECUTION.reset(token)
