"""`RunGraph`: the nodes of one run with their keys: those of its plan, and those that nodes were expanded into while it went on."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Final

from virgil_nb.engine import values
from virgil_nb.engine.documents.document import Document
from virgil_nb.engine.documents.document_node import Link, Node
from virgil_nb.engine.errors import DocumentError, Problem, WorkflowInvalid
from virgil_nb.engine.json_values import UNKNOWN_CONTENT, ObjectRef, freeze
from virgil_nb.engine.kinds.expansion import Expansion
from virgil_nb.engine.kinds.registry import Registry
from virgil_nb.engine.planning.keys import Keys, extend_keys, salt_now
from virgil_nb.engine.planning.plan import Plan
from virgil_nb.engine.planning.prepare import Prepared
from virgil_nb.engine.planning.topology import order_nodes
from virgil_nb.engine.planning.validation import Survey, cycle_problem, survey
from virgil_nb.engine.services import NO_SERVICES, Services

LONGEST_ID: Final = 120  # letters; loops that expand into themselves would make ids as long as they run


@dataclass(frozen=True, slots=True)
class Grown:
    """What an expansion added. outputs: its output nodes; result: the expanded node's outputs, Links by their ids in the run."""

    nodes: tuple[str, ...]
    outputs: tuple[str, ...]
    result: tuple[Any, ...]


class RunGraph:
    """prepared: every node by id. keys: theirs. display: of nodes that came by expansion, the node that shows what they do."""

    def __init__(
        self,
        plan: Plan,
        objects: Mapping[str, object],
        registry: Registry,
        services: Services = NO_SERVICES,
        numerics: Callable[[], str] = lambda: "",
    ) -> None:
        self.plan = plan
        self.keys = plan.keys(numerics, services)
        self.prepared: dict[str, Prepared] = plan.prepared
        self.objects: dict[str, Any] = dict(objects)
        self.display: dict[str, str] = {}
        self._registry = registry
        self._services = services
        self._numerics = numerics
        self._own = False
        self._salts: dict[str, str] = {}  # of kinds, as they are now

    def grow(self, parent: str, number: int, expansion: Expansion, result: Iterable[Any]) -> Grown:
        """Adds the nodes that call `number` of `parent` was expanded into. Raises WorkflowInvalid if they can't run."""
        start = _prefix(parent, number)
        local = expansion.nodes
        nodes = {start + key: self._node(start, key, local) for key in local}
        problems = [Problem(parent, None, "duplicate_node", f"There is a node {key} already.") for key in nodes if key in self.prepared]
        outer = {link.node for node in nodes.values() for link in node.links.values()} - nodes.keys() - self.prepared.keys()
        self._fetch(outer, nodes)
        shown = self.display.get(parent, parent)
        for key in local:
            display = local[key].display
            self.display[start + key] = shown if display is None else self.display.get(display, display)
        found = survey(Document.of(*nodes.values()), self._registry, self._services, self.objects, self.prepared)
        ordered = order_nodes(nodes, found.sources)
        for cycle in ordered.cycles:
            found.add(cycle_problem(found, cycle))
        problems += [problem for listed in found.problems.values() for problem in listed]
        links = tuple(_renamed(value, start, local) for value in result)
        problems += [problem for value in links if type(value) is Link and (problem := self._missing(parent, value, found))]
        if problems:
            raise WorkflowInvalid(problems)
        added = [prepared for key in ordered.order if (prepared := found.prepared[key]) is not None]
        self.prepared.update((prepared.node.id, prepared) for prepared in added)
        extend_keys(self.keys, added, self._numerics, self._services)
        outputs = tuple(prepared.node.id for prepared in added if prepared.spec.output_node)
        return Grown(tuple(prepared.node.id for prepared in added), outputs, links)

    def looks_outside(self, nodes: Iterable[str]) -> bool:
        """Whether results of these nodes depend on what no key of another node tells: files, or what can't be told at all."""
        return any(node in self.keys.uncacheable or self.prepared[node].spec.fingerprint is not None for node in nodes)

    def kinds_of(self, nodes: Iterable[str]) -> set[tuple[str, str]]:
        """The kinds of nodes, each with what it puts into keys."""
        types = {self.prepared[node].spec.type for node in nodes}
        return {(name, self.keys.salts[name][0].hex()) for name in types}

    def are_current(self, kinds: Iterable[tuple[str, str]]) -> bool:
        """Whether kinds are as they were when that was noted: same code, same numerics."""
        for name, salt in kinds:
            if name not in self._salts:
                spec = self._registry.get(name)
                self._salts[name] = "" if spec is None else salt_now(self.keys, spec, self._numerics).hex()
            if self._salts[name] != salt:
                return False
        return True

    def own(self) -> None:
        """The plan is used by other runs too: from here on, this run has nodes and keys of its own."""
        if not self._own:
            self._own = True
            self.prepared = dict(self.prepared)
            self.keys = Keys(dict(self.keys.keys), dict(self.keys.uncacheable), self.keys.stamp, self.keys.numerics, dict(self.keys.salts))

    def _node(self, start: str, key: str, local: Mapping[str, Any]) -> Node:
        """The document's node of a new node: links by their ids in the run; values that no document can hold kept beside it."""
        given: dict[str, Any] = {}
        links: dict[str, Link] = {}
        for name, value in local[key].inputs.items():
            value = _renamed(value, start, local)
            if type(value) is Link:
                links[name] = value
            else:
                given[name] = self._plain(value)
        return Node(start + key, local[key].type, given, links)

    def _plain(self, value: Any) -> Any:
        try:
            return freeze(value, "")
        except DocumentError:
            name = values.fingerprint(value).digest or f"{UNKNOWN_CONTENT}{os.urandom(16).hex()}"
            self.objects[name] = value
            return ObjectRef(name, type(value).__qualname__)

    def _fetch(self, wanted: set[str], nodes: dict[str, Node]) -> None:
        """Puts nodes of the workflow that nothing needed so far, and all that they need, among the new ones."""
        known = self.plan.effective.nodes
        todo = [key for key in wanted if key in known]
        while todo:
            key = todo.pop()
            if key not in nodes and key not in self.prepared:
                nodes[key] = known[key]
                todo.extend(link.node for link in known[key].links.values() if link.node in known)

    def _missing(self, parent: str, link: Link, found: Survey) -> Problem | None:
        """What is wrong with a link that stands for an output of the expanded node."""
        source = found.prepared.get(link.node) or self.prepared.get(link.node)
        if source is not None and 0 <= link.slot < len(source.spec.outputs):
            return None
        what = f"output {link.slot} of node {link.node}"
        return Problem(parent, None, "bad_linked_input", f"It says that its result is {what}, which is not there.", {"node": link.node})


def _prefix(parent: str, number: int) -> str:
    start = f"{parent}.{number}."
    if len(start) > LONGEST_ID:
        top = parent.partition(".")[0][:40]
        start = f"{top}.{blake2b(start.encode('utf-8', 'surrogatepass'), digest_size=12).hexdigest()}."
    return start


def _renamed(value: Any, start: str, local: Mapping[str, Any]) -> Any:
    return Link(start + value.node, value.slot) if type(value) is Link and value.node in local else value
