"""`Instances`: the objects whose methods nodes are (ComfyUI's classes), one per node, kept from run to run while the node is there."""

from __future__ import annotations

from collections.abc import Container
from typing import Any

from virgil_nb.engine.planning.prepare import Prepared


class Instances:
    """Of one engine; used on its worker."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, int], tuple[Any, Any]] = {}  # the spec is kept too, so that its id stays its own

    def of(self, prepared: Prepared) -> Any:
        """The object of a node, made when there is none yet or the kind was registered anew."""
        spec = prepared.spec
        assert spec.make is not None
        key = (prepared.node.id, id(spec))
        if key not in self._kept:
            self._kept[key] = (spec, spec.make())
        return self._kept[key][1]

    def keep_only(self, nodes: Container[str]) -> None:
        """Drops the objects of nodes that are not there any more."""
        for key in [key for key in self._kept if key[0] not in nodes]:
            del self._kept[key]
