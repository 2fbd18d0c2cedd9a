"""The line of those who want to write to SQLite: one at a time, in order, and one commit for several.

SQLite takes one writer; threads that meet in its busy handler sleep for up to a second
(docs/performance.md). So the writers of this process wait here, and only the one in front waits for
other processes. While that lasts, the line is closed: whoever comes is told at once to come again,
instead of keeping a thread from those who read.

Whoever is done hands the transaction on to the next in line and waits; the last one commits for all of
them. Each writes inside a savepoint (sqlite.py), so what fails is undone alone. Nobody leaves before
the commit of what they may have seen: what is answered is on the disk.
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
        """What a group writes into."""

        def is_open(self) -> bool:
            """Whether it is there: the database may give it up by itself when a disk is full."""

        def commit_group(self) -> None:
            """Keep it, or raise what was in the way; nothing is kept then."""


PATIENCE_SECONDS = 5.0
PATIENCE_MS = int(PATIENCE_SECONDS * 1000)
_STUCK_SECONDS = 1.0  # the one in front waits for another process longer than its units take
_MOST_BEHIND_STUCK = 1
_RETRY_SECONDS = 2
_MOST_TOGETHER = 32
_TOGETHER_SECONDS = 0.02  # a group this old is not made to wait for one more

_until: ContextVar[float | None] = ContextVar("until", default=None)
_has_turn: ContextVar[bool] = ContextVar("has_turn", default=False)


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


def has_turn() -> bool:
    """Whether it is the turn of whoever asks."""
    return _has_turn.get()


class Lost(Exception):
    """What was written was not kept, for a reason that lies with the database."""


@dataclass(eq=False)
class _Group:
    """Those whose writing is committed together."""

    since: float | None = None  # when its transaction was begun
    members: int = 0
    waiting: list[threading.Lock] = field(default_factory=list)  # those who are done
    lost: BaseException | None = None


class _Place:
    """Somebody's place in the line. `gate` opens when the turn has come."""

    def __init__(self) -> None:
        self.gate = threading.Lock()
        self.gate.acquire()
        # Who has no deadline (a job, a command) may take long: nobody's commit waits for that.
        self.alone = _until.get() is None


class Line:
    """The line of one database."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self._lock = threading.Lock()  # of what follows
        self._places: deque[_Place] = deque()
        self._is_taken = False
        self._group = _Group()
        self._in_front_since: float | None = None

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for one's turn to write; leave when it is committed. Raises `Unavailable` when the turn
        does not come in time, or will not, and `Lost` when nothing was kept."""
        place = _Place()
        self._wait(place)
        token = _has_turn.set(True)
        try:
            yield
        finally:
            _has_turn.reset(token)
            self._leave(place)

    def begin(self, execute: Callable[[str], object]) -> None:
        """Begin the group's transaction, waiting for other processes for what is left of one's patience.
        Raises `Lost` where it was begun before, and the database has given it up with all that it held."""
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
            if place not in self._places:  # the turn came in the last moment
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
        """Let the next in line write into the same transaction, if that holds nobody up, and wait until
        it is committed."""
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
        """Commit for all of the group, let the next in line begin another, and let these go."""
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
