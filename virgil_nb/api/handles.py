"""Handles on one node of a workflow: its inputs and outputs as attributes.

    ks = wf["KSampler"]
    ks.seed = 7                    an input (inputs come first)
    ks.positive = text.CONDITIONING   a link
    ks.LATENT                      an output, to link
    ks.inputs["type"], ks.outputs["positive"], ks[0]    always safe, whatever the names

A handle holds no data of its own: it reads and edits the workflow that it came from.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from virgil_nb.engine import MISSING, Link, NodeSpec, close_names
from virgil_nb.engine import Node as NodeRecord

if TYPE_CHECKING:
    from virgil_nb.api.editing import EditableGraph

_OWN = ("info", "inputs", "outputs")


@dataclass(frozen=True)
class Output:
    """One output of a node: what is assigned to an input to link it."""

    workflow: EditableGraph
    node: str
    slot: int
    name: str
    type: str

    def __repr__(self) -> str:
        return f"<output {self.name} ({self.type}) of node {self.node!r}>"


@dataclass(frozen=True)
class NodeInfo:
    """What a node is, apart from its inputs and outputs."""

    id: str
    type: str
    title: str


class Node:
    """A handle on one node; attributes are its inputs first, then its outputs."""

    __slots__ = ("_id", "_workflow")
    _id: str
    _workflow: EditableGraph

    def __init__(self, workflow: EditableGraph, node_id: str) -> None:
        object.__setattr__(self, "_workflow", workflow)
        object.__setattr__(self, "_id", node_id)

    @property
    def info(self) -> NodeInfo:
        """Id, type and title of the node (the type's display name where it has no title of its own)."""
        record, spec = self._record(), self._spec()
        return NodeInfo(record.id, record.type, record.title or (spec.display_name if spec else record.type))

    @property
    def inputs(self) -> Inputs:
        """The node's inputs by name, for reading and assigning."""
        return Inputs(self)

    @property
    def outputs(self) -> Outputs:
        """The node's outputs by name and position, for linking."""
        return Outputs(self)

    def __getitem__(self, slot: int | str) -> Output:
        return self.outputs[slot]

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        if name in self.inputs:
            return self.inputs[name]
        if name in self.outputs:
            return self.outputs[name]
        raise AttributeError(self._unknown(name))

    def __setattr__(self, name: str, value: object) -> None:
        if name in _OWN:
            raise AttributeError(f"{name!r} is part of the handle; for an input of that name use node.inputs[{name!r}] = ….")
        if name not in self.inputs:
            raise AttributeError(self._unknown(name))
        self.inputs[name] = value

    def __dir__(self) -> list[str]:
        return [*_OWN, *self.inputs, *self.outputs]

    def __repr__(self) -> str:
        info = self.info
        shown = ", ".join(f"{name}={value!r}" for name, value in self.inputs.items() if not isinstance(value, Output) and value is not None)
        return f"<{info.type} {info.id!r}{f' “{info.title}”' if info.title != info.type else ''}{': ' + shown if shown else ''}>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Node) and (other._workflow, other._id) == (self._workflow, self._id)

    def __hash__(self) -> int:
        return hash((id(self._workflow), self._id))

    def _record(self) -> NodeRecord:
        record = self._workflow.document.nodes.get(self._id)
        if record is None:
            raise KeyError(f"Node {self._id!r} is no longer in the workflow.")
        return record

    def _spec(self) -> NodeSpec | None:
        return self._workflow.registry.get(self._record().type)

    def _unknown(self, name: str) -> str:
        names = [*self.inputs, *self.outputs]
        close = close_names(name, names)
        there = f"Its inputs: {', '.join(self.inputs) or 'none'}. Its outputs: {', '.join(self.outputs) or 'none'}."
        hint = f"Did you mean {' or '.join(close)}?" if close else there
        return f"{self.info.type} has no input or output {name!r}. {hint}"


class Inputs(Mapping[str, Any]):
    """A node's inputs: a value, an `Output` where a link feeds it, None where nothing does."""

    def __init__(self, node: Node) -> None:
        self._node = node

    def __getitem__(self, name: str) -> Any:
        record, spec = self._node._record(), self._node._spec()
        link = record.links.get(name)
        if link is not None:
            return self._node._workflow._output(link.node, link.slot)
        if name in record.values:
            return self._node._workflow._plain_value(record.values[name])
        declared = next((i for i in spec.inputs if i.name == name), None) if spec else None
        if declared is None:
            raise KeyError(self._node._unknown(name))
        return None if declared.default is MISSING else declared.default

    def __setitem__(self, name: str, value: object) -> None:
        if name not in self:
            raise KeyError(self._node._unknown(name))
        self._node._workflow._assign(self._node._id, name, value)

    def __iter__(self) -> Iterator[str]:
        record, spec = self._node._record(), self._node._spec()
        names = [i.name for i in spec.inputs] if spec else []
        return iter(dict.fromkeys([*names, *record.links, *record.values]))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __repr__(self) -> str:
        return repr(dict(self))


class Outputs(Mapping[str, Output]):
    """A node's outputs by name; positions work too (`node.outputs[0]`)."""

    def __init__(self, node: Node) -> None:
        self._node = node

    def __getitem__(self, key: str | int) -> Output:
        spec, node_id, workflow = self._node._spec(), self._node._id, self._node._workflow
        if isinstance(key, int):
            if spec is not None and not 0 <= key < len(spec.outputs):
                raise IndexError(f"{spec.type} has {len(spec.outputs)} output(s), counted from 0; there is no output {key}.")
            return workflow._output(node_id, key)
        for slot, output in enumerate(spec.outputs if spec else ()):
            if output.name == key:
                return workflow._output(node_id, slot)
        raise KeyError(self._node._unknown(key))

    def __iter__(self) -> Iterator[str]:
        spec = self._node._spec()
        return iter([o.name for o in spec.outputs] if spec else [])

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __repr__(self) -> str:
        return repr(dict(self))


def as_link(value: object, workflow: EditableGraph, place: str) -> Link | None:
    """The link that an assigned value stands for, None if it is no output.

    A whole node stands for its output if it has just one. Raises ValueError for an output of another workflow.
    """
    if isinstance(value, Node):
        outputs = list(value.outputs.values())
        if len(outputs) != 1:
            named, first = ", ".join(value.outputs) or "none", next(iter(value.outputs), "OUTPUT")
            raise ValueError(f"{place}: {value.info.type} has {len(outputs)} outputs ({named}); say which, as in node.{first}.")
        value = outputs[0]
    if not isinstance(value, Output):
        return None
    if value.workflow is not workflow:
        raise ValueError(f"{place}: the output belongs to another workflow; nodes are linked within one.")
    return Link(value.node, value.slot)
