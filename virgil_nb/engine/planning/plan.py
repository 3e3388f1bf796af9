"""What a run will do, decided before it starts: which nodes are needed, in which order, for which outputs, and what can't run.

A plan is made on the caller's thread from a document that does not change; keys are added on the worker, as they may need files or torch.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from virgil_nb.engine.documents.document import Document
from virgil_nb.engine.documents.document_node import Node
from virgil_nb.engine.errors import Problem, WorkflowInvalid
from virgil_nb.engine.kinds.registry import Registry
from virgil_nb.engine.planning.keys import Keys, changed_keys, compute_keys, kinds_of, stamp_of
from virgil_nb.engine.planning.prepare import Prepared, prepare
from virgil_nb.engine.planning.topology import Order, order_nodes
from virgil_nb.engine.planning.validation import Survey, choose_outputs, cycle_problem, recheck, survey
from virgil_nb.engine.services import NO_SERVICES, Services

MOST_CHANGED: Final = 8  # nodes


class Plan:
    """outputs: what is run for. order: all nodes needed for it, each after its sources. problems: why other outputs don't run."""

    __slots__ = (
        "_before",
        "_fingerprinted",
        "_fresh",
        "_keys",
        "_kinds",
        "_objects",
        "document",
        "effective",
        "nodes",
        "order",
        "outputs",
        "prepared",
        "problems",
        "recheck",
    )

    def __init__(self, found: Survey, outputs: Sequence[str], order: Sequence[str], problems: Sequence[Problem]) -> None:
        self.document: Document = found.document
        self.effective: Document = found.effective
        self.outputs = tuple(outputs)
        self.order = tuple(order)
        self.problems = tuple(problems)
        self.prepared: dict[str, Prepared] = {key: prepared for key in order if (prepared := found.prepared[key]) is not None}
        self.nodes = tuple(self.prepared.values())
        self.recheck = tuple(prepared for prepared in found.recheck if prepared.node.id in self.prepared)
        self._kinds = kinds_of(self.nodes)
        self._fingerprinted = [prepared for prepared in self.recheck if prepared.spec.fingerprint is not None]
        self._objects = any(prepared.objects for prepared in self.nodes)
        self._keys: Keys | None = None
        self._before: Keys | None = None
        self._fresh: frozenset[str] = frozenset()

    def keys(self, numerics: Callable[[], str], services: Services = NO_SERVICES) -> Keys:
        """The keys as of now: those of the last time if nothing that they depend on has changed. numerics: called if a node needs it."""
        stamp = stamp_of(self._kinds, self._fingerprinted, numerics, services, self._objects)
        known = self._keys
        if known is None or known.stamp != stamp or known.uncacheable:
            before, self._before = self._before, None
            if before is not None and before.stamp == stamp and not before.uncacheable and not self._fingerprinted:
                self._keys = known = changed_keys(before, self.nodes, self._kinds, self._fresh)
            else:
                self._keys = known = compute_keys(self.nodes, self._kinds, self._fingerprinted, stamp)
        return known

    def faults_now(self, services: Services, objects: Mapping[str, object]) -> list[Problem]:
        """What has become wrong since, without an edit: a file that is gone, an object."""
        return recheck(self.recheck, services, objects, self.prepared.get) if self.recheck else []

    def with_values(self, document: Document) -> Plan | None:
        """The plan of a document that is this one's but for values, found without looking at the rest; None if it is not that simple."""
        ours, theirs = self.document.nodes, document.nodes
        if self.effective is not self.document or len(ours) != len(theirs) or self.recheck or self.problems:
            return None
        # every node in the same place, and the same object but for a few
        pairs = [(old, new) for old, new in zip(ours.values(), theirs.values(), strict=True) if old is not new]
        if len(pairs) > MOST_CHANGED or any(not _same_but_values(old, new) for old, new in pairs):
            return None
        changed: dict[str, Prepared] = {}
        for old, new in pairs:
            before = self.prepared.get(old.id)
            if before is not None:
                changed[old.id] = prepared = prepare(new, before.spec)
                if prepared.problems or prepared.recheck or prepared.objects or before.objects:
                    return None
        made = object.__new__(Plan)
        for name in Plan.__slots__:
            setattr(made, name, getattr(self, name))
        made.document = made.effective = document
        if changed:
            made.prepared = {**self.prepared, **changed}
            made.nodes = tuple(made.prepared.values())
            made._keys, made._before, made._fresh = None, self._keys, frozenset(changed)
        return made


