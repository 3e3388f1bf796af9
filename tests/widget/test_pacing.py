"""Background jobs run soon, seldom enough, and never twice for one thing."""

from __future__ import annotations

import itertools
import threading
import time

from virgil_nb.widget.pacing import Pacer


def test_a_job_asked_for_many_times_before_it_ran_runs_once() -> None:
    pacer, ran = Pacer(), []
    for number in range(50):
        pacer.ask("key", lambda number=number: ran.append(number), delay=0.05)
    assert pacer.settle(5)
    assert ran == [49]


def test_a_throttled_job_runs_at_once_and_then_waits_its_turn() -> None:
    pacer, ran = Pacer(), []
    for _ in range(3):
        pacer.ask("key", lambda: ran.append(time.monotonic()), every=0.1)
        assert pacer.settle(5)
    assert len(ran) == 3
    assert all(later - earlier >= 0.099 for earlier, later in itertools.pairwise(ran))


def test_restart_waits_for_a_quiet_moment() -> None:
    pacer, ran = Pacer(), []
    asked = 0.0
    for _ in range(5):
        asked = time.monotonic()
        pacer.ask("key", lambda: ran.append(time.monotonic()), delay=0.05, restart=True)
        time.sleep(0.01)
    assert pacer.settle(5)
    assert len(ran) == 1
    assert ran[0] - asked >= 0.05


def test_a_job_that_raises_ends_nothing() -> None:
    pacer, ran = Pacer(), []
    pacer.ask("bad", lambda: 1 // 0)
    pacer.ask("good", lambda: ran.append(1))
    assert pacer.settle(5)
    assert ran == [1]


def test_jobs_may_ask_for_jobs_and_never_overlap() -> None:
    pacer, threads = Pacer(), []

    def first() -> None:
        threads.append(threading.current_thread())
        pacer.ask("second", lambda: threads.append(threading.current_thread()))

    pacer.ask("first", first)
    assert pacer.settle(5)
    assert len(threads) == 2
    assert threads[0] is threads[1] is not threading.current_thread()


def test_a_closed_pacer_drops_what_it_is_asked() -> None:
    pacer, ran = Pacer(), []
    pacer.ask("key", lambda: ran.append(1), delay=60)
    pacer.close()
    pacer.ask("key", lambda: ran.append(2))
    assert pacer.settle(5)
    assert ran == []
