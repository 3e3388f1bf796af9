"""Writes the message types as TypeScript, so that the two ends cannot drift apart.

    python -m virgil_nb.widget.typescript [FILE]     # FILE: js/src/sync/messages.ts of this source tree

Knows what messages.py uses: TypedDict, Literal, unions, list, dict with str keys, fixed tuples and JSON's own types.
"""

from __future__ import annotations

import sys
import types
import typing
from collections.abc import Iterator
from pathlib import Path

from virgil_nb.widget import messages

TARGET = Path(__file__).resolve().parents[2] / "js" / "src" / "sync" / "messages.ts"
HEADER = """// Written by `python -m virgil_nb.widget.typescript` from virgil_nb/widget/messages.py: change it there.
// Every message between the editor in the browser and the workbench in the kernel.
"""
PLAIN = {bool: "boolean", int: "number", float: "number", str: "string", type(None): "null"}
ALIASES = ("NodeMode", "ControlMode", "Source", "Side", "Op", "RunState", "NodeRunState", "NoteLevel", "ToKernel", "ToBrowser")
CONSTANTS = ("PROTOCOL", "MAX_MESSAGE_BYTES")
JSON_VALUE = "null | boolean | number | string | JsonValue[] | { [key: string]: JsonValue }"
ANY_JSON = typing.get_type_hints(messages.SetOp)["value"]
LINE = 120


def render() -> str:
    """The text of messages.ts."""
    named = {getattr(messages, name): name for name in ALIASES}
    blocks = [HEADER, *(f"export const {name} = {getattr(messages, name)};\n" for name in CONSTANTS)]
    blocks.append(f"export type JsonValue = {JSON_VALUE};\n")
    for alias, name in named.items():
        others = {other: other_name for other, other_name in named.items() if other_name != name}
        blocks.append(_alias(name, [_type(part, others) for part in _parts(alias)]))
    blocks.extend(_interface(cls, named) for cls in _typed_dicts())
    return "\n".join(blocks)


def _typed_dicts() -> Iterator[type]:
    for value in vars(messages).values():
        if typing.is_typeddict(value):
            yield value


def _parts(annotation: object) -> tuple[object, ...]:
    return typing.get_args(annotation) if _is_union(annotation) else (annotation,)


def _is_union(annotation: object) -> bool:
    return typing.get_origin(annotation) in (typing.Union, types.UnionType)


def _alias(name: str, parts: list[str]) -> str:
    line = f"export type {name} = {' | '.join(parts)};\n"
    return line if len(line) <= LINE else f"export type {name} =\n" + "".join(f"  | {part}\n" for part in parts)[:-1] + ";\n"


def _interface(cls: type, named: dict[object, str]) -> str:
    lines = [f"/** {' '.join((cls.__doc__ or '').split())} */", f"export interface {cls.__name__} {{"]
    for key, hint in typing.get_type_hints(cls, include_extras=True).items():
        optional = typing.get_origin(hint) is typing.NotRequired
        lines.append(f"  {key}{'?' if optional else ''}: {_type(typing.get_args(hint)[0] if optional else hint, named)};")
    return "\n".join([*lines, "}", ""])


def _type(annotation: object, named: dict[object, str]) -> str:
    if annotation == ANY_JSON:
        return "JsonValue"
    if typing.is_typeddict(annotation):
        return typing.cast("type", annotation).__name__
    if isinstance(annotation, type) and annotation in PLAIN:
        return PLAIN[annotation]
    if annotation in named:
        return named[annotation]
    return _compound(annotation, named)


def _compound(annotation: object, named: dict[object, str]) -> str:
    origin, args = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Literal:
        return " | ".join(f'"{value}"' for value in args)
    if _is_union(annotation):
        return " | ".join(_type(part, named) for part in args)
    if origin is list:
        inner = _type(args[0], named)
        return f"({inner})[]" if " | " in inner else f"{inner}[]"
    if origin is dict:
        return f"{{ [key: string]: {_type(args[1], named)} }}"
    if origin is tuple:
        return f"[{', '.join(_type(part, named) for part in args)}]"
    raise TypeError(f"{annotation!r} has no TypeScript form yet; add one to virgil_nb/widget/typescript.py.")


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else TARGET
    target.write_text(render(), encoding="utf-8")
