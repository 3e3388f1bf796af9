"""What a file of ComfyUI's editor holds, looked at piece by piece: anything may be missing or be something else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


def nodes_of(graph: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The nodes of one level that have an id and a type."""
    for node in mappings(graph.get("nodes")):
        if isinstance(node.get("id"), int | str) and isinstance(node.get("type"), str) and node["type"]:
            yield node


def inputs_of(node: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The saved inputs of a node."""
    return mappings(node.get("inputs"))


def links_of(graph: Mapping[str, Any]) -> dict[Any, tuple[Any, Any, int]]:
    """(id, origin node, origin slot) of each link of one level, by id."""
    return {link[0]: link for link in map(read_link, items(graph.get("links"))) if link is not None}


def read_link(link: object) -> tuple[Any, Any, int] | None:
    """(id, origin node, origin slot) of a link, which is a list or, in newer files and subgraphs, an object."""
    if isinstance(link, Mapping):
        link = [link.get("id"), link.get("origin_id"), link.get("origin_slot")]
    if isinstance(link, list) and len(link) >= 3 and all(isinstance(part, int | str) for part in link[:2]) and isinstance(link[2], int):
        return link[0], link[1], link[2]
    return None


def mapping(value: object) -> Mapping[str, Any]:
    """`value`, if it is an object; else an empty one."""
    return value if isinstance(value, Mapping) else {}


def items(value: object) -> list[Any]:
    """`value`, if it is a list; else an empty one."""
    return value if isinstance(value, list) else []


def mappings(value: object) -> list[Mapping[str, Any]]:
    """The objects in `value`, if it is a list."""
    return [one for one in items(value) if isinstance(one, Mapping)]
