"""Nodes that a node is expanded into have no place in the editor: what happens to them is shown on the node that they stand for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from virgil_nb.engine.events import Event, NodeFinished, NodesAdded, NodesCached, NodeStarted


def as_shown(*listeners: Callable[[Event], object]) -> Callable[[Event], object]:
    """A listener of one run that tells the others what the editor shows of it."""
    display: dict[str, str] = {}

    def listen(event: Event) -> None:
        if isinstance(event, NodesAdded):
            display.update(event.nodes)
            return
        shown = _placed(event, display) if display else event
        if shown is not None:
            for listener in listeners:
                listener(shown)

    return listen


def _placed(event: Event, display: dict[str, str]) -> Event | None:
    """The event on the node that shows it; None if it is not shown."""
    if isinstance(event, NodesCached):
        nodes = tuple(node for node in event.nodes if node not in display)
        return replace(event, nodes=nodes) if nodes else None
    shown_on = display.get(getattr(event, "node", ""))
    if shown_on is None:
        return event
    if isinstance(event, (NodeStarted, NodeFinished)):
        return None  # the node itself runs until all of them are over
    placed: Any = event
    placed = replace(placed, node=shown_on)
    return placed  # type: ignore[no-any-return]
