"""`Step` and `Branch`: what was done since the code gave its document, in the steps that undo takes back.

    code ──▶ base ──step──▶ ──step──▶ the document now      undone: what redo brings back
                      held: steps that follow code which has not run again yet, that code's own step first

Who made a step decides what becomes of it when the code runs again: steps of views and of runs are made again; those of code are
not, because the code makes them. Where code adds or removes nodes, later steps wait until it has.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, cast, get_args

from virgil_nb.engine import AddNode, Batch, Change, Document, DocumentError, Edit, RemoveNode, ReplaceDocument, SetValue, edit_from_json

By = Literal["view", "run", "back", "code"]
"""Who: someone in a view, a run's control of a seed, someone who took back what is not a view's, the notebook's code."""

MADE_AGAIN = "kept:"  # the origin of steps that are made again, with who made them first
FOLD_ABOVE = 1200
FOLD_TO = 1000  # as many as an Editor can undo


@dataclass(frozen=True)
class Step:
    """One step, and who made it."""

    edit: Edit
    by: By

    @cached_property
    def text(self) -> str:
        """The step as JSON."""
        return json.dumps({"by": self.by, "edit": self.edit.to_json()}, ensure_ascii=False, separators=(",", ":"))

    @cached_property
    def structural(self) -> bool:
        """Whether it changes which nodes there are."""
        return any(isinstance(edit, AddNode | RemoveNode | ReplaceDocument) for edit in flat(self.edit))

    @property
    def waited_for(self) -> bool:
        """Whether steps after it must wait until code has made it again."""
        return self.by == "code" and self.structural

    @classmethod
    def from_json(cls, data: Any) -> Step:
        """The step that `data` is. Raises ValueError or VirgilError for anything else."""
        if not isinstance(data, dict) or data.get("by") not in get_args(By):
            raise DocumentError(f"a kept step is {str(data)[:80]}; it must be an object with 'by' and 'edit'")
        return cls(edit_from_json(data.get("edit")), cast(By, data["by"]))


def flat(edit: Edit) -> Iterator[Edit]:
    """The edits that an edit is made of, batches taken apart."""
    if isinstance(edit, Batch):
        for part in edit.ops:
            yield from flat(part)
    else:
        yield edit


def joined(first: Edit, second: Edit) -> Edit:
    """Both edits as one; a value that is typed over at once is not held on to."""
    parts = list(flat(first))
    for edit in flat(second):
        last = parts[-1] if parts else None
        if isinstance(edit, SetValue) and isinstance(last, SetValue) and (last.id, last.input) == (edit.id, edit.input):
            parts.pop()
        parts.append(edit)
    return parts[0] if len(parts) == 1 else Batch(tuple(parts))


def who(origin: str | None) -> By:
    """Who made a change, by its origin."""
    if origin is None:
        return "code"
    if origin == "run":
        return "run"
    name = origin.removeprefix(MADE_AGAIN)
    return cast(By, name) if origin.startswith(MADE_AGAIN) and name in get_args(By) else "view"


@dataclass
class Branch:
    """What followed on one document of the code. saved: when it changed last, ISO 8601."""

    base: Document
    steps: list[Step] = field(default_factory=list)
    undone: list[Step | None] = field(default_factory=list)
    held: list[Step] = field(default_factory=list)
    saved: str = ""

    def __post_init__(self) -> None:
        self._base_text: str | None = None

    @property
    def edits(self) -> int:
        """How many steps people made in it."""
        return sum(step.by in ("view", "back") for step in (*self.steps, *self.held))

    @property
    def worth_keeping(self) -> bool:
        """Whether anything in it does not come back by itself."""
        return any(step.by != "code" for step in (*self.steps, *self.held, *self.undone) if step is not None)

    def note(self, change: Change) -> None:
        """Follows what the editor did."""
        by = who(change.origin)
        last = self.steps[-1] if self.steps else None
        if change.step == "new" or (last is None and change.step == "joined"):
            self.undone.clear()
            self.steps.append(Step(change.edit, by))
        elif change.step == "joined" and last is not None:
            self.steps[-1] = Step(joined(last.edit, change.edit), last.by)
        elif change.step == "undone":
            if last is not None and last.by in ("view", "run"):
                self.undone.append(self.steps.pop())
            else:  # what code made is taken back: code will make it again, so the taking back is a step
                self.undone.append(None)
                self.steps.append(Step(change.edit, "back"))
        elif change.step == "redone":
            again = self.undone.pop() if self.undone else Step(change.edit, "view")
            if again is not None:
                self.steps.append(again)
            elif last is not None and last.by == "back":
                self.steps.pop()
        self._fold()

    def _fold(self) -> None:
        """Joins the oldest steps, which can't be undone one by one any more, so that years of edits stay a small file."""
        if len(self.steps) <= FOLD_ABOVE:
            return
        count = len(self.steps) - FOLD_TO
        old: list[Step] = []
        for step in self.steps[:count]:
            if step.by == "code":
                old += [step] if step.structural else []
            elif old and old[-1].by == step.by:
                old[-1] = Step(joined(old[-1].edit, step.edit), step.by)
            else:
                old.append(step)
        self.steps[:count] = old

    def text(self) -> str:
        """The branch as JSON. Code's own edits are left out, but for those that others wait for."""
        if self._base_text is None:
            self._base_text = json.dumps(self.base.to_json(), ensure_ascii=False, separators=(",", ":"))
        steps = [step.text for step in self.steps if step.by != "code" or step.structural]
        undone = [] if None in self.undone else [step.text for step in self.undone if step is not None]
        parts = {"steps": steps, "undone": undone, "held": [step.text for step in self.held]}
        lists = ",\n".join(f'"{name}":[{", ".join(items)}]' for name, items in parts.items())
        return f'{{"saved":{json.dumps(self.saved)},\n"base":{self._base_text},\n{lists}}}'

    @classmethod
    def from_json(cls, data: Any) -> Branch:
        """The branch that `data` is. Raises ValueError or VirgilError for anything else."""
        if not isinstance(data, dict):
            raise DocumentError(f"a kept branch is {str(data)[:80]}; it must be an object")
        lists: dict[str, list[Any]] = {}
        for name in ("steps", "undone", "held"):
            items = data.get(name, [])
            if not isinstance(items, list):
                raise DocumentError(f"the kept {name} are {str(items)[:80]}; they must be a list")
            lists[name] = [Step.from_json(item) for item in items]
        return cls(Document.from_json(data.get("base")), lists["steps"], lists["undone"], lists["held"], str(data.get("saved", "")))
