"""What the engine costs per node, beside a bare loop that makes the same calls and one blake2b a node.

    python -m tests.bench.engine [--repeat 7] [--json]

Chains of 10 to 10,000 trivial nodes: first run (new document, new engine, empty cache), the same document again (all cached), and
again with the last node edited. Times are CPU time of the whole process, so that a busy machine disturbs them little; each is the
least of several.
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Callable
from functools import partial
from hashlib import blake2b
from time import process_time
from typing import Any

from virgil_nb.engine import Document, Engine, Link, Node, Registry, SetValue, node

SIZES = (10, 30, 100, 300, 1000, 3000, 10_000)
REGISTRY = Registry()


@node(registry=REGISTRY)
def start(value: int = 0) -> int:
    """The head of a chain."""
    return value


@node(registry=REGISTRY)
def add(value: int, step: int = 1) -> int:
    """A node that does next to nothing."""
    return value + step


def chain(length: int) -> Document:
    """start ─▶ add ─▶ add ─▶ …"""
    nodes = [Node("0", "start", {"value": 0})]
    nodes += [Node(str(index), "add", {"step": 1}, {"value": Link(str(index - 1), 0)}) for index in range(1, length)]
    return Document.of(*nodes)


def bare_loop(document: Document) -> dict[str, int]:
    """The same calls with the same arguments, and one blake2b a node over its inputs and its sources' hashes; nothing else."""
    functions: dict[str, Callable[..., int]] = {"start": start, "add": add}
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


def measure(length: int, repeat: int) -> dict[str, float]:
    """The least CPU seconds of each of: bare, first, again, edited."""
    best = dict.fromkeys(("bare", "first", "again", "edited"), math.inf)
    last = [str(length - 1)]
    for turn in range(repeat):
        document = chain(length)
        engine = Engine(REGISTRY)
        engine.submit(chain(1), outputs=["0"]).result()  # the thread is there
        best["bare"] = min(best["bare"], seconds(partial(bare_loop, document)))
        run = partial(_run, engine, document, last)
        best["first"] = min(best["first"], seconds(run))
        best["again"] = min(best["again"], seconds(run))
        edited = SetValue(last[0], "step", 100 + turn).apply(document) if length > 1 else document
        best["edited"] = min(best["edited"], seconds(partial(_run, engine, edited, last)))
        engine.close()
    return best


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description="The engine's cost per node.")
    parser.add_argument("--repeat", type=int, default=7)
    parser.add_argument("--json", action="store_true", help="print figures as JSON")
    options = parser.parse_args()
    measured: dict[int, dict[str, float]] = {}
    measure(10, 2)
    for size in SIZES:
        measured[size] = measure(size, max(options.repeat, 1000 // size))
    if options.json:
        print(json.dumps(measured))
        return
    print("chain of trivial nodes, CPU µs per node (all threads)\n")
    print("  nodes   bare loop   first run   × bare   run again   one leaf edited   again / first")
    for size, best in measured.items():
        per = {name: value / size * 1e6 for name, value in best.items()}
        print(
            f"{size:7,}   {per['bare']:9.2f}   {per['first']:9.2f}   {per['first'] / per['bare']:6.1f}   {per['again']:9.3f}"
            f"   {per['edited']:15.2f}   {best['again'] / best['first']:13.3f}"
        )
    small, large = 100, 10_000
    slope = math.log(measured[large]["first"] / measured[small]["first"]) / math.log(large / small)
    thousand, few = measured[1000], measured[SIZES[0]]
    print(f"a run by itself (queue, thread, result), whatever its nodes: {few['again'] * 1e6:.0f} µs")
    print(f"\ngrowth of the first run from {small} to {large:,} nodes: n^{slope:.2f}")
    first, again, edited = (thousand[name] * 1e3 for name in ("first", "again", "edited"))
    print(f"1,000 nodes: first {first:.2f} ms, again {again:.2f} ms, one leaf edited {edited:.2f} ms")


if __name__ == "__main__":
    main()
