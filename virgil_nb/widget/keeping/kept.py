"""`Kept`: everything that is kept of one workbench, and its file.

    {"format": "virgil_nb edits", "version": 1, "workbench": {"name": "portrait"}, "revision": 12, "saved": "2026-11-23T22:10:00+00:00",
     "branch": {"base": {document}, "steps": [{"by": "view", "edit": {op}}], "undone": [], "held": []},
     "offers": [{"why": "code", "open": true, "branch": {…}}], "turned": ["panel", "graph"]}

The branch belongs to the document that the code gives now; offers are branches and leftovers that a banner offers. Nothing is
dropped but what someone chose to forget, and the oldest of many offers. Where the file lies is not known here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal, get_args

from virgil_nb.engine import Document, VirgilError
from virgil_nb.widget.keeping.steps import Branch, Step
from virgil_nb.widget.messages.keeping import Side

FORMAT = "virgil_nb edits"
VERSION = 1
MAX_OFFERS = 20

Why = Literal["code", "later", "copy"]
"""The code gave another document; the steps did not fit any more; they were made in another kernel's copy."""


class KeptUnreadable(VirgilError):
    """A file of kept edits that is not one, or that a newer virgil_nb wrote."""


@dataclass
class Offer:
    """Steps that can be made again. open: whether a banner still says so."""

    branch: Branch
    why: Why
    open: bool = True


@dataclass
class Kept:
    """What is kept of one workbench. forked: the revision that a copy was taken at; None: this is no copy.

    turned: the side that the code asked for (panel or graph), and the one that someone turned to.
    """

    branch: Branch | None = None
    offers: list[Offer] = field(default_factory=list)
    revision: int = 0
    forked: int | None = None
    turned: tuple[Side, Side] | None = None

    def choose(self, base: Document) -> Branch:
        """Makes `base` what the code gives now, and gives what followed on it. Steps on another document become an offer."""
        if self.branch is None or self.branch.base != base:
            before, self.branch = self.branch, Branch(base)
            for offer in self.offers:
                if offer.why == "code" and offer.branch.base == base:
                    self.branch = offer.branch
                    self.offers = [other for other in self.offers if other is not offer]
                    break
            if before is not None and before.worth_keeping:
                self.add(Offer(before, "code", before.edits > 0))
        return self.branch

    def add(self, offer: Offer) -> None:
        """Puts an offer before the others."""
        self.offers.insert(0, offer)
        del self.offers[MAX_OFFERS:]

    def take_in(self, copy: Kept) -> None:
        """Takes in what was kept of a copy: as the state itself if nothing happened here since, else as offers."""
        if copy.branch is not None and copy.forked == self.revision:
            self.branch, self.offers, self.revision = copy.branch, copy.offers, self.revision + 1
            self.turned = copy.turned
        else:
            self.absorb(copy)

    def absorb(self, copy: Kept) -> None:
        """Offers the steps of `copy` that are nowhere here."""
        theirs = copy.branch
        if theirs is None:
            return
        for branch in (theirs, *(offer.branch for offer in copy.offers if offer.open)):
            known = [self.branch, *(offer.branch for offer in self.offers)]
            rest = min((_after_common(ours, branch) for ours in known), key=len)
            if any(step.by in ("view", "back") for step in rest):
                self.revision += 1
                self.add(Offer(Branch(branch.base, rest, saved=branch.saved), "copy"))

    def fork(self) -> Kept:
        """A copy that goes on by itself."""
        fresh = Kept.from_text(self.text({}))
        fresh.forked = self.revision
        return fresh

    def text(self, workbench: Mapping[str, object]) -> str:
        """The file's content. workbench: whose it is, for people and for finding it again when its notebook was renamed."""
        head = {"format": FORMAT, "version": VERSION, "workbench": dict(workbench), "revision": self.revision, "saved": now()}
        if self.forked is not None:
            head["forked"] = self.forked
        if self.turned is not None:
            head["turned"] = list(self.turned)
        start = json.dumps(head, ensure_ascii=False)[:-1]
        offers = ",\n".join(
            f'{{"why":"{offer.why}","open":{json.dumps(offer.open)},"branch":{offer.branch.text()}}}' for offer in self.offers
        )
        branch = "null" if self.branch is None else self.branch.text()
        return f'{start},\n"branch":{branch},\n"offers":[{offers}]}}\n'

    @classmethod
    def from_text(cls, text: str) -> Kept:
        """What `text` keeps. Raises KeptUnreadable."""
        try:
            data = json.loads(text)
        except ValueError as problem:
            raise KeptUnreadable(f"it is not whole ({problem})") from None
        except RecursionError:
            raise KeptUnreadable("it is nested too deep") from None
        if not isinstance(data, dict) or data.get("format") != FORMAT:
            raise KeptUnreadable("it is not a file of kept edits")
        version = data.get("version")
        if type(version) is not int or version < 1:
            raise KeptUnreadable(f"its version is {version!r}; a whole number from 1 on was wanted")
        if version > VERSION:
            raise KeptUnreadable(f"it has version {version}, and this virgil_nb reads up to {VERSION}; install a newer virgil_nb")
        try:
            return cls._read(data)
        except (VirgilError, ValueError, TypeError, LookupError, RecursionError) as problem:
            raise KeptUnreadable(str(problem)) from None

    @classmethod
    def _read(cls, data: dict[str, Any]) -> Kept:
        revision, forked = data.get("revision"), data.get("forked")
        if type(revision) is not int or revision < 0 or not (forked is None or type(forked) is int):
            raise ValueError(f"its revision is {revision!r}, forked from {forked!r}; whole numbers were wanted")
        branch = data.get("branch")
        offers = []
        for offer in data.get("offers", []):
            if offer["why"] not in get_args(Why):
                raise ValueError(f"it offers edits because of {str(offer['why'])[:40]!r}, which this virgil_nb does not know")
            offers.append(Offer(Branch.from_json(offer["branch"]), offer["why"], bool(offer["open"])))
        return cls(None if branch is None else Branch.from_json(branch), offers, revision, forked, _sides(data.get("turned")))


def _sides(data: Any) -> tuple[Side, Side] | None:
    if isinstance(data, list) and len(data) == 2 and all(side in get_args(Side) for side in data):
        return data[0], data[1]
    return None


def now() -> str:
    """The present moment, ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def _after_common(ours: Branch | None, theirs: Branch) -> list[Step]:
    """The steps of `theirs` after those that both have."""
    mine = [step.text for step in ours.steps if step.by != "code"] if ours is not None else []
    steps = [step for step in (*theirs.steps, *theirs.held) if step.by != "code"]
    common = 0
    while common < min(len(mine), len(steps)) and mine[common] == steps[common].text:
        common += 1
    return steps[common:]
