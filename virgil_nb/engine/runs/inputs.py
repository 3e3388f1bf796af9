"""`Inputs`: what a node's calls get: its own values, what came over its links, objects beside the document, what the engine fills in."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from virgil_nb.engine.blocker import Blocker
from virgil_nb.engine.documents.document_node import Link
from virgil_nb.engine.kinds.registry import Registry
from virgil_nb.engine.planning.prepare import Prepared
from virgil_nb.engine.runs.demand import Demand
from virgil_nb.engine.runs.graph import RunGraph
from virgil_nb.engine.runs.hidden import hidden_values
from virgil_nb.engine.runs.mapping import calls_of

CheckLazy = Callable[[Prepared, dict[str, Any]], Iterable[str]]


class Inputs:
    """Of all nodes of one run. It knows which lazy inputs they asked for."""

    def __init__(self, graph: RunGraph, registry: Registry, demand: Demand) -> None:
        self._graph = graph
        self._registry = registry
        self._demand = demand
        self._asked: dict[str, set[str]] = {}

    def of(self, prepared: Prepared) -> dict[str, Any]:
        """All inputs as they come: Items and Blockers among them, lazy ones None unless they were asked for, nothing copied."""
        spec, arguments = prepared.spec, prepared.values.copy()
        asked = self._asked.get(prepared.node.id, ())
        for name, source, slot, _, _ in prepared.wires:
            if name in spec.lazy and name not in asked:
                arguments[name] = None
            elif name in spec.by_name and spec.by_name[name].raw_link:
                arguments[name] = Link(source, slot)
            else:
                arguments[name] = self._demand.entry(source).outputs[slot]
        self.add(prepared, arguments)
        return arguments

    def add(self, prepared: Prepared, arguments: dict[str, Any]) -> None:
        """Adds objects kept beside the document, and what the engine fills in."""
        for name, reference in prepared.objects:
            arguments[name] = self._graph.objects[reference.hash]
        if prepared.spec.hidden:
            arguments.update(hidden_values(prepared.spec.hidden, prepared.node.id, self._graph, self._registry))

    def ask(self, prepared: Prepared, check_lazy: CheckLazy) -> list[str]:
        """The nodes whose results are missing for lazy inputs that the node asks for; when they are there, it is to be asked again.

        Raises ValueError if it asks for an input that it does not have.
        """
        spec = prepared.spec
        asked = self._asked.setdefault(prepared.node.id, set())
        sources = {name: source for name, source, _, _, _ in prepared.wires if name in spec.lazy}
        while spec.check_lazy is not None:
            arguments = self.of(prepared)
            fresh: dict[str, None] = {}
            for one in calls_of(spec, arguments):
                if not isinstance(one, Blocker):
                    fresh.update(dict.fromkeys(check_lazy(prepared, one)))
            unknown = [name for name in fresh if name not in spec.by_name and name not in arguments]
            if unknown:
                raise ValueError(f"its check_lazy asks for {unknown[0]!r}, and it has no such input")
            wanted = [name for name in fresh if name in sources and name not in asked]
            if not wanted:
                break
            asked.update(wanted)
            missing = self._demand.add([sources[name] for name in wanted])
            if missing:
                return missing
        return []
