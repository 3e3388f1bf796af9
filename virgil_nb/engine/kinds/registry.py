"""`Registry`: the kinds of nodes that there are, by type name. `default_registry()` is the one that `@node` fills."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator

from virgil_nb.engine.errors import SpecError
from virgil_nb.engine.kinds.spec import NodeSpec
from virgil_nb.engine.names import close_names

log = logging.getLogger(__name__)


class Registry:
    """A thread-safe table of node specs. Registering a type again replaces it; whoever subscribed is told the type's name."""

    def __init__(self) -> None:
        self._specs: dict[str, NodeSpec] = {}
        self._listeners: dict[int, Callable[[str], None]] = {}
        self._lock = threading.Lock()
        self._next_listener = 0
        self.revision = 0
        self.virtual: frozenset[str] = frozenset()  # the types that never run

    def register(self, spec: NodeSpec, replace: bool = True) -> NodeSpec:
        """`spec`, now in the table. Raises SpecError if the type is there already and `replace` is off."""
        with self._lock:
            if not replace and spec.type in self._specs:
                raise SpecError(f"there is a node type {spec.type!r} already; choose another name, or pass replace=True")
            self._specs = {**self._specs, spec.type: spec}  # a new table: who iterates over the old one is not disturbed
            self.virtual = self.virtual | {spec.type} if spec.virtual else self.virtual - {spec.type}
            self.revision += 1
            listeners = list(self._listeners.values())
        for listener in listeners:
            try:
                listener(spec.type)
            except Exception:
                log.exception("a listener of the node registry raised")
        return spec

    def get(self, type: str) -> NodeSpec | None:  # noqa: A002
        """The spec of that type, or None."""
        return self._specs.get(type)

    def __contains__(self, name: object) -> bool:
        return name in self._specs

    def __iter__(self) -> Iterator[NodeSpec]:
        return iter(self._specs.values())

    def __len__(self) -> int:
        return len(self._specs)

    def close_names(self, type: str, limit: int = 3) -> list[str]:  # noqa: A002
        """Types whose names are near `type` (or its display name), the nearest first."""
        return close_names(type, self._specs, limit)

    def subscribe(self, listener: Callable[[str], None]) -> Callable[[], None]:
        """Calls `listener(type)` whenever a type is registered or replaced; what comes back ends that."""
        with self._lock:
            number = self._next_listener
            self._next_listener += 1
            self._listeners[number] = listener

        def unsubscribe() -> None:
            with self._lock:
                self._listeners.pop(number, None)

        return unsubscribe


_DEFAULT = Registry()


def default_registry() -> Registry:
    """The process-wide registry."""
    return _DEFAULT
