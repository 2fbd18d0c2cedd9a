"""An event loop on which a request's first steps are done where granian hands it over.

granian asks the loop to run a coroutine for each request, from a thread of its own. We run it there
until it first waits: what is ready is answered without waking the loop, at half the cost. If granian
some day asks otherwise, everything still works, through the loop.
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
    """The loop takes nothing any more."""


class EagerLoop(asyncio.SelectorEventLoop):
    """asyncio's loop, with that shortcut, and with `on_stop` before a signal ends it."""

    on_stop: Callable[[Callable[[], object]], None] | None = None

    def __init__(self) -> None:
        super().__init__()
        self._done = asyncio.Handle(lambda: None, (), self)  # of what needs no turn of the loop

    def call_soon_threadsafe(  # type: ignore[override]
        self, callback: Callable[..., object], *args: Any, context: Any = None
    ) -> asyncio.Handle:
        """As asyncio's; a coroutine that comes first is begun here."""
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
        """With several processes granian ends each by a signal to its loop."""

        def stop() -> None:
            if self.on_stop is not None and sig in (signal.SIGINT, signal.SIGTERM):
                self.on_stop(lambda: callback(*args))
            else:
                callback(*args)

        super().add_signal_handler(sig, stop)


def install() -> None:
    """Let granian, which looks its loop up by name, make this one."""
    from granian import loops

    @loops.register("auto")
    def build() -> EagerLoop:
        loop = EagerLoop()
        asyncio.set_event_loop(loop)
        return loop


class _Rest:
    """A coroutine that was begun elsewhere, to be awaited to its end."""

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
    """Awaited once, it leaves the rest of a request to the loop."""

    def __await__(self) -> Generator[None, None, None]:
        yield
