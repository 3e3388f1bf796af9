"""Why a node ran, in a sentence: compared with the last run that had the node."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence

from virgil_nb.engine.caching.cache import Policy
from virgil_nb.engine.json_values import shown
from virgil_nb.engine.planning.prepare import Prepared, name_of
from virgil_nb.engine.runs.graph import RunGraph


def explain(
    node: str,
    now: RunGraph,
    executed: Mapping[str, float],
    before: Sequence[RunGraph],
    served: Container[str],
    dropped: Container[bytes],
    twin: str | None,
    policy: Policy,
) -> str:
    """The reason, in words. before: earlier runs, the newest first. served: nodes that were needed and did not have to run.

    dropped: keys whose results the cache had once. twin: a node of this run that had the same key and ran. policy: the cache's.
    """
    prepared = now.prepared.get(node)
    if prepared is None:
        return "it was not needed for what was asked"
    if node not in executed and node not in served:
        return "it has no result: the run ended before, or in it"
    if node not in executed:
        if twin is not None:
            return f"it did not have to: it is the same as node {twin}, which ran"
        return "it did not have to: the result was in the cache, or nothing that ran needed it"
    uncacheable = now.keys.uncacheable.get(node)
    if uncacheable:
        return f"it is never cached: {uncacheable}"
    key = now.keys.keys[node]
    if key in dropped:
        return "its result was dropped from the cache, which was full"
    earlier = next((run for run in before if _same_place(prepared, run)), None)
    if earlier is None:
        return "it had never run with these inputs"
    if earlier.keys.keys[node] == key and policy == "needed":
        return "the cache keeps nothing longer than the run needs it (its policy)"
    if earlier.keys.keys[node] == key:
        return "the run before it did not get to its result, or the cache was cleared"
    return _difference(node, prepared, now, earlier)


def _same_place(prepared: Prepared, run: RunGraph) -> bool:
    other = run.prepared.get(prepared.node.id)
    return other is not None and other.node.type == prepared.node.type


def _difference(node: str, prepared: Prepared, now: RunGraph, earlier: RunGraph) -> str:
    other = earlier.prepared[node]
    changes = []
    names = [*prepared.values, *(name for name in other.values if name not in prepared.values)]
    wires = {wire[0]: wire for wire in prepared.wires}
    other_wires = {wire[0]: wire for wire in other.wires}
    for name in names:
        if name in wires or name in other_wires:
            continue
        if name not in other.values:
            changes.append(f"{name} was set")
        elif name not in prepared.values:
            changes.append(f"{name} was taken away")
        elif not _same(prepared.values[name], other.values[name]):
            changes.append(f"{name} changed from {shown(other.values[name], 40)} to {shown(prepared.values[name], 40)}")
    for name in [*wires, *(name for name in other_wires if name not in wires)]:
        wire, old = wires.get(name), other_wires.get(name)
        if wire is None or old is None:
            changes.append(f"{name} was {'cut' if wire is None else 'linked'}")
        elif now.keys.keys[wire[1]] != earlier.keys.keys[old[1]] or wire[2] != old[2]:
            source = now.prepared[wire[1]].node
            changes.append(f"{name} comes from {name_of(source)} (node {source.id}), whose result changed")
    if changes:
        return "; ".join(changes)
    before, after = earlier.keys.numerics, now.keys.numerics
    if before and after and before != after and (prepared.objects or not prepared.spec.identity.now().plain):
        return f"the way numbers are computed changed from {shown(before)} to {shown(after)}"
    if prepared.spec.fingerprint is not None:
        return "what its fingerprint looks at (a file, for instance) changed, or its code did"
    return "its code changed"


def _same(one: object, other: object) -> bool:
    try:
        return type(one) is type(other) and bool(one == other)
    except Exception:  # noqa: BLE001 - arrays, someone's __eq__
        return False
