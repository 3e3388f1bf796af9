"""Which Python objects an edit brings with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from virgil_nb.engine import AddNode, Document, Edit, ObjectRef, ReplaceDocument, SetValue
from virgil_nb.widget.keeping.steps import flat


def references(edit: Edit) -> Iterator[ObjectRef]:
    """The objects that `edit` puts into a document."""
    for part in flat(edit):
        match part:
            case SetValue():
                yield from _within(part.value)
            case AddNode():
                yield from _within(part.node.values)
            case ReplaceDocument():
                yield from references_in(part.document)


def references_in(document: Document) -> Iterator[ObjectRef]:
    """The objects that are inputs of a document."""
    for node in document.nodes.values():
        yield from _within(node.values)


def _within(value: object) -> Iterator[ObjectRef]:
    if isinstance(value, ObjectRef):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _within(item)
    elif isinstance(value, tuple):
        for item in value:
            yield from _within(item)
