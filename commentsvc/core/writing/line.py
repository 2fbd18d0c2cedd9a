"""The queue of writers on SQLite: one at a time, in order, with one commit for several.

SQLite allows one writer; threads that meet in its busy handler sleep for up to a second
(docs/performance.md). So the writers of this process queue here, and only the first waits for other
processes. If that takes long, the queue is closed: new writers fail immediately and can retry,
instead of holding a thread that readers need.

A finished writer passes the transaction to the next and waits; the last one commits for all. Each
writes inside a savepoint (sqlite.py), so a failure undoes only its own writes. Nobody leaves before
everything they may have read is committed, so whatever a response says is on disk.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Protocol

    class Transaction(Protocol):
        """The transaction that a group shares."""

        def is_open(self) -> bool:
            """Whether it is still open: the database may roll it back when a disk is full."""

        def commit_group(self) -> None:
            """Commit it; if that fails, roll it back and raise the error."""


PATIENCE_SECONDS = 5.0
PATIENCE_MS = int(PATIENCE_SECONDS * 1000)
_STUCK_SECONDS = 1.0  # longer than the units of another process take
_MOST_BEHIND_STUCK = 1
_RETRY_SECONDS = 2
_MOST_TOGETHER = 32
_TOGETHER_SECONDS = 0.02  # a group this old takes no further member

_until: ContextVar[float | None] = ContextVar("until", default=None)
_has_turn: ContextVar[bool] = ContextVar("has_turn", default=False)


@contextmanager
def patience(until: float | None) -> Iterator[None]:
    """Wait for the database no longer than `until` (of `time.monotonic`) inside this context."""
    token = _until.set(until)
    try:
        yield
    finally:
        _until.reset(token)


def seconds_left() -> float:
    """How much longer the caller may wait."""
    until = _until.get()
    return PATIENCE_SECONDS if until is None else max(0.0, until - time.monotonic())


def has_turn() -> bool:
    """Whether it is the caller's turn to write."""
    return _has_turn.get()


class Lost(Exception):
    """The writes were not saved, because of the database."""


@dataclass(eq=False)
class _Group:
    """Writers whose units are committed together."""

    since: float | None = None  # when its transaction began
    members: int = 0
    waiting: list[threading.Lock] = field(default_factory=list)  # members that are done
    lost: BaseException | None = None


class _Place:
    """A writer's place in the queue. `gate` opens when its turn comes."""

    def __init__(self) -> None:
        self.gate = threading.Lock()
        self.gate.acquire()
        # Writers without a deadline (jobs, commands) may take long: no other commit waits for them.
        self.alone = _until.get() is None


class Line:
    """The queue of writers of one database."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._lock = threading.Lock()  # guards the fields below
        self._places: deque[_Place] = deque()
        self._is_taken = False
        self._group = _Group()
        self._in_front_since: float | None = None

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for the turn to write, and exit when the writes are committed. Raises `Unavailable`
        when the turn does not or will not come in time, and `Lost` when nothing was saved."""
        place = _Place()
        self._wait(place)
        token = _has_turn.set(True)
        try:
            yield
        finally:
            _has_turn.reset(token)
            self._leave(place)

    def begin(self, execute: Callable[[str], object]) -> None:
        """Begin the group's transaction, waiting for other processes while the caller may still
        wait. Raises `Lost` if it began earlier and the database has rolled it back."""
        if self._group.since is not None:
            self._group.lost = self._group.lost or Lost("the transaction was given up")
            raise self._group.lost
        left = int(seconds_left() * 1000)
        hurried = left < PATIENCE_MS // 2
        if hurried:
            execute(f"PRAGMA busy_timeout={left}")
        self._in_front_since = time.monotonic()
        try:
            execute("BEGIN IMMEDIATE")
            self._group.since = time.monotonic()
        finally:
            self._in_front_since = None
            if hurried:
                execute(f"PRAGMA busy_timeout={PATIENCE_MS}")

    def _wait(self, place: _Place) -> None:
        with self._lock:
            if not self._is_taken:
                self._is_taken = True
                return
            if self._is_stuck() and len(self._places) >= _MOST_BEHIND_STUCK:
                raise Unavailable("unavailable.busy", retry_after=_RETRY_SECONDS)
            self._places.append(place)
        if place.gate.acquire(timeout=seconds_left()):
            return
        with self._lock:
            if place not in self._places:  # the turn came at the last moment
                return
            self._places.remove(place)
        raise Unavailable("unavailable.busy", retry_after=_RETRY_SECONDS)

    def _is_stuck(self) -> bool:
        since = self._in_front_since
        return since is not None and time.monotonic() - since > _STUCK_SECONDS

    def _leave(self, place: _Place) -> None:
        group = self._group
        group.members += 1
        if not self._hand_on(place, group):
            self._finish(group)
        if group.lost is not None:
            raise Lost from group.lost

    def _hand_on(self, place: _Place, group: _Group) -> bool:
        """Pass the transaction to the next writer if that delays nobody; wait for the commit."""
        if place.alone or group.members >= _MOST_TOGETHER or not self._transaction.is_open():
            return False
        if group.since is None or time.monotonic() - group.since > _TOGETHER_SECONDS:
            return False
        with self._lock:
            if not self._places or self._places[0].alone:
                return False
            done = threading.Lock()
            done.acquire()
            group.waiting.append(done)
            self._places.popleft().gate.release()
        done.acquire()
        return True

    def _finish(self, group: _Group) -> None:
        """Commit for the whole group, let the next writer begin, and release the members."""
        try:
            if group.since is not None:
                self._transaction.commit_group()
        except BaseException as error:
            group.lost = error
        with self._lock:
            self._group = _Group()
            if self._places:
                self._places.popleft().gate.release()
            else:
                self._is_taken = False
        for done in group.waiting:
            done.release()
