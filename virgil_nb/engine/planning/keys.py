"""One key per result: a hash over the code, the literal inputs and the keys of what is linked. 16 bytes a node, each node hashed once.

    key = blake2b(salt + literal inputs + [own id] + [fingerprint] + (input's name, slot, key of the source) for each link)
    salt = blake2b(KEY_VERSION, numerics, type, version, code identity), once per kind

`numerics` (device, dtypes, torch's version) is empty for a kind whose code names nothing that they change: to ask for it loads torch.
Node ids are no part of it (unless the node asks for its id), so equal sub-graphs share their results.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b
from typing import Any, Final, TypeAlias

from virgil_nb.engine import values
from virgil_nb.engine.context import checking
from virgil_nb.engine.kinds.identity import Identity
from virgil_nb.engine.kinds.spec import NodeSpec
from virgil_nb.engine.planning.own_check import accepted
from virgil_nb.engine.planning.prepare import Prepared
from virgil_nb.engine.services import NO_SERVICES, Services

KEY_VERSION: Final = "virgil_nb 1"  # raised when the engine calls nodes differently, so that old results are not taken for new ones


Salt: TypeAlias = tuple[bytes, str]
"""What a kind puts into the keys of its nodes, and why they can't be cached, if they can't."""


@dataclass(slots=True)
class Keys:
    """keys: per node. uncacheable: nodes whose result can't be told from another, with the reason (those that use them included).

    stamp: what the keys depend on beside the document; equal stamps, equal keys. numerics: as asked for, empty if no kind needs it.
    """

    keys: dict[str, bytes]
    uncacheable: dict[str, str] = field(default_factory=dict)
    stamp: object = None
    numerics: str = ""
    salts: dict[str, Salt] = field(default_factory=dict)  # by type


def kinds_of(nodes: Iterable[Prepared]) -> list[NodeSpec]:
    """The distinct kinds among nodes, in order of first use."""
    return list(dict.fromkeys([prepared.spec for prepared in nodes]))


def stamp_of(
    kinds: Iterable[NodeSpec],
    fingerprinted: Sequence[Prepared],
    numerics: Callable[[], str],
    services: Services = NO_SERVICES,
    objects: bool = False,
) -> tuple[Any, ...]:
    """What keys depend on beside the document, as it is now: numerics, the code of each kind, the fingerprints of files.

    objects: whether nodes get Python objects, which plain code may calculate with as they please.
    """
    identities = tuple(spec.identity.now() for spec in kinds)
    needed = objects or not all(map(_is_plain, identities))
    outside: tuple[values.Fingerprint, ...] = ()
    if fingerprinted:
        with checking(services):
            outside = tuple(_outside(prepared) for prepared in fingerprinted)
    return (numerics() if needed else "", identities, outside)


def compute_keys(order: Iterable[Prepared], kinds: list[NodeSpec], fingerprinted: list[Prepared], stamp: tuple[Any, ...]) -> Keys:
    """The key of each node; `order` has each node after its sources, `stamp` is of the same kinds and fingerprinted nodes."""
    numerics, identities, outside = stamp
    made = Keys({}, stamp=stamp, numerics=numerics)
    for spec, identity in zip(kinds, identities, strict=True):
        made.salts[spec.type] = _salt(spec, identity, numerics)
    _add_keys(made, order, kinds, {prepared.node.id: found for prepared, found in zip(fingerprinted, outside, strict=True)})
    return made


def extend_keys(made: Keys, order: Sequence[Prepared], numerics: Callable[[], str], services: Services = NO_SERVICES) -> None:
    """Adds the keys of nodes that came later; `order` has each of them after its sources. numerics: called if a node needs it."""
    kinds = kinds_of(order)
    identities = {spec.type: spec.identity.now() for spec in kinds if spec.type not in made.salts}
    if not made.numerics and not (all(map(_is_plain, identities.values())) and not any(prepared.objects for prepared in order)):
        made.numerics = numerics()
    for spec in kinds:
        if spec.type not in made.salts:
            made.salts[spec.type] = _salt(spec, identities[spec.type], made.numerics)
    with checking(services):
        outside = {prepared.node.id: _outside(prepared) for prepared in order if prepared.spec.fingerprint is not None}
    _add_keys(made, order, kinds, outside)


def changed_keys(before: Keys, order: Sequence[Prepared], kinds: list[NodeSpec], changed: Collection[str]) -> Keys:
    """The keys of nodes of which some have other values than before: those are hashed anew, and what follows them."""
    made = Keys(dict(before.keys), {}, before.stamp, before.numerics, before.salts)
    stale = set(changed)
    anew: list[Prepared] = []
    for prepared in order:
        node_id = prepared.node.id
        if node_id in stale:
            anew.append(prepared)
        elif anew:  # before the first that changed, nothing follows one
            for wire in prepared.wires:
                if wire[1] in stale:
                    stale.add(node_id)
                    anew.append(prepared)
                    break
    _add_keys(made, anew, kinds, {})
    return made


def _add_keys(made: Keys, order: Iterable[Prepared], kinds: list[NodeSpec], by_node: Mapping[str, values.Fingerprint]) -> None:
    keys, numerics = made.keys, made.numerics
    salts = {id(spec): made.salts[spec.type][0] for spec in kinds}
    why_not = {id(spec): made.salts[spec.type][1] for spec in kinds}
    simple = not any(why_not.values()) and not by_node and not any(spec.hidden for spec in kinds)
    for prepared in order:
        parts = [salts[id(prepared.spec)], prepared.literal]
        for _, source, _, _, tag in prepared.wires:
            parts.append(tag)
            parts.append(keys[source])
        if prepared.objects:
            parts.append(b"~" + numerics.encode())
        if not simple or prepared.unfingerprintable or made.uncacheable:
            reason = _special(prepared, parts, why_not, by_node, made.uncacheable)
            if reason:
                made.uncacheable[prepared.node.id] = reason
                parts.append(os.urandom(16))
        keys[prepared.node.id] = blake2b(b"".join(parts), digest_size=16).digest()


def _special(
    prepared: Prepared,
    parts: list[bytes],
    why_not: Mapping[int, str],
    outside: Mapping[str, values.Fingerprint],
    uncacheable: Mapping[str, str],
) -> str:
    """Adds to a key what only some nodes have; what comes back, if anything, is why the node can't be cached."""
    node, spec = prepared.node, prepared.spec
    if "UNIQUE_ID" in spec.hidden.values():
        parts.append(b"#" + node.id.encode("utf-8", "surrogatepass"))
    found = outside.get(node.id)
    if found is not None:
        if found.digest is None:
            return found.reason
        parts.append(b"@" + found.digest.encode())
    reason = why_not[id(spec)] or prepared.unfingerprintable
    if reason:
        return reason
    for _, source, _, _, _ in prepared.wires:
        if source in uncacheable:
            first = uncacheable[source]
            return first if first.startswith("it uses ") else f"it uses node {source}, of which {first}"
    return ""


