"""What is said of keeping, in whole sentences."""

from __future__ import annotations

from virgil_nb.widget.keeping.kept import Offer
from virgil_nb.widget.keeping.restoring import Fitted
from virgil_nb.widget.keeping.store import Store

OFFERED = {
    "code": "The code of this cell gives another workflow now; what you had edited before is kept.",
    "later": "Some kept edits did not fit to what the code gives now; they are kept apart.",
    "copy": "Edits that were made in a copy of this workbench, in another kernel, are kept.",
}
SHOWN = 3


def kept_text(store: Store, offer: Offer | None, waiting: int) -> str:
    """How the edits of a workbench are kept, and what its banner says if there is something to restore."""
    if offer is not None:
        return OFFERED[offer.why]
    if waiting:
        return f"{counted(waiting)} made after code that has not run yet: back as soon as it has."
    if store.apart == "held":
        return "Another kernel has this workbench open. This is a copy; what you edit here is kept apart, and offered there later."
    if store.apart == "unreadable":
        return f"{store.why} What you edit here is kept apart from it."
    if store.brought:
        return "The workflow came along in the notebook's file. Earlier runs and added files stayed where it was made."
    return "Edits are kept beside the notebook."


def restored_text(fitted: Fitted) -> str:
    """What a restore did; "" if it did all of it."""
    if not fitted.left_out:
        return ""
    some = "; ".join(dict.fromkeys(fitted.left_out[:SHOWN]))
    more = f"; and {len(fitted.left_out) - SHOWN} more" if len(fitted.left_out) > SHOWN else ""
    made = "The rest was made again." if fitted.edit is not None else "Nothing was changed."
    return f"{counted(len(fitted.left_out))} no longer fit{'s' if len(fitted.left_out) == 1 else ''}: {some}{more}. {made}"


def counted(edits: int) -> str:
    """How many edits, in words that begin a sentence."""
    return "One edit" if edits == 1 else f"{edits} edits"
