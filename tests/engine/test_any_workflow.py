"""Any workflow gives the same, whatever the cache keeps and wherever its nodes run: compared with a few lines that compute it plainly."""

from __future__ import annotations

from contextlib import suppress
from itertools import repeat
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.engine.semantics import RAN, SEMANTICS
from virgil_nb.engine import Blocker, Cache, DiskTier, Document, Engine, Items, Link, Node, NodeError, SetMode, SetValue, WorkflowInvalid
from virgil_nb.engine.caching import cache as cache_module
from virgil_nb.engine.caching import disk_room
from virgil_nb.engine.planning.plan import Planner, make_plan
from virgil_nb.engine.services import NO_SERVICES

MOST_ITEMS = 40
# kind → the inputs that are linked; what else it takes is typed in
LINKED = {
    "number": [],
    "add": ["a", "b"],
    "several": ["start"],
    "sum_up": ["values"],
    "only_even": ["x"],
    "choose": ["a", "b"],
    "add_often": ["x"],
    "later": ["x"],
    "aside": ["x"],
    "same_link": ["flow"],
}


@st.composite
def workflows(pick: st.DrawFn) -> Document:
    nodes: list[Node] = []
    typed: dict[str, Any] = {
        "number": lambda: {"value": pick(st.integers(0, 3))},
        "several": lambda: {"count": pick(st.integers(0, 3))},
        "choose": lambda: {"first": pick(st.booleans())},
        "add_often": lambda: {"times": pick(st.integers(0, 2))},
        "same_link": lambda: {"more": pick(st.integers(0, 2))},
    }
    for index in range(pick(st.integers(1, 10))):
        kind = pick(st.sampled_from(list(LINKED))) if nodes else "number"
        links = {name: Link(pick(st.sampled_from(nodes)).id, 0) for name in LINKED[kind]}
        nodes.append(Node(f"n{index}", kind, typed.get(kind, dict)(), links))
    return Document.of(*pick(st.permutations(nodes)))


def items_of(value: Any) -> list[Any]:
    return list(value) if isinstance(value, Items) else [value]


def computed(document: Document) -> dict[str, Any]:
    """What each node gives, by recursion."""
    known: dict[str, Any] = {}

    def value(key: str) -> Any:
        if key not in known:
            node = document.nodes[key]
            known[key] = give(node.type, dict(node.values), {name: link.node for name, link in node.links.items()})
        return known[key]

    def give(kind: str, typed: dict[str, Any], links: dict[str, str]) -> Any:
        if kind == "number":
            return typed["value"]
        if kind == "choose":
            links = {"x": links["a" if typed["first"] else "b"]}
        if kind == "same_link":
            return mapped("add_of", {"b": typed["more"]}, {"a": value(links["flow"])})
        return mapped(kind, typed, {name: value(source) for name, source in links.items()})

    def mapped(kind: str, typed: dict[str, Any], given: dict[str, Any]) -> Any:
        if kind == "sum_up":
            values = items_of(given["values"])
            return Blocker() if Blocker() in values else sum(values)
        lists = {name: items_of(one) for name, one in given.items()}
        is_list = any(isinstance(one, Items) for one in given.values())
        count = 0 if any(not one for one in lists.values()) else max(map(len, lists.values()))
        calls = zip(*([*one, *repeat(one[-1], count - len(one))] for one in lists.values()), strict=True) if count else []
        found = [Blocker() if Blocker() in call else single(kind, typed, dict(zip(lists, call, strict=True))) for call in calls]
        if kind == "several":
            return Items([item for one in found for item in (one if isinstance(one, list) else [one])])
        return Items(found) if is_list else found[0]

    def single(kind: str, typed: dict[str, Any], one: dict[str, Any]) -> Any:
        match kind:
            case "add":
                return one["a"] + one["b"]
            case "add_of":
                return one["a"] + typed["b"]
            case "several":
                return list(range(one["start"], one["start"] + typed["count"]))
            case "only_even":
                return one["x"] if one["x"] % 2 == 0 else Blocker()
            case "add_often":
                return one["x"] + typed["times"]
            case "aside":
                return one["x"] * 10
        return one["x"]

    for key in document.nodes:
        value(key)
    return known


def caches() -> list[Cache]:
    return [Cache(1 << 20), Cache(0), Cache(3000), Cache(1 << 20, policy="needed"), Cache(2000, policy="needed")]