def make_plan(
    document: Document,
    registry: Registry,
    services: Services,
    objects: Mapping[str, object],
    outputs: Sequence[str] | None = None,
    partial: bool = False,
) -> Plan:
    """The plan for `outputs` (None: all output nodes). Raises WorkflowInvalid if one can't run; partial: only if none can."""
    found = survey(document, registry, services, objects)
    roots, missing = choose_outputs(found, outputs)
    ordered = order_nodes(roots, found.sources)
    for cycle in ordered.cycles:
        found.add(cycle_problem(found, cycle))
    if not found.problems and not missing:
        return Plan(found, roots, ordered.order, ())
    bad = _bad_nodes(found, ordered)
    good = [key for key in roots if key not in bad]
    needed = set(ordered.order)
    problems = [*missing, *(problem for key in document.nodes if key in needed for problem in found.problems.get(key, ()))]
    if not good or (problems and not partial):
        raise WorkflowInvalid(problems)
    return Plan(found, good, order_nodes(good, found.sources).order if bad else ordered.order, problems)


def _bad_nodes(found: Survey, ordered: Order) -> set[str]:
    """The nodes that can't run: those with a problem or in a circle, and all that need one of them."""
    bad = set(ordered.blocked)
    for key in ordered.order:
        if key in found.problems or any(source in bad for source in found.sources(key)):
            bad.add(key)
    return bad


def _same_but_values(old: Node, new: Node) -> bool:
    """Whether two nodes differ in nothing but values, as far as a run goes."""
    same_links = old.links is new.links or old.links == new.links
    return same_links and old.id == new.id and old.type == new.type and old.mode == new.mode


class Planner:
    """Makes plans, and gives the last ones again for the same document as long as nothing else has changed."""

    def __init__(self, registry: Registry, services: Services, kept: int = 8) -> None:
        self._registry = registry
        self._services = services
        self._kept = kept
        self._lock = threading.Lock()
        self._known: dict[tuple[int, tuple[str, ...] | None], tuple[int, Plan]] = {}

    def plan(self, document: Document, objects: Mapping[str, object], outputs: Sequence[str] | None = None, partial: bool = False) -> Plan:
        """As `make_plan`. A plan keeps its document alive, so an id stands for the same document while the plan is here."""
        wish = (id(document), None if outputs is None else tuple(outputs))
        known = self._known.get(wish)
        if known is not None:
            revision, plan = known
            if revision == self._registry.revision and not (
                plan.recheck and recheck(plan.recheck, self._services, objects, plan.prepared.get)
            ):
                return plan
        revision = self._registry.revision
        plan = self._from_another(document, wish[1], revision) or make_plan(
            document, self._registry, self._services, objects, outputs, partial
        )
        if not plan.problems:
            with self._lock:
                self._known.pop(wish, None)
                self._known[wish] = (revision, plan)
                while len(self._known) > self._kept:
                    self._known.pop(next(iter(self._known)))
        return plan

    def _from_another(self, document: Document, outputs: tuple[str, ...] | None, revision: int) -> Plan | None:
        """The plan of a document of which another version was planned a moment ago: what is edited in between is a value or two."""
        with self._lock:
            recent = [plan for (_, wished), (known, plan) in self._known.items() if known == revision and wished == outputs]
        for plan in reversed(recent):
            found = plan.with_values(document)
            if found is not None:
                return found
        return None
