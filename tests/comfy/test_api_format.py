"""What the API format's opener keeps of a graph, and what it leaves behind."""

from __future__ import annotations

from virgil_nb import nodes
from virgil_nb.comfy.api_format import open_api
from virgil_nb.engine import default_registry


def test_a_constant_that_a_known_type_does_not_declare_is_left_behind():
    nodes.load()
    graph = {"1": {"class_type": "LoadImage", "inputs": {"image": "lake.png", "upload": "image"}}}
    assert dict(open_api(graph, default_registry()).nodes["1"].values) == {"image": "lake.png"}


def test_everything_of_an_unknown_type_is_kept():
    graph = {"1": {"class_type": "FaceDetailer", "inputs": {"strength": 0.5, "upload": "image"}}}
    assert dict(open_api(graph, default_registry()).nodes["1"].values) == {"strength": 0.5, "upload": "image"}
