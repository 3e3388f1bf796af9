"""Names that are nearly spelt like another, for messages that ask "did you mean …?"."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def close_names(name: object, names: Iterable[object], limit: int = 3) -> list[str]:
    """Those of `names` that are spelt nearly like `name`, whatever their case, the nearest first."""
    by_fold: dict[str, str] = {}
    for known in names:
        by_fold.setdefault(str(known).casefold(), str(known))
    found = difflib.get_close_matches(str(name)[:200].casefold(), by_fold, n=limit, cutoff=0.6)
    return [by_fold[fold] for fold in found]
