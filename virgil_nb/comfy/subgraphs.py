"""What an instance of a subgraph sets of what lies in it, and what stands in for its outputs when it is bypassed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from virgil_nb.comfy.saved_graph import inputs_of, items, mapping, mappings, nodes_of
from virgil_nb.engine.kinds.types import types_fit


def promoted(node: Mapping[str, Any], definition: Mapping[str, Any]) -> tuple[dict[str, object], dict[tuple[str, str], object]]:
    """The values that an instance sets: by subgraph input, and by (inner node, field). null, or nothing there: the inner value stays."""
    stored = node.get("widgets_values")
    stored = stored if isinstance(stored, list) else []
    by_input: dict[str, object] = {}
    by_inner: dict[tuple[str, str], object] = {}
    proxies = mapping(node.get("properties")).get("proxyWidgets")
    if not isinstance(proxies, list):
        names = [str(item.get("name")) for item in mappings(definition.get("inputs")) if first_field(definition, item) is not None]
        return {name: value for name, value in zip(names, stored, strict=False) if value is not None}, {}
    fed = {first_field(definition, item): str(item.get("name")) for item in mappings(definition.get("inputs"))}
    for proxy, value in zip(proxies, stored, strict=False):
        if value is None or not isinstance(proxy, list) or len(proxy) < 2 or str(proxy[1]).startswith("$$"):
            continue
        inner, name = str(proxy[0]), str(proxy[1])
        if inner == "-1":
            by_input[name] = value
        elif (inner, name) in fed:
            by_input[fed[(inner, name)]] = value
        else:
            by_inner[(inner, name)] = value
    return by_input, by_inner


def first_field(definition: Mapping[str, Any], item: Mapping[str, Any]) -> tuple[str, str] | None:
    """(inner node, field) that a subgraph's input feeds first, if what it feeds is a field."""
    for key in items(item.get("linkIds")):
        for inner in nodes_of(definition):
            for one in inputs_of(inner):
                if one.get("link") == key and isinstance(one.get("widget"), Mapping):
                    return str(inner["id"]), str(one["widget"].get("name", one.get("name")))
    return None


def bypass(output_type: str, slot: int, target_type: str, inputs: Sequence[tuple[str, str]]) -> str | None:
    """The input (name) that stands in for output `slot` of a bypassed node, whose inputs are (name, type); None if none fits."""
    if target_type == "*":
        return inputs[slot][0] if slot < len(inputs) else inputs[0][0] if inputs else None
    if slot < len(inputs) and types_fit(inputs[slot][1], output_type) and types_fit(inputs[slot][1], target_type):
        return inputs[slot][0]
    exact = next((name for name, kind in inputs if kind == target_type), None)
    if exact is not None:
        return exact
    return next((name for name, kind in inputs if types_fit(kind, output_type) and types_fit(kind, target_type)), None)
