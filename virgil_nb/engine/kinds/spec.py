"""What a kind of node is: `NodeSpec` with its inputs and outputs. Plain frozen data; how specs are made is elsewhere.

function_node.py makes one from a Python function; the comfy package from ComfyUI's node classes.
"""

from __future__ import annotations

import inspect
import logging
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from virgil_nb.engine.kinds.identity import UNKNOWN_CODE, CodeIdentity
from virgil_nb.engine.kinds.types import WIDGET_TYPES
from virgil_nb.engine.services import NO_SERVICES, Services
from virgil_nb.engine.values import IMMUTABLE, plain_bytes

log = logging.getLogger(__name__)


class _Missing:
    """The type of MISSING: no default was declared."""

    def __repr__(self) -> str:
        return "MISSING"

    def __bool__(self) -> bool:
        return False

    def __reduce__(self) -> str:
        return "MISSING"


MISSING: Final = _Missing()

HIDDEN_KINDS: Final = frozenset({"PROMPT", "EXTRA_PNGINFO", "UNIQUE_ID", "DYNPROMPT"})


@dataclass(frozen=True, slots=True)
class InputSpec:
    """One input. type: "INT", "FLOAT", "STRING", "BOOLEAN", "COMBO", a socket type, "*" or a comma list of types.

    required: with no default, it must be given. min, max inclusive. choices: of a COMBO; a callable finds them when asked.
    files: the kind of folder whose files the choices are. round: the grid that the field rounds to. lazy: computed only when the node's
    check_lazy asks for it; None until then. raw_link: the node gets the Link itself, once what it comes from is computed.
    """

    name: str
    type: str
    required: bool = True
    default: object = MISSING
    min: float | None = None
    max: float | None = None
    step: float | None = None
    round: float | None = None
    choices: tuple[Any, ...] | Callable[[Services], Sequence[str]] | None = None
    multiline: bool = False
    dynamic_prompts: bool = False
    lazy: bool = False
    raw_link: bool = False
    link_only: bool = False
    control_after_generate: bool = False
    image_upload: bool = False
    files: str = ""
    tooltip: str = ""

    @property
    def widget(self) -> bool:
        """Whether the input is a field that can be typed into (it can be linked all the same)."""
        return self.type in WIDGET_TYPES and not self.link_only

    def find_choices(self, services: Services = NO_SERVICES) -> tuple[Any, ...]:
        """The choices now; none when they can't be found (the reason is logged)."""
        if not callable(self.choices):
            return self.choices or ()
        try:
            return tuple(self.choices(services))
        except Exception:
            log.warning("the choices of %s could not be found", self.name, exc_info=True)
            return ()

    def to_json(self, services: Services = NO_SERVICES) -> dict[str, object]:
        """The input as JSON values: what is at its default is left out."""
        data: dict[str, object] = {"name": self.name, "type": self.type, "required": self.required, "widget": self.widget}
        if self.default is not MISSING and _is_plain(self.default):
            data["default"] = self.default
        for name in ("min", "max", "step", "round"):
            number = getattr(self, name)
            if number is not None and math.isfinite(number):
                data[name] = number
        if self.choices is not None:
            data["choices"] = list(self.find_choices(services))
        for name in ("multiline", "dynamic_prompts", "control_after_generate", "image_upload", "files", "tooltip", "lazy"):
            if getattr(self, name):
                data[name] = getattr(self, name)
        return data


@dataclass(frozen=True, slots=True)
class OutputSpec:
    """One output slot. is_list: the node gives a list (or tuple), whose items go on one by one."""

    name: str
    type: str
    is_list: bool = False
    tooltip: str = ""


# (input, name, type, tag, the tags of links from slots 0 to 3, min, max, the key's part of the default if that is a plain value)
Reading: TypeAlias = tuple[InputSpec, str, str, bytes, tuple[bytes, ...], float, float, bytes | None]


