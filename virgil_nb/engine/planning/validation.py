"""All faults of a workflow before anything runs: one Problem per fault, several at once. Nothing is written to the document.

`survey` looks at every node and link once; `validate` is what users call; planning takes the survey on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from virgil_nb.engine.context import checking
from virgil_nb.engine.documents.document import Document
from virgil_nb.engine.documents.document_node import Link, Node
from virgil_nb.engine.errors import Problem
from virgil_nb.engine.json_values import shown
from virgil_nb.engine.kinds.registry import Registry
from virgil_nb.engine.kinds.spec import NodeSpec
from virgil_nb.engine.kinds.types import types_fit
from virgil_nb.engine.planning.modes import effective_document, source_behind
from virgil_nb.engine.planning.own_check import own_check
from virgil_nb.engine.planning.prepare import Prepared, Wire, name_of, prepare, use_choice
from virgil_nb.engine.planning.topology import order_nodes
from virgil_nb.engine.services import NO_SERVICES, Services

NO_OBJECTS: Mapping[str, object] = {}
NO_NODES: Mapping[str, Prepared] = {}


@dataclass(slots=True)
class Survey:
    """What one look at a document found. effective: the document without nodes that are switched off or never run.

    prepared: per node that is on; None where its type is unknown. problems: by node. recheck: nodes whose faults can come and go
    without an edit (files in folders, objects, own checks).
    """

    document: Document
    effective: Document
    registry: Registry
    prepared: dict[str, Prepared | None] = field(default_factory=dict)
    problems: dict[str, list[Problem]] = field(default_factory=dict)
    recheck: list[Prepared] = field(default_factory=list)
    around: Mapping[str, Prepared] = field(default_factory=dict)  # nodes that are known, and were looked at before

    def sources(self, node: str) -> list[str]:
        """The nodes that `node` takes values from, in the order of its inputs; links to nowhere left out."""
        prepared = self.prepared.get(node)
        if prepared is None:
            return []
        known = self.prepared
        return [source for _, source, _, _, _ in prepared.wires if source in known]

    def add(self, problem: Problem) -> None:
        self.problems.setdefault(problem.node or "", []).append(problem)


def survey(
    document: Document,
    registry: Registry,
    services: Services = NO_SERVICES,
    objects: Mapping[str, object] = NO_OBJECTS,
    around: Mapping[str, Prepared] = NO_NODES,
) -> Survey:
    """Every node and link of `document`, looked at once; cycles are found by whoever orders the nodes. Links may lead to `around`."""
    effective = effective_document(document, registry)
    found = Survey(document, effective, registry, around=around)
    prepared_by_id = found.prepared
    specs: dict[str, NodeSpec | None] = {}
    for key, node in effective.nodes.items():
        kind = node.type
        spec = specs[kind] if kind in specs else specs.setdefault(kind, registry.get(kind))
        if spec is None:
            prepared_by_id[key] = None
            found.problems[key] = [_unknown_type(node, registry)]
            continue
        prepared = prepare(node, spec)
        prepared_by_id[key] = prepared
        if prepared.problems:
            found.problems[key] = [_with_origin(problem, found) for problem in prepared.problems]
        if prepared.recheck:
            found.recheck.append(prepared)
    for consumer in prepared_by_id.values():
        if consumer is not None:
            for wire in consumer.wires:
                _, source_id, slot, wanted, _ = wire
                source = prepared_by_id.get(source_id) or around.get(source_id)
                if source is None:
                    if source_id not in prepared_by_id:
                        found.add(_no_such_node(consumer.node, wire))
                    continue
                outputs = source.spec.outputs
                if not 0 <= slot < len(outputs):
                    found.add(_no_such_output(consumer.node, wire, source))
                elif wanted is not None and outputs[slot].type != wanted and _misfits(consumer.spec, outputs[slot].type, wanted):
                    found.add(_wrong_link(consumer.node, wire, source))
    for problem in recheck(found.recheck, services, objects, lambda key: prepared_by_id.get(key) or around.get(key)):
        found.add(problem)
    return found


def recheck(
    nodes: Sequence[Prepared], services: Services, objects: Mapping[str, object], known: Callable[[str], Prepared | None]
) -> list[Problem]:
    """The faults of `nodes` that depend on the moment: choices that come from folders, objects, the kinds' own checks.

    known: the node of an id, where a link comes from.
    """
    problems: list[Problem] = []
    choices_of: dict[int, tuple[Any, ...]] = {}
    for prepared in nodes:
        node, spec = prepared.node, prepared.spec
        for name, reference in prepared.objects:
            if reference.hash not in objects:
                message = f"{name_of(node)}.{name} is a {reference.type_name} that is not here; set it again from the notebook that has it."
                problems.append(Problem(node.id, name, "missing_object", message, {"hash": reference.hash, "type": reference.type_name}))
        for item in spec.inputs:
            if callable(item.choices) and item.name in prepared.values and item.name not in spec.judged:
                value = prepared.values[item.name]
                if value is None and item.default is None:
                    continue
                if id(item) not in choices_of:
                    choices_of[id(item)] = item.find_choices(services)
                use_choice(node, item, value, choices_of[id(item)], problems)
        if spec.validate is not None and not prepared.problems:
            with checking(services):
                problems.extend(own_check(prepared, _linked_types(prepared, known) if spec.judges_types else {}))
    return problems


def _linked_types(prepared: Prepared, known: Callable[[str], Prepared | None]) -> dict[str, str]:
    """The type that each link of a node brings, by input."""
    found = {}
    for name, source_id, slot, _, _ in prepared.wires:
        source = known(source_id)
        if source is not None and 0 <= slot < len(source.spec.outputs):
            found[name] = source.spec.outputs[slot].type
    return found


def validate(
    document: Document,
    registry: Registry,
    services: Services = NO_SERVICES,
    objects: Mapping[str, object] = NO_OBJECTS,
    outputs: Sequence[str] | None = None,
) -> list[Problem]:
    """All faults of `document`, in document order; empty when it can run. outputs: only what those nodes need is looked at."""
    found = survey(document, registry, services, objects)
    roots, missing = choose_outputs(found, outputs)
    ordered = order_nodes(list(found.prepared) if outputs is None else roots, found.sources)
    for cycle in ordered.cycles:
        found.add(cycle_problem(found, cycle))
    needed = set(ordered.order)
    return [*missing, *(problem for key in document.nodes if key in needed for problem in found.problems.get(key, ()))]


def choose_outputs(found: Survey, outputs: Sequence[str] | None) -> tuple[list[str], list[Problem]]:
    """(the nodes to run for, what is wrong with the wish). None wished: all output nodes, and unknown ones at the end of a chain.

    A reroute that is wished for stands for what feeds it.
    """
    if outputs is None:
        roots = []
        for key, prepared in found.prepared.items():
            if prepared is None:
                if not found.effective.consumers.get(key):
                    roots.append(key)  # it may have been an output: leaving it out in silence would surprise
            elif prepared.spec.output_node:
                roots.append(key)
        if roots:
            return roots, []
        message = (
            "There is nothing to run: none of the nodes shows or saves its result. "
            "Add an output node, such as PreviewImage or SaveImage, or name the nodes to run."
        )
        return [], [Problem(None, None, "prompt_no_outputs", message)]
    roots, problems = [], []
    for key in dict.fromkeys(outputs):
        node = found.document.nodes.get(key)
        if key in found.prepared:
            roots.append(key)
        elif node is not None and node.mode == "on":
            behind = source_behind(Link(key, 0), found.document, found.registry)
            if behind is not None and behind.node in found.prepared:
                roots.append(behind.node)
            else:
                message = f"{name_of(node)} (node {key}) is fed by no node that is on, so there is nothing to run for."
                problems.append(Problem(key, None, "missing_node", message, {}))
        elif node is not None:
            problems.append(Problem(key, None, "missing_node", f"{name_of(node)} (node {key}) is {node.mode}, so it can't be run for.", {}))
        else:
            problems.append(Problem(None, None, "missing_node", f"There is no node {shown(key)} to run for.", {"node": str(key)}))
    roots = list(dict.fromkeys(roots))
    if not roots and not problems:
        problems.append(Problem(None, None, "prompt_no_outputs", "There is nothing to run: the list of outputs is empty.", {}))
    return roots, problems


def cycle_problem(found: Survey, cycle: list[str]) -> Problem:
    """The problem of a circle of nodes, at the one that comes first in the document."""
    members = set(cycle)
    first = next(key for key in found.document.nodes if key in members)
    start = cycle.index(first)
    nodes = [*cycle[start:], *cycle[:start]]
    shown_nodes = [*nodes[:10], "…"] if len(nodes) > 10 else nodes
    names = [f"{name_of(found.document.nodes[key])} ({key})" if key in found.document.nodes else key for key in (*shown_nodes, nodes[0])]
    message = f"{' → '.join(names)}: these nodes need each other's results, so none can be first; cut one of the links."
    return Problem(first, None, "dependency_cycle", message, {"nodes": nodes})


def _misfits(spec: NodeSpec, given: str, wanted: str) -> bool:
    return not spec.judges_types and not types_fit(given, wanted)


def _unknown_type(node: Node, registry: Registry) -> Problem:
    near = registry.close_names(node.type)
    advice = f"did you mean {' or '.join(near)}?" if near else "define it, or load the nodes that have it."
    message = f"There is no node type {shown(node.type)}; {advice}"
    return Problem(node.id, None, "invalid_prompt", message, {"type": node.type, "close": near})


def _with_origin(problem: Problem, found: Survey) -> Problem:
    """The problem of a missing input, which says more if the input is linked to what gives nothing: a muted node, an open reroute."""
    node = found.document.nodes[problem.node or ""]
    link = node.links.get(problem.input or "")
    if problem.kind != "required_input_missing" or link is None:
        return problem
    source = found.document.nodes[link.node]
    why = "which is muted; switch it on" if source.mode == "muted" else "through which nothing comes; link it"
    place = f"{name_of(node)}.{problem.input}"
    message = f"{place} is missing: it is linked to {name_of(source)} (node {source.id}), {why}, or link another node."
    return Problem(problem.node, problem.input, problem.kind, message, {**problem.details, "source": source.id})


def _no_such_node(node: Node, wire: Wire) -> Problem:
    name, source_id, slot, _, _ = wire
    message = f"{name_of(node)}.{name} is linked to node {shown(source_id)}, which is not there; link it anew."
    return Problem(node.id, name, "bad_linked_input", message, {"node": source_id, "slot": slot})


def _no_such_output(node: Node, wire: Wire, source: Prepared) -> Problem:
    name, source_id, slot, _, _ = wire
    outputs = source.spec.outputs
    has = ", ".join(f"{index} ({output.name})" for index, output in enumerate(outputs)) or "none"
    message = f"{name_of(node)}.{name} is linked to output {slot} of {name_of(source.node)}, which has outputs {has}."
    return Problem(node.id, name, "unknown_output", message, {"node": source_id, "slot": slot, "outputs": len(outputs)})


def _wrong_link(node: Node, wire: Wire, source: Prepared) -> Problem:
    name, source_id, slot, wanted, _ = wire
    output = source.spec.outputs[slot]
    message = (
        f"{name_of(node)}.{name} wants {wanted}, and {name_of(source.node)}.{output.name} gives {output.type}; "
        f"link an output of type {wanted}."
    )
    details = {"node": source_id, "slot": slot, "given": output.type, "wanted": wanted}
    return Problem(node.id, name, "return_type_mismatch", message, details)
