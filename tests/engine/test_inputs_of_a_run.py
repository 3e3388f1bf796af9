"""`RunResult.inputs`: the values that went into a node of a run."""

from __future__ import annotations

import pytest

from tests.engine.kinds import draw
from virgil_nb.engine import Engine


def test_typed_values_defaults_and_what_came_over_links_are_there(engine: Engine) -> None:
    result = engine.submit(draw("A:number(value=2) -> B:total(b=5).a -> C:add.x -> D:show.x")).result()
    assert result.inputs("B") == {"a": 2, "b": 5}
    assert result.inputs("C") == {"x": 7, "step": 1}


def test_past_a_bypassed_node_the_value_is_the_one_that_was_used(engine: Engine) -> None:
    document = draw("A:number(value=2) -> B:add(step=5).x -> C:show.x")
    bypassed = document.with_nodes({key: node.with_(mode="bypassed" if key == "B" else "on") for key, node in document.nodes.items()})
    assert engine.submit(bypassed).result().inputs("C") == {"x": 2}


def test_past_a_reroute_the_value_is_the_one_that_was_used(engine: Engine) -> None:
    assert engine.submit(draw("A:number(value=2) -> R:dot.at -> C:show.x")).result().inputs("C") == {"x": 2}


def test_a_node_that_was_served_from_the_cache_still_tells_its_inputs(engine: Engine) -> None:
    document = draw("A:number(value=2) -> B:add.x -> C:show.x")
    engine.submit(document).result()
    again = engine.submit(document).result()
    assert again.executed == () and again.inputs("B") == {"x": 2, "step": 1}


def test_a_node_that_was_not_needed_has_none(engine: Engine) -> None:
    result = engine.submit(draw("A:number -> B:show.x\nA -> C:add.x"), outputs=["B"]).result()
    with pytest.raises(KeyError, match="not needed"):
        result.inputs("C")
