"""`virgil nodes` and `virgil models`: what there is to work with."""

from __future__ import annotations

import json
from itertools import groupby

from virgil_nb import nodes as built_in
from virgil_nb.cli.errors import UsageError
from virgil_nb.diffusion.safetensors_header import read_metadata
from virgil_nb.engine import MISSING, InputSpec, NodeSpec, Services, default_registry
from virgil_nb.nodes.folders import Folders

KINDS = ("checkpoints", "vae", "loras", "text_encoders", "diffusion_models", "controlnet", "upscale_models", "embeddings")


def list_nodes(kind: str | None, *, as_json: bool) -> int:
    """Prints all node types by category, or one in full."""
    built_in.load()
    registry = default_registry()
    services = Services(Folders.default())
    specs = sorted(registry, key=lambda spec: (spec.category, spec.type))
    if kind is not None:
        one = registry.get(kind)
        if one is None:
            close = registry.close_names(kind)
            raise UsageError(f"there is no node type {kind!r}" + (f"; did you mean {' or '.join(close)}?" if close else "."))
        specs = [one]
    if as_json:
        print(json.dumps([spec.to_json(services) for spec in specs], indent=1, ensure_ascii=False))
    elif kind is not None:
        print(described(specs[0], services))
    else:
        for category, group in groupby(specs, key=lambda spec: spec.category):
            print(category or "(no category)")
            for spec in group:
                print(f"  {spec.type:24} {first_line(spec.description)}")
    return 0


def described(spec: NodeSpec, services: Services) -> str:
    """All that there is to know of a node type, as text."""
    lines = [f"{spec.type} ({spec.display_name})", "", spec.description, ""]
    lines += [f"  {item.name:16} {limits(item, services)}{'  ' + item.tooltip if item.tooltip else ''}" for item in spec.inputs]
    lines += [f"  → {item.name} ({item.type})" for item in spec.outputs]
    return "\n".join(lines)


def limits(item: InputSpec, services: Services) -> str:
    """An input's type, limits and default in a few words."""
    text = item.type
    if item.min is not None and item.max is not None:
        text += f" {item.min} to {item.max}"
    elif item.min is not None or item.max is not None:
        text += f" {item.min} or more" if item.max is None else f" up to {item.max}"
    if item.choices is not None:
        text += f" [{', '.join(map(str, item.find_choices(services)))}]"
    return text if item.default in (MISSING, None) else f"{text} = {item.default}"


def first_line(text: str) -> str:
    """The first sentence, for a list."""
    return text.split("\n\n")[0].replace("\n", " ").split(". ")[0].rstrip(".")


def list_models(models: str | None, *, as_json: bool) -> int:
    """Prints the model files by kind, with size and title."""
    folders = Folders.locate(models=models)
    found = []
    for kind in KINDS:
        for name in folders.names(kind):
            path = folders.resolve(kind, name)
            metadata = read_metadata(path) if path.suffix in (".safetensors", ".sft") else {}
            entry = {
                "kind": kind,
                "name": name,
                "bytes": path.stat().st_size,
                "title": metadata.get("modelspec.title", ""),
                "path": str(path),
            }
            found.append(entry)
    if as_json:
        print(json.dumps(found, indent=1, ensure_ascii=False))
        return 0
    print(f"Models are looked for in {folders.models}")
    for kind, group in groupby(found, key=lambda entry: entry["kind"]):
        print(kind)
        for entry in group:
            print(f"  {entry['name']:40} {int(str(entry['bytes'])) / 2**20:8.1f} MB  {entry['title']}")
    if not found:
        print("There are none yet.")
    return 0
