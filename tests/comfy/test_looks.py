"""What ComfyUI's editor draws carries over both ways: groups, colours, folded nodes, reroutes of both kinds."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.comfy.signatures import comfy_registry, real_workflows
from virgil_nb.comfy.api_format import write_api
from virgil_nb.comfy.ui_reader import open_ui
from virgil_nb.comfy.ui_writer import write_ui
from virgil_nb.engine import Document, Frame, Link, Node, PanelItem, edit_from_json


def opened(file: dict[str, Any]) -> Document:
    return open_ui(json.loads(json.dumps(file)), comfy_registry())


def written(document: Document) -> dict[str, Any]:
    return json.loads(json.dumps(write_ui(document, comfy_registry())))


def edited(document: Document, **op: object) -> Document:
    return edit_from_json(op).apply(document)


LATENT = {"id": 1, "type": "EmptyLatentImage", "pos": [0, 0], "outputs": [{"name": "LATENT", "type": "LATENT", "links": [1, 2]}]}


def sampler(node_id: int, link: int) -> dict[str, Any]:
    return {"id": node_id, "type": "KSampler", "inputs": [{"name": "latent_image", "type": "LATENT", "link": link}], "widgets_values": []}


# --- groups


def test_a_group_is_a_frame_and_keeps_what_a_frame_has_no_word_for() -> None:
    group = {"id": 4, "title": "Sampling", "bounding": [10, 20, 300, 200], "color": "#A88", "font_size": 24, "flags": {"pinned": True}}
    document = opened({"nodes": [LATENT], "links": [], "groups": [group]})
    assert document.frames == {"4": Frame("Sampling", (10, 20, 300, 200), "#aa8888")}
    moved = edited(document, op="frame", id="4", frame={"title": "Noise", "box": [0, 0, 50, 60], "colour": "#336699"})
    (back,) = written(moved)["groups"]
    assert back == {**group, "title": "Noise", "bounding": [0, 0, 50, 60], "color": "#336699"}
    assert opened(written(moved)) == moved


def test_the_colour_that_every_new_group_has_is_none_here_and_comes_back() -> None:
    document = opened({"nodes": [], "links": [], "groups": [{"title": "G", "bounding": [0, 0, 9, 9], "color": "#3f789e"}]})
    assert document.frames["1"].colour is None
    assert written(document)["groups"][0]["color"] == "#3f789e"
    chosen = edited(document, op="frame", id="1", frame={"title": "G", "box": [0, 0, 9, 9], "colour": "#3f789e"})
    assert opened(written(chosen)).frames["1"].colour == "#3f789e"


@pytest.mark.parametrize("bounding", [None, [1, 2, 3], ["a", 0, 1, 1], 5])
def test_a_group_that_makes_no_sense_is_kept_as_it_is(bounding: object) -> None:
    group = {"title": "odd", "bounding": bounding}
    document = opened({"nodes": [LATENT], "links": [], "groups": [group, {"title": "good", "bounding": [0, 0, -5, 7]}]})
    assert document.frames == {"1": Frame("good", (-5, 0, 5, 7))}
    assert group in written(document)["groups"]


def test_groups_with_the_same_id_or_none_all_become_frames() -> None:
    groups = [{"title": name, "bounding": [0, 0, 1, 1], **more} for name, more in (("a", {"id": 1}), ("b", {"id": 1}), ("c", {}))]
    document = opened({"nodes": [], "links": [], "groups": groups})
    assert [frame.title for frame in document.frames.values()] == ["a", "b", "c"]
    assert opened(written(document)) == document


def test_a_frame_whose_id_is_no_number_keeps_it() -> None:
    document = Document(frames={"mine": Frame("A", (0, 0, 1, 1)), "7": Frame("B", (0, 0, 1, 1))})
    file = written(document)
    assert sorted(group["id"] for group in file["groups"]) == [7, 8]
    assert opened(file) == document


# --- colours, folding, panel


def test_a_node_with_a_colour_of_the_menu_has_the_tint_of_that_name() -> None:
    document = opened({"nodes": [{**LATENT, "color": "#322", "bgcolor": "#533"}], "links": []})
    assert document.nodes["1"].colour == "#aa8888"
    back = written(document)["nodes"][0]
    assert (back["color"], back["bgcolor"]) == ("#322", "#533")
    green = written(edited(document, op="colour", id="1", colour="#88aa88"))["nodes"][0]
    assert (green["color"], green["bgcolor"]) == ("#232", "#353")
    plain = written(edited(document, op="colour", id="1", colour=None))["nodes"][0]
    assert "color" not in plain and "bgcolor" not in plain


def test_colours_that_mean_more_than_a_tint_come_back_as_they_were() -> None:
    for colours in ({"color": "#123456", "bgcolor": "#654321"}, {"bgcolor": "#533"}, {"color": "rgba(1,2,3,0.5)", "bgcolor": "#000"}):
        back = written(opened({"nodes": [{**LATENT, **colours}], "links": []}))["nodes"][0]
        assert {name: back.get(name) for name in ("color", "bgcolor") if name in back} == colours


def test_a_colour_changed_there_is_not_overruled_by_what_was_written_here() -> None:
    file = written(Document.of(Node("1", "EmptyLatentImage", colour="#2a363b")))
    assert opened(file).nodes["1"].colour == "#2a363b"
    file["nodes"][0].update({"color": "#232", "bgcolor": "#353"})
    assert opened(file).nodes["1"].colour == "#88aa88"


def test_a_collapsed_node_is_folded_and_unfolded_again() -> None:
    document = opened({"nodes": [{**LATENT, "flags": {"collapsed": True, "pinned": True}}], "links": []})
    assert document.nodes["1"].folded
    assert written(document)["nodes"][0]["flags"] == {"collapsed": True, "pinned": True}
    assert written(edited(document, op="fold", id="1", folded=False))["nodes"][0]["flags"] == {"pinned": True}


def test_the_panel_is_kept_in_a_file_for_the_editor() -> None:
    document = Document({"1": Node("1", "KSampler")}, panel=(PanelItem("1", "seed", "Dice"), PanelItem("1", "steps")))
    assert opened(written(document)) == document


# --- reroutes


def through_a_reroute(**more: object) -> dict[str, Any]:
    """1 → Reroute 5 → 2, and 1 → 3"""
    reroute = {
        "id": 5,
        "type": "Reroute",
        "pos": [200, 40],
        "size": [75, 26],
        "inputs": [{"name": "", "type": "*", "link": 1}],
        "outputs": [{"name": "LATENT", "type": "LATENT", "links": [3]}],
        "properties": {"showOutputText": True, "horizontal": False},
        **more,
    }
    links = [[1, 1, 0, 5, 0, "*"], [3, 5, 0, 2, 3, "LATENT"], [2, 1, 0, 3, 3, "LATENT"]]
    return {"nodes": [LATENT, reroute, sampler(2, 3), sampler(3, 2)], "links": links}


def test_a_reroute_node_is_one_here_and_comes_back() -> None:
    document = opened(through_a_reroute())
    assert document.nodes["5"].links == {"": Link("1", 0)} and document.nodes["2"].links == {"latent_image": Link("5", 0)}
    assert "5" not in write_api(document, comfy_registry())
    assert write_api(document, comfy_registry())["2"]["inputs"]["latent_image"] == ["1", 0]
    file = written(document)
    back = next(node for node in file["nodes"] if node["id"] == 5)
    assert (back["type"], back["pos"], back["size"], back["mode"]) == ("Reroute", [200, 40], [75, 26], 0)
    assert back["properties"] == {"Node name for S&R": "Reroute", "showOutputText": True, "horizontal": False}
    assert back["outputs"][0]["type"] == "LATENT"
    assert {link[5] for link in file["links"]} == {"LATENT"}
    assert opened(file) == document


def test_a_muted_reroute_passes_on_as_it_does_there() -> None:
    document = opened(through_a_reroute(mode=2, size=[120, 30]))
    assert write_api(document, comfy_registry())["2"]["inputs"]["latent_image"] == ["1", 0]
    back = next(node for node in written(document)["nodes"] if node["id"] == 5)
    assert (back["mode"], back["size"]) == (2, [120, 30])
    muted = edited(document, op="mode", id="5", mode="muted")
    assert "latent_image" not in write_api(muted, comfy_registry())["2"]["inputs"]
    assert opened(written(muted)).nodes["5"].mode == "muted"


def test_a_constant_that_came_through_a_reroute_is_still_a_value() -> None:
    file = through_a_reroute()
    file["nodes"][0] = {"id": 1, "type": "PrimitiveNode", "widgets_values": [7, "fixed"], "outputs": [{"name": "INT", "links": [1]}]}
    file["nodes"][2]["inputs"] = [{"name": "seed", "type": "INT", "link": 3, "widget": {"name": "seed"}}]
    document = opened({**file, "nodes": file["nodes"][:3]})
    assert list(document.nodes) == ["2"] and document.nodes["2"].values["seed"] == 7


def test_all_reroutes_of_real_files_stay() -> None:
    for real in real_workflows():
        dots = sum(node["type"] == "Reroute" for node in real["workflow"]["nodes"])
        kept = sum(node.type == "Reroute" for node in opened(real["workflow"]).nodes.values())
        assert kept == dots


def with_points() -> dict[str, Any]:
    """1 → (7) → (8) → 2, and 1 → (7) → 3, by points on links."""
    return {
        "nodes": [LATENT, sampler(2, 1), sampler(3, 2)],
        "links": [[1, 1, 0, 2, 3, "LATENT"], [2, 1, 0, 3, 3, "LATENT"]],
        "extra": {
            "ds": {"scale": 1},
            "reroutes": [
                {"id": 7, "pos": [200.5, 40], "linkIds": [1, 2]},
                {"id": 8, "parentId": 7, "pos": [260, 80], "linkIds": [1]},
                {"id": 9, "pos": [0, 0], "linkIds": [], "floating": {"slotType": "output"}},
            ],
            "linkExtensions": [{"id": 1, "parentId": 8}, {"id": 2, "parentId": 7}],
        },
    }


def test_points_on_links_become_reroutes_and_go_back_to_being_points() -> None:
    document = opened(with_points())
    assert document.nodes["r7"].links == {"": Link("1", 0)} and document.nodes["r8"].links == {"": Link("r7", 0)}
    assert document.nodes["r7"].position == (190.5, 30)
    assert document.nodes["2"].links["latent_image"] == Link("r8", 0) and document.nodes["3"].links["latent_image"] == Link("r7", 0)
    assert write_api(document, comfy_registry())["3"]["inputs"]["latent_image"] == ["1", 0]
    file = written(document)
    assert [node["id"] for node in file["nodes"]] == [1, 2, 3]
    by_id = {one["id"]: one for one in file["extra"]["reroutes"]}
    assert by_id == {one["id"]: one for one in with_points()["extra"]["reroutes"]}
    assert file["extra"]["linkExtensions"] == with_points()["extra"]["linkExtensions"] and file["extra"]["ds"] == {"scale": 1}
    assert opened(file) == document


def test_a_point_that_became_more_than_a_point_is_written_as_a_node() -> None:
    document = opened(with_points())
    titled = edited(document, op="title", id="r8", title="latent")
    open_end = edited(document, op="unlink", id="r7", input="")
    leads_nowhere = edited(edited(document, op="unlink", id="2", input="latent_image"), op="unlink", id="3", input="latent_image")
    for changed in (titled, open_end, leads_nowhere):
        again = opened(written(changed))
        assert dict(again.nodes) == dict(changed.nodes)
        assert write_api(again, comfy_registry()) == write_api(changed, comfy_registry())


def test_links_that_are_objects_name_their_points_themselves() -> None:
    file = with_points()
    extra = file["extra"]
    links = [
        {"id": 1, "origin_id": 1, "origin_slot": 0, "target_id": 2, "target_slot": 3, "type": "LATENT", "parentId": 8},
        {"id": 2, "origin_id": 1, "origin_slot": 0, "target_id": 3, "target_slot": 3, "type": "LATENT", "parentId": 7},
    ]
    newer = {**file, "version": 1, "links": links, "extra": {"ds": extra["ds"]}, "reroutes": extra["reroutes"]}
    assert dict(opened(newer).nodes) == dict(opened(file).nodes)
    again = written(opened(newer))
    assert again["version"] == 0.4 and opened(again).nodes == opened(file).nodes


RING = [{"id": 7, "parentId": 8, "pos": [0, 0]}, {"id": 8, "parentId": 7, "pos": [0, 0]}]


@pytest.mark.parametrize(
    "extra",
    [
        {
            "reroutes": [{"id": 7, "parentId": 8, "pos": [0, 0]}, {"id": 8, "parentId": 7, "pos": [0, 0]}],
            "linkExtensions": [{"id": 1, "parentId": 7}],
        },
        {"reroutes": [{"id": 7, "pos": "here"}], "linkExtensions": [{"id": 1, "parentId": 7}]},
        {"reroutes": 5, "linkExtensions": {"id": 1}},
        {"reroutes": [None, {}], "linkExtensions": [None, {"id": [], "parentId": 1}, {"id": 1, "parentId": 99}]},
    ],
)
def test_points_that_make_no_sense_leave_the_link_as_it_is(extra: dict[str, Any]) -> None:
    document = opened({**with_points(), "extra": extra})
    assert document.nodes["2"].links["latent_image"] == Link("1", 0)
    assert opened(written(document)) == document
