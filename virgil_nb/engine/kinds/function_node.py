"""`@node`: a typed Python function becomes a kind of node, and stays a function.

    @node(category="image/filter")
    def soften(image: Image, radius: Annotated[float, Range(0, 50)] = 4.0) -> Image:
        '''Gaussian blur of `image`, radius in pixels.'''

What signature, annotations and docstring say is read here, annotations.py says what one annotation means. Running the definition again
replaces the kind under its name.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, TypeVar, overload

from virgil_nb.engine.blocker import Blocker
from virgil_nb.engine.errors import SpecError
from virgil_nb.engine.kinds.annotations import read_input, read_outputs, resolve_hints
from virgil_nb.engine.kinds.code import identity_of
from virgil_nb.engine.kinds.expansion import Expansion
from virgil_nb.engine.kinds.registry import Registry, default_registry
from virgil_nb.engine.kinds.spec import HIDDEN_KINDS, InputSpec, NodeSpec

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class NodeReturn:
    """What a node may return instead of plain outputs: its outputs, and what it shows (ui["images"]: a list of pictures).

    expand: nodes that are computed in the node's place; its outputs may then be links to theirs (see expansion.py).
    """

    outputs: tuple[Any, ...] | Blocker = ()
    ui: Mapping[str, Any] | None = field(default=None)
    expand: Expansion | None = None


@overload
def node(function: F, /) -> F: ...
@overload
def node(
    type: str | None = None,
    *,
    display_name: str | None = None,
    category: str = "",
    description: str | None = None,
    output: bool = False,
    version: str = "",
    cache: bool = True,
    parallel: bool = False,
    output_names: Sequence[str] | None = None,
    fingerprint: Callable[..., Any] | None = None,
    validate: Callable[..., Any] | None = None,
    check_lazy: Callable[..., Any] | None = None,
    still: Callable[[Mapping[str, Any]], bool] | None = None,
    input_is_list: bool = False,
    output_is_list: bool | Sequence[bool] = False,
    registry: Registry | None = None,
    trusted: bool = False,
    hidden: Mapping[str, str] | None = None,
) -> Callable[[F], F]: ...
def node(type: Any = None, *, registry: Registry | None = None, **options: Any) -> Any:  # noqa: A002
    """Registers the function as a kind of node and gives it back, with `.spec`. Works bare, `@node`, and called, `@node(output=True)`.

    type: the kind's name, else the function's. hidden: parameters that the engine fills (name to "UNIQUE_ID", "PROMPT", …).
    output: the node is a reason to run a workflow. cache=False: it runs each time. parallel: it may run beside other nodes.
    output_is_list: which outputs are lists whose items go on one by one (True: all). input_is_list: it takes them whole.
    Raises SpecError if the signature can't be a node's.
    """
    scope = sys._getframe(1).f_locals  # names that only exist where the function is defined

    def register(function: F, name: str | None) -> F:
        spec = spec_from_function(function, name, scope=scope, **options)
        (registry if registry is not None else default_registry()).register(spec)
        function.spec = spec  # type: ignore[attr-defined]
        return function

    if callable(type):
        return register(type, None)
    if type is not None and not isinstance(type, str):
        raise SpecError(f"@node got {type!r} as the type's name; it must be a text")
    return lambda function: register(function, type)


def spec_from_function(
    function: Callable[..., Any],
    type: str | None = None,  # noqa: A002
    *,
    display_name: str | None = None,
    category: str = "",
    description: str | None = None,
    output: bool = False,
    version: str = "",
    cache: bool = True,
    parallel: bool = False,
    output_names: Sequence[str] | None = None,
    fingerprint: Callable[..., Any] | None = None,
    validate: Callable[..., Any] | None = None,
    check_lazy: Callable[..., Any] | None = None,
    still: Callable[[Mapping[str, Any]], bool] | None = None,
    input_is_list: bool = False,
    output_is_list: bool | Sequence[bool] = False,
    trusted: bool = False,
    hidden: Mapping[str, str] | None = None,
    scope: Mapping[str, Any] = MappingProxyType({}),
) -> NodeSpec:
    """The spec that `function` and these options describe. Raises SpecError."""
    name = type or getattr(function, "__name__", "")
    if not name or name == "<lambda>":
        raise SpecError("a lambda has no name; say @node('Name') or define a function")
    hints = resolve_hints(function, scope)
    text, tooltips = read_docstring(inspect.getdoc(function) or "")
    hidden = dict(hidden or {})
    wrong = [kind for kind in hidden.values() if kind not in HIDDEN_KINDS]
    if wrong:
        raise SpecError(f"{name}: hidden has {wrong[0]!r}; it must be one of {', '.join(sorted(HIDDEN_KINDS))}")
    inputs: list[InputSpec] = []
    takes_more = False
    for parameter in inspect.signature(function).parameters.values():
        if parameter.kind is parameter.VAR_KEYWORD:
            takes_more = True
        elif parameter.kind in (parameter.VAR_POSITIONAL, parameter.POSITIONAL_ONLY):
            raise SpecError(f"{name}: {parameter} can't be given by name; a node's inputs need names")
        elif parameter.name not in hidden:
            inputs.append(read_input(name, parameter, hints.get(parameter.name, Any), tooltips.get(parameter.name, "")))
    outputs = read_outputs(name, hints.get("return", inspect.Signature.empty), output_names, output_is_list)
    return NodeSpec(
        type=name,
        function=function,
        inputs=tuple(inputs),
        outputs=outputs,
        display_name=display_name or _readable(name),
        category=category,
        description=text if description is None else description,
        output_node=output,
        hidden=hidden,
        input_is_list=input_is_list,
        is_async=inspect.iscoroutinefunction(function),
        parallel=parallel,
        cacheable=cache,
        version=version,
        trusted=trusted,
        fingerprint=fingerprint,
        validate=validate,
        check_lazy=check_lazy,
        still=still,
        extra_inputs=takes_more,
        identity=identity_of(function),
    )


def _readable(name: str) -> str:
    """ "soften_edges" as "Soften Edges", "KSampler" as it is."""
    return name if not name.islower() else " ".join(word.capitalize() for word in name.split("_") if word)


_SECTION = re.compile(r"^(Args|Arguments|Parameters|Returns?|Yields|Raises|Notes?|Examples?|See Also|References)\s*:?\s*$", re.IGNORECASE)
_GOOGLE = re.compile(r"^(\*{0,2}\w+)\s*(?:\([^)]*\))?\s*:\s*(.*)$")
_NUMPY = re.compile(r"^(\w+)\s*(?::.*)?$")


def read_docstring(text: str) -> tuple[str, dict[str, str]]:
    """(what stands before the first section, help per parameter) of a docstring in Google's or NumPy's manner."""
    lines = text.splitlines()
    start = next((index for index, line in enumerate(lines) if _SECTION.match(line)), len(lines))
    tooltips: dict[str, str] = {}
    index = start
    while index < len(lines):
        heading = _SECTION.match(lines[index])
        body_start = index + 1
        end = next((i for i in range(body_start, len(lines)) if _SECTION.match(lines[i])), len(lines))
        if heading and heading[1].lower() in ("args", "arguments", "parameters"):
            underlined = body_start < len(lines) and set(lines[body_start].strip()) == {"-"}
            body = lines[body_start + 1 : end] if underlined else lines[body_start:end]
            tooltips.update(_read_parameters(body, _NUMPY if underlined else _GOOGLE))
        index = end
    return "\n".join(lines[:start]).strip(), tooltips


def _read_parameters(lines: list[str], pattern: re.Pattern[str]) -> dict[str, str]:
    """Help per parameter in the lines of one section; a deeper indented line goes on with the one before."""
    found: dict[str, list[str]] = {}
    filled = [line for line in lines if line.strip()]
    margin = min((len(line) - len(line.lstrip()) for line in filled), default=0)
    name = ""
    for line in filled:
        match = pattern.match(line.strip()) if len(line) - len(line.lstrip()) == margin else None
        if match:
            name = match[1].lstrip("*")
            found[name] = [match[2]] if match.lastindex == 2 else []
        elif name:
            found[name].append(line.strip())
    return {name: " ".join(part for part in parts if part) for name, parts in found.items()}
