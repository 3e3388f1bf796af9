"""Small networks leave cores to others, and leave torch's settings as they found them."""

from __future__ import annotations

import os
import threading

import pytest
import torch

from virgil_nb.diffusion import threads


@pytest.fixture(autouse=True)
def _many_threads(monkeypatch: pytest.MonkeyPatch) -> object:
    before = torch.get_num_threads()
    monkeypatch.setattr(os, "cpu_count", lambda: 4)
    torch.set_num_threads(3)
    yield
    torch.set_num_threads(before)


def test_a_small_network_gets_half_of_the_cores() -> None:
    with threads.fitting_threads(torch.nn.Linear(2, 2)):
        assert torch.get_num_threads() == 2
    assert torch.get_num_threads() == 3


def test_a_large_network_gets_what_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "SMALL", 10)
    with threads.fitting_threads(torch.nn.Linear(2, 2)):
        assert torch.get_num_threads() == 3


def test_the_setting_comes_back_after_an_error_and_after_overlapping_runs() -> None:
    inside, leave = threading.Event(), threading.Event()

    def other() -> None:
        with threads.fitting_threads(torch.nn.Linear(2, 2)):
            inside.set()
            leave.wait(10)

    thread = threading.Thread(target=other)
    with pytest.raises(ZeroDivisionError), threads.fitting_threads(torch.nn.Linear(2, 2)):
        thread.start()
        inside.wait(10)
        raise ZeroDivisionError
    leave.set()
    thread.join()
    assert torch.get_num_threads() == 3
