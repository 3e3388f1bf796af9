"""What the engine knows of values, and the bound of the cache."""

from __future__ import annotations

import collections
import threading
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engine.kinds import CALLS, REGISTRY, draw
from tests.engine.test_documents import values as json_values
from virgil_nb.engine import Cache, Engine, Items, Registry, SetValue, node, register_value
from virgil_nb.engine.caching.cache import ENTRY_BYTES, Entry
from virgil_nb.engine.values import copy, fingerprint, nbytes


@given(json_values, json_values)
@settings(max_examples=80, deadline=None)
def test_equal_content_has_one_fingerprint_and_other_content_another(one: Any, two: Any) -> None:
    same = repr(one) == repr(two)
    first, second = fingerprint(one).digest, fingerprint(two).digest
    assert first is not None and first == fingerprint(copy(one)).digest
    if not isinstance(one, dict) and not isinstance(two, dict):
        assert (first == second) == same or (first == second and one == two)


@pytest.mark.parametrize(
    ("one", "two"),
    [
        (1, True),
        (1, 1.0),
        ("1", 1),
        (b"a", "a"),
        ([1], (1,)),
        ({"a": 1}, {"a": 2}),
        ([[1], 2], [[1, 2]]),
        ({1, 2}, [1, 2]),
        (0.0, -0.0),
        (None, "n"),
    ],
)
def test_values_that_differ_in_type_or_shape_differ(one: Any, two: Any) -> None:
    assert fingerprint(one).digest != fingerprint(two).digest


def test_the_order_of_dicts_and_sets_does_not_matter() -> None:
    assert fingerprint({"a": 1, "b": 2}) == fingerprint({"b": 2, "a": 1})
    assert fingerprint({"x", "y", "z"}) == fingerprint({"z", "y", "x"})


class Box:
    def __init__(self, content: bytes) -> None:
        self.content = bytearray(content)


class SpecialBox(Box):
    """Handled as what it derives from."""


register_value(Box, fingerprint=lambda b: bytes(b.content), nbytes=lambda b: 1000, copy=lambda b: type(b)(bytes(b.content)))


def test_a_registered_type_is_found_for_classes_below_it_and_inside_containers() -> None:
    value = {"boxes": [SpecialBox(b"x"), (Box(b"y"),)]}
    copied = copy(value)
    copied["boxes"][0].content[:] = b"z"
    copied["boxes"][1][0].content[:] = b"z"
    assert bytes(value["boxes"][0].content) == b"x" and bytes(value["boxes"][1][0].content) == b"y"  # type: ignore[union-attr,index]
    assert type(copied["boxes"][0]) is SpecialBox
    assert nbytes(value) > 2000
    assert fingerprint(value).digest is not None and fingerprint(value) != fingerprint(copied)


def test_an_unknown_type_has_no_fingerprint_and_the_reason_is_kept() -> None:
    found = fingerprint([1, threading.Lock()])
    assert found.digest is None and "lock" in found.reason


def test_a_ring_is_copied_as_a_ring_and_has_no_fingerprint() -> None:
    ring: list[Any] = [1]
    ring.append(ring)
    copied = copy(ring)
    assert copied is not ring and copied[1] is copied
    assert fingerprint(ring).digest is None


def test_what_is_shared_inside_a_value_is_shared_in_its_copy() -> None:
    part = [1]
    copied = copy([part, part])
    assert copied[0] is copied[1] and copied[0] is not part


def test_named_tuples_stay_what_they_are() -> None:
    Point = collections.namedtuple("Point", "x y")
    copied = copy(Point([1], 2))
    assert type(copied) is Point and copied == Point([1], 2)


def test_several_values_on_a_wire_are_copied_one_by_one_and_stay_several() -> None:
    values = Items(([1], "two"))
    copied = copy(values)
    assert type(copied) is Items and copied == values and copied[0] is not values[0]
    assert nbytes(Items((bytes(1000), bytes(1000)))) > 2000


def entry(size: int, seconds: float = 1.0) -> Entry:
    made = Entry((bytes(size),), seconds=seconds)
    made.nbytes = size
    return made


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 400), st.floats(0, 5)), max_size=40), st.integers(0, 1000))
@settings(max_examples=80, deadline=None)
def test_the_cache_is_never_over_its_budget(steps: list[tuple[int, int, float]], budget: int) -> None:
    cache = Cache(budget)
    for number, size, seconds in steps:
        kept = cache.put(bytes([number]), entry(size, seconds))
        assert cache.nbytes <= budget
        assert kept == (size <= budget) == (cache.get(bytes([number])) is not None)
        assert cache.nbytes == sum(found.nbytes for key in list(cache.keys()) if (found := cache.peek(key)))


def test_what_is_cheap_to_make_again_is_dropped_first() -> None:
    cache = Cache(300)
    cache.put(b"dear", entry(100, seconds=60))
    cache.put(b"cheap", entry(100, seconds=0.001))
    cache.put(b"new", entry(150, seconds=1))
    assert b"dear" in cache and b"cheap" not in cache and cache.was_dropped(b"cheap")


