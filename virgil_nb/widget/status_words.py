"""How far a run is, in a few words, for places that show text alone."""

from __future__ import annotations

from collections.abc import Mapping

from virgil_nb.widget.messages.runs import NodeStateJSON, RunJSON


def in_words(run: RunJSON, nodes: Mapping[str, NodeStateJSON]) -> str:
    """Such as "12 / 20, about 4 s left", "waits behind 2", "Done in 5.7 s", or what failed."""
    match run["state"]:
        case "queued":
            return "waits" if run.get("position", 0) == 0 else f"waits behind {run['position']}"
        case "running":
            return ", ".join(part for part in (_step(run, nodes), _left(run.get("remaining"))) if part)
        case "done":
            return f"Done in {max(run.get('seconds', 0.0), 0.1):.1f} s"
        case "failed":
            return run.get("message", "It failed.")
        case _:
            return "Stopped"


def _step(run: RunJSON, nodes: Mapping[str, NodeStateJSON]) -> str:
    for state in nodes.values():
        if state["state"] == "running" and "value" in state and "max" in state:
            return f"{state['value']:g} / {state['max']:g}"
    return f"{run.get('finished', 0)} of {run.get('total', 0)} nodes"


def _left(seconds: float | None) -> str:
    return "" if seconds is None or seconds < 1 else f"about {seconds:.0f} s left"
