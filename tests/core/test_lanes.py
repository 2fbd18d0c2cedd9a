"""Lanes of jobs: whoever hangs has the threads of their own key, and of their own lane, at most."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from commentsvc.core.delivery import lanes
from commentsvc.core.delivery.lanes import Lane

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest


def until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not is_so():
        assert time.monotonic() < end, "this took too long"
        time.sleep(0.005)


def test_it_works() -> None:
    done: list[int] = []
    lane = Lane("t", 2, 1, done.append)
    for number in range(20):
        assert lane.put(number, "a" if number % 2 else "b")
    until(lambda: len(done) == 20)
    assert sorted(done) == list(range(20))
    assert lane.stop(time.monotonic() + 5)


def test_a_key_that_hangs_leaves_a_thread_for_the_others() -> None:
    hold, done = threading.Event(), list[int]()

    def do(number: int) -> None:
        if number < 100:
            hold.wait()
        done.append(number)

    lane = Lane("t", 3, 1, do)
    for number in range(50):
        lane.put(number, "hangs")
    for number in range(100, 120):
        lane.put(number, f"works-{number % 3}")
    until(lambda: len(done) == 20)
    assert min(done) == 100
    hold.set()
    until(lambda: len(done) == 70)
    lane.stop(time.monotonic() + 5)


def test_keys_take_turns() -> None:
    begun, hold, done = threading.Event(), threading.Event(), list[int]()

    def do(number: int) -> None:
        begun.set()
        hold.wait()
        done.append(number)

    lane = Lane("t", 1, 1, do)
    for number in range(10):
        lane.put(number, "many")
    begun.wait()
    lane.put(100, "one")
    hold.set()
    until(lambda: len(done) == 11)
    assert done.index(100) <= 2
    lane.stop(time.monotonic() + 5)


def test_a_job_is_in_line_once_and_a_full_line_takes_no_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lanes, "MOST_IN_LINE", 3)
    hold, done = threading.Event(), list[int]()

    def do(number: int) -> None:
        hold.wait()
        done.append(number)

    lane = Lane("t", 1, 1, do)
    assert [lane.put(number, "a") for number in (1, 1, 2, 3, 4, 1)] == [True] * 4 + [False, True]
    hold.set()
    until(lambda: len(done) == 3)
    assert lane.put(4, "a")
    lane.stop(time.monotonic() + 5)


def test_a_stop_waits_for_what_is_in_hand_and_no_longer() -> None:
    begun, hold, done = threading.Event(), threading.Event(), list[int]()

    def do(number: int) -> None:
        begun.set()
        hold.wait()
        done.append(number)

    lane = Lane("t", 1, 1, do)
    lane.put(1, "a")
    lane.put(2, "a")
    begun.wait()
    assert not lane.stop(time.monotonic() + 0.05)
    hold.set()
    assert lane.stop(time.monotonic() + 5)
    assert done == [1]


def test_a_job_that_fails_does_not_take_its_thread_along() -> None:
    done: list[int] = []

    def do(number: int) -> None:
        if number == 1:
            raise ValueError
        done.append(number)

    lane = Lane("t", 1, 1, do)
    for number in (1, 2):
        lane.put(number, "a")
    until(lambda: done == [2])
    lane.stop(time.monotonic() + 5)
