"""What one annotation of a node function means: a socket's type, a field's limits, the names of the outputs."""

from __future__ import annotations

import inspect
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from virgil_nb.engine.errors import SpecError
from virgil_nb.engine.json_values import shown
from virgil_nb.engine.kinds.spec import MISSING, InputSpec, OutputSpec
from virgil_nb.engine.kinds.types import (
    WIDGET_TYPES,
    Choices,
    ImageUpload,
    Lazy,
    LinkOnly,
    Multiline,
    Range,
    RawLink,
    Seed,
    Socket,
    Tooltip,
)

_PLAIN = {int: "INT", float: "FLOAT", str: "STRING", bool: "BOOLEAN"}
MAX_SEED = 2**64 - 1


def resolve_hints(function: Callable[..., Any], scope: Mapping[str, Any]) -> dict[str, Any]:
    """The annotations of `function`, texts evaluated (also with names of `scope`). Raises SpecError if one can't be."""
    function = inspect.unwrap(function)
    try:
        return typing.get_type_hints(function, None, dict(scope), include_extras=True)
    except NameError as error:
        name = getattr(function, "__name__", "?")
        raise SpecError(f"{name}: an annotation uses {error.name!r}, which is not defined where the function is") from error


def read_input(node: str, parameter: inspect.Parameter, hint: Any, tooltip: str) -> InputSpec:
    """The input that a parameter stands for."""
    name = parameter.name
    default = MISSING if parameter.default is parameter.empty else parameter.default
    hint, optional, markers = _unwrap(hint)
    choices: Any = None
    if get_origin(hint) is Literal:
        choices = get_args(hint)
    fields: dict[str, Any] = {}
    socket: str | None = None
    for marker in markers:
        match marker:
            case Socket():
                socket = marker.name
            case Range():
                fields.update({key: getattr(marker, key) for key in ("min", "max", "step", "round") if getattr(marker, key) is not None})
            case Choices():
                choices = marker.find
                fields["files"] = marker.files
            case Multiline():
                fields["multiline"] = True
                fields["dynamic_prompts"] = marker.dynamic
            case Seed():
                fields["control_after_generate"] = True
                fields.setdefault("min", 0)
                fields.setdefault("max", MAX_SEED)
            case ImageUpload():
                fields["image_upload"] = True
            case LinkOnly():
                fields["link_only"] = True
            case Lazy():
                fields["lazy"] = True
            case RawLink():
                fields["raw_link"] = True
            case Tooltip():
                tooltip = marker.text
            case _:
                pass  # a marker of someone else
    type_name = "COMBO" if choices is not None and socket is None else socket or socket_name(hint)
    if default is None and type_name not in WIDGET_TYPES:
        optional = True
    if optional and default is MISSING:
        default = None
    if choices is not None and not callable(choices) and default is not MISSING and default is not None and default not in choices:
        raise SpecError(f"{node}.{name}: the default {shown(default)} is none of its choices {', '.join(map(str, choices))}")
    _check_default(node, name, type_name, default)
    required = not optional and (default is MISSING or type_name in WIDGET_TYPES)
    return InputSpec(name, type_name, required, default, choices=choices, tooltip=tooltip, **fields)


def _check_default(node: str, name: str, type_name: str, default: object) -> None:
    wanted = {"INT": (int,), "FLOAT": (int, float), "STRING": (str,), "BOOLEAN": (bool,)}.get(type_name)
    if wanted is None or default is MISSING or default is None:
        return
    if not isinstance(default, wanted) or (isinstance(default, bool) and type_name != "BOOLEAN"):
        raise SpecError(f"{node}.{name}: the default {shown(default)} is no {type_name}")


def _unwrap(hint: Any) -> tuple[Any, bool, list[Any]]:
    """(the bare annotation, whether None is allowed, the markers) of an annotation, however Annotated and Optional are nested."""
    optional, markers = False, []
    while True:
        if get_origin(hint) is Annotated:
            hint, *more = get_args(hint)
            markers.extend(more)
        elif get_origin(hint) in (Union, types.UnionType) and types.NoneType in get_args(hint):
            rest = tuple(part for part in get_args(hint) if part is not types.NoneType)
            hint, optional = (rest[0] if len(rest) == 1 else Union[rest]), True  # noqa: UP007
        else:
            return hint, optional, markers


def socket_name(hint: Any) -> str:
    """The socket type of a bare or annotated annotation: INT for int, "IMAGE" for Image, "*" for Any, "package.Class" for a class."""
    hint, _, markers = _unwrap(hint)
    for marker in markers:
        if isinstance(marker, Socket):
            return marker.name
    if hint in (Any, object, inspect.Signature.empty) or isinstance(hint, typing.TypeVar):
        return "*"
    if isinstance(hint, type) and hint in _PLAIN:
        return _PLAIN[hint]
    origin = get_origin(hint)
    if origin is Literal:
        return "COMBO"
    if origin in (Union, types.UnionType):
        return ",".join(dict.fromkeys(socket_name(part) for part in get_args(hint)))
    kind = origin or hint
    if not isinstance(kind, type):
        return "*"
    if kind.__module__ in ("builtins", "typing", "collections.abc"):
        return kind.__name__.upper()
    if kind.__module__ == "__main__":
        return kind.__qualname__
    return f"{kind.__module__.partition('.')[0]}.{kind.__qualname__}"


def read_outputs(node: str, hint: Any, names: Sequence[str] | None, lists: bool | Sequence[bool] = False) -> tuple[OutputSpec, ...]:
    """The outputs that a result's annotation stands for; several for a tuple or NamedTuple, none for None, one "*" when it is missing.

    lists: which of them are lists whose items go on one by one; True: all.
    """
    bare, _, markers = _unwrap(hint)
    has_socket = any(isinstance(marker, Socket) for marker in markers)
    parts: list[Any]
    labels: list[str] | None = None
    if hint is None or hint is types.NoneType or getattr(bare, "__name__", "") == "NodeReturn":
        parts = []
    elif not has_socket and isinstance(bare, type) and issubclass(bare, tuple) and hasattr(bare, "_fields"):
        hints = typing.get_type_hints(bare, include_extras=True)
        labels = list(bare._fields)
        parts = [hints.get(label, Any) for label in labels]
    elif not has_socket and get_origin(bare) is tuple and Ellipsis not in get_args(bare):
        parts = list(get_args(bare))
    else:
        parts = [hint]
    kinds = [socket_name(part) for part in parts]
    if names is not None:
        if parts and len(names) != len(parts):
            raise SpecError(f"{node}: {len(names)} output names are given and the result has {len(parts)} parts")
        labels = list(names)
        kinds = kinds or ["*"] * len(labels)
    flags = (lists,) * len(kinds) if isinstance(lists, bool) else tuple(bool(flag) for flag in lists)
    if len(flags) != len(kinds):
        raise SpecError(f"{node}: output_is_list has {len(flags)} entries and the result has {len(kinds)} parts")
    return tuple(OutputSpec(label, kind, is_list) for label, kind, is_list in zip(labels or kinds, kinds, flags, strict=True))