@given(workflows())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_workflow_gives_the_same_whatever_the_cache_and_runs_no_node_twice(document: Document) -> None:
    right = computed(document)
    if any(isinstance(value, Items) and len(value) > MOST_ITEMS for value in right.values()):
        return
    wanted = list(document.nodes)
    for cache in caches():
        engine = Engine(SEMANTICS, cache=cache)
        for _ in ("cold", "warm"):
            RAN.clear()
            result = engine.submit(document, outputs=wanted).result(60)
            assert {key: result.outputs(key)[0] for key in wanted} == right
            assert len(result.executed) == len(set(result.executed))
            assert cache.nbytes <= cache.budget
        engine.close()


@given(workflows(), st.data())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_one_node_at_a_time_gives_the_same_and_only_what_it_needs_runs(document: Document, data: st.DataObject) -> None:
    right = computed(document)
    key = data.draw(st.sampled_from(list(document.nodes)))
    for cache in caches():
        engine = Engine(SEMANTICS, cache=cache)
        result = engine.submit(document, outputs=[key]).result(60)
        assert result.outputs(key)[0] == right[key]
        needed = ancestors(document, key)
        assert {node.partition(".")[0] for node in result.executed} <= needed
        engine.close()


def ancestors(document: Document, key: str) -> set[str]:
    found, todo = {key}, [key]
    while todo:
        todo += [link.node for link in document.nodes[todo.pop()].links.values() if link.node not in found]
        found.update(todo)
    return found


@pytest.fixture
def all_is_stored(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also what is made in no time."""
    monkeypatch.setattr(cache_module, "LEAST_SECONDS", 0.0)
    monkeypatch.setattr(disk_room, "LEAST_SECONDS", 0.0)
    monkeypatch.setattr(disk_room, "SECONDS_PER_BYTE", 0.0)


@pytest.mark.usefixtures("all_is_stored")
@given(st.lists(workflows(), min_size=1, max_size=3), st.sampled_from(["budget", "needed"]))
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
def test_any_workflow_gives_the_same_from_a_disk_that_other_engines_wrote(documents: list[Document], policy: Any) -> None:
    with TemporaryDirectory() as folder:
        for turn, document in enumerate([*documents, *documents]):
            right = computed(document)
            wanted = list(document.nodes)
            cache = Cache(1 << 20, policy=policy, disk=DiskTier(folder))
            engine = Engine(SEMANTICS, cache=cache)
            result = engine.submit(document, outputs=wanted).result(60)
            assert {key: result.outputs(key)[0] for key in wanted} == right
            assert turn < len(documents) or not result.executed
            assert cache.flush(60)
            engine.close()


@given(st.lists(workflows(), min_size=2, max_size=4), st.data())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_what_other_workflows_left_in_the_cache_changes_nothing(documents: list[Document], data: st.DataObject) -> None:
    engine = Engine(SEMANTICS, cache=data.draw(st.sampled_from(caches())))
    for document in [*documents, *documents]:
        right = computed(document)
        if data.draw(st.booleans()):
            key = data.draw(st.sampled_from(list(document.nodes)))
            document = SetMode(key, "muted").apply(document)
            others = [other for other in document.nodes if other != key]
            with suppress(WorkflowInvalid, NodeError):  # what a muted node leaves may not run; the next run must not care
                engine.submit(document, partial=True, outputs=others).result(60)
            continue
        result = engine.submit(document, outputs=list(document.nodes)).result(60)
        assert {key: result.outputs(key)[0] for key in document.nodes} == right
    engine.close()


@given(workflows(), st.data())
@settings(max_examples=60, deadline=None)
def test_the_plan_of_an_edited_workflow_is_that_of_a_new_one(document: Document, data: st.DataObject) -> None:
    wanted = list(document.nodes)
    planner = Planner(SEMANTICS, NO_SERVICES)
    planner.plan(document, {}, wanted).keys(str)
    for _ in range(3):
        numbers = [node.id for node in document.nodes.values() if node.type == "number"]
        key = data.draw(st.sampled_from(numbers))
        document = SetValue(key, "value", data.draw(st.integers(0, 3))).apply(document)
        if data.draw(st.booleans()):
            planner.plan(document, {}, wanted).keys(str)
        edited, new = planner.plan(document, {}, wanted), make_plan(document, SEMANTICS, NO_SERVICES, {}, wanted)
        assert edited.keys(str).keys == new.keys(str).keys and edited.document is document
        assert [prepared.node for prepared in edited.nodes] == [prepared.node for prepared in new.nodes]
