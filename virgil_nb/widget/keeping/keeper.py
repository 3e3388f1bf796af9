"""`Keeper`: follows an editor and keeps its steps; makes the kept ones again when the code gives the same document.

    code's document ──▶ Kept.choose ──▶ steps made again ──▶ the editor ──each change──▶ Branch.note ──soon──▶ Store.write

Edits arrive on any thread, in the middle of anything: they are noted at once and written on a thread of its own. What can't be
written is tried again with the next edit, and the status says so meanwhile.
"""

from __future__ import annotations

import atexit
import logging
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Literal, Protocol

from virgil_nb.engine import Change, Document, EditError, Editor, ObjectRef
from virgil_nb.widget.keeping.identity import Identity
from virgil_nb.widget.keeping.kept import Kept, Offer, now
from virgil_nb.widget.keeping.objects import references
from virgil_nb.widget.keeping.restoring import fit
from virgil_nb.widget.keeping.steps import MADE_AGAIN, Branch, Step
from virgil_nb.widget.keeping.store import Store
from virgil_nb.widget.keeping.wording import kept_text, restored_text
from virgil_nb.widget.messages import KeepingJSON
from virgil_nb.widget.pacing import Pacer

log = logging.getLogger(__name__)

WRITE_EVERY = 0.3
Take = Literal["edits", "forget"]
MADE_ANEW = "Edits here are not kept any more: the workbench was made anew, and is kept in its new editor."


class KeptObjects(Protocol):
    """The Python objects of a workflow, as far as keeping needs them."""

    def keep_in(self, folder: Path) -> None:
        """Has objects that are not in memory looked for in `folder`."""
        ...

    def store(self, reference: ObjectRef, folder: Path) -> None:
        """Writes an object to `folder`, once. Raises OSError, or ValueError for one that can't be written."""
        ...


class Keeping:
    """How the edits of a workbench are kept; of itself it keeps none, and `why` says the reason. base: what the code gave."""

    def __init__(self, editor: Editor, why: str) -> None:
        self.editor = editor
        self.base: Document = editor.document
        self._why = why

    @property
    def folder(self) -> Path | None:
        """The folder of this workbench, for whatever else is kept of it; None: nothing is."""
        return None

    @property
    def trouble(self) -> str:
        """Why edits that should be kept are not; "": they are, or nobody expects it."""
        return ""

    def status(self) -> KeepingJSON:
        """What the views are told."""
        return {"state": "off", "text": self._why}

    def subscribe(self, listener: Callable[[], object]) -> Callable[[], None]:  # noqa: ARG002 - a status that never changes
        """Calls `listener` whenever the status has changed; what comes back ends that."""
        return lambda: None

    def restore(self, take: Take) -> str:  # noqa: ARG002 - there is nothing to take
        """Makes the offered edits again as one step ("edits"), or drops the offer ("forget"). Gives what to say of it."""
        return "There are no kept edits to restore."

    def reset(self) -> None:
        """Goes back to the document that the code gave, as one step that can be undone."""
        if self.editor.document != self.base:
            self.editor.replace(self.base, origin="reset")

    def flush(self) -> None:
        """Writes at once what is not written yet."""


