"""The built-in nodes: thin functions that join the engine and the diffusion room.

`load()` puts them into the engine's default registry. Importing this package, and loading the nodes, imports neither torch nor
numpy nor PIL: each function imports what it needs when it runs.
"""

from __future__ import annotations

import importlib

_MODULES = ("loaders", "text", "sampling", "latents", "vae", "inpainting", "images", "reroute")
_loaded: set[str] = set()


def load() -> None:
    """Registers the built-in nodes and the values on their wires. Cheap, and harmless when done again."""
    if _loaded:
        return
    importlib.import_module("virgil_nb.nodes.values").register()
    for name in _MODULES:
        importlib.import_module(f"virgil_nb.nodes.{name}")
    _loaded.update(_MODULES)


def free_models() -> None:
    """Drops all loaded weights; the next use reads them again."""
    import sys

    memory = sys.modules.get("virgil_nb.diffusion.memory")
    if memory is not None:
        memory.free_memory()
