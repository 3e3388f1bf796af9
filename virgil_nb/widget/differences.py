"""What differs between two documents, in words short enough for a list of runs: "seed 7 → 8", "LoRA Loader added".

Only what changes a result counts: values, links, modes and the nodes themselves; places, titles and colours do not.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from virgil_nb.engine import MISSING, Document, Node, ObjectRef, Registry
from virgil_nb.engine.json_values import thaw

MOST = 6
LONGEST = 32
MODES = {"on": "on again", "muted": "muted", "bypassed": "bypassed"}


def alike(one: Document, other: Document) -> bool:
    """Whether both would give the same result."""
    return one.nodes.keys() == other.nodes.keys() and all(_alike(node, other.nodes[id_]) for id_, node in one.nodes.items())


def in_words(before: Document, after: Document, registry: Registry) -> list[str]:
    """What `after` has changed of `before`: at most MOST phrases, the last of which may say how many more there are."""
    words = [*_values(before, after, registry), *_wiring(before, after, registry), *_nodes(before, after, registry)]
    return words if len(words) <= MOST else [*words[: MOST - 1], f"and {len(words) - MOST + 1} more"]


def _alike(one: Node, other: Node) -> bool:
    return (one.type, one.mode, one.links, one.values) == (other.type, other.mode, other.links, other.values)


def _pairs(before: Document, after: Document) -> Iterator[tuple[Node, Node]]:
    for id_, node in after.nodes.items():
        earlier = before.nodes.get(id_)
        if earlier is not None and earlier.type == node.type and not _alike(earlier, node):
            yield earlier, node


def _values(before: Document, after: Document, registry: Registry) -> Iterator[str]:
    carriers = Counter(name for node in after.nodes.values() for name in node.values)
    for earlier, node in _pairs(before, after):
        for name in dict.fromkeys((*earlier.values, *node.values)):
            old, new = _value(earlier, name, registry), _value(node, name, registry)
            if old != new and name not in node.links:
                label = name.replace("_", " ")
                if carriers[name] > 1:
                    label = f"{_title(node, after, registry)} {label}"
                yield f"{label} {_change(old, new)}"


def _wiring(before: Document, after: Document, registry: Registry) -> Iterator[str]:
    for earlier, node in _pairs(before, after):
        title = _title(node, after, registry)
        for name in dict.fromkeys((*earlier.links, *node.links)):
            link = node.links.get(name)
            if link == earlier.links.get(name):
                continue
            source = after.nodes.get(link.node) if link else None
            label = name.replace("_", " ")
            yield f"{title} {label} unplugged" if source is None else f"{title} {label} from {_title(source, after, registry)}"
        if node.mode != earlier.mode:
            yield f"{title} {MODES[node.mode]}"


def _nodes(before: Document, after: Document, registry: Registry) -> Iterator[str]:
    def same(id_: str) -> bool:
        return id_ in before.nodes and id_ in after.nodes and before.nodes[id_].type == after.nodes[id_].type

    for id_, node in after.nodes.items():
        if not same(id_):
            yield f"{_title(node, after, registry)} added"
    for id_, node in before.nodes.items():
        if not same(id_):
            yield f"{_title(node, before, registry)} removed"


def _title(node: Node, document: Document, registry: Registry) -> str:
    """What a person calls the node: its title, else its type's name, and what it feeds where several have that name."""
    if node.title:
        return _short(node.title)
    spec = registry.get(node.type)
    full = spec.display_name if spec is not None else node.type
    name = _short(re.sub(r"\s*\(.*?\)", "", full) or full)
    if sum(other.type == node.type and not other.title for other in document.nodes.values()) > 1:
        feeds = next((input_ for _, input_ in document.consumers.get(node.id, ())), None)
        return f"{name} ({feeds})" if feeds else name
    return name


def _value(node: Node, name: str, registry: Registry) -> object:
    if name in node.values:
        value = node.values[name]
        return value if isinstance(value, ObjectRef) else thaw(value)
    spec = registry.get(node.type)
    declared = spec.by_name.get(name) if spec is not None else None
    return MISSING if declared is None else declared.default


def _change(old: object, new: object) -> str:
    if isinstance(old, str) and isinstance(new, str):
        start = _first_difference(old, new)
        return f"“{_short(old[start:], start > 0)}” → “{_short(new[start:], start > 0)}”"
    return f"{_shown(old)} → {_shown(new)}"


def _first_difference(old: str, new: str) -> int:
    """Where two long texts begin to differ, at the beginning of a word; 0 if both are short enough to be shown whole."""
    if max(len(old), len(new)) <= LONGEST:
        return 0
    same = next((i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    return old.rfind(" ", 0, same) + 1


def _shown(value: object) -> str:
    if value is MISSING or value is None:
        return "nothing"
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, ObjectRef):
        return f"a {value.type_name.rpartition('.')[2]}"
    return _short(f"“{value}”" if isinstance(value, str) else str(value))


def _short(text: str, cut: bool = False) -> str:
    line = " ".join(text.split())
    return ("…" if cut else "") + (line if len(line) <= LONGEST else line[: LONGEST - 1] + "…")
