"""The workflow as text: in every format, of the whole or a part, and with the reason where there is none."""

from __future__ import annotations

import json
from typing import Any

import pytest

import virgil_nb as vnb
from tests.widget.conftest import Bench, MakeBench
from virgil_nb import comfy
from virgil_nb.engine import Document, Node, ObjectRef, open_document

ASK = {"kind": "ask_text", "view": "v"}
FORMATS = ("python", "virgil_nb", "comfyui-ui", "comfyui-api")


@pytest.fixture(autouse=True)
def formats() -> None:
    comfy.register()
    vnb.Workflow()  # brings the format "python"


def text(bench: Bench, **asked: Any) -> dict[str, Any]:
    seen = len(bench.of("text"))
    bench.receive({**ASK, **asked})
    return bench.until(lambda: bench.of("text")[seen:])[0]


@pytest.mark.parametrize("format_", FORMATS[1:])
def test_each_json_format_opens_again_as_the_same_graph(bench: Bench, format_: str) -> None:
    told = text(bench, format=format_)
    assert (told["view"], told["format"]) == ("v", format_)
    assert told["filename"].startswith("Test") and told["filename"].endswith(".json")
    opened = open_document(json.loads(told["text"]), bench._showing._registry)
    assert [(node.type, dict(node.links)) for node in opened.nodes.values()] == [
        (node.type, dict(node.links)) for node in bench._editor.document.nodes.values()
    ]
    assert opened.nodes["1"].values["value"] == 7


def test_python_is_of_the_whole_or_of_the_selection(bench: Bench) -> None:
    whole = text(bench, format="python")
    assert whole["filename"] == "Test.py"
    assert "wf.add('Number', value=7)" in whole["text"] and "wf.add('Show'" in whole["text"]
    part = text(bench, format="python", nodes=["1"])
    assert "Number" in part["text"] and "Show" not in part["text"]


def test_a_part_that_is_not_there_or_empty_is_told(bench: Bench) -> None:
    assert "'99' is not in the workflow" in text(bench, format="python", nodes=["99"])["error"]
    assert "no node is selected" in text(bench, format="virgil_nb", nodes=[])["error"]
    assert text(bench, format="python")["text"], "and the next is answered"


def test_a_python_object_goes_into_our_file_and_is_refused_for_comfyui(make_bench: MakeBench) -> None:
    bench = make_bench(Document.of(Node("1", "Number", {"value": ObjectRef("ab12", "torch.Tensor")}, title="Mine")))
    for format_ in ("comfyui-ui", "comfyui-api"):
        told = text(bench, format=format_)
        assert told["text"] == "" and "Mine.value holds a Python object (torch.Tensor)" in told["error"]
    assert json.loads(text(bench, format="virgil_nb")["text"])["nodes"][0]["values"]["value"]["__object__"] == "ab12"


@pytest.mark.parametrize(
    ("name", "filename"),
    [("../../etc/passwd", "etc-passwd.py"), ("<b>Fox & Co</b>", "b-Fox-Co-b.py"), ("", "workflow.py"), ("n" * 500, "n" * 60 + ".py")],
)
def test_the_name_of_the_file_is_harmless(make_bench: MakeBench, name: str, filename: str) -> None:
    assert text(make_bench(Document.of(Node("1", "Number"), name=name)), format="python")["filename"] == filename


def test_texts_are_written_of_the_moment_they_were_asked_for(bench: Bench) -> None:
    bench.receive({**ASK, "format": "virgil_nb"})
    bench.edit({"op": "set", "id": "1", "input": "value", "value": 50})
    assert json.loads(bench.until(lambda: bench.of("text"))[0]["text"])["nodes"][0]["values"]["value"] == 7


def test_the_workflow_of_an_earlier_run_is_what_that_run_ran(bench: Bench) -> None:
    run = bench.submit()
    bench.finish(run)
    bench.edit({"op": "set", "id": "1", "input": "value", "value": 50})
    told = text(bench, format="comfyui-ui", run=run.id)
    assert open_document(json.loads(told["text"]), bench._showing._registry).nodes["1"].values["value"] == 7
    assert "not in the history" in text(bench, format="comfyui-ui", run="none")["error"]


def test_without_a_notebook_code_has_no_name_for_the_workbench(bench: Bench) -> None:
    assert "wb = vnb.Workbench" in text(bench, format="wb")["error"]