class Keeper(Keeping):
    """Keeps the edits of `editor` in `store`, from now on."""

    def __init__(self, editor: Editor, store: Store, objects: KeptObjects | None = None) -> None:
        super().__init__(editor, "")
        self._kept = store.kept
        self._stores = [store]
        self._objects = objects
        self._lock = threading.RLock()
        self._writing = threading.Lock()
        self._pacer = Pacer("virgil-keeping")
        self._listeners: dict[object, Callable[[], object]] = {}
        self._unwritten_objects: dict[str, ObjectRef] = {}
        self._written = self._kept.revision
        self._trouble = ""
        self._released = False
        if objects is not None:
            objects.keep_in(store.objects)
        self._branch: Branch = self._kept.choose(self.base)
        again, undone = [*self._branch.steps, *self._branch.held], list(self._branch.undone)
        self._branch.steps, self._branch.held, self._branch.undone = [], [], []
        self._unsubscribe = editor.subscribe(self._on_change)
        self.replayed = 0 if self._make_again(again, undone) == self.base else self._branch.edits - self._held_edits()
        atexit.register(self.flush)

    @property
    def store(self) -> Store:
        """Where it is kept first of all."""
        return self._stores[0]

    @property
    def folder(self) -> Path | None:
        return None if self._released else self.store.folder

    @property
    def trouble(self) -> str:
        return self._trouble

    # --- what happens

    def _make_again(self, steps: list[Step], undone: Iterable[Step | None] = ()) -> Document:
        """Makes kept steps again up to one that code must make first; the document then."""
        unfit: list[Step] = []
        for place, step in enumerate(steps):
            if step.waited_for:
                with self._lock:
                    self._branch.held = steps[place:]
                break
            try:
                self.editor.apply(step.edit, origin=MADE_AGAIN + step.by)
            except EditError as problem:
                log.info("a kept edit does not fit any more: %s", problem)
                unfit.append(step)
        else:
            self._undo_again([step for step in undone if step is not None])
        if unfit:
            with self._lock:
                self._kept.add(Offer(Branch(self.base, unfit, saved=self._branch.saved), "later"))
        return self.editor.document

    def _undo_again(self, undone: list[Step]) -> None:
        """Has redo bring back what it could bring back before."""
        done = 0
        try:
            for step in reversed(undone):
                self.editor.apply(step.edit, origin=MADE_AGAIN + step.by)
                done += 1
        except EditError:
            log.info("what was undone can't be redone any more", exc_info=True)
        for _ in range(done):
            self.editor.undo(MADE_AGAIN)

    def _on_change(self, change: Change) -> None:
        if self._released:
            return
        again = (change.origin or "").startswith(MADE_AGAIN)
        with self._lock:
            self._branch.note(change)
            for reference in () if change.origin is None else references(change.edit):
                self._unwritten_objects[reference.hash] = reference
            if not again:
                self._kept.revision += 1
                self._branch.saved = now()
            held = self._branch.held
        if change.origin is None and change.step == "new" and held:
            self._code_went_on(Step(change.edit, "code"))
        if not again:
            self._pacer.ask("write", self._write, every=WRITE_EVERY)

    def _code_went_on(self, made: Step) -> None:
        """Code changed the document while steps wait for it: they follow, or if it did something else, are offered."""
        with self._lock:
            held, self._branch.held = self._branch.held, []
            if made.text != held[0].text and not made.structural:
                self._branch.held = held
                return
        if made.text == held[0].text:
            self._make_again(held[1:])
        else:
            self._offer_held(held)
        self._tell()

    def _offer_held(self, held: list[Step]) -> None:
        steps = [step for step in held if step.by != "code"]
        if steps:
            with self._lock:
                self._kept.add(Offer(Branch(self.base, steps, saved=self._branch.saved), "later"))

    def _held_edits(self) -> int:
        return sum(step.by in ("view", "back") for step in self._branch.held)

    # --- what people ask for

    def status(self) -> KeepingJSON:
        if self._released:
            return {"state": "off", "text": MADE_ANEW}
        with self._lock:
            offer = next((offer for offer in self._kept.offers if offer.open), None)
            waiting = self._held_edits()
            status: KeepingJSON = {"state": "copy" if self.store.apart else "kept", "text": kept_text(self.store, offer, waiting)}
            identity = self.store.identity
            status["id"] = str(identity.root / identity.key)
            if self._trouble:
                return {"state": "off", "text": self._trouble, "id": status["id"]}
            if self.replayed:
                status["replayed"] = self.replayed
            if offer is not None:
                status["restorable"] = {"edits": offer.branch.edits, "saved": offer.branch.saved}
            elif waiting:
                status["restorable"] = {"edits": waiting, "saved": self._branch.saved}
            return status

    def restore(self, take: Take) -> str:
        with self._lock:
            offer = next((offer for offer in self._kept.offers if offer.open), None)
            held = self._branch.held
            if offer is None and not held:
                return super().restore(take)
            branch = offer.branch if offer is not None else Branch(self.base, held)
            if offer is None:
                self._branch.held = []
            elif take == "forget":
                self._kept.offers = [other for other in self._kept.offers if other is not offer]
            offered = offer
        said = ""
        if take == "edits":
            fitted = fit([*branch.steps, *branch.held], branch.base, self.editor.document)
            if fitted.edit is not None:
                self.editor.apply(fitted.edit, origin="restore")
            said = restored_text(fitted)
            if offered is not None:
                offered.open = False
        with self._lock:
            self._kept.revision += 1
        self._pacer.ask("write", self._write, every=WRITE_EVERY)
        self._tell()
        return said

    def also_in(self, store: Store) -> None:
        """Keeps the edits in another workbench's folder as well: two cells show one workflow, and either may be run alone later."""
        with self._lock:
            self._kept.absorb(store.kept)
            self._stores.append(store)
        self.flush(always=True)
        self._tell()

    def let_go(self, identity: Identity) -> Store:
        """Keeps nothing in the folder of `identity` from now on, and gives its store to who follows. Raises KeyError."""
        self.flush()
        with self._lock:
            mine = {store.identity.key: store for store in self._stores}
            store = mine[identity.key]
            self._stores.remove(store)
            store.kept = self._kept if not self._stores else Kept.from_text(self._kept.text({}))
        if not self._stores:
            self._unsubscribe()
            self._released = True
            self._pacer.close()
            atexit.unregister(self.flush)
            self._tell()
        return store

    # --- writing

    def flush(self, *, always: bool = False) -> None:
        if not self._released:
            self._write(always=always)

    def _write(self, *, always: bool = False) -> None:
        with self._writing:
            with self._lock:
                revision, objects = self._kept.revision, list(self._unwritten_objects.values())
                if revision == self._written and not always:
                    return
                texts = [(store, self._kept.text(dict(store.identity.about))) for store in self._stores]
            trouble = ""
            try:
                for store, text in texts:
                    store.write(text)
                self._store_objects(objects)
                self._written = revision
            except OSError as problem:
                log.warning("edits could not be kept: %s", problem)
                trouble = f"Edits can't be kept now: {problem.strerror or problem}. {self.store.folder} must be writable."
            if trouble != self._trouble:
                self._trouble = trouble
                self._tell()

    def _store_objects(self, objects: list[ObjectRef]) -> None:
        for reference in objects:
            try:
                if self._objects is not None:
                    self._objects.store(reference, self.store.objects)
            except (ValueError, KeyError) as problem:
                log.warning("an object of a kept edit is not kept itself: %s", problem)
            self._unwritten_objects.pop(reference.hash, None)

    def subscribe(self, listener: Callable[[], object]) -> Callable[[], None]:
        key = object()
        self._listeners[key] = listener
        return lambda: self._listeners.pop(key, None) and None

    def _tell(self) -> None:
        for listener in list(self._listeners.values()):
            try:
                listener()
            except Exception:
                log.exception("a listener to the keeping raised")