def salt_now(made: Keys, spec: NodeSpec, numerics: Callable[[], str]) -> bytes:
    """What a kind puts into keys now. numerics: called if it needs them and nobody asked yet."""
    if spec.type in made.salts:
        return made.salts[spec.type][0]
    identity = spec.identity.now()
    return _salt(spec, identity, "" if _is_plain(identity) else made.numerics or numerics())[0]


def _is_plain(identity: Identity) -> bool:
    """Whether no numerics belong into the salt: of code that no device changes, and of code that is never cached."""
    return identity.plain or identity.digest is None


@lru_cache(maxsize=1024)
def _salt(spec: NodeSpec, identity: Identity, numerics: str) -> Salt:
    if _is_plain(identity):
        numerics = ""
    parts = (KEY_VERSION, numerics, spec.type, spec.version, identity.digest or "")
    data = b"".join(b"%d:%b" % (len(part), part) for part in (text.encode("utf-8", "surrogatepass") for text in parts))
    reason = "" if spec.cacheable else "its kind says cache=False"
    if identity.digest is None:
        reason = reason or f"its code can't be identified: {identity.reason}"
    return blake2b(data, digest_size=16).digest(), reason


def _outside(prepared: Prepared) -> values.Fingerprint:
    """What the kind's own fingerprint says of the constants: files, clocks. NaN is like nothing, not even itself."""
    call = prepared.spec.fingerprint
    if call is None:
        return values.Fingerprint("")
    try:
        said = call(**accepted(call, prepared.values))
    except Exception as error:  # noqa: BLE001 - someone's function
        return values.Fingerprint(None, f"its fingerprint failed: {type(error).__name__}: {error}")
    if isinstance(said, float) and said != said:
        return values.Fingerprint(None, "its fingerprint says that it always changes")
    found = values.fingerprint(said)
    return found if found.digest is not None else values.Fingerprint(None, f"its fingerprint can't be told: {found.reason}")
