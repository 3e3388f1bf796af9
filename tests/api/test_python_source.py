"""The Python of a workflow makes it again: what runs, and how it looks."""

from __future__ import annotations

import pytest

import virgil_nb as vnb
from virgil_nb.engine import Document, Link, Node


def made_again(wf: vnb.Workflow) -> vnb.Workflow:
    space: dict[str, object] = {}
    exec(wf.to_python(), space)
    again = space["wf"]
    assert isinstance(again, vnb.Workflow)
    return again


def by_new_ids(wf: vnb.Workflow, again: vnb.Workflow) -> dict[str, str]:
    """Ids of `wf` to those of `again`, by titles, which the tests make unlike."""
    ids = {node.info.title: node.info.id for node in again.nodes}
    return {node.info.id: ids[node.info.title] for node in wf.nodes}


@pytest.fixture
def wf() -> vnb.Workflow:
    made = vnb.Workflow.template("text-to-image")
    for node in made.nodes:
        made.edit({"op": "title", "id": node, "title": f"{node.info.type} {node.info.id}"})
    return made


def test_frames_panel_colours_modes_and_controls_are_made_again(wf: vnb.Workflow) -> None:
    sampler = next(node for node in wf.nodes if node.info.type == "KSampler")
    decode = next(node for node in wf.nodes if node.info.type == "VAEDecode")
    wf.edit(
        {"op": "frame", "id": "1", "frame": {"title": 'It\'s "here"', "box": [0, -20.5, 400, 300], "colour": "#336699"}},
        {"op": "panel", "items": [{"node": sampler, "input": "seed", "label": "Dice"}, {"node": sampler, "input": "steps"}]},
        {"op": "colour", "id": sampler, "colour": "#2a363b"},
        {"op": "fold", "id": decode, "folded": True},
        {"op": "mode", "id": decode, "mode": "bypassed"},
        {"op": "control", "id": sampler, "input": "seed", "control": "increment"},
        {"op": "move", "positions": {sampler: [10, 20.25]}},
    )
    again = made_again(wf)
    ids = by_new_ids(wf, again)
    before, after = wf.document, again.document
    assert after.name == before.name and after.frames == before.frames
    assert before.panel is not None and after.panel is not None
    assert [(item.node, item.input, item.label) for item in after.panel] == [(ids[i.node], i.input, i.label) for i in before.panel]
    for key, node in before.nodes.items():
        new = after.nodes[ids[key]]
        for name in ("type", "values", "title", "position", "size", "mode", "control", "colour", "folded"):
            assert getattr(new, name) == getattr(node, name), name
        assert new.links == {name: Link(ids[link.node], link.slot) for name, link in node.links.items()}


def test_reroutes_are_made_again_with_their_places() -> None:
    nodes = [
        Node("1", "EmptyLatentImage"),
        Node("2", "Reroute", links={"": Link("1", 0)}, position=(40, 50)),
        Node("3", "Reroute", links={"": Link("2", 0)}),
        Node("4", "KSampler", links={"latent_image": Link("3", 0)}),
    ]
    again = made_again(vnb.Workflow(Document.of(*nodes))).document
    assert [(node.type, dict(node.links), node.position) for node in again.nodes.values()] == [
        (node.type, dict(node.links), node.position) for node in nodes
    ]


def test_a_value_under_a_link_comes_back_when_the_link_is_cut() -> None:
    nodes = [Node("1", "EmptyLatentImage"), Node("2", "KSampler", {"seed": 7}, {"seed": Link("1", 0)})]
    again = made_again(vnb.Workflow(Document.of(*nodes))).document
    assert again.nodes["2"].values["seed"] == 7 and again.nodes["2"].links == {"seed": Link("1", 0)}


def test_plain_workflows_have_plain_python() -> None:
    wf = vnb.Workflow()
    latent = wf.add("EmptyLatentImage", width=64)
    wf.edit({"op": "move", "positions": {latent: [5, 6]}})
    assert "wf.edit" not in wf.to_python()


def test_edits_in_json_are_one_step_and_all_or_none(wf: vnb.Workflow) -> None:
    before = wf.document
    sampler = next(node for node in wf.nodes if node.info.type == "KSampler")
    wf.edit({"op": "set", "id": sampler, "input": "steps", "value": 3}, {"op": "mode", "id": sampler, "mode": "muted"})
    assert sampler.steps == 3
    wf.undo()
    assert wf.document == before
    with pytest.raises(vnb.EditError, match="must be one of on, muted, bypassed"):
        wf.edit({"op": "set", "id": sampler, "input": "steps", "value": 3}, {"op": "mode", "id": sampler, "mode": "off"})
    assert wf.document == before
    with pytest.raises(ValueError, match="another workflow"):
        wf.edit({"op": "mode", "id": vnb.Workflow().add("EmptyLatentImage"), "mode": "muted"})
