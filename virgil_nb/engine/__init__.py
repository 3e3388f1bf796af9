"""The graph engine. Only the standard library: no torch, numpy, PIL or Jupyter. What it must know of values and file formats is
registered with it.

    engine.py    submits workflows and keeps results: what a session needs
    history/     runs that are over                     ▲ imports go down
    runs/        queue, worker, execution, events       │
    planning/    checks, order, keys      caching/      │ results in memory and on disk
    kinds/       node specs, how a function becomes one │ and which code it is
    documents/   workflows and their edits              │
"""

from virgil_nb.engine.blocker import Blocker
from virgil_nb.engine.caching.cache import Cache
from virgil_nb.engine.caching.codecs import Buffer, NotStorable
from virgil_nb.engine.caching.disk import DiskTier
from virgil_nb.engine.context import NodeContext, RunCancelled, current
from virgil_nb.engine.documents.document import Document
from virgil_nb.engine.documents.document_node import Link, Node
from virgil_nb.engine.documents.edit import Edit
from virgil_nb.engine.documents.edit_json import edit_from_json
from virgil_nb.engine.documents.editor import Change, Editor
from virgil_nb.engine.documents.edits import (
    AddNode,
    Batch,
    RemoveNode,
    ReplaceDocument,
    SetControl,
    SetLink,
    SetMode,
    SetValue,
    Unlink,
    UnsetValue,
)
from virgil_nb.engine.documents.frame import Frame
from virgil_nb.engine.documents.look_edits import MoveNodes, Rename, ResizeNode, SetColour, SetFolded, SetFrame, SetPanel, SetTitle
from virgil_nb.engine.documents.panel import PanelItem
from virgil_nb.engine.engine import Engine
from virgil_nb.engine.errors import (
    DocumentError,
    EditError,
    Interrupted,
    NodeError,
    Problem,
    RunInsideNode,
    SpecError,
    VirgilError,
    WorkflowInvalid,
)
from virgil_nb.engine.events import (
    Event,
    NodeFailed,
    NodeFinished,
    NodeNote,
    NodeOutput,
    NodePreview,
    NodePrinted,
    NodeProgress,
    NodesAdded,
    NodesCached,
    NodeStarted,
    RunFinished,
    RunMoved,
    RunQueued,
    RunStarted,
)
from virgil_nb.engine.formats import has_writer, open_document, register_opener, register_writer, write_document
from virgil_nb.engine.json_values import ObjectRef
from virgil_nb.engine.kinds.code import FolderIdentity, FunctionIdentity, PackageIdentity, identity_of
from virgil_nb.engine.kinds.expansion import Added, Expansion, Graph, NewNode
from virgil_nb.engine.kinds.function_node import NodeReturn, node, spec_from_function
from virgil_nb.engine.kinds.identity import CodeIdentity, FixedIdentity, Identity, UnknownIdentity
from virgil_nb.engine.kinds.registry import Registry, default_registry
from virgil_nb.engine.kinds.spec import MISSING, InputSpec, NodeSpec, OutputSpec
from virgil_nb.engine.kinds.types import Choices, ImageUpload, Lazy, LinkOnly, Multiline, Range, RawLink, Seed, Socket, Tooltip, types_fit
from virgil_nb.engine.lists import Items
from virgil_nb.engine.names import close_names
from virgil_nb.engine.planning.validation import validate
from virgil_nb.engine.runs.result import RunResult
from virgil_nb.engine.runs.run import Run, RunInfo
from virgil_nb.engine.services import Services
from virgil_nb.engine.values import register_value

__all__ = [
    "Added",
    "Blocker",
    "Expansion",
    "Graph",
    "Items",
    "Lazy",
    "NewNode",
    "RawLink",
    "Engine",
    "Buffer",
    "Cache",
    "DiskTier",
    "NotStorable",
    "Run",
    "RunCancelled",
    "RunInfo",
    "RunResult",
    "validate",
    "AddNode",
    "Batch",
    "Change",
    "Choices",
    "CodeIdentity",
    "Document",
    "DocumentError",
    "Edit",
    "EditError",
    "Editor",
    "Event",
    "FixedIdentity",
    "FolderIdentity",
    "Frame",
    "FunctionIdentity",
    "Identity",
    "ImageUpload",
    "InputSpec",
    "Interrupted",
    "Link",
    "LinkOnly",
    "MISSING",
    "MoveNodes",
    "Multiline",
    "Node",
    "NodeContext",
    "NodeError",
    "NodeFailed",
    "NodeFinished",
    "NodeNote",
    "NodeOutput",
    "NodePreview",
    "NodePrinted",
    "NodeProgress",
    "NodeReturn",
    "NodeSpec",
    "NodeStarted",
    "NodesAdded",
    "NodesCached",
    "ObjectRef",
    "OutputSpec",
    "PackageIdentity",
    "PanelItem",
    "Problem",
    "Range",
    "Registry",
    "RemoveNode",
    "Rename",
    "ReplaceDocument",
    "ResizeNode",
    "RunFinished",
    "RunInsideNode",
    "RunMoved",
    "RunQueued",
    "RunStarted",
    "Seed",
    "Services",
    "SetColour",
    "SetControl",
    "SetFolded",
    "SetFrame",
    "SetLink",
    "SetMode",
    "SetTitle",
    "SetPanel",
    "SetValue",
    "Socket",
    "SpecError",
    "Tooltip",
    "UnknownIdentity",
    "Unlink",
    "UnsetValue",
    "VirgilError",
    "WorkflowInvalid",
    "close_names",
    "current",
    "default_registry",
    "edit_from_json",
    "has_writer",
    "identity_of",
    "node",
    "open_document",
    "register_opener",
    "register_value",
    "register_writer",
    "spec_from_function",
    "types_fit",
    "write_document",
]
