"""What the engine costs per node, beside a bare loop that makes the same calls and one blake2b a node.

    python -m tests.bench.engine [--repeat 7] [--json]
    COMFYUI=path/to/a/checkout python -m tests.bench.engine      # ComfyUI's executor beside it (comfyui.py)

Graphs of 10 to 10,000 trivial nodes in five shapes: first run (new document, new engine, empty cache), the same document again (all
cached), and again with one leaf edited. Times are CPU time of the whole process, so that a busy machine disturbs them little; each is
the least of several.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import sys
from collections.abc import Callable
from functools import partial
from hashlib import blake2b
from pathlib import Path
from time import process_time
from typing import Any

from tests.bench.comfyui import api_format, print_beside
from tests.bench.comfyui import measured as comfyui
from virgil_nb.engine import Document, Engine, Link, Node, Registry, SetValue, node

SIZES = (10, 100, 1000, 10_000)
REGISTRY = Registry()


@node(registry=REGISTRY)
def start(value: int = 0) -> int:
    """The head of a chain."""
    return value


@node(registry=REGISTRY)
def add(value: int, step: int = 1) -> int:
    """A node that does next to nothing."""
    return value + step


@node(registry=REGISTRY)
def join(step: int = 1, **values: int) -> int:
    """The sum of any number of inputs."""
    return sum(values.values()) + step


def head() -> Node:
    return Node("0", "start", {"value": 0})


def after(index: int, source: int) -> Node:
    return Node(str(index), "add", {"step": index}, {"value": Link(str(source), 0)})


def joined(index: int, sources: list[int]) -> Node:
    return Node(str(index), "join", {"step": index}, {f"v{source}": Link(str(source), 0) for source in sources})


def chain(count: int) -> list[Node]:
    """One after the other."""
    return [head(), *(after(index, index - 1) for index in range(1, count))]


def fan_out(count: int) -> list[Node]:
    """All but the first take its value."""
    return [head(), *(after(index, 0) for index in range(1, count))]


def fan_in(count: int) -> list[Node]:
    """The last takes the values of all the others, which take that of the first."""
    return [*fan_out(count - 1), joined(count - 1, list(range(1, count - 1)))]


def lattice(count: int, wide: int = 10) -> list[Node]:
    """Rows of ten; each node takes the values of two of the row above."""
    nodes = [head(), *(after(index, 0) for index in range(1, wide))]
    for index in range(wide, count):
        above = index - index % wide - wide
        nodes.append(joined(index, [above + index % wide, above + (index + 1) % wide]))
    return nodes[:count]


def branches(count: int, long: int = 10) -> list[Node]:
    """Chains of ten nodes that have nothing to do with each other but the head."""
    return [head(), *(after(index, index - 1 if index % long else 0) for index in range(1, count))]


SHAPES: dict[str, Callable[[int], list[Node]]] = {
    "chain": chain,
    "fan-out": fan_out,
    "fan-in": fan_in,
    "lattice": lattice,
    "branches": branches,
}


def leaves(nodes: list[Node]) -> list[str]:
    """The nodes that none takes a value from: what is run for."""
    used = {link.node for one in nodes for link in one.links.values()}
    return [one.id for one in nodes if one.id not in used]


def bare_loop(document: Document) -> dict[str, int]:
    """The same calls with the same arguments, and one blake2b a node over its inputs and its sources' hashes; nothing else."""
    functions: dict[str, Callable[..., int]] = {"start": start, "add": add, "join": join}
    results: dict[str, int] = {}
    keys: dict[str, bytes] = {}
    for item in document.nodes.values():
        arguments: dict[str, Any] = dict(item.values)
        parts = [item.type.encode(), repr(arguments).encode()]
        for name, link in item.links.items():
            arguments[name] = results[link.node]
            parts.append(keys[link.node])
        keys[item.id] = blake2b(b"".join(parts), digest_size=16).digest()
        results[item.id] = functions[item.type](**arguments)
    return results