def test_what_was_used_lately_stays_among_equals() -> None:
    cache = Cache(200 * 20)
    for number in range(20):
        cache.put(bytes([number]), entry(200))
    cache.get(bytes([0]))
    cache.put(b"new", entry(200))
    assert bytes([0]) in cache and bytes([1]) not in cache


def test_a_smaller_budget_takes_effect_at_once() -> None:
    cache = Cache(1000)
    for number in range(5):
        cache.put(bytes([number]), entry(200))
    cache.budget = 450
    assert cache.nbytes <= 450 and len(cache) == 2


def test_a_cache_without_room_still_gives_right_results() -> None:
    engine = Engine(REGISTRY, cache_bytes=0)
    document = draw("A:number(value=2) -> B:add.x -> C:add.x")
    for _ in range(2):
        result = engine.submit(document, outputs=["C"]).result()
        assert result.outputs("C") == (4,) and result.outputs("A") == (2,) and len(result.executed) == 3
    assert result.why("C") == "its result was dropped from the cache, which was full"


def test_only_what_is_missing_is_made_again_after_results_were_dropped(engine: Engine) -> None:
    document = draw("A:number(value=2) -> B:add.x -> C:add.x")
    engine.submit(document, outputs=["C"]).result()
    engine.cache.budget = ENTRY_BYTES + 100
    assert len(engine.cache) == 1
    CALLS.clear()
    engine.cache.budget = 1 << 20
    result = engine.submit(document, outputs=["C"]).result()
    assert set(result.executed) | set(result.cached) == {"A", "B", "C"} and result.outputs("C") == (4,)
    assert len(CALLS) == len(result.executed) <= 2


def test_a_result_keeps_what_it_made_when_the_cache_forgets(engine: Engine) -> None:
    result = engine.submit(draw("A:number(value=2) -> B:add.x"), outputs=["B"]).result()
    engine.clear_cache()
    assert result.outputs("A") == (2,)
    assert engine.submit(draw("A:number(value=2) -> B:add.x"), outputs=["B"]).result().executed == ("A", "B")


def test_a_result_says_how_to_get_a_value_that_was_not_needed_and_is_gone(engine: Engine) -> None:
    document = draw("A:number(value=2) -> B:add.x")
    engine.submit(document, outputs=["B"]).result()
    result = engine.submit(document, outputs=["B"]).result()
    assert result.outputs("A") == (2,)
    engine.clear_cache()
    with pytest.raises(KeyError, match="run again with outputs="):
        result.outputs("A")


def test_a_fingerprint_of_what_is_outside_is_part_of_the_key(tmp_path: Any) -> None:
    registry = Registry()
    file = tmp_path / "prompt.txt"
    file.write_text("one")

    @node(registry=registry, fingerprint=lambda name: file.read_text() if name else float("nan"))
    def read(name: str = "prompt") -> str:
        return file.read_text() if file.exists() else "gone"

    engine = Engine(registry)
    document = draw("A:read")
    assert engine.submit(document, outputs=["A"]).result().outputs("A") == ("one",)
    assert engine.submit(document, outputs=["A"]).result().executed == ()
    file.write_text("two")
    assert engine.submit(document, outputs=["A"]).result().outputs("A") == ("two",)
    never = SetValue("A", "name", "").apply(document)
    assert engine.submit(never, outputs=["A"]).result().executed == engine.submit(never, outputs=["A"]).result().executed == ("A",)
    file.unlink()
    result = engine.submit(document, outputs=["A"]).result()
    assert result.outputs("A") == ("gone",) and "its fingerprint failed: FileNotFoundError" in result.why("A")


def test_a_result_says_why_each_node_ran(engine: Engine) -> None:
    document = draw("A:number(value=2) -> B:add(step=1).x -> C:show.x\nD:number(value=2) -> E:show.x")
    first = engine.submit(document).result()
    assert first.why("A") == "it had never run with these inputs"
    assert first.why("D") == "it did not have to: it is the same as node A, which ran"
    second = engine.submit(SetValue("B", "step", 5).apply(document)).result()
    assert second.why("B") == "step changed from 1 to 5"
    assert second.why("C") == "x comes from add (node B), whose result changed"
    assert "cache" in second.why("A")
    engine.clear_cache()
    assert "the cache was cleared" in engine.submit(document).result().why("A")


def test_a_cache_that_keeps_only_what_is_needed_says_so() -> None:
    engine = Engine(REGISTRY, cache=Cache(1 << 20, policy="needed"))
    edited = "A:number(value=2) -> B:add(step={}).x -> C:show.x"
    engine.submit(draw(edited.format(1))).result()
    second = engine.submit(draw(edited.format(2))).result()
    assert second.executed == ("A", "B", "C") and second.why("B") == "step changed from 1 to 2"
    assert second.why("A") == "the cache keeps nothing longer than the run needs it (its policy)"


def test_cache_false_runs_each_time() -> None:
    registry = Registry()

    @node(registry=registry, cache=False)
    def clock() -> int:
        return 1

    engine = Engine(registry)
    for _ in range(2):
        result = engine.submit(draw("A:clock"), outputs=["A"]).result()
        assert result.executed == ("A",) and result.why("A") == "it is never cached: its kind says cache=False"
        assert result.outputs("A") == (1,)
