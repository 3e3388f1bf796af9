"""virgil_nb: a Jupyter-native workbench for diffusion models.

The public names, imported lazily: `import virgil_nb` loads neither torch nor Jupyter, and takes milliseconds.
"""

from __future__ import annotations

import importlib
import logging
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

logging.getLogger(__name__).addHandler(logging.NullHandler())

_HOMES = {
    "virgil_nb.api": (
        "Result",
        "Run",
        "Session",
        "Workbench",
        "Workflow",
        "default_session",
        "generate",
    ),
    "virgil_nb.engine": (
        "Blocker",
        "Choices",
        "EditError",
        "Graph",
        "ImageUpload",
        "Interrupted",
        "Items",
        "Lazy",
        "Multiline",
        "NodeError",
        "NodeReturn",
        "Problem",
        "Range",
        "RawLink",
        "RunInsideNode",
        "Seed",
        "Socket",
        "VirgilError",
        "WorkflowInvalid",
        "node",
    ),
    "virgil_nb.engine.kinds.types": (
        "Clip",
        "Conditioning",
        "ControlNet",
        "Image",
        "Latent",
        "Mask",
        "Model",
        "Noise",
        "Sigmas",
        "Vae",
    ),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = sorted(_HOME_OF)

if TYPE_CHECKING:
    from virgil_nb.api import Result, Run, Session, Workbench, Workflow, default_session, generate
    from virgil_nb.engine import (
        Blocker,
        Choices,
        EditError,
        Graph,
        ImageUpload,
        Interrupted,
        Items,
        Lazy,
        Multiline,
        NodeError,
        NodeReturn,
        Problem,
        Range,
        RawLink,
        RunInsideNode,
        Seed,
        Socket,
        VirgilError,
        WorkflowInvalid,
        node,
    )
    from virgil_nb.engine.kinds.types import Clip, Conditioning, ControlNet, Image, Latent, Mask, Model, Noise, Sigmas, Vae


def __getattr__(name: str) -> Any:
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module 'virgil_nb' has no attribute {name!r}; its names are {', '.join(__all__)}.")
    value = getattr(importlib.import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
