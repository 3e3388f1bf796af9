"""Which inputs of a workflow are on its panel: those that its document names, else those that matter to who wants a picture.

Prompts and pictures come first, then the shape, steps and seed; what is changed less often is "more". js/src/core/panel.ts chooses alike,
so that the editor need not ask: tests of both read tests/widget/panel_cases.json.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from virgil_nb.engine import Document, InputSpec, Node, Registry

MOST = 9
AVOID = re.compile(r"(?i)(negative|uncond)")
WANTED = re.compile(r"(?i)positive|cond")
LABELS = {"cfg": "guidance", "sampler_name": "sampler", "ckpt_name": "model", "noise_seed": "seed", "denoise": "change"}
RARE = ("cfg", "sampler_name", "scheduler", "denoise", "ckpt_name")


@dataclass(frozen=True)
class PanelEntry:
    """One input on the panel. more: it is changed less often."""

    node: str
    spec: InputSpec
    label: str
    title: str
    linked: bool = False
    more: bool = False

    @property
    def prompt(self) -> bool:
        """Whether it is a text of several lines."""
        return self.spec.type == "STRING" and self.spec.multiline


def panel_entries(document: Document, registry: Registry) -> list[PanelEntry]:
    """What is on the panel, in its order; what an item names that is not there is left out."""
    if document.panel is None:
        return _chosen_here(document, registry)
    return [
        replace(entry, label=item.label or entry.label)
        for item in document.panel
        if (node := document.nodes.get(item.node)) is not None
        for entry in _of_node(node, registry, labels={})
        if entry.spec.name == item.input
    ]


def _of_node(node: Node, registry: Registry, labels: dict[str, str]) -> Iterator[PanelEntry]:
    spec = registry.get(node.type)
    for item in spec.inputs if spec is not None else ():
        if item.widget:
            label = labels.get(item.name, item.name.replace("_", " "))
            yield PanelEntry(node.id, item, label, node.title or (spec.display_name if spec else node.type), item.name in node.links)


def _chosen_here(document: Document, registry: Registry) -> list[PanelEntry]:
    found = [entry for node in _in_use(document, registry) for entry in _of_node(node, registry, LABELS) if not entry.linked]
    avoided = _avoided(document)
    pictures = any(entry.spec.image_upload for entry in found)
    shapes = _shape_halves(found)
    main: list[tuple[int, PanelEntry]] = []
    more: list[tuple[int, PanelEntry]] = []
    for place, entry in enumerate(found):
        name = entry.spec.name
        if entry.prompt and entry.node in avoided:
            more.append((0, replace(entry, label="avoid", more=True)))
        elif rank := 3 if place in shapes else _rank(entry, pictures):
            main.append((rank, entry))
        elif name in RARE:
            more.append((1 + RARE.index(name), replace(entry, more=True)))
    if not main:
        main = [(0, entry) for entry in found]
    return [*_named(_ordered(main)), *_ordered(more)]


def _rank(entry: PanelEntry, pictures: bool) -> int:
    """The place of an entry among those that matter, 3 being a shape's; 0 if it is none of them."""
    name = entry.spec.name
    if entry.spec.image_upload:
        return 1
    if entry.prompt:
        return 2
    if name == "denoise" and pictures:
        return 4
    if name == "steps":
        return 5
    return 6 if name == "seed" or entry.spec.control_after_generate else 0


def _ordered(entries: list[tuple[int, PanelEntry]]) -> list[PanelEntry]:
    """The first MOST of them by rank; the two sides of a shape count as one."""
    kept: list[PanelEntry] = []
    for _, entry in sorted(entries, key=lambda pair: pair[0]):
        kept.append(entry)
        if len(kept) - len(_shape_halves(kept)) // 2 > MOST:
            return kept[:-1]
    return kept


def _shape_halves(entries: list[PanelEntry]) -> set[int]:
    """Places of the widths and heights that are shown as one: of one node, one after the other."""
    found: set[int] = set()
    for place, (first, second) in enumerate(pairwise(entries)):
        sides = (first.spec.name, second.spec.name) == ("width", "height") and first.spec.type == second.spec.type == "INT"
        if sides and first.node == second.node:
            found |= {place, place + 1}
    return found


def _named(entries: list[PanelEntry]) -> list[PanelEntry]:
    """Entries under names that tell them apart."""
    prompts = sum(entry.prompt for entry in entries)
    pictures = sum(entry.spec.image_upload for entry in entries)
    named: list[PanelEntry] = []
    for entry in entries:
        if entry.prompt:
            named.append(replace(entry, label="Describe a picture" if prompts == 1 else entry.title))
        elif entry.spec.image_upload and entry.label == "image":
            named.append(replace(entry, label="Start from" if pictures == 1 else entry.title))
        elif sum(other.label == entry.label for other in entries) > 1:
            named.append(replace(entry, label=f"{entry.title}, {entry.label}"))
        else:
            named.append(entry)
    return named


def _in_use(document: Document, registry: Registry) -> list[Node]:
    """The nodes that some output needs and that are on, in the order of the document."""
    outputs = [id_ for id_, node in document.nodes.items() if node.mode == "on" and (spec := registry.get(node.type)) and spec.output_node]
    needed = _upstream(document, outputs)
    return [node for id_, node in document.nodes.items() if node.mode == "on" and (not needed or id_ in needed)]


def _avoided(document: Document) -> set[str]:
    """Nodes whose text only says what should not be in the picture."""
    avoided: list[str] = []
    wanted: list[str] = []
    for id_, consumers in document.consumers.items():
        for consumer, input_ in consumers:
            if document.nodes[consumer].mode == "muted":
                continue
            if AVOID.match(input_):
                avoided.append(id_)
            elif WANTED.search(input_):
                wanted.append(id_)
    return _upstream(document, avoided) - _upstream(document, wanted)


def _upstream(document: Document, ids: list[str]) -> set[str]:
    """These nodes and all that feed them."""
    found: set[str] = set()
    rest = [id_ for id_ in ids if id_ in document.nodes]
    while rest:
        id_ = rest.pop()
        if id_ in found:
            continue
        found.add(id_)
        rest.extend(link.node for link in document.nodes[id_].links.values() if link.node in document.nodes)
    return found