@dataclass(frozen=True, eq=False)
class NodeSpec:
    """One kind of node: what it takes, what it gives, the function that computes it, and what its result depends on.

    function is called with keyword arguments. hidden: parameter name to one of HIDDEN_KINDS.
    trusted: receives values without the protective copy, and must change none of them, nor its results afterwards.
    fingerprint: called with the constant inputs; its value is part of the result's key (files outside, clocks).
    validate: called with the constant inputs, may be async; True, None or a message. If it asks for `input_types`, it gets the types of
    the linked outputs by input, and no other check is made of them. judged: inputs whose range and choices it alone judges.
    identity: what tells one version of the code from the next.
    virtual: it never runs; what uses an output gets what the input of the same place is linked to (a reroute).
    input_is_list: it is called once, with a list for every input, however many items there are; otherwise once for each item.
    parallel: it uses no device and nothing that it shares, so it may run beside other nodes, on a thread of its own.
    check_lazy: called with the inputs there are (None for those that are not computed); gives the names of lazy inputs that it needs.
    still: called with what the node showed, before a cached result is used in its place; False: what it left outside (a file) is gone.
    make: gives the object that function is a method of (its first argument); one per node, kept from run to run.
    """

    type: str
    function: Callable[..., Any]
    inputs: tuple[InputSpec, ...] = ()
    outputs: tuple[OutputSpec, ...] = ()
    display_name: str = ""
    category: str = ""
    description: str = ""
    output_node: bool = False
    hidden: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    input_is_list: bool = False
    is_async: bool = False
    parallel: bool = False
    cacheable: bool = True
    version: str = ""
    trusted: bool = False
    fingerprint: Callable[..., Any] | None = None
    validate: Callable[..., Any] | None = None
    judged: frozenset[str] = frozenset()
    check_lazy: Callable[..., Any] | None = None
    make: Callable[[], Any] | None = None
    still: Callable[[Mapping[str, Any]], bool] | None = None
    extra_inputs: bool = False
    virtual: bool = False
    identity: CodeIdentity = UNKNOWN_CODE
    by_name: Mapping[str, InputSpec] = field(init=False, repr=False)
    reading: tuple[Reading, ...] = field(init=False, repr=False)  # the inputs as preparing a node reads them
    dynamic: bool = field(init=False, repr=False)
    lazy: frozenset[str] = field(init=False, repr=False)  # the inputs that are computed on demand
    judges_types: bool = field(init=False, repr=False)  # whether `validate` asks for input_types
    special: bool = field(init=False, repr=False)  # whether a call is more than function(**values)

    def __post_init__(self) -> None:
        object.__setattr__(self, "inputs", tuple(self.inputs))
        object.__setattr__(self, "outputs", tuple(self.outputs))
        object.__setattr__(self, "hidden", MappingProxyType(dict(self.hidden)))
        object.__setattr__(self, "display_name", self.display_name or self.type)
        object.__setattr__(self, "by_name", MappingProxyType({item.name: item for item in self.inputs}))
        object.__setattr__(self, "reading", tuple(_reading(item) for item in self.inputs))
        # whether a check of a node has to be made anew for each run
        changing = any(callable(item.choices) for item in self.inputs)
        object.__setattr__(self, "dynamic", changing or self.validate is not None or self.fingerprint is not None)
        asks = self.validate is not None and "input_types" in inspect.signature(self.validate).parameters
        object.__setattr__(self, "judges_types", asks)
        object.__setattr__(self, "lazy", frozenset(item.name for item in self.inputs if item.lazy))
        lists = self.input_is_list or any(output.is_list for output in self.outputs)
        links = bool(self.lazy) or any(item.raw_link for item in self.inputs)
        object.__setattr__(self, "special", lists or links or self.parallel or self.make is not None)

    def output_index(self, name: str) -> int | None:
        """The slot of the output called `name`, the first if several are."""
        return next((index for index, output in enumerate(self.outputs) if output.name == name), None)

    def to_json(self, services: Services = NO_SERVICES) -> dict[str, object]:
        """What a palette and an editor need to know of this kind, as JSON values."""
        return {
            "type": self.type,
            "display_name": self.display_name,
            "category": self.category,
            "description": self.description,
            "output_node": self.output_node,
            "inputs": [item.to_json(services) for item in self.inputs],
            "outputs": [{"name": item.name, "type": item.type, "is_list": item.is_list} for item in self.outputs],
        }


def input_tag(name: str) -> bytes:
    """The input's name as its part of a key: no other name gives the same bytes, whatever follows."""
    encoded = name.encode("utf-8", "surrogatepass")
    return b"%d:%b" % (len(encoded), encoded)


@lru_cache(maxsize=1 << 14)
def wire_tag(name: str, slot: int) -> bytes:
    """A linked input's name and the slot it comes from, as their part of a key."""
    return input_tag(name) + b"<%d<" % slot


def _reading(item: InputSpec) -> Reading:
    tag = input_tag(item.name)
    low = -math.inf if item.min is None else item.min
    high = math.inf if item.max is None else item.max
    default = tag + plain_bytes(item.default) if type(item.default) in IMMUTABLE else None
    return item, item.name, item.type, tag, tuple(wire_tag(item.name, slot) for slot in range(4)), low, high, default


def _is_plain(value: object) -> bool:
    """Whether JSON has a form for `value`."""
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, (list, tuple)):
        return all(_is_plain(item) for item in value)
    if isinstance(value, dict):
        return all(isinstance(key, str) and _is_plain(item) for key, item in value.items())
    return value is None or isinstance(value, (bool, int, str))
