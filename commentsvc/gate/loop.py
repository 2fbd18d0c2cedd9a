"""An event loop that runs the first steps of a request on granian's thread.

granian schedules a coroutine for each request from its own thread. We run it there until it first
waits, so cached responses do not wake the loop and cost half. If granian ever schedules
differently, everything still works through the loop.
"""

from __future__ import annotations

import asyncio
import signal
from contextlib import suppress
from inspect import iscoroutine
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Generator


class Stopped(Exception):
    """The loop is closed."""


class EagerLoop(asyncio.SelectorEventLoop):
    """asyncio's loop with this shortcut; `on_stop` runs before a signal ends it."""

    on_stop: Callable[[Callable[[], object]], None] | None = None

    def __init__(self) -> None:
        super().__init__()
        self._done = asyncio.Handle(lambda: None, (), self)  # for coroutines that are done

    def call_soon_threadsafe(  # type: ignore[override]
        self, callback: Callable[..., object], *args: Any, context: Any = None
    ) -> asyncio.Handle:
        """Like asyncio's, but a coroutine as first argument starts here."""
        if not args or not iscoroutine(args[0]):
            return super().call_soon_threadsafe(callback, *args, context=context)
        coroutine = args[0]
        try:
            coroutine.send(None)
        except StopIteration:
            return self._done
        rest = _going_on(coroutine)
        try:
            return super().call_soon_threadsafe(callback, rest, *args[1:], context=context)
        except RuntimeError:  # closed
            rest.close()
            _end(coroutine)
            return self._done

    def add_signal_handler(self, sig: int, callback: Callable[..., object], *args: Any) -> None:  # type: ignore[override]
        """With several processes, granian stops each by a signal to its loop."""

        def stop() -> None:
            if self.on_stop is not None and sig in (signal.SIGINT, signal.SIGTERM):
                self.on_stop(lambda: callback(*args))
            else:
                callback(*args)

        super().add_signal_handler(sig, stop)


def install() -> None:
    """Register this loop with granian, which looks it up by name."""
    from granian import loops

    @loops.register("auto")
    def build() -> EagerLoop:
        loop = EagerLoop()
        asyncio.set_event_loop(loop)
        return loop


class _Rest:
    """A coroutine that was started elsewhere, to be awaited to its end."""

    def __init__(self, coroutine: Coroutine[Any, Any, None]) -> None:
        self._coroutine = coroutine

    def __await__(self) -> Generator[Any, Any, None]:
        return (yield from self._coroutine.__await__())


async def _going_on(coroutine: Coroutine[Any, Any, None]) -> None:
    await _Rest(coroutine)


def _end(coroutine: Coroutine[Any, Any, None]) -> None:
    with suppress(StopIteration, Stopped):
        coroutine.throw(Stopped())


class NextTurn:
    """Awaiting it leaves the rest of a request to the loop."""

    def __await__(self) -> Generator[None, None, None]:
        yield
