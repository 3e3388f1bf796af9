"""The cache in memory: its bound at every moment, what goes first, and the policies."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from virgil_nb.engine import Cache
from virgil_nb.engine.caching.cache import Entry


def entry(size: int, seconds: float = 1.0) -> Entry:
    made = Entry((bytes(size),), seconds=seconds)
    made.nbytes = size
    return made


def held(cache: Cache) -> int:
    return sum(found.nbytes for key in list(cache.keys()) if (found := cache.peek(key)))


step = st.one_of(
    st.tuples(st.just("put"), st.integers(0, 9), st.integers(0, 400), st.floats(0, 5)),
    st.tuples(st.just("get"), st.integers(0, 9)),
    st.tuples(st.just("release"), st.integers(0, 9)),
    st.tuples(st.just("free"), st.integers(0, 1200)),
    st.tuples(st.just("budget"), st.integers(0, 1500)),
)


@given(st.lists(step, max_size=40), st.integers(0, 1000), st.sampled_from(["budget", "needed"]))
@settings(max_examples=150, deadline=None)
def test_the_cache_is_never_over_its_budget(steps: list[Any], budget: int, policy: Any) -> None:
    cache = Cache(budget, policy=policy)
    for action, *rest in steps:
        before = cache.nbytes
        if action == "put":
            number, size, seconds = rest
            assert cache.put(bytes([number]), entry(size, seconds)) == (size <= cache.budget)
        elif action == "get":
            cache.get(bytes(rest))
        elif action == "release":
            cache.release(bytes(rest))
            assert policy == "budget" or bytes(rest) not in cache
        elif action == "free":
            assert cache.free(rest[0]) == before - cache.nbytes >= min(rest[0], before)
        else:
            cache.budget = rest[0]
        assert cache.nbytes == held(cache) <= cache.budget


def test_memory_is_freed_node_by_node_the_cheapest_first() -> None:
    cache = Cache(10_000)
    for name, size, seconds in ((b"dear", 1000, 60.0), (b"cheap", 1000, 0.01), (b"big", 5000, 1.0), (b"middling", 1000, 2.0)):
        cache.put(name, entry(size, seconds))
    assert cache.free(1) == 1000 and b"cheap" not in cache
    assert cache.free(1) == 5000 and b"big" not in cache
    assert cache.free(1001) == 2000 and not cache.keys()
    assert all(cache.was_dropped(name) for name in (b"dear", b"cheap", b"big", b"middling"))
    assert cache.free(1) == 0


def test_what_someone_else_holds_is_spared_as_dropping_it_frees_nothing() -> None:
    cache = Cache(1000)
    cache.put(b"used", entry(100, 0.0))
    cache.put(b"idle", entry(100, 50.0))
    assert cache.free(100, spare={b"used"}) == 100
    assert set(cache.keys()) == {b"used"}


def test_with_the_policy_needed_a_result_goes_when_nothing_needs_it_any_more() -> None:
    cache = Cache(1000, policy="needed")
    cache.put(b"a", entry(100))
    cache.put(b"b", entry(100))
    cache.release(b"a")
    assert set(cache.keys()) == {b"b"} and cache.nbytes == 100
    assert not cache.was_dropped(b"a")


def test_with_the_policy_budget_a_release_changes_nothing() -> None:
    cache = Cache(1000)
    cache.put(b"a", entry(100))
    cache.release(b"a")
    assert cache.get(b"a") is not None


def test_a_policy_that_there_is_not_is_refused() -> None:
    with pytest.raises(ValueError, match="policy is 'lru'; it must be one of 'budget', 'needed'"):
        Cache(1000, policy="lru")  # type: ignore[arg-type]


def test_the_order_of_dropping_weighs_seconds_per_byte_among_the_oldest() -> None:
    cache = Cache(4000)
    cache.put(b"dear and big", entry(2000, 20.0))  # 10 ms a byte
    cache.put(b"cheap and small", entry(500, 1.0))  # 2 ms a byte
    cache.put(b"dear and small", entry(500, 10.0))  # 20 ms a byte
    cache.put(b"new", entry(1500, 0.0))
    assert set(cache.keys()) == {b"dear and big", b"dear and small", b"new"}
    cache.put(b"newer", entry(1500, 1.0))
    assert set(cache.keys()) == {b"dear and big", b"dear and small", b"newer"}


def test_threads_that_put_and_get_at_once_keep_the_count_right() -> None:
    cache = Cache(3000)
    over: list[int] = []

    def work(seed: int) -> None:
        for turn in range(300):
            cache.put(bytes([(seed * 7 + turn) % 20]), entry(100 + turn % 5 * 100, turn % 3))
            cache.get(bytes([turn % 20]))
            if turn % 50 == 0:
                cache.free(500)
            if cache.nbytes > 3000:
                over.append(cache.nbytes)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not over and cache.nbytes == held(cache) <= 3000
