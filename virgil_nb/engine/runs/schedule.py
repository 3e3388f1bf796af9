"""`Schedule`: which nodes of a run can run now. Each node once, after all that it waits for; what belongs together one after the other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping


class Schedule:
    """ready: nodes that can run now, the next last. waiting: how many others each node waits for."""

    __slots__ = ("_followers", "ready", "waiting")

    def __init__(self) -> None:
        self.ready: list[str] = []
        self.waiting: dict[str, int] = {}
        self._followers: dict[str, list[str]] = {}

    def __contains__(self, node: str) -> bool:
        """Whether the node waits for others."""
        return node in self.waiting

    def add(self, node: str, after: Iterable[str]) -> None:
        """The node runs when all of `after`, which run before long, are over."""
        count = 0
        followers = self._followers
        for source in after:
            count += 1
            found = followers.get(source)
            if found is None:
                followers[source] = [node]
            else:
                found.append(node)
        if count:
            self.waiting[node] = count
        else:
            self.ready.append(node)

    def finished(self, node: str) -> None:
        """A node is over: those that waited for it alone are ready, the one that was added first before the others."""
        followers = self._followers.pop(node, None)
        if followers is not None:
            waiting, ready = self.waiting, self.ready
            for follower in reversed(followers):
                left = waiting[follower] - 1
                if left:
                    waiting[follower] = left
                else:
                    del waiting[follower]
                    ready.append(follower)

    def circle(self) -> list[str]:
        """Nodes that wait for each other in a ring, each for the one after it; empty if there is none."""
        sources: dict[str, list[str]] = {node: [] for node in self.waiting}
        for source, followers in self._followers.items():
            for follower in followers:
                if follower in sources:
                    sources[follower].append(source)
        return _ring(sources)


def _ring(sources: Mapping[str, list[str]]) -> list[str]:
    """Who is in no ring waits, in the end, for one that is: so going from source to source comes back to a node that was passed."""
    node = next(iter(sources), None)
    path: dict[str, None] = {}
    while node is not None and node not in path:
        path[node] = None
        node = next((source for source in sources[node] if source in sources), None)
    if node is None:
        return []
    passed = list(path)
    return passed[passed.index(node) :]
