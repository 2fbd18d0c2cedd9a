"""Threads for whole requests: each lane has its own, and a queue limited in length and time."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


class Busy(Exception):
    """No thread was free in time."""


class Lane:
    """A number of threads, with a queue of at most `line` requests that wait at most `seconds`."""

    def __init__(self, name: str, threads: int, *, line: int, seconds: float) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._free = threads
        self._line: list[asyncio.Future[None]] = []
        self._most = line
        self._seconds = seconds

    async def run(self, call: Callable[[], T]) -> T:
        """Run `call` in one of the threads. Raises `Busy`."""
        if self._free == 0 or self._line:
            await self._wait()
        else:
            self._free -= 1
        loop = asyncio.get_running_loop()
        try:
            task = self._pool.submit(call)
        except BaseException:
            self._next()
            raise
        # The client may disconnect; the thread is free only once its work is done.
        task.add_done_callback(lambda _: self._freed(loop))
        return await asyncio.wrap_future(task)

    async def _wait(self) -> None:
        if len(self._line) >= self._most:
            raise Busy
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._line.append(turn)
        try:
            async with asyncio.timeout(self._seconds):
                await turn
        except BaseException as error:
            if turn in self._line:
                self._line.remove(turn)
            elif turn.done() and not turn.cancelled():
                self._next()  # its turn came just as it gave up
            if isinstance(error, TimeoutError):
                raise Busy from None
            raise

    def _freed(self, loop: asyncio.AbstractEventLoop) -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(self._next)

    def _next(self) -> None:
        while self._line:
            turn = self._line.pop(0)
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1
