"""A workflow is opened from whatever carries it, and what carries none is refused with a reason."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from tests.comfy.signatures import comfy_registry, real_workflows
from virgil_nb import comfy
from virgil_nb.comfy.api_format import open_api, write_api
from virgil_nb.comfy.ui_reader import open_ui
from virgil_nb.engine import Document, DocumentError, Node, open_document, write_document

INPAINT = next(one for one in real_workflows() if "inpain_model_cat" in one["name"])


@pytest.fixture(autouse=True)
def registered() -> None:
    comfy.register()
    comfy.register()


def opened(source: object) -> Document:
    return open_document(source, comfy_registry())


def wanted() -> Document:
    return open_ui(INPAINT["workflow"], comfy_registry())


def png(folder: Path, **texts: str) -> Path:
    info = PngInfo()
    for key, text in texts.items():
        info.add_text(key, text)
    path = folder / "fox.png"
    Image.new("RGB", (8, 8)).save(path, pnginfo=info)
    return path


def test_a_ui_file_opens_from_dict_text_bytes_and_path(tmp_path: Path) -> None:
    text = json.dumps(INPAINT["workflow"])
    path = tmp_path / "inpaint.json"
    path.write_text("\ufeff" + text, encoding="utf-8")
    for source in (INPAINT["workflow"], text, text.encode(), path, str(path)):
        assert opened(source) == wanted()


def test_an_api_graph_opens_alone_and_as_a_request() -> None:
    api = open_api(INPAINT["api"], comfy_registry())
    assert opened(INPAINT["api"]) == opened({"prompt": INPAINT["api"], "client_id": "x"}) == api
    assert {node.type for node in api.nodes.values()} == {node.type for node in wanted().nodes.values()}


def test_our_own_format_opens_from_text_and_path_too(tmp_path: Path) -> None:
    path = tmp_path / "own.json"
    path.write_text(json.dumps(wanted().to_json()))
    assert opened(path) == opened(path.read_text()) == wanted()


def test_a_picture_opens_as_the_workflow_in_it(tmp_path: Path) -> None:
    both = png(tmp_path, workflow=json.dumps(INPAINT["workflow"]), prompt=json.dumps(INPAINT["api"]))
    with Image.open(both) as picture:
        for source in (both, str(both), both.read_bytes(), picture):
            assert opened(source) == wanted()


def test_a_picture_with_the_api_graph_alone_opens(tmp_path: Path) -> None:
    assert opened(png(tmp_path, prompt=json.dumps(INPAINT["api"]))) == open_api(INPAINT["api"], comfy_registry())


def test_a_picture_whose_workflow_is_broken_opens_by_its_prompt(tmp_path: Path) -> None:
    path = png(tmp_path, workflow='{"nodes": [', prompt=json.dumps(INPAINT["api"]))
    assert opened(path) == open_api(INPAINT["api"], comfy_registry())


def test_a_picture_without_a_workflow_says_what_it_has(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match=r"no workflow.*parameters"):
        opened(png(tmp_path, parameters="a fox, steps: 20"))
    with pytest.raises(DocumentError, match="no workflow"):
        opened(Image.new("RGB", (8, 8)))


def test_a_broken_picture_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "broken.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\nnothing")
    with pytest.raises(DocumentError, match="can't be read"):
        opened(path)


@pytest.mark.parametrize("source", ["nothing.json", "no/such/fox.png", Path("nothing.json")])
def test_a_missing_file_is_named(source: object) -> None:
    with pytest.raises(FileNotFoundError, match=Path(str(source)).name):
        opened(source)


@pytest.mark.parametrize(
    "text", ["{", "[1, 2]", "{}", '{"nodes": 3, "links": []}', '{"3": {"class_type": 5}}', "[" * 100_000, '{"a": ' * 100_000]
)
def test_text_that_is_no_workflow_is_refused(text: str) -> None:
    with pytest.raises(DocumentError):
        opened(text)


def test_a_folder_and_a_binary_file_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(bytes(range(128, 256)))
    for source in (tmp_path, tmp_path / "a.json", 7, None, [1]):
        with pytest.raises(DocumentError):
            opened(source)


def damaged() -> list[Any]:
    """UI files with one thing wrong each."""
    good = {"id": 1, "type": "KSampler", "inputs": [{"name": "model", "type": "MODEL", "link": 1}], "widgets_values": [1]}
    link = [1, 2, 0, 1, 0, "MODEL"]
    wrong: list[Any] = [
        {"nodes": [good, good], "links": []},
        {"nodes": [{**good, "id": None}], "links": []},
        {"nodes": [{**good, "id": [1]}], "links": [link]},
        {"nodes": [{**good, "type": None}], "links": [link]},
        {"nodes": [None, 3, "x", []], "links": [None, 3, "x", [], [1], {}]},
        {"nodes": [{**good, "inputs": None, "properties": []}], "links": None},
        {"nodes": [{**good, "inputs": [None, {"link": {}}, {"link": [1]}, {"name": 3, "link": 1}]}], "links": [link]},
        {"nodes": [good], "links": [[1, 1, 0, 1, 0, "MODEL"]]},
        {"nodes": [good], "links": [{"id": [], "origin_id": {}, "origin_slot": "x"}]},
        {"nodes": [{**good, "widgets_values": {"seed": 7}, "mode": "x", "pos": "here", "size": [None, 1], "title": 5}], "links": []},
        {"nodes": [{**good, "properties": {"virgil_nb": {"values": 3, "guessed": 4, "unset": 5, "control": 6, "extra": 7}}}], "links": []},
        {"nodes": [good], "links": [], "definitions": {"subgraphs": [None, {"id": "KSampler", "nodes": [good], "links": []}]}},
        {"nodes": [{"id": 1, "type": "Reroute", "inputs": [{"link": 1}]}, {**good, "id": 2}], "links": [[1, 1, 0, 1, 0, "*"]]},
        {"nodes": [{**good, "pos": [float("nan"), 1]}], "links": [], "extra": [], "groups": 5},
    ]
    return wrong


@pytest.mark.parametrize("source", damaged())
def test_a_damaged_file_opens_as_far_as_it_makes_sense_or_is_refused(source: object) -> None:
    try:
        document = opened(source)
    except DocumentError as refused:
        assert str(refused)
    else:
        write_document("comfyui-ui", document, comfy_registry())
        write_document("comfyui-api", document, comfy_registry())


def test_subgraphs_that_contain_each_other_are_refused() -> None:
    inner = {"id": "loop", "nodes": [{"id": 1, "type": "loop"}], "links": [], "inputs": [], "outputs": []}
    with pytest.raises(DocumentError, match="without end"):
        opened({"nodes": [{"id": 1, "type": "loop"}], "links": [], "definitions": {"subgraphs": [inner]}})


def chain(mode: int, kind: str = "LatentUpscale") -> dict[str, Any]:
    """1 EmptyLatentImage → 2 (in that mode) → 3 KSampler.latent_image"""
    return {
        "nodes": [
            {"id": 1, "type": "EmptyLatentImage", "outputs": [{"name": "LATENT", "type": "LATENT", "links": [1]}]},
            {"id": 2, "type": kind, "mode": mode, "inputs": [{"name": "samples", "type": "LATENT", "link": 1}]},
            {
                "id": 3,
                "type": "KSampler",
                "inputs": [{"name": "latent_image", "type": "LATENT", "link": 2}],
                "widgets_values": [7, "randomize"],
            },
        ],
        "links": [[1, 1, 0, 2, 0, "LATENT"], [2, 2, 0, 3, 3, "LATENT"]],
    }


@pytest.mark.parametrize(("mode", "fed_by"), [(0, ["2", 0]), (2, None), (4, ["1", 0])])
def test_muted_and_bypassed_nodes_stay_in_the_document_and_leave_the_api_graph(mode: int, fed_by: list[object] | None) -> None:
    document = opened(chain(mode))
    assert list(document.nodes) == ["1", "2", "3"]
    assert document.nodes["2"].mode == {0: "on", 2: "muted", 4: "bypassed"}[mode]
    api = write_api(document, comfy_registry())
    assert ("2" in api) == (mode == 0)
    assert api["3"]["inputs"].get("latent_image") == fed_by


def test_what_a_seed_does_after_a_run_is_kept() -> None:
    document = opened(chain(0))
    assert document.nodes["3"].values["seed"] == 7
    assert dict(document.nodes["3"].control) == {"seed": "randomize"}
    written = write_document("comfyui-ui", document, comfy_registry())
    sampler = next(node for node in written["nodes"] if node["id"] == 3)
    assert sampler["widgets_values"] == [7, "randomize", 20, 8.0, "euler", "simple", 1.0]


def test_lists_as_values_are_wrapped_so_that_they_are_no_links() -> None:
    document = Document.of(Node("1", "SomeonesNode", {"size": ["4", 0], "text": "x"}))
    api = write_api(document, comfy_registry())
    assert api["1"]["inputs"]["size"] == {"__value__": ["4", 0]}
    assert open_api(api, comfy_registry()) == document


def test_a_title_is_kept_and_the_types_own_name_is_none() -> None:
    document = open_api({"1": {"class_type": "KSampler", "inputs": {}, "_meta": {"title": "KSampler"}}}, comfy_registry())
    assert document.nodes["1"].title is None
    titled = Document.of(Node("1", "KSampler", title="The <b>sampler</b>"))
    assert opened(json.loads(json.dumps(write_document("comfyui-ui", titled, comfy_registry())))).nodes["1"].title == "The <b>sampler</b>"
    assert write_api(titled, comfy_registry())["1"]["_meta"] == {"title": "The <b>sampler</b>"}
