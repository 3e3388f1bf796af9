"""`Keeper`: follows an editor and keeps its steps; makes the kept ones again when the code gives the same document.

    code's document ──▶ Kept.choose ──▶ steps made again ──▶ the editor ──each change──▶ Branch.note ──soon──▶ Writer

Edits arrive on any thread, in the middle of anything: they are noted at once, and written later.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from pathlib import Path

from virgil_nb.engine import Change, Document, EditError, Editor
from virgil_nb.widget.keeping.identity import Identity
from virgil_nb.widget.keeping.keeping import Keeping, Take
from virgil_nb.widget.keeping.kept import Kept, Offer, now
from virgil_nb.widget.keeping.objects import references
from virgil_nb.widget.keeping.restoring import fit
from virgil_nb.widget.keeping.steps import MADE_AGAIN, Branch, Step
from virgil_nb.widget.keeping.store import Store
from virgil_nb.widget.keeping.wording import kept_text, restored_text
from virgil_nb.widget.keeping.writer import KeptObjects, Writer
from virgil_nb.widget.messages.keeping import KeepingJSON, Side

log = logging.getLogger(__name__)

MADE_ANEW = "Edits here are not kept any more: the workbench was made anew, and is kept in its new editor."


class Keeper(Keeping):
    """Keeps the edits of `editor` in `store`, from now on."""

    def __init__(self, editor: Editor, store: Store, objects: KeptObjects | None = None) -> None:
        super().__init__(editor, "")
        self._kept = store.kept
        self._lock = threading.RLock()
        self._listeners: dict[object, Callable[[], object]] = {}
        self._released = False
        self._writer = Writer(store.kept, store, objects, self._lock, self._tell)
        self._branch: Branch = self._kept.choose(self.base)
        again, undone = [*self._branch.steps, *self._branch.held], list(self._branch.undone)
        self._branch.steps, self._branch.held, self._branch.undone = [], [], []
        self._unsubscribe = editor.subscribe(self._on_change)
        self.replayed = 0 if self._make_again(again, undone) == self.base else self._branch.edits - self._held_edits()

    @property
    def store(self) -> Store:
        """Where it is kept first of all."""
        return self._writer.stores[0]

    @property
    def stores(self) -> list[Store]:
        """All places where it is kept."""
        return list(self._writer.stores)

    @property
    def folder(self) -> Path | None:
        return None if self._released else self.store.folder

    @property
    def trouble(self) -> str:
        return self._writer.trouble

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
            if not again:
                self._kept.revision += 1
                self._branch.saved = now()
            held = self._branch.held
        if change.origin is None and change.step == "new" and held:
            self._code_went_on(Step(change.edit, "code"))
        if not again:
            self._writer.soon(() if change.origin is None else references(change.edit))

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
            status: KeepingJSON = {
                "state": "copy" if self.store.apart or self.store.brought else "kept",
                "text": kept_text(self.store, offer, waiting),
            }
            identity = self.store.identity
            status["id"] = str(identity.root / identity.key)
            if self.trouble:
                return {"state": "off", "text": self.trouble, "id": status["id"]}
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
        self._writer.soon()
        self._tell()
        return said

    def reset(self) -> None:
        with self._lock:
            held, self._branch.held = self._branch.held, []
            if any(step.by != "code" for step in held):
                self._kept.add(Offer(Branch(self.base, held, saved=self._branch.saved), "later", open=False))
        super().reset()

    def side(self, asked: Side) -> Side:
        with self._lock:
            turned = self._kept.turned
        return turned[1] if turned is not None and turned[0] == asked else asked

    def turn(self, asked: Side, side: Side) -> None:
        with self._lock:
            if self._kept.turned == (asked, side):
                return
            self._kept.turned = (asked, side)
            self._kept.revision += 1
        if not self._released:
            self._writer.soon()

    def carried(self) -> str:
        with self._lock:
            if self._released or not self._branch.worth_keeping:
                return ""
            return Kept(self._branch, turned=self._kept.turned).text({})

    def also_in(self, store: Store) -> None:
        """Keeps the edits in another workbench's folder as well: two cells show one workflow, and either may be run alone later."""
        with self._lock:
            self._kept.absorb(store.kept)
            self._writer.stores.append(store)
        self._writer.flush(always=True)
        self._tell()

    def let_go(self, identity: Identity) -> Store:
        """Keeps nothing in the folder of `identity` from now on, and gives its store to who follows."""
        self.flush()
        with self._lock:
            stores = self._writer.stores
            store = next(store for store in stores if store.identity.key == identity.key)
            if len(stores) == 1:
                self._released = True
            else:
                stores.remove(store)
                store.kept = Kept.from_text(self._kept.text({}))
        if self._released:
            self._unsubscribe()
            self._writer.close()
            self._tell()
        return store

    def flush(self) -> None:
        if not self._released:
            self._writer.flush()

    def subscribe(self, listener: Callable[[], object]) -> Callable[[], None]:
        key = object()
        self._listeners[key] = listener

        def unsubscribe() -> None:
            self._listeners.pop(key, None)

        return unsubscribe

    def _tell(self) -> None:
        for listener in list(self._listeners.values()):
            try:
                listener()
            except Exception:
                log.exception("a listener to the keeping raised")
