"""Which names from outside a function's code uses, read off its compiled form: what it reads, and what it only writes to.

A list that a node only appends to (to count its calls, to keep what it saw) is not what its result depends on; a dict of settings is.
"""

from __future__ import annotations

import collections
import dis
import functools
import queue
import threading
import types
from dataclasses import dataclass
from typing import Final

Chain = tuple[str, ...]

# of these types, a call of these methods is a note taken, not a value used
_KEEPERS: Final = (list, dict, set, bytearray, collections.deque, queue.Queue, queue.SimpleQueue, threading.Event)
_WRITES: Final = frozenset({"add", "append", "appendleft", "clear", "discard", "extend", "insert", "put", "put_nowait", "set", "update"})


@dataclass(frozen=True, slots=True)
class OuterNames:
    """reads: names with the attributes taken from them, ("np", "mean"). notes: names and the writing method called on them.

    changes: names that the code assigns to, as a whole or in part, and reads only for that. imports: modules that it imports itself.
    """

    reads: frozenset[Chain]
    notes: frozenset[Chain]
    changes: frozenset[str]
    imports: frozenset[str]


def only_notes(value: object) -> bool:
    """Whether calling a writing method of `value` uses nothing of it."""
    return isinstance(value, _KEEPERS)


@functools.lru_cache(maxsize=10_000)
def outer_names(code: types.CodeType) -> OuterNames:
    """The names that `code`, or code inside it, takes from outside."""
    reads: set[Chain] = set()
    notes: set[Chain] = set()
    changed: set[str] = set()
    stored: set[str] = set()
    steps = [step for step in dis.get_instructions(code) if step.opname not in ("CACHE", "PRECALL", "EXTENDED_ARG", "PUSH_NULL")]
    imports = {step.argval for step in steps if step.opname == "IMPORT_NAME"}
    own = set(code.co_cellvars)
    for index, step in enumerate(steps):
        name = step.argval
        if step.opname in ("STORE_GLOBAL", "STORE_DEREF") and name not in own:
            stored.add(name)
        if step.opname not in ("LOAD_GLOBAL", "LOAD_NAME", "LOAD_DEREF", "LOAD_CLASSDEREF") or name in own:
            continue
        chain = [name]
        after = index + 1
        while after < len(steps) and steps[after].opname in ("LOAD_ATTR", "LOAD_METHOD"):
            chain.append(steps[after].argval)
            after += 1
        following = [other.opname for other in steps[index + 1 : index + 5]]
        if len(chain) == 2 and chain[1] in _WRITES:
            notes.add(tuple(chain))
        elif _is_change(following):
            changed.add(name)
        else:
            reads.add(tuple(chain))
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            inner = outer_names(constant)
            reads.update(chain for chain in inner.reads if chain[0] not in own)
            notes.update(chain for chain in inner.notes if chain[0] not in own)
            changed.update(name for name in inner.changes if name not in own)
            imports.update(inner.imports)
    reads = {chain for chain in reads if chain[0] not in stored}
    return OuterNames(frozenset(reads), frozenset(notes), frozenset(changed | stored), frozenset(imports))


def _is_change(following: list[str]) -> bool:
    """Whether the name before these steps is changed in part: `x[k] = …`, `x[k] += …`, `x.a = …`, `x.a += …`."""
    first, second, third, fourth = (following + [""] * 4)[:4]
    if first == "STORE_ATTR" or (first == "COPY" and second == "LOAD_ATTR"):
        return True
    if not first.startswith("LOAD_"):
        return False
    return second == "STORE_SUBSCR" or (second == third == "COPY" and fourth.startswith("BINARY_"))
