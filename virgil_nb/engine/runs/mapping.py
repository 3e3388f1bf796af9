"""From what comes over the wires to the calls of a node, and from what those return to its outputs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from virgil_nb.engine import values
from virgil_nb.engine.blocker import SILENT, Blocker
from virgil_nb.engine.kinds.expansion import Expansion
from virgil_nb.engine.kinds.function_node import NodeReturn
from virgil_nb.engine.kinds.spec import NodeSpec
from virgil_nb.engine.lists import Items
from virgil_nb.engine.values import IMMUTABLE


@dataclass(frozen=True, slots=True)
class Returned:
    """What one call gave: a value per output (of an expansion also Links to what is still to come), and what it shows."""

    outputs: tuple[Any, ...]
    ui: Mapping[str, Any] | None = None
    expand: Expansion | None = None


def is_mapped(spec: NodeSpec, arguments: Mapping[str, Any]) -> bool:
    """Whether the node runs once for each item of a list."""
    return not spec.input_is_list and any(type(value) is Items for value in arguments.values())


def calls_of(spec: NodeSpec, arguments: Mapping[str, Any]) -> list[dict[str, Any] | Blocker]:
    """The arguments of each call; a Blocker where one of them keeps it from being made.

    As many calls as the longest list has items, and none if a list is empty; what is shorter repeats its last item.
    """
    if spec.input_is_list:
        whole = {name: list(value) if type(value) is Items else [value] for name, value in arguments.items()}
        blocker = next((item for items in whole.values() for item in items if type(item) is Blocker), None)
        return [whole if blocker is None else blocker]
    lengths = [len(value) for value in arguments.values() if type(value) is Items]
    calls: list[dict[str, Any] | Blocker] = []
    for index in range(0 if 0 in lengths else max(lengths, default=1)):
        one = {name: value[min(index, len(value) - 1)] if type(value) is Items else value for name, value in arguments.items()}
        blocker = next((value for value in one.values() if type(value) is Blocker), None)
        calls.append(one if blocker is None else blocker)
    return calls


def blocked(spec: NodeSpec) -> Returned:
    """What a call gives that is not made. The reason was told where it was blocked, so what follows is blocked in silence."""
    return Returned((SILENT,) * len(spec.outputs))


def read_returned(spec: NodeSpec, returned: Any) -> Returned:
    """What a node's function returned, a value per output. Raises TypeError or ValueError if that can't be told."""
    count = len(spec.outputs)
    if type(returned) is NodeReturn:
        ui = None if returned.ui is None else dict(returned.ui)
        if isinstance(returned.outputs, Blocker):
            return Returned((returned.outputs,) * count, ui)
        check_count(len(returned.outputs), count)
        return Returned(tuple(returned.outputs), ui, returned.expand)
    if type(returned) is Blocker:
        return Returned((returned,) * count)
    if count == 1:
        return Returned((returned,))
    if count == 0:
        return Returned(())
    if not isinstance(returned, (tuple, list)):
        raise TypeError(f"it returned a {type(returned).__qualname__}, and has {count} outputs; return a tuple of {count} values")
    check_count(len(returned), count)
    return Returned(tuple(returned))


def combine(spec: NodeSpec, calls: Sequence[Returned], mapped: bool) -> tuple[Any, ...]:
    """A value per output of what the calls gave: of the only call, or Items of all calls'; lists joined into one."""
    outputs: list[Any] = []
    for slot, output in enumerate(spec.outputs):
        found = [call.outputs[slot] for call in calls]
        if output.is_list:
            items: list[Any] = []
            for value in found:
                if type(value) is Blocker:
                    items.append(value)
                elif isinstance(value, (list, tuple)):
                    items.extend(value)
                else:
                    raise TypeError(f"its output {output.name} is a list, and it returned a {type(value).__qualname__}; return a list")
            outputs.append(Items(items))
        elif mapped:
            # the output of a node that a call was expanded into may be several values
            outputs.append(Items([item for value in found for item in (value if type(value) is Items else (value,))]))
        else:
            outputs.append(found[0])
    return tuple(outputs)


def join_ui(parts: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """What several calls show, as one: lists one after the other; of what is no list, the last."""
    if not parts:
        return None
    joined = dict(parts[0])
    for part in parts[1:]:
        for name, value in part.items():
            before = joined.get(name)
            both = isinstance(before, (list, tuple)) and isinstance(value, (list, tuple))
            joined[name] = [*before, *value] if both and before is not None else value
    return joined


def check_count(given: int, wanted: int) -> None:
    """Raises ValueError unless a node gave as many values as it has outputs."""
    if given != wanted:
        raise ValueError(f"it returned {given} value{'' if given == 1 else 's'}, and has {wanted} output{'' if wanted == 1 else 's'}")


def call_all(
    spec: NodeSpec, function: Callable[..., Any], calls: Sequence[dict[str, Any] | Blocker], check: Callable[[], None]
) -> list[Any]:
    """What each call returns; what is changed by one is not seen by the next. check: called between two, raises if the run is to stop."""
    found: list[Any] = []
    for one in calls:
        if isinstance(one, Blocker):
            found.append(blocked(spec))
            continue
        if found:
            check()
        given = one if spec.trusted else {name: values.copy(value) for name, value in one.items()}
        found.append(function(**given))
    return found


def owned(outputs: tuple[Any, ...]) -> tuple[Any, ...]:
    """Outputs that nobody else holds, so that nobody can change them."""
    for value in outputs:
        if type(value) not in IMMUTABLE:
            return tuple([values.copy(value) for value in outputs])
    return outputs
