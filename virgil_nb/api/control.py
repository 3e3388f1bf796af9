"""Control after a run: inputs such as a seed that change by themselves when a run is queued.

The document keeps for each such input one of ComfyUI's words: fixed, increment, decrement, randomize. The change is an ordinary,
undoable edit made just before the snapshot is taken, so the field shows the value that the run uses.
"""

from __future__ import annotations

import random

from virgil_nb.engine import Batch, Editor, InputSpec, Registry, SetValue

_LARGEST = 2**64 - 1


def advance(editor: Editor, registry: Registry, rng: random.Random | None = None) -> None:
    """Changes every input of the editor's document whose control says so, in one edit."""
    source = rng or random.SystemRandom()
    edits: list[SetValue] = []
    for node in editor.document.nodes.values():
        for name, how in node.control.items():
            spec = registry.get(node.type)
            declared = next((i for i in spec.inputs if i.name == name), None) if spec else None
            value = node.values.get(name, declared.default if declared else None)
            if declared is None or name in node.links or not isinstance(value, int) or isinstance(value, bool):
                continue
            changed = _next(value, how, declared, source)
            if changed != value:
                edits.append(SetValue(node.id, name, changed))
    if edits:
        editor.apply(edits[0] if len(edits) == 1 else Batch(tuple(edits)), origin="run")


def _next(value: int, how: str, declared: InputSpec, source: random.Random) -> int:
    low = 0 if declared.min is None else int(declared.min)
    high = _LARGEST if declared.max is None else int(declared.max)
    step = max(1, int(declared.step or 1))
    if how == "randomize":
        # 16 digits at most: a seed is read out and typed again, and files that other programs read in JavaScript carry it unharmed.
        return source.randint(low, min(high, 2**53 - 1))
    if how == "increment":
        return value + step if value + step <= high else low
    if how == "decrement":
        return value - step if value - step >= low else high
    return value
