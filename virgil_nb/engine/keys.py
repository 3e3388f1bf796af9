"""One key per result: a hash over the code, the literal inputs and the keys of what is linked. 16 bytes a node, each node hashed once.

    key = blake2b(salt + literal inputs + [own id] + [fingerprint] + (input's name, slot, key of the source) for each link)
    salt = blake2b(KEY_VERSION, numerics, type, version, code identity), once per kind

`numerics` (device, dtypes, torch's version) is empty for a kind whose code names nothing that they change: to ask for it loads torch.
Node ids are no part of it (unless the node asks for its id), so equal sub-graphs share their results.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any, Final

from virgil_nb.engine import values
from virgil_nb.engine.context import checking
from virgil_nb.engine.identity import Identity
from virgil_nb.engine.prepare import Prepared
from virgil_nb.engine.services import NO_SERVICES, Services
from virgil_nb.engine.spec import NodeSpec
from virgil_nb.engine.validation import accepted

KEY_VERSION: Final = "virgil_nb 1"  # raised when the engine calls nodes differently, so that old results are not taken for new ones


@dataclass(slots=True)
class Keys:
    """keys: per node. uncacheable: nodes whose result can't be told from another, with the reason (those that use them included).

    stamp: what the keys depend on beside the document; equal stamps, equal keys. numerics: as asked for, empty if no kind needs it.
    """

    keys: dict[str, bytes]
    uncacheable: dict[str, str] = field(default_factory=dict)
    stamp: object = None
    numerics: str = ""


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
    keys = made.keys
    salts: dict[int, bytes] = {}
    why_not: dict[int, str] = {}
    for spec, identity in zip(kinds, identities, strict=True):
        salts[id(spec)], why_not[id(spec)] = _salt(spec, identity, "" if _is_plain(identity) else numerics)
    by_node = {prepared.node.id: found for prepared, found in zip(fingerprinted, outside, strict=True)}
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
    return made


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


def _is_plain(identity: Identity) -> bool:
    """Whether no numerics belong into the salt: of code that no device changes, and of code that is never cached."""
    return identity.plain or identity.digest is None


def _salt(spec: NodeSpec, identity: Identity, numerics: str) -> tuple[bytes, str]:
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
