"""What is known of one node by itself: its literal inputs as they will be used, their part of the key, its links, and its faults.

    Node + NodeSpec  →  Prepared        (remembered on the node, which never changes, until its kind is registered anew)

What needs other nodes, the session's folders or the objects beside the document is checked in validation.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, TypeAlias

from virgil_nb.engine.documents.document_node import Link, Node
from virgil_nb.engine.errors import Problem
from virgil_nb.engine.json_values import UNKNOWN_CONTENT, ObjectRef, shown, thaw
from virgil_nb.engine.kinds.spec import MISSING, InputSpec, NodeSpec, input_tag, wire_tag
from virgil_nb.engine.names import close_names
from virgil_nb.engine.values import IMMUTABLE, fingerprint, plain_bytes

# sockets of which no value can be typed in
OBJECT_TYPES: Final = frozenset(
    {
        "IMAGE",
        "MASK",
        "LATENT",
        "CONDITIONING",
        "MODEL",
        "CLIP",
        "CLIP_VISION",
        "VAE",
        "CONTROL_NET",
        "SIGMAS",
        "NOISE",
        "GUIDER",
        "SAMPLER",
    }
)

# faults that a kind's own check decides on, for the inputs that its spec names as judged
JUDGED_KINDS: Final = frozenset({"value_smaller_than_min", "value_bigger_than_max", "value_not_in_list"})

Wire: TypeAlias = tuple[str, str, int, str | None, bytes]
"""One linked input: its name, the node and slot it comes from, the type it wants (None: nobody knows), its part of the key."""


class Prepared:
    """One node, made ready for checks, keys and runs. Never changed once made.

    values: literal inputs by name. changeable: those that a function could change. objects: those that are ObjectRefs.
    literal: all of them as their part of the key. recheck: its faults depend on the moment.
    """

    __slots__ = ("changeable", "literal", "node", "objects", "problems", "recheck", "spec", "unfingerprintable", "values", "wires")

    def __init__(self, node: Node, spec: NodeSpec, links: Mapping[str, Link]) -> None:
        self.node = node
        self.spec = spec
        self.changeable: tuple[str, ...] = ()
        self.objects: tuple[tuple[str, ObjectRef], ...] = ()
        self.problems: tuple[Problem, ...] = ()
        self.unfingerprintable = ""
        typed: Mapping[str, Any] = node.values
        wires: list[Wire] = []
        values: dict[str, Any] = {}
        literal: list[bytes] = []
        used = 0
        # one pass over the inputs; what is usual is dealt with here, without a call
        for item, name, kind, tag, wire_tags, low, high, default_bytes in spec.reading:
            if name in links:
                link = links[name]
                slot = link.slot
                wires.append((name, link.node, slot, kind, wire_tags[slot] if 0 <= slot < 4 else wire_tag(name, slot)))
                used += name in typed
                continue
            if name in typed:
                used += 1
                value = typed[name]
                found = type(value)
                if found is int and kind == "INT" and low <= value <= high:
                    values[name] = value
                    literal.append(b"%bi%x;" % (tag, value))
                    continue
                if found is not str or kind != "STRING":
                    value = self._use(item, value)
            elif default_bytes is not None:
                values[name] = item.default
                literal.append(default_bytes)
                continue
            elif item.default is not MISSING:
                value = item.default
            else:
                if item.required:
                    self.problems += (_missing(node, item),)
                continue
            values[name] = value
            literal.append(self._literal(name, value, tag))
        self.values = values
        if len(wires) < len(links) or used < len(typed):
            self._undeclared(links, wires, literal)
        self.wires = tuple(wires)
        self.literal = b"".join(literal)
        self.recheck = spec.dynamic or bool(self.objects)

    def _use(self, item: InputSpec, value: Any) -> Any:
        problems: list[Problem] = []
        used = _use(self.node, item, value, problems)
        judged = item.name in self.spec.judged
        self.problems += tuple(problem for problem in problems if not (judged and problem.kind in JUDGED_KINDS))
        return used

    def _literal(self, name: str, value: Any, tag: bytes) -> bytes:
        """A literal input's part of the key; notes what kind of value it is."""
        kind = type(value)
        if kind in IMMUTABLE:
            return tag + plain_bytes(value)
        if kind is ObjectRef:
            self.objects += ((name, value),)
            if value.hash.startswith(UNKNOWN_CONTENT):
                self.unfingerprintable = f"the content of {name}, a {value.type_name}, can't be told"
            return tag + b"o" + plain_bytes(value.hash)
        self.changeable += (name,)
        return tag + b"v" + self._content(name, value)

    def _content(self, name: str, value: object) -> bytes:
        found = fingerprint(thaw(value) if isinstance(value, (tuple, Mapping)) else value)
        if found.digest is None:
            self.unfingerprintable = f"the default of {name}: {found.reason}"
        return (found.digest or "").encode()

    def _undeclared(self, links: Mapping[str, Link], wires: list[Wire], literal: list[bytes]) -> None:
        """Inputs that the spec does not know: passed on if it takes more than it declares, a problem each otherwise."""
        node, spec = self.node, self.spec
        problems: list[Problem] = []
        for name in sorted(key for key in links if key not in spec.by_name):
            if spec.extra_inputs:
                wires.append((name, links[name].node, links[name].slot, None, wire_tag(name, links[name].slot)))
            else:
                problems.append(_unknown_input(node, spec, name, "linked"))
        for name in sorted(key for key in node.values if key not in spec.by_name and key not in links):
            if spec.extra_inputs:
                self.values[name] = thaw(node.values[name]) if type(node.values[name]) is not ObjectRef else node.values[name]
                literal.append(self._literal(name, self.values[name], input_tag(name)))
            else:
                problems.append(_unknown_input(node, spec, name, f"set to {shown(thaw(node.values[name]))}"))
        self.problems += tuple(problems)


