"""Trivial kinds of nodes, and graphs drawn as text.

draw('''
    A:number(value=2) -> B:add(step=3).x -> C:show.x
    A -> D:total.a
    B -> D.b
''')
"""

from __future__ import annotations

import ast
import re
from typing import Any, NamedTuple

from virgil_nb.engine import Document, InputSpec, Link, Node, NodeReturn, NodeSpec, OutputSpec, Registry, node

REGISTRY = Registry()
CALLS: list[tuple[str, Any]] = []


@node(registry=REGISTRY)
def number(value: int = 1) -> int:
    """A number."""
    CALLS.append(("number", value))
    return value


@node(registry=REGISTRY)
def add(x: int, step: int = 1) -> int:
    """x + step."""
    CALLS.append(("add", (x, step)))
    return x + step


@node(registry=REGISTRY)
def total(a: int, b: int) -> int:
    """a + b."""
    CALLS.append(("total", (a, b)))
    return a + b


class Halves(NamedTuple):
    low: int
    high: int


@node(registry=REGISTRY)
def halves(x: int) -> Halves:
    """x in two parts."""
    return Halves(x // 2, x - x // 2)


@node(registry=REGISTRY)
def word(text: str = "") -> str:
    """A text."""
    return text


@node(registry=REGISTRY, output=True)
def show(x: int) -> None:
    """Shows a number."""
    CALLS.append(("show", x))
    return NodeReturn(ui={"shown": [x]})


@node(registry=REGISTRY)
def fails(x: int) -> int:
    """Raises."""
    raise ValueError(f"no {x}")


REGISTRY.register(
    NodeSpec(type="dot", function=lambda **_: None, inputs=(InputSpec("at", "*"),), outputs=(OutputSpec("", "*"),), virtual=True)
)

STEP = re.compile(r"^(?P<id>\w+)(?::(?P<type>\w+))?(?:\((?P<values>.*)\))?(?:\.(?P<input>\w+))?$")


def draw(picture: str) -> Document:
    """The document of a picture: `id:type(value=…)`, later just `id`; `-> id.input` links the output before it (`-1> `: its second)."""
    nodes: dict[str, Node] = {}
    for line in picture.strip().splitlines():
        parts = re.split(r"\s*-(\d?)>\s*", line.strip())
        before = None
        for index in range(0, len(parts), 2):
            match = STEP.match(parts[index].strip())
            assert match, parts[index]
            key = match["id"]
            if match["type"]:
                call = ast.parse(f"f({match['values'] or ''})", mode="eval").body
                assert isinstance(call, ast.Call)
                given = {word.arg: ast.literal_eval(word.value) for word in call.keywords}
                nodes[key] = Node(key, match["type"], given)
            if before is not None:
                slot = int(parts[index - 1] or 0)
                nodes[key] = nodes[key].with_(links={**nodes[key].links, match["input"]: Link(before, slot)})
            before = key
    return Document.of(*nodes.values())


def chain(length: int) -> Document:
    """number -> add -> add -> … ; ids "0" to str(length - 1)."""
    nodes = [Node("0", "number", {"value": 0})]
    nodes += [Node(str(index), "add", {"step": 1}, {"x": Link(str(index - 1), 0)}) for index in range(1, length)]
    return Document.of(*nodes)
