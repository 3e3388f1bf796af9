"""Formats: the engine's registry of openers and writers."""

from __future__ import annotations

import pytest

from tests.engine.kinds import REGISTRY, draw
from virgil_nb.engine import (
    Document,
    DocumentError,
    Node,
    formats,
    has_writer,
    open_document,
    register_opener,
    register_writer,
    write_document,
)


@pytest.fixture(autouse=True)
def _own_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(formats, "_openers", dict(formats._openers))
    monkeypatch.setattr(formats, "_writers", dict(formats._writers))


def test_our_own_format_opens_what_it_wrote() -> None:
    document = draw("A:number(value=2) -> B:show.x")
    assert open_document(write_document("virgil_nb", document, REGISTRY), REGISTRY) == document


def test_the_latest_registered_opener_is_asked_first() -> None:
    register_opener("mine", lambda source: source == "mine", lambda source, registry: Document.of(Node("1", "number")))
    assert list(open_document("mine", REGISTRY).nodes) == ["1"]


def test_an_unknown_format_says_what_is_known() -> None:
    with pytest.raises(DocumentError, match=r"42 is no workflow in a format that is known here .*virgil_nb"):
        open_document(42, REGISTRY)
    with pytest.raises(DocumentError, match="nobody writes the format 'nothing'"):
        write_document("nothing", Document(), REGISTRY)


def test_a_writer_can_be_registered() -> None:
    register_writer("list", lambda document, registry: {"ids": list(document.nodes)})
    assert has_writer("list") and write_document("list", draw("A:number"), REGISTRY) == {"ids": ["A"]}
