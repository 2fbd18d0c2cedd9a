"""The only source of time; tests freeze and move it."""

from __future__ import annotations

import math
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import TYPE_CHECKING, Literal

from babel.dates import format_timedelta

from .locale import DEFAULT, plain

if TYPE_CHECKING:
    from collections.abc import Iterator

_STEP_SECONDS = 10.0  # more than a busy machine delays one look at the two clocks
_frozen: datetime | None = None
_latest = datetime.min.replace(tzinfo=UTC)


def now() -> datetime:
    """The current time as an aware datetime in UTC."""
    return _frozen or datetime.now(UTC)


def latest() -> datetime:
    """The latest time seen by this process, so that turning back the clock revives nothing."""
    global _latest
    _latest = max(_latest, now())
    return _latest


class Steady:
    """Notices when the clock is set: it then moves otherwise than time that only passes."""

    def __init__(self) -> None:
        self._ahead, self._set_at = self._now(), -math.inf

    @staticmethod
    def _now() -> float:
        return now().timestamp() - monotonic()

    def was_set(self, *, within: float) -> bool:
        """Whether it was set by more than some seconds, at most `within` seconds ago. To be asked
        again and again."""
        ahead = self._now()
        if abs(ahead - self._ahead) > _STEP_SECONDS:
            self._set_at = monotonic()
        self._ahead = ahead
        return monotonic() - self._set_at <= within


@contextmanager
def frozen(at: datetime) -> Iterator[None]:
    """Freeze the clock at `at` (aware). For tests; process-wide, so worker threads see it too."""
    global _frozen, _latest
    before, _frozen = (_frozen, _latest), at
    _latest = at
    try:
        yield
    finally:
        _frozen, _latest = before


def move(delta: timedelta) -> None:
    """Move a frozen clock forward (or back)."""
    global _frozen
    if _frozen is None:
        raise RuntimeError("the clock is not frozen")
    _frozen += delta


def age(since: datetime) -> tuple[Literal["minute", "hour", "day"], int]:
    """How long ago, in the largest unit that has fully passed; at least 0 minutes."""
    minutes = max(0, int((now() - since).total_seconds() // 60))
    if minutes < 60:
        return "minute", minutes
    return ("hour", minutes // 60) if minutes < 1440 else ("day", minutes // 1440)


def duration(seconds: float, locale: str | None = None, *, ahead: bool = False) -> str:
    """A duration, or with `ahead` a time from now ("in 5 minutes"), rounded up: in minutes from two
    minutes on, in hours from two hours on."""
    unit = next(each for each in (3600, 60, 1) if seconds >= 2 * each or each == 1)
    left = timedelta(seconds=max(1, math.ceil(seconds / unit)) * unit)
    threshold = 2 if unit > 1 else 200  # Babel switches to the next larger unit at this many of it
    tongue = plain(locale or DEFAULT)
    return str(format_timedelta(left, threshold=threshold, add_direction=ahead, locale=tongue))
