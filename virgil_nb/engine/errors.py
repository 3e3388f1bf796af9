"""Everything the engine raises, as one family, and `Problem`, one fault of a workflow that has not run.

A message says what was found, what was wanted, and what to do. Kinds of problems use ComfyUI's names where it has one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from virgil_nb.engine.runs.result import RunResult

PROBLEM_KINDS: Final = frozenset(
    {
        "bad_linked_input",
        "custom_validation_failed",
        "dependency_cycle",
        "exception_during_validation",
        "invalid_input_type",
        "invalid_prompt",
        "missing_node",
        "missing_object",
        "prompt_no_outputs",
        "required_input_missing",
        "return_type_mismatch",
        "unknown_input",
        "unknown_output",
        "value_bigger_than_max",
        "value_not_in_list",
        "value_smaller_than_min",
    }
)


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault that keeps a workflow, or a part of it, from running.

    node, input: where, None when it concerns the whole workflow (or the whole node). kind: one of PROBLEM_KINDS.
    details: what a program may want to know (found value, limits, the nodes of a cycle); plain JSON values.
    """

    node: str | None
    input: str | None
    kind: str
    message: str
    details: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))

    def to_json(self) -> dict[str, object]:
        """The problem as JSON values, for messages and files."""
        return {"node": self.node, "input": self.input, "kind": self.kind, "message": self.message, "details": dict(self.details)}

    def __str__(self) -> str:
        return self.message


def message_of(error: BaseException) -> str:
    """What an exception says; "" if its own `__str__` fails."""
    try:
        return str(error)
    except Exception:  # noqa: BLE001 - someone's __str__
        return ""


class VirgilError(Exception):
    """The family of all errors that this package raises on purpose."""


class DocumentError(VirgilError):
    """What was offered is not a workflow document; the message names the place."""


class EditError(VirgilError):
    """An edit that cannot be applied; the document is as it was."""


class SpecError(VirgilError, TypeError):
    """A node's declaration can't be understood (also a TypeError, as it is a fault in a function's signature)."""


class WorkflowInvalid(VirgilError):
    """A requested output can't run. `problems` says why, one Problem per fault."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        lines = [problem.message for problem in self.problems[:20]]
        if len(self.problems) > 20:
            lines.append(f"… and {len(self.problems) - 20} more")
        super().__init__("\n".join(lines) or "the workflow is invalid")

    def __reduce__(self) -> tuple[type[WorkflowInvalid], tuple[tuple[Problem, ...]]]:
        return (WorkflowInvalid, (self.problems,))


class NodeError(VirgilError):
    """A node raised while it ran. `cause` is its exception; `result` holds everything computed before it."""

    def __init__(
        self, node: str, cause: BaseException, result: RunResult | None = None, *, node_type: str = "", title: str | None = None
    ) -> None:
        self.node = node
        self.node_type = node_type
        self.title = title or node_type or node
        self.cause = cause
        self.result = result
        what = message_of(cause) or "no message"
        super().__init__(f"{self.title} (node {node}) failed: {type(cause).__name__}: {what}")
        self.__cause__ = cause


class Interrupted(VirgilError):
    """The run was stopped. `result` holds everything computed before."""

    def __init__(self, result: RunResult | None = None) -> None:
        self.result = result
        super().__init__("the run was stopped; what was computed before is kept in the cache")


class RunInsideNode(VirgilError):
    """A node, or a listener on the worker, waited for a run: it would wait for itself."""

    def __init__(self) -> None:
        super().__init__(
            "a run can't be waited for inside a node or on the worker thread: it would wait for itself. "
            "Return from the node first, or submit the run without waiting for it."
        )
