"""Lanes: a bound on threads, on the line before them, and on the time in it."""

from __future__ import annotations

import asyncio
import threading
from functools import partial

import pytest

from commentsvc.gate.lanes import Busy, Lane


def test_it_works() -> None:
    async def run() -> list[int]:
        lane = Lane("t", 2, line=10, seconds=5)
        return await asyncio.gather(*(lane.run(partial(pow, n, 2)) for n in range(10)))

    assert asyncio.run(run()) == [n * n for n in range(10)]


def test_a_full_line_is_refused_at_once_and_a_long_wait_too() -> None:
    async def run() -> None:
        lane, hold = Lane("t", 1, line=1, seconds=0.05), threading.Event()
        held = asyncio.create_task(lane.run(hold.wait))
        await asyncio.sleep(0.01)
        waiting = asyncio.create_task(lane.run(lambda: 1))
        await asyncio.sleep(0.01)
        with pytest.raises(Busy):
            await lane.run(lambda: 2)
        with pytest.raises(Busy):
            await waiting
        hold.set()
        assert await held is True
        assert await lane.run(lambda: 3) == 3

    asyncio.run(run())


def test_a_thread_is_free_only_when_its_work_is_done() -> None:
    """Whoever asked goes away; what they asked for still takes its thread."""

    async def run() -> None:
        lane, hold = Lane("t", 1, line=1, seconds=0.05), threading.Event()
        gone = asyncio.create_task(lane.run(hold.wait))
        await asyncio.sleep(0.01)
        gone.cancel()
        await asyncio.sleep(0)
        with pytest.raises(Busy):
            await lane.run(lambda: 1)
        hold.set()
        await asyncio.sleep(0.05)
        assert await lane.run(lambda: 2) == 2

    asyncio.run(run())


def test_a_failure_frees_its_thread() -> None:
    def fail() -> None:
        raise ValueError

    async def run() -> int:
        lane = Lane("t", 1, line=1, seconds=1)
        for _ in range(3):
            with pytest.raises(ValueError):
                await lane.run(fail)
        return await lane.run(lambda: 1)

    assert asyncio.run(run()) == 1
