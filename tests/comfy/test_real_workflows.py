"""Workflow files from the world open, become the graph that ComfyUI itself would run, and survive being saved and opened again."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest

from tests.comfy.signatures import comfy_registry, real_workflows
from virgil_nb.comfy.api_format import open_api, write_api
from virgil_nb.comfy.ui_reader import is_ui, open_ui
from virgil_nb.comfy.ui_writer import write_ui
from virgil_nb.engine import Registry

ALL = [pytest.param(one, id=one["name"].removesuffix(".json")) for one in real_workflows()]
# ComfyUI's front end adds a field of its own to these types, which has no meaning without it.
FRONT_END_FIELDS = {("SaveGLB", "image")}


def shape(api: dict[str, Any]) -> list[str]:
    """The graph without its node ids, which differ between versions of the front end."""
    known: dict[str, str] = {}

    def name(node_id: str) -> str:
        if node_id not in known:
            known[node_id] = "a cycle"
            node = api[node_id]
            inputs = {
                key: [name(value[0]), value[1]]
                if isinstance(value, list)
                else int(value)
                if isinstance(value, float) and value.is_integer()
                else value
                for key, value in node["inputs"].items()
                if (node["class_type"], key) not in FRONT_END_FIELDS
            }
            digest = hashlib.sha256(json.dumps(inputs, sort_keys=True).encode()).hexdigest()[:12]
            known[node_id] = f"{node['class_type']} {digest}"
        return known[node_id]

    return sorted(name(node_id) for node_id in api)


@pytest.mark.parametrize("real", ALL)
def test_an_opened_file_is_the_graph_that_comfyui_sends(real: dict[str, Any]) -> None:
    assert is_ui(real["workflow"])
    document = open_ui(real["workflow"], comfy_registry())
    assert shape(write_api(document, comfy_registry())) == shape(real["api"])


@pytest.mark.parametrize("real", ALL)
def test_an_opened_file_saved_and_opened_again_is_the_same_document(real: dict[str, Any]) -> None:
    document = open_ui(real["workflow"], comfy_registry())
    again = open_ui(json.loads(json.dumps(write_ui(document, comfy_registry()))), comfy_registry())
    assert again == document


def test_an_api_graph_saved_and_opened_again_is_the_same_document() -> None:
    for real in real_workflows():
        document = open_api(real["api"], comfy_registry())
        assert open_api(json.loads(json.dumps(write_api(document, comfy_registry()))), comfy_registry()) == document


def test_nodes_of_unknown_types_keep_what_is_needed_to_write_them_again() -> None:
    nothing_known = Registry()
    for real in real_workflows():
        document = open_ui(real["workflow"], nothing_known)
        written = write_ui(document, nothing_known)
        assert open_ui(json.loads(json.dumps(written)), nothing_known) == document
        # and where the types are known, the saved file has all that the first had
        wanted = write_api(open_ui(real["workflow"], comfy_registry()), comfy_registry())
        found = write_api(open_ui(written, comfy_registry()), comfy_registry())
        for node_id, node in wanted.items():
            assert found[node_id]["class_type"] == node["class_type"]
            assert {key: found[node_id]["inputs"].get(key) for key in node["inputs"]} == node["inputs"]
