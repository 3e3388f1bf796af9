"""`History`: the runs of a session that are over, of this kernel and of those before it, and the way back to each one's workflow."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, overload

from virgil_nb.api.queue import Which, id_of
from virgil_nb.engine import RunInfo, RunResult
from virgil_nb.engine.history.past import History as Kept
from virgil_nb.engine.history.past import RunDetails

if TYPE_CHECKING:
    from PIL import Image

    from virgil_nb.api.workflow import Workflow

PAGE = 200
MOST_PICTURES = 4


class PastRun:
    """A run that is over: `id`, `label`, `state`, `submitted`, `started`, `finished` (seconds since 1970), `seconds`, `error`, and
    `node`, the one that failed. What is larger is read when it is asked for: `workflow`, `values`, `node_seconds`, `pictures`.
    """

    def __init__(self, info: RunInfo, kept: Kept) -> None:
        self.info = info
        self._kept = kept
        self.id, self.label, self.state = info.id, info.label, info.state
        self.submitted, self.started, self.finished, self.seconds = info.submitted, info.started, info.finished, info.seconds
        self.error, self.node = info.error, info.node

    @property
    def workflow(self) -> Workflow:
        """The workflow as it ran (the seeds used, for one), as a new one."""
        from virgil_nb.api.workflow import Workflow

        return Workflow(self._kept.document(self.id))

    @property
    def values(self) -> Mapping[str, Mapping[str, Any]]:
        """The values that were used for inputs, by node id and name."""
        return self._details.values

    @property
    def executed(self) -> tuple[str, ...]:
        """Ids of the nodes that ran; known where the session keeps its history in a file."""
        return self._details.executed

    @property
    def cached(self) -> tuple[str, ...]:
        """Ids of the nodes that did not have to run; known where the session keeps its history in a file."""
        return self._details.cached

    @property
    def node_seconds(self) -> Mapping[str, float]:
        """Seconds that each executed node took, by id; known where the session keeps its history in a file."""
        return self._details.seconds

    @property
    def pictures(self) -> list[Image.Image]:
        """Small pictures of what it gave."""
        from PIL import Image

        return [Image.open(io.BytesIO(one)) for one in self._kept.thumbnails(self.id)]

    @cached_property
    def _details(self) -> RunDetails:
        return self._kept.details(self.id)

    def __repr__(self) -> str:
        took = "" if self.seconds is None else f" in {self.seconds:.1f} s"
        return f"<PastRun {self.label or self.id[:8]}: {self.state}{took}>"


class History(Sequence[PastRun]):
    """Runs that are over, the oldest first: `history[-1]` is the last one. `history.search("fox")` gives those with that in a prompt,
    the newest first; `history.delete(run, …)` and `history.clear()` forget them, on disk too.
    """

    def __init__(self, kept: Kept) -> None:
        self._kept = kept

    def search(self, words: str, limit: int = 20) -> list[PastRun]:
        """The newest runs that have all of `words` in a label, an error or a text of the workflow."""
        return [PastRun(info, self._kept) for info in self._kept.page(limit, search=words).runs]

    def delete(self, *runs: Which) -> int:
        """Forgets runs. Returns how many there were."""
        return self._kept.forget(map(id_of, runs))

    def clear(self) -> int:
        """Forgets all runs. Returns how many there were."""
        return self._kept.forget()

    def __len__(self) -> int:
        return len(self._kept)

    @overload
    def __getitem__(self, index: int) -> PastRun: ...
    @overload
    def __getitem__(self, index: slice) -> list[PastRun]: ...
    def __getitem__(self, index: int | slice) -> PastRun | list[PastRun]:
        count = len(self)
        if isinstance(index, slice):
            places = range(count)[index]
            if not places:
                return []
            first, last = min(places), max(places)
            found = self._kept.page(last - first + 1, skip=count - 1 - last).runs
            return [PastRun(found[last - place], self._kept) for place in places]
        place = index + count if index < 0 else index
        if not 0 <= place < count:
            raise IndexError(f"there is no run {index} in a history of {count}")
        return PastRun(self._kept.page(1, skip=count - 1 - place).runs[0], self._kept)

    def __iter__(self) -> Iterator[PastRun]:
        return reversed(list(reversed(self)))

    def __reversed__(self) -> Iterator[PastRun]:
        before: int | None = None
        while True:
            page = self._kept.page(PAGE, before)
            yield from (PastRun(info, self._kept) for info in page.runs)
            before = page.before
            if before is None:
                return

    def __repr__(self) -> str:
        count = len(self)
        trouble = getattr(self._kept, "trouble", "")
        last = f", the last: {self[-1]!r}" if count else ""
        return f"<History: {count} run{'' if count == 1 else 's'}{last}>{' ' + trouble if trouble else ''}"


def thumbnails(result: RunResult) -> Iterable[bytes]:
    """Small WebP pictures of what a run's output nodes show, for the journal."""
    from virgil_nb.widget.encoding import as_thumbnail

    shown = (picture for node in result.output_nodes for picture in (result.ui(node) or {}).get("images", ()))
    for picture, _ in zip(shown, range(MOST_PICTURES), strict=False):
        yield as_thumbnail(picture)
