"""Opening: a workflow from the clipboard or a file takes the document's place undoably, and anything else changes nothing."""

from __future__ import annotations

import base64
import io
import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from tests.widget.conftest import Bench
from virgil_nb import comfy
from virgil_nb.engine import Document, Node, write_document

OPEN = {"kind": "open", "view": "v"}
OTHER = Document.of(Node("9", "Number", {"value": 42}), name="Other")


@pytest.fixture(autouse=True)
def formats() -> None:
    comfy.register()


def upload(bench: Bench, name: str, data: bytes, use: str = "workflow", view: str = "v") -> dict[str, Any]:
    seen = len(bench.of("uploaded"))
    content = base64.b64encode(data).decode()
    bench.receive(
        {"kind": "upload", "view": view, "upload": name, "name": name, "size": len(data), "offset": 0, "data": content, "use": use}
    )
    return bench.until(lambda: bench.of("uploaded")[seen:])[0]


def png(texts: dict[str, Any]) -> bytes:
    info, file = PngInfo(), io.BytesIO()
    for key, value in texts.items():
        info.add_text(key, json.dumps(value))
    Image.new("RGB", (4, 4)).save(file, "PNG", pnginfo=info)
    return file.getvalue()


def test_text_of_each_format_is_opened_and_can_be_undone(bench: Bench) -> None:
    before = bench._editor.document
    for format_ in ("virgil_nb", "comfyui-ui", "comfyui-api"):
        text = "\n " + json.dumps(write_document(format_, OTHER, bench._showing._registry))
        bench.receive({**OPEN, "text": text})
        bench.until(lambda: [(n.type, n.values.get("value")) for n in bench._editor.document.nodes.values()] == [("Number", 42)])
        rev = bench._editor.revision
        bench.until(lambda rev=rev: any(told["view"] == "*" and told["rev"] == rev for told in bench.of("snapshot")))
        bench.receive({"kind": "undo", "view": "v", "seq": 1})
        assert bench._editor.document == before


def test_an_uploaded_file_and_a_picture_that_carries_a_workflow_are_opened(bench: Bench) -> None:
    api = write_document("comfyui-api", OTHER, bench._showing._registry)
    for name, data in (("wf.json", json.dumps(OTHER.to_json()).encode()), ("wf.png", png({"prompt": api}))):
        assert upload(bench, name, data)["name"] == name
        bench.receive({**OPEN, "upload": name})
        bench.until(lambda: bench._editor.document.nodes.get("9"))
        bench.receive({"kind": "undo", "view": "v", "seq": 1})
        assert "9" not in bench._editor.document.nodes


BAD_TEXTS = {
    "nothing": "",
    "prose": "a red fox",
    "a list": "[1, 2]",
    "broken JSON": '{"format": "virgil_nb", "nodes": [',
    "other JSON": '{"cells": [], "nbformat": 4}',
    "a newer version": '{"format": "virgil_nb", "version": 99, "nodes": []}',
    "two nodes of one id": '{"format": "virgil_nb", "version": 1, "nodes": [{"id": "1", "type": "A"}, {"id": "1", "type": "A"}]}',
    "nested deeply": '{"a":' * 50_000,
}


@pytest.mark.parametrize("text", BAD_TEXTS.values(), ids=BAD_TEXTS.keys())
def test_text_that_is_no_workflow_is_told_and_nothing_is_lost(bench: Bench, text: str) -> None:
    before = bench._editor.document
    bench.receive({**OPEN, "text": text})
    notice = bench.until(lambda: bench.of("notice"))[0]
    assert notice["level"] == "error" and notice["text"].endswith("Nothing was changed.")
    assert bench._editor.document is before and bench._editor.revision == 0


def test_text_is_never_taken_for_the_path_of_a_file(bench: Bench, tmp_path: Path) -> None:
    path = tmp_path / "secret.json"
    path.write_text(json.dumps(OTHER.to_json()))
    bench.receive({**OPEN, "text": str(path)})
    assert "is no workflow" in bench.until(lambda: bench.of("notice"))[0]["text"]
    assert "9" not in bench._editor.document.nodes


def test_a_picture_without_a_workflow_and_a_file_that_is_none_are_told_by_name(bench: Bench) -> None:
    for name, data in (("plain.png", png({})), ("notes.txt", b"\xff\xfe\x00"), ("cut.png", png({})[:30])):
        seen = len(bench.of("notice"))
        upload(bench, name, data)
        bench.receive({**OPEN, "upload": name})
        assert name in bench.until(lambda seen=seen: bench.of("notice")[seen:])[0]["text"]
    assert bench._editor.revision == 0


def test_a_file_that_never_came_or_was_opened_before_is_told(bench: Bench) -> None:
    upload(bench, "wf.json", json.dumps(OTHER.to_json()).encode())
    for upload_id in ("gone", None, "wf.json", "wf.json"):
        bench.receive({**OPEN, **({} if upload_id is None else {"upload": upload_id})})
    bench.until(lambda: len(bench.of("notice")) == 4)
    gone, unnamed, opened, again = (notice["text"] for notice in bench.of("notice"))
    assert all("did not arrive" in text for text in (gone, unnamed, again))
    assert opened == "wf.json is open. Undo brings back what was here before."
    assert bench._editor.revision == 1


def test_another_views_upload_is_not_ones_own(bench: Bench) -> None:
    upload(bench, "wf.json", json.dumps(OTHER.to_json()).encode(), view="w")
    bench.receive({**OPEN, "upload": "wf.json"})
    assert "did not arrive" in bench.until(lambda: bench.of("notice"))[0]["text"]
