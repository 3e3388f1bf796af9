"""Ten thousand workflow documents that went wrong somewhere: each gives problems or results; nothing hangs, and the worker lives on."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest

from tests.engine.kinds import draw
from tests.engine.semantics import SEMANTICS
from virgil_nb.engine import Document, DocumentError, Engine, Interrupted, NodeError, WorkflowInvalid

DOCUMENTS = 10_000
PICTURES = (
    "N:number(value=2) -> A:add(b=3).a -> S:show.x",
    "L:several(count=3) -> E:only_even.x -> A:add(b=5).a -> T:sum_up.values -> S:show.x\nN:number -> L.start",
    "A:number(value=1) -> C:choose(first=True).a -> S:show.x\nX:number(value=5) -> C.b",
    "N:number(value=2) -> A:add_often(times=2).x -> S:show.x\nN -> D:count_down.x -> W:later.x -> P:aside.x -> T:show.x",
    "N:number -> K:same_link(more=2).flow -> S:show.x",
)
JUNK: tuple[Any, ...] = (
    None,
    True,
    -1,
    0,
    7,
    2**70,
    1.5,
    float("nan"),
    float("inf"),
    "",
    "A",
    "N",
    "\ud800",
    "number",
    "<b>x</b>",
    "x" * 5000,
    [],
    [1, 2, 3],
    ["A", 0],
    ["N", -1],
    ["nobody", 0],
    ["A", "0"],
    {},
    {"__object__": "gone", "type": "Tensor"},
    {"__value__": [1, 2]},
    {"a": {"b": [{}]}},
)
KEYS = (
    "id",
    "type",
    "values",
    "links",
    "x",
    "a",
    "b",
    "value",
    "mode",
    "title",
    "position",
    "control",
    "extra",
    "frames",
    "panel",
    "version",
)


def places(data: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every (container, key) in JSON data."""
    keys = list(data) if isinstance(data, dict) else range(len(data)) if isinstance(data, list) else ()
    for key in keys:
        yield (data, key)
        yield from places(data[key])


def mutated(source: dict[str, Any], dice: random.Random) -> Any:
    """The document with a few things changed, taken away, doubled, exchanged or put in."""
    data: Any = deepcopy(source)
    for _ in range(dice.randint(1, 4)):
        found = list(places(data))
        if not found:
            return data
        container, key = dice.choice(found)
        match dice.randrange(6):
            case 0:
                container[key] = deepcopy(dice.choice(JUNK))
            case 1:
                del container[key]
            case 2 if isinstance(container, dict):
                container[dice.choice(KEYS)] = deepcopy(dice.choice(JUNK))
            case 3 if isinstance(container, list):
                container.append(deepcopy(container[key]))
            case 4:
                other, place = dice.choice(found)
                if place in other if isinstance(other, dict) else place < len(other):
                    container[key] = deepcopy(other[place])
            case _:
                container[key] = deepcopy(dice.choice(JUNK))
    return data if dice.random() > 0.01 else deepcopy(dice.choice(JUNK))


def outcome(engine: Engine, data: Any) -> str:
    """What becomes of a document; anything but these is an exception that nobody expects."""
    try:
        document = Document.from_json(data)
    except DocumentError as error:
        assert str(error)
        return "malformed"
    try:
        for problem in engine.validate(document):
            assert problem.kind and problem.message and json.dumps(problem.to_json(), default=str)
        engine.submit(document, partial=True).result(30)
    except WorkflowInvalid as error:
        assert error.problems
        return "invalid"
    except NodeError as error:
        assert error.node
        return "failed"
    except Interrupted:
        return "stopped"
    return "ran"


@pytest.mark.parametrize("part", range(4))
def test_a_document_that_went_wrong_gives_problems_or_results(part: int) -> None:
    dice, engine = random.Random(part), Engine(SEMANTICS)
    sources = [draw(picture).to_json() for picture in PICTURES]
    seen: dict[str, int] = {}
    for number in range(DOCUMENTS // 4):
        data = mutated(sources[number % len(sources)], dice)
        before = json.dumps(data, default=str)
        became = outcome(engine, data)
        assert json.dumps(data, default=str) == before  # what was offered is not written to
        seen[became] = seen.get(became, 0) + 1
    assert {"malformed", "invalid", "ran"} <= seen.keys(), seen
    result = engine.submit(draw(PICTURES[0])).result(30)
    assert result.ui("S") == {"shown": [5]}
    assert len(engine.queue) == 0
    engine.close()
