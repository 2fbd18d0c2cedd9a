"""The line of those who want to write to SQLite: one at a time, in order, and not for long.

SQLite takes one writer; threads that meet in its busy handler sleep for up to a second
(docs/performance.md). So the writers of this process wait here, and only the one in front waits for
other processes. While that lasts, the line is closed: whoever comes is told at once to come again,
instead of keeping a thread from those who read.
"""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from ..errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PATIENCE_SECONDS = 5.0
PATIENCE_MS = int(PATIENCE_SECONDS * 1000)
_STUCK_SECONDS = 1.0  # the one in front waits for another process longer than its units take
_MOST_BEHIND_STUCK = 1
_RETRY_SECONDS = 2

_lock = threading.Lock()
_until: ContextVar[float | None] = ContextVar("until", default=None)
_behind = 0
_in_front_since: float | None = None


@contextmanager
def patience(until: float | None) -> Iterator[None]:
    """What is asked in here waits for the database no longer than until then (of `time.monotonic`)."""
    token = _until.set(until)
    try:
        yield
    finally:
        _until.reset(token)


def seconds_left() -> float:
    """How long whoever is asking may still wait."""
    until = _until.get()
    return PATIENCE_SECONDS if until is None else max(0.0, until - time.monotonic())


@contextmanager
def one_writer() -> Iterator[None]:
    """Wait for one's turn to write. Raises `Unavailable` when it does not come in time, or will not."""
    global _behind
    since = _in_front_since
    if (
        since is not None
        and time.monotonic() - since > _STUCK_SECONDS
        and _behind >= _MOST_BEHIND_STUCK
    ):
        raise Unavailable("unavailable.busy", retry_after=_RETRY_SECONDS)
    _behind += 1  # a count that is off by one for a moment does no harm
    try:
        mine = _lock.acquire(timeout=seconds_left())
    finally:
        _behind -= 1
    if not mine:
        raise Unavailable("unavailable.busy", retry_after=_RETRY_SECONDS)
    try:
        yield
    finally:
        _lock.release()


def begin(execute: Callable[[str], object]) -> None:
    """Begin to write, waiting for other processes for what is left of one's patience."""
    global _in_front_since
    left = int(seconds_left() * 1000)
    hurried = left < PATIENCE_MS // 2
    if hurried:
        execute(f"PRAGMA busy_timeout={left}")
    _in_front_since = time.monotonic()
    try:
        execute("BEGIN IMMEDIATE")
    finally:
        _in_front_since = None
        if hurried:
            execute(f"PRAGMA busy_timeout={PATIENCE_MS}")
