"""Runs that are over: how they are listed (`Page`), what more is known of one (`RunDetails`), and where they are kept (`History`).

`MemoryHistory` keeps the last ones in memory; journal.py keeps them in a file, for the next kernel too.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from types import MappingProxyType
from typing import Any, Final, Protocol

from virgil_nb.engine.documents.document import Document
from virgil_nb.engine.runs.run import Run, RunInfo

MOST_RUNS: Final = 500
MOST_WORDS: Final = 4000  # characters of a run that are searched
_NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Page:
    """Some runs, the newest first. before: what to ask with for the next page; None if there is none."""

    runs: tuple[RunInfo, ...]
    before: int | None


@dataclass(frozen=True, slots=True)
class RunDetails:
    """executed, cached: ids of nodes. seconds: per executed node. values: the inputs' own values as they were used, seeds too, by node."""

    executed: tuple[str, ...] = ()
    cached: tuple[str, ...] = ()
    seconds: Mapping[str, float] = field(default_factory=lambda: _NOTHING)
    values: Mapping[str, Mapping[str, Any]] = field(default_factory=lambda: _NOTHING)


class History(Protocol):
    """Where runs go when they are over. Safe to use from any thread; `add` never raises."""

    def add(self, run: Run) -> None:
        """Takes a run that is over."""
        ...

    def __len__(self) -> int: ...

    def recent(self) -> list[RunInfo]:
        """The last runs that were added here, the newest last."""
        ...

    def page(self, limit: int = 20, before: int | None = None, search: str = "", skip: int = 0) -> Page:
        """At most `limit` runs, the newest first: older than `before`, a Page's, and after leaving out `skip` of them.

        search: words that must all be in a run's label, error or texts (a prompt, a file's name), in whatever case.
        """
        ...

    def find(self, run_id: str) -> RunInfo | None:
        """A run, None if it is not here."""
        ...

    def document(self, run_id: str) -> Document:
        """The workflow as it ran. Raises KeyError if the run is not here."""
        ...

    def details(self, run_id: str) -> RunDetails:
        """What else is known of a run. Raises KeyError if it is not here."""
        ...

    def thumbnails(self, run_id: str) -> tuple[bytes, ...]:
        """Small encoded pictures of what a run showed. Raises KeyError if it is not here."""
        ...

    def forget(self, run_ids: Iterable[str] | None = None) -> int:
        """Removes runs, None: all; how many there were."""
        ...

    def flush(self, timeout: float = 5.0) -> bool:
        """Waits until what was added is kept; False if that takes longer."""
        ...


class MemoryHistory:
    """The last runs of this process. It holds none of their values, so of details only the inputs' own values are known."""

    def __init__(self, most: int = MOST_RUNS) -> None:
        self._most = most
        self._runs: OrderedDict[str, tuple[RunInfo, Document]] = OrderedDict()
        self._number = 0
        self._lock = threading.RLock()

    def __len__(self) -> int:
        return len(self._runs)

    def add(self, run: Run) -> None:
        with self._lock:
            self._number += 1
            self._runs[run.id] = (run.info(self._number), run.document)
            while len(self._runs) > self._most:
                self._runs.popitem(last=False)

    def recent(self) -> list[RunInfo]:
        with self._lock:
            return [info for info, _ in self._runs.values()]

    def page(self, limit: int = 20, before: int | None = None, search: str = "", skip: int = 0) -> Page:
        check_page(limit, skip)
        with self._lock:
            newest_first = list(reversed(self._runs.values()))
        wanted = search.casefold().split()
        found = (
            info
            for info, document in newest_first
            if (before is None or info.number < before) and (not wanted or _has_all(wanted, searched_text(info, document)))
        )
        several = list(islice(found, skip, skip + limit + 1))
        runs = tuple(several[:limit])
        return Page(runs, runs[-1].number if len(several) > limit else None)

    def find(self, run_id: str) -> RunInfo | None:
        kept = self._runs.get(run_id)
        return None if kept is None else kept[0]

    def document(self, run_id: str) -> Document:
        return self._kept(run_id)[1]

    def details(self, run_id: str) -> RunDetails:
        _, document = self._kept(run_id)
        return RunDetails(values=MappingProxyType({key: node.values for key, node in document.nodes.items() if node.values}))

    def thumbnails(self, run_id: str) -> tuple[bytes, ...]:
        self._kept(run_id)
        return ()

    def forget(self, run_ids: Iterable[str] | None = None) -> int:
        with self._lock:
            gone = list(self._runs) if run_ids is None else [run_id for run_id in dict.fromkeys(run_ids) if run_id in self._runs]
            for run_id in gone:
                del self._runs[run_id]
        return len(gone)

    def flush(self, timeout: float = 5.0) -> bool:  # noqa: ARG002 - it is there at once
        return True

    def _kept(self, run_id: str) -> tuple[RunInfo, Document]:
        kept = self._runs.get(run_id)
        if kept is None:
            raise KeyError(missing(run_id))
        return kept


def missing(run_id: str) -> str:
    """What is said of a run that no history has."""
    return f"the history has no run {run_id!r} (any more)"


def check_page(limit: int, skip: int) -> None:
    """Raises ValueError for a page that can't be."""
    if limit < 1:
        raise ValueError(f"a page of {limit} runs was asked for; it must be 1 or more")
    if skip < 0:
        raise ValueError(f"{skip} runs were to be left out; it must be 0 or more")


def searched_text(info: RunInfo, document: Document) -> str:
    """What a search looks through: label, error, and the texts among the inputs' values."""
    texts = (text for node in document.nodes.values() for value in node.values.values() for text in _texts(value))
    return "\n".join((info.label, info.error, *islice(texts, 1000)))[:MOST_WORDS].casefold()


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _texts(item)


def _has_all(words: list[str], text: str) -> bool:
    return all(word in text for word in words)
