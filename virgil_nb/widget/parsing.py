"""Reads what a browser sent, and believes none of it.

A message is exactly one of the shapes in messages/to_kernel.py, small enough, not too deep, with finite numbers; anything else is
`MalformedError`. What an operation means to the document (does that node exist?) is the engine's to judge, not this page's.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import NotRequired, cast, get_origin, get_type_hints

from virgil_nb.widget.messages import MAX_MESSAGE_BYTES
from virgil_nb.widget.messages.to_kernel import (
    Ack,
    AskEditor,
    AskFiles,
    AskHistory,
    AskText,
    Bye,
    Edit,
    Open,
    Ready,
    Redo,
    Restore,
    Run,
    Stop,
    ToKernel,
    Turn,
    Undo,
    Upload,
    UseRun,
)

MAX_DEPTH = 64
MAX_OPS = 20_000
MAX_NAMES = 64
MAX_INTEGER = 2**53  # what a number in JavaScript holds exactly
VIEW = re.compile(r"[A-Za-z0-9_-]{1,64}")

KINDS: Mapping[str, type] = {
    "ready": Ready,
    "edit": Edit,
    "undo": Undo,
    "redo": Redo,
    "run": Run,
    "stop": Stop,
    "ack": Ack,
    "bye": Bye,
    "upload": Upload,
    "restore": Restore,
    "ask_history": AskHistory,
    "use_run": UseRun,
    "ask_text": AskText,
    "open": Open,
    "ask_files": AskFiles,
    "turn": Turn,
    "ask_editor": AskEditor,
}
FIELDS: Mapping[str, Mapping[str, bool]] = {  # kind -> field -> must it be there
    kind: {name: get_origin(hint) is not NotRequired for name, hint in get_type_hints(shape, include_extras=True).items()}
    for kind, shape in KINDS.items()
}


class MalformedError(Exception):
    """A message that is not one of ours. `view`, `seq`: whom to answer, if that much could be read."""

    def __init__(self, message: str, view: str | None = None, seq: int | None = None) -> None:
        super().__init__(message)
        self.view = view
        self.seq = seq


def parse(content: object, buffers: Sequence[object] | None = None) -> ToKernel:
    """The message that `content` is. Raises MalformedError, and nothing else, for whatever is not one."""
    try:
        return _parse(content, buffers or ())
    except MalformedError as problem:
        problem.view, problem.seq = _sender(content)
        raise


def _parse(content: object, buffers: Sequence[object]) -> ToKernel:
    if not isinstance(content, dict):
        raise MalformedError(f"A message is an object with a kind; this is {_short(content)}.")
    if buffers:
        raise MalformedError(f"No message from the editor carries binary data; this one has {len(buffers)} parts.")
    _check_size(content)
    kind = content.get("kind")
    fields = FIELDS.get(kind) if isinstance(kind, str) else None
    if fields is None:
        raise MalformedError(f"There is no message of kind {_short(kind)}; the editor sends {', '.join(KINDS)}.")
    for name in content:
        if name not in fields:
            raise MalformedError(f"A message of kind {kind} has no field {_short(name)}.")
    for name, required in fields.items():
        if name in content:
            _CHECKS[name](content[name])
        elif required:
            raise MalformedError(f"A message of kind {kind} needs the field {name}.")
    return cast("ToKernel", content)


def _sender(content: object) -> tuple[str | None, int | None]:
    if not isinstance(content, dict):
        return None, None
    view, seq = content.get("view"), content.get("seq")
    return (
        view if isinstance(view, str) and VIEW.fullmatch(view) else None,
        seq if isinstance(seq, int) and not isinstance(seq, bool) and abs(seq) < MAX_INTEGER else None,
    )


def _check_size(content: object) -> None:
    """Walks without recursion, so that neither depth nor size costs more than the limits allow."""
    weight = 0
    rest: list[tuple[object, int]] = [(content, 0)]
    while rest:
        item, depth = rest.pop()
        if depth > MAX_DEPTH:
            raise MalformedError(f"The message is nested more than {MAX_DEPTH} levels deep.")
        if isinstance(item, str):
            weight += len(item)
        elif isinstance(item, dict):
            if not all(isinstance(key, str) for key in item):
                raise MalformedError("The message has an object with keys that are not text.")
            weight += sum(len(key) + 4 for key in item)
            rest.extend((value, depth + 1) for value in item.values())
        elif isinstance(item, list):
            rest.extend((value, depth + 1) for value in item)
        elif isinstance(item, float) and not math.isfinite(item):
            raise MalformedError(f"The message has {item}, which is no finite number.")
        elif item is not None and not isinstance(item, (bool, int, float)):
            raise MalformedError(f"The message has a {type(item).__name__}, which is no JSON.")
        weight += 8
        if weight > MAX_MESSAGE_BYTES:
            raise MalformedError(f"The message is larger than {MAX_MESSAGE_BYTES // 2**20} MiB.")


def _view(value: object) -> None:
    if not (isinstance(value, str) and VIEW.fullmatch(value)):
        raise MalformedError(f"view is {_short(value)}; it must be 1 to 64 letters, digits, _ or -.")


def _count(name: str) -> Callable[[object], None]:
    def check(value: object) -> None:
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < MAX_INTEGER:
            raise MalformedError(f"{name} is {_short(value)}; it must be a whole number, 0 or more.")

    return check


def _text(name: str) -> Callable[[object], None]:
    def check(value: object) -> None:
        if not isinstance(value, str) or len(value) > 1000:
            raise MalformedError(f"{name} is {_short(value)}; it must be a text of at most 1000 letters.")

    return check


def _long_text(name: str) -> Callable[[object], None]:
    def check(value: object) -> None:
        if not isinstance(value, str):
            raise MalformedError(f"{name} is {_short(value)}; it must be a text.")

    return check


def _one_of(name: str, *allowed: str) -> Callable[[object], None]:
    def check(value: object) -> None:
        if value not in allowed:
            raise MalformedError(f"{name} is {_short(value)}; it must be one of {', '.join(allowed)}.")

    return check


def _ids(name: str) -> Callable[[object], None]:
    def check(value: object) -> None:
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise MalformedError(f"{name} is {_short(value)}; it must be a list of node ids.")

    return check


def _names(value: object) -> None:
    if not isinstance(value, list) or len(value) > MAX_NAMES or not all(isinstance(item, str) and len(item) <= 1000 for item in value):
        raise MalformedError(f"names is {_short(value)}; it must be a list of at most {MAX_NAMES} names.")


def _flag(name: str) -> Callable[[object], None]:
    def check(value: object) -> None:
        if not isinstance(value, bool):
            raise MalformedError(f"{name} is {_short(value)}; it must be true or false.")

    return check


def _ops(value: object) -> None:
    if not isinstance(value, list) or not value:
        raise MalformedError(f"ops is {_short(value)}; it must be a list of at least one operation.")
    count, rest = 0, list(value)
    while rest:
        op = rest.pop()
        count += 1
        if count > MAX_OPS:
            raise MalformedError(f"More than {MAX_OPS:,} edits at once; make fewer at a time.")
        if not isinstance(op, dict) or not isinstance(op.get("op"), str):
            raise MalformedError(f"{_short(op)} is no operation: it needs a field op.")
        if op["op"] == "batch" and isinstance(op.get("ops"), list):
            rest.extend(op["ops"])


_CHECKS: Mapping[str, Callable[[object], None]] = {
    "kind": lambda _value: None,
    "view": _view,
    "protocol": _count("protocol"),
    "seq": _count("seq"),
    "base": _count("base"),
    "frame": _count("frame"),
    "node": _text("node"),
    "merge": _text("merge"),
    "outputs": _ids("outputs"),
    "nodes": _ids("nodes"),
    "upload": _text("upload"),
    "name": _text("name"),
    "size": _count("size"),
    "offset": _count("offset"),
    "data": _long_text("data"),
    "text": _long_text("text"),
    "run": _text("run"),
    "before": _text("before"),
    "use": _one_of("use", "input", "workflow"),
    "folder": _text("folder"),
    "names": _names,
    "large": _flag("large"),
    "side": _one_of("side", "panel", "graph"),
    "take": _one_of("take", "edits", "forget", "values", "workflow"),
    "format": _one_of("format", "python", "virgil_nb", "comfyui-ui", "comfyui-api", "wb", "wf"),
    "ops": _ops,
}


def _short(value: object) -> str:
    if isinstance(value, str):
        return repr(value if len(value) <= 60 else value[:57] + "…")
    if value is None or isinstance(value, (bool, float)) or (isinstance(value, int) and abs(value) < MAX_INTEGER):
        return repr(value)
    return f"a {type(value).__name__}"
