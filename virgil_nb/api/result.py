"""What a run gave: pictures, and every node's outputs as Python objects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from virgil_nb.api.handles import Node
from virgil_nb.api.lookup import find_node
from virgil_nb.api.steps import SAMPLER, SamplingStep, sampling_steps
from virgil_nb.engine import Document, Link, NodeSpec, Problem, Registry, RunResult, close_names
from virgil_nb.engine import Node as Record
from virgil_nb.engine.planning.modes import source_behind

if TYPE_CHECKING:
    from PIL import Image


class Result:
    """The result of a run.

    `images`: the pictures of the output nodes. `result["KSampler"].LATENT`: an output of a node, a copy of its own, free to change.
    `steps("KSampler")`: that sampler's way from noise to latent. `inputs("KSampler")`: what went into a node.
    `executed`, `cached`: ids of the nodes that ran, and that were needed and did not have to. `seconds`: per node id.
    """

    def __init__(self, run: RunResult, registry: Registry, objects: Mapping[str, object]) -> None:
        self._run = run
        self._registry = registry
        self._objects = objects

    @property
    def images(self) -> list[Image.Image]:
        """PIL images of the output nodes, in document order, batches flattened; from cache too."""
        wanted = set(self._run.output_nodes)
        shown = [self._run.ui(node_id) or {} for node_id in self._document.nodes if node_id in wanted]
        # the built-in nodes show a `Picture`; a node of one's own may show a PIL image as it is
        return [getattr(picture, "pil", picture).copy() for ui in shown for picture in ui.get("images", ())]

    @property
    def executed(self) -> tuple[str, ...]:
        """Ids of the nodes that ran, in that order."""
        return self._run.executed

    @property
    def cached(self) -> tuple[str, ...]:
        """Ids of the nodes that were needed and were served from the cache."""
        return self._run.cached

    @property
    def seconds(self) -> Mapping[str, float]:
        """Seconds that each executed node took, by id."""
        return self._run.seconds

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What kept requested outputs from running, in a partial run."""
        return tuple(self._run.problems)

    @property
    def notes(self) -> Mapping[str, tuple[str, ...]]:
        """What nodes had to say (a word the model does not know, a size it was not trained for), by node id."""
        found = {node_id: tuple(text for _, text in self._run.notes(node_id)) for node_id in (*self.executed, *self.cached)}
        return {node_id: texts for node_id, texts in found.items() if texts}

    @property
    def workflow(self) -> Any:
        """The workflow as it ran (the seeds used, for one), as a new one."""
        from virgil_nb.api.workflow import Workflow

        return Workflow(self._document, objects=self._objects)

    @property
    def _document(self) -> Document:
        return self._run.values_used

    def inputs(self, node: str | Node) -> dict[str, Any]:
        """The values that went into a node, by input name: its own, and those that came over links. Copies, free to change."""
        return self._run.inputs(self._id_of(node), self._objects)

    def steps(self, node: str | Node) -> list[SamplingStep]:
        """The steps of a sampler node, each with its latent and the model's guess of the clean one; see `SamplingStep`.

        They are taken again, from the values that went in: that takes as long as the sampler did. Raises TypeError for a node that
        is no sampler.
        """
        node_id = self._id_of(node)
        record = self._record(node_id)
        if record.type != SAMPLER:
            raise TypeError(f"{record.title or record.type} takes no sampling steps; {SAMPLER} nodes do.")
        return sampling_steps(self.inputs(node_id))

    def why(self, node: str | Node) -> str:
        """Why a node ran, or did not."""
        return self._run.why(self._id_of(node))

    def __getitem__(self, node: str | Node) -> Outputs:
        node_id = self._id_of(node)
        record = self._record(node_id)
        spec = self._registry.get(record.type)
        values = self._passed_on(node_id, spec) if spec is not None and spec.virtual else self._run.outputs(node_id)
        names = tuple(o.name for o in spec.outputs) if spec is not None else ()
        return Outputs(record.title or record.type, names, values)

    def _passed_on(self, node_id: str, spec: NodeSpec) -> tuple[Any, ...]:
        """What flows through a node that never runs, a reroute. Raises KeyError where nothing does."""
        links = [source_behind(Link(node_id, slot), self._document, self._registry) for slot in range(len(spec.outputs))]
        if None in links:
            raise KeyError(f"nothing comes through {spec.display_name or spec.type} (node {node_id}): it is muted, or fed by no node")
        return tuple(self._run.output(link.node, link.slot) for link in links if link is not None)

    def __repr__(self) -> str:
        count = len(self.images)
        total = sum(self.seconds.values())
        ran = f"{len(self.executed)} nodes ran in {total:.1f} s, {len(self.cached)} from cache"
        return f"<Result: {count} picture{'' if count == 1 else 's'}, {ran}>"

    def _id_of(self, node: str | Node) -> str:
        if isinstance(node, Node):
            return node.info.id
        if isinstance(node, str) and node not in self._document.nodes and self._run.node(node) is not None:
            return node  # one that a node of the workflow was expanded into
        return find_node(self._document, node, self._registry)

    def _record(self, node_id: str) -> Record:
        record = self._run.node(node_id)
        if record is None:
            raise KeyError(f"the run had no node {node_id!r}")
        return record


class Outputs:
    """One node's outputs: by name as attributes, by name or position as items."""

    def __init__(self, label: str, names: tuple[str, ...], values: tuple[Any, ...]) -> None:
        self._label, self._names, self._values = label, names, values

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        try:
            return self[name]
        except KeyError as error:
            raise AttributeError(error.args[0]) from None

    def __getitem__(self, key: str | int) -> Any:
        if isinstance(key, int):
            return self._values[key]
        if key in self._names:
            return self._values[self._names.index(key)]
        close = close_names(key, self._names, limit=2)
        hint = f"Did you mean {' or '.join(close)}?" if close else f"Its outputs: {', '.join(self._names) or 'none'}."
        raise KeyError(f"{self._label} has no output {key!r}. {hint}")

    def __len__(self) -> int:
        return len(self._values)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._values)

    def __dir__(self) -> list[str]:
        return list(self._names)

    def __repr__(self) -> str:
        return f"<outputs of {self._label}: {', '.join(self._names) or 'none'}>"