def prepare(node: Node, spec: NodeSpec) -> Prepared:
    """`node` made ready, with the links that it has; remembered on the node."""
    memo = node.memo
    if type(memo) is Prepared and memo.spec is spec:
        return memo
    made = Prepared(node, spec, node.links)
    object.__setattr__(node, "memo", made)
    return made


def name_of(node: Node) -> str:
    """What messages call a node."""
    return node.title or node.type


def _missing(node: Node, item: InputSpec) -> Problem:
    wanted = "type a value" if item.widget else f"link an output of type {item.type}"
    message = f"{name_of(node)}.{item.name} is missing; {wanted}."
    return Problem(node.id, item.name, "required_input_missing", message, {"type": item.type})


def _unknown_input(node: Node, spec: NodeSpec, name: str, how: str) -> Problem:
    near = close_names(name, spec.by_name)
    advice = f"did you mean {near[0]!r}?" if near else f"it has {', '.join(spec.by_name) or 'none'}; take {shown(name)} away."
    message = f"{name_of(node)}.{name} is {how}, but {spec.type} has no such input; {advice}"
    return Problem(node.id, name, "unknown_input", message, {"close": near})


def _use(node: Node, item: InputSpec, value: Any, problems: list[Problem]) -> Any:
    """`value` as the node will get it: coerced as ComfyUI does; what is wrong with it is added to `problems`."""
    kind = item.type
    if type(value) is ObjectRef or (value is None and item.default is None):
        return value
    if kind == "INT" or kind == "FLOAT":
        return _use_number(node, item, value, problems)
    if kind == "STRING":
        if type(value) is str:
            return value
        if type(value) in (int, float, bool):
            return str(value)
        problems.append(wrong_type(node, item, value, "a text"))
    elif kind == "BOOLEAN":
        if type(value) is bool:
            return value
        if type(value) in (int, float):
            return bool(value)
        if isinstance(value, str) and value.casefold() in ("true", "false"):
            return value.casefold() == "true"
        problems.append(wrong_type(node, item, value, "true or false"))
    elif kind == "COMBO":
        if item.choices is None or callable(item.choices):
            return thaw(value)
        return use_choice(node, item, value, item.choices, problems)
    elif kind in OBJECT_TYPES and value is not None:
        problems.append(wrong_type(node, item, value, f"an output of type {kind}, linked, or an object"))
    elif value is None and item.required and kind != "*" and kind in OBJECT_TYPES:
        problems.append(_missing(node, item))
    return thaw(value)


def _use_number(node: Node, item: InputSpec, value: Any, problems: list[Problem]) -> Any:
    wanted, make = ("a whole number", int) if item.type == "INT" else ("a number", float)
    if type(value) is not make:
        try:
            if not isinstance(value, (int, float, str)):
                raise ValueError(value)
            value = make(value)
            if value != value or value in (float("inf"), float("-inf")):
                raise ValueError(value)
        except (ValueError, OverflowError):
            problems.append(wrong_type(node, item, value, wanted))
            return value
    if item.min is not None and value < item.min:
        message = f"{name_of(node)}.{item.name} is {shown(value)}; it must be {_number(item, item.min)} or more."
        problems.append(Problem(node.id, item.name, "value_smaller_than_min", message, {"value": value, "min": item.min}))
    elif item.max is not None and value > item.max:
        message = f"{name_of(node)}.{item.name} is {shown(value)}; it must be {_number(item, item.max)} or less."
        problems.append(Problem(node.id, item.name, "value_bigger_than_max", message, {"value": value, "max": item.max}))
    return value


def _number(item: InputSpec, limit: float) -> str:
    return str(int(limit)) if item.type == "INT" or float(limit).is_integer() else f"{limit:g}"


def use_choice(node: Node, item: InputSpec, value: Any, choices: Iterable[Any], problems: list[Problem]) -> Any:
    """The choice that `value` is, by equality or as the same text; else a problem."""
    choices = tuple(choices)
    if any(value == choice and type(value) is type(choice) for choice in choices):
        return value
    if value is not None and not isinstance(value, (tuple, Mapping)):
        for choice in choices:
            if str(choice) == str(value):
                return choice
    near = close_names(value, choices)
    if near:
        advice = f"did you mean {' or '.join(map(repr, near))}?"
    elif choices:
        advice = f"it must be one of {shown(', '.join(map(str, choices)), 200)}."
    else:
        advice = "there is nothing to choose from."
    message = f"{name_of(node)}.{item.name} is {shown(thaw(value))}, which is none of its choices; {advice}"
    details = {"value": thaw(value), "close": near, "choices": [str(choice) for choice in choices[:20]]}
    problems.append(Problem(node.id, item.name, "value_not_in_list", message, details))
    return value


def wrong_type(node: Node, item: InputSpec, value: Any, wanted: str) -> Problem:
    """The problem of a value of the wrong type."""
    message = f"{name_of(node)}.{item.name} is {shown(thaw(value))}; it must be {wanted}."
    return Problem(node.id, item.name, "invalid_input_type", message, {"value": thaw(value), "type": item.type})