def seconds(call: Callable[[], object]) -> float:
    """CPU seconds of one call, in all threads."""
    begun = process_time()
    call()
    return process_time() - begun


def _run(engine: Engine, document: Document, outputs: list[str]) -> None:
    engine.submit(document, outputs=outputs).result()


def measure(shape: str, count: int, repeat: int) -> dict[str, float]:
    """The least CPU seconds of each of: bare, first, again, edited."""
    best = dict.fromkeys(("bare", "first", "again", "edited"), math.inf)
    for turn in range(repeat):
        nodes = SHAPES[shape](count)
        document, wanted = Document.of(*nodes), leaves(nodes)
        engine = Engine(REGISTRY)
        engine.submit(Document.of(head()), outputs=["0"]).result()  # the thread is there
        best["bare"] = min(best["bare"], seconds(partial(bare_loop, document)))
        run = partial(_run, engine, document, wanted)
        best["first"] = min(best["first"], seconds(run))
        best["again"] = min(best["again"], seconds(run))
        edited = SetValue(wanted[-1], "step", 1_000_000 + turn).apply(document)
        best["edited"] = min(best["edited"], seconds(partial(_run, engine, edited, wanted)))
        engine.close()
    return best


def key_bytes(count: int) -> float:
    """What the keys of a chain take in memory, bytes a node: the keys themselves and the table that they are in."""
    engine, nodes = Engine(REGISTRY), chain(count)
    plan = engine.submit(Document.of(*nodes), outputs=leaves(nodes)).plan
    keys = plan.keys(lambda: "").keys
    return (sys.getsizeof(keys) + sum(map(sys.getsizeof, keys.values()))) / count


def main() -> None:
    """Prints the tables."""
    parser = argparse.ArgumentParser(description="The engine's cost per node.")
    parser.add_argument("--repeat", type=int, default=7)
    parser.add_argument("--json", action="store_true", help="print figures as JSON")
    options = parser.parse_args()
    measure("chain", 10, 3)
    measured = {shape: {size: measure(shape, size, max(options.repeat, 200 // size)) for size in SIZES} for shape in SHAPES}
    if options.json:
        print(json.dumps(measured))
        return
    print("trivial nodes, CPU µs per node (all threads)\n")
    print("shape       nodes   bare loop   first run   × bare   run again   one leaf edited   growth of the first run")
    for shape, sizes in measured.items():
        for size, best in sizes.items():
            per = {name: value / size * 1e6 for name, value in best.items()}
            slope = ""
            if size >= 1000:
                slope = f"n^{math.log10(best['first'] / sizes[size // 10]['first']):.2f} from {size // 10:,}"
            print(
                f"{shape:9} {size:7,}   {per['bare']:9.2f}   {per['first']:9.2f}   {per['first'] / per['bare']:6.1f}   {per['again']:9.3f}"
                f"   {per['edited']:15.2f}   {slope}"
            )
    few, thousand = measured["chain"][10], measured["chain"][1000]
    print(f"\na run by itself (queue, thread, result), whatever its nodes: {few['again'] * 1e6:.0f} µs")
    first, again, edited = (thousand[name] * 1e3 for name in ("first", "again", "edited"))
    print(f"a chain of 1,000 nodes: first {first:.2f} ms, again {again:.2f} ms, one leaf edited {edited:.2f} ms")
    print(f"keys: {key_bytes(10_000):.0f} bytes a node")
    if checkout := os.environ.get("COMFYUI"):
        sizes = {size: {shape: SHAPES[shape](size) for shape in SHAPES} for size in SIZES[:3]}
        workflows = {shape: {size: api_format(sizes[size][shape], leaves(sizes[size][shape])) for size in sizes} for shape in SHAPES}
        print_beside(measured, comfyui(Path(checkout).expanduser(), workflows))


if __name__ == "__main__":
    main()
