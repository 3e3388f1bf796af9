"""Reroute: a point that a link passes through, to lead it round something. It never runs: plans, keys and results know nothing of it.

Its one input and its one output have no names, and the type of whatever feeds it. ComfyUI's editor has a node of the same name.
"""

from __future__ import annotations

from typing import Any, Final

from virgil_nb.engine import FixedIdentity, InputSpec, NodeSpec, OutputSpec, default_registry

REROUTE: Final = "Reroute"


def passed_on(**inputs: Any) -> Any:
    """The value that was given, as it is."""
    return inputs[""]


SPEC: Final = default_registry().register(
    NodeSpec(
        type=REROUTE,
        function=passed_on,
        inputs=(InputSpec("", "*"),),
        outputs=(OutputSpec("", "*"),),
        category="graph",
        description="A point on a link, to lead it round something. It changes nothing.",
        trusted=True,
        virtual=True,
        identity=FixedIdentity("1"),
    )
)
