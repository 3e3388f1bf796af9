"""Writes the message types as TypeScript, so that the two ends cannot drift apart: a page for each page of messages/.

    python -m virgil_nb.widget.typescript [FOLDER]     # FOLDER: js/src/sync/messages of this source tree

Knows what messages/ uses: TypedDict, Literal, unions, list, dict with str keys, fixed tuples and JSON's own types.
"""

from __future__ import annotations

import sys
import types
import typing
from collections.abc import Mapping
from pathlib import Path

from virgil_nb.widget import messages
from virgil_nb.widget.messages import document, edits, keeping, runs, specs, to_browser, to_kernel

TARGET = Path(__file__).resolve().parents[2] / "js" / "src" / "sync" / "messages"
HEADER = """// Written by `python -m virgil_nb.widget.typescript` from virgil_nb/widget/messages/{page}.py: change it there.
// {about}
"""
PAGES = (document, edits, specs, runs, keeping, to_kernel, to_browser)
CONSTANTS = ("PROTOCOL", "MAX_MESSAGE_BYTES")
PLAIN = {bool: "boolean", int: "number", float: "number", str: "string", type(None): "null"}
JSON_VALUE = "null | boolean | number | string | JsonValue[] | { [key: string]: JsonValue }"
ANY_JSON = typing.get_type_hints(edits.SetOp)["value"]
LINE = 120


def render() -> dict[str, str]:
    """The text of each file of the folder."""
    homes = {name: _title(page) for page in PAGES for name in _Page(page, {}).own}
    index = [HEADER.format(page="__init__", about=_about(messages))]
    index.append("".join(f'export * from "./{_title(page)}";\n' for page in PAGES))
    index.extend(f"export const {name} = {getattr(messages, name)};\n" for name in CONSTANTS)
    return {"index.ts": "\n".join(index), **{f"{_title(page)}.ts": _Page(page, homes).render() for page in PAGES}}


def write(folder: Path) -> None:
    """Puts the files into `folder`, and takes out those that are of no page any more."""
    folder.mkdir(parents=True, exist_ok=True)
    pages = render()
    for left in set(folder.glob("*.ts")) - {folder / name for name in pages}:
        left.unlink()
    for name, text in pages.items():
        (folder / name).write_text(text, encoding="utf-8")


def _title(page: types.ModuleType) -> str:
    return page.__name__.rpartition(".")[2]


def _about(page: types.ModuleType) -> str:
    return (page.__doc__ or "").partition("\n")[0]


class _Page:
    """One page of messages/: its aliases first, then its shapes. homes: the page of each name."""

    def __init__(self, page: types.ModuleType, homes: Mapping[str, str]) -> None:
        self._page = page
        self._homes = homes
        self._used: set[str] = set()
        self._aliases = [name for name, kind in vars(page).get("__annotations__", {}).items() if kind == "TypeAlias"]
        self._shapes = [value for value in vars(page).values() if typing.is_typeddict(value) and value.__module__ == page.__name__]

    @property
    def own(self) -> list[str]:
        """The names that the page defines."""
        return [*self._aliases, *(shape.__name__ for shape in self._shapes)]

    def render(self) -> str:
        """The page as TypeScript, with what it takes from other pages."""
        blocks = [*(self._alias(name) for name in self._aliases), *(self._interface(shape) for shape in self._shapes)]
        pages = sorted({self._homes[name] for name in self._used - set(self.own)})
        imports = "".join(
            f'import type {{ {", ".join(sorted(name for name in self._used if self._homes[name] == page))} }} from "./{page}";\n'
            for page in pages
        )
        head = HEADER.format(page=_title(self._page), about=_about(self._page))
        return "\n".join([head, *([imports] if imports else []), *blocks])

    def _alias(self, name: str) -> str:
        value = getattr(self._page, name)
        if name == "JsonValue":
            return f"export type JsonValue = {JSON_VALUE};\n"
        parts = [self._type(part, but=name) for part in (typing.get_args(value) if _is_union(value) else (value,))]
        line = f"export type {name} = {' | '.join(parts)};\n"
        return line if len(line) <= LINE else f"export type {name} =\n" + "".join(f"  | {part}\n" for part in parts)[:-1] + ";\n"

    def _interface(self, shape: type) -> str:
        lines = [f"/** {' '.join((shape.__doc__ or '').split())} */", f"export interface {shape.__name__} {{"]
        for key, hint in typing.get_type_hints(shape, include_extras=True).items():
            optional = typing.get_origin(hint) is typing.NotRequired
            lines.append(f"  {key}{'?' if optional else ''}: {self._type(typing.get_args(hint)[0] if optional else hint)};")
        return "\n".join([*lines, "}", ""])

    def _type(self, annotation: object, but: str = "") -> str:
        """`annotation` in TypeScript, by name where it has one. but: a name not to use, because this is what it is defined as."""
        if typing.is_typeddict(annotation):
            return self._named(typing.cast("type", annotation).__name__)
        if isinstance(annotation, type) and annotation in PLAIN:
            return PLAIN[annotation]
        name = next((known for alias, known in _ALIASES if alias == annotation), "")
        return self._named(name) if name and name != but else self._compound(annotation)

    def _named(self, name: str) -> str:
        self._used.add(name)
        return name

    def _compound(self, annotation: object) -> str:
        origin, args = typing.get_origin(annotation), typing.get_args(annotation)
        if origin is typing.Literal:
            return " | ".join(f'"{value}"' for value in args)
        if _is_union(annotation):
            return " | ".join(self._type(part) for part in args)
        if origin is list:
            inner = self._type(args[0])
            return f"({inner})[]" if " | " in inner else f"{inner}[]"
        if origin is dict:
            return f"{{ [key: string]: {self._type(args[1])} }}"
        if origin is tuple:
            return f"[{', '.join(self._type(part) for part in args)}]"
        raise TypeError(f"{annotation!r} has no TypeScript form yet; add one to virgil_nb/widget/typescript.py.")


def _is_union(annotation: object) -> bool:
    return typing.get_origin(annotation) in (typing.Union, types.UnionType)


_ALIASES = [(ANY_JSON, "JsonValue")]
_ALIASES += [(getattr(page, name), name) for page in PAGES for name in vars(page).get("__annotations__", {}) if name != "JsonValue"]


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else TARGET)
