"""The only source of time; tests freeze and move it."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_frozen: datetime | None = None
_latest = datetime.min.replace(tzinfo=UTC)


def now() -> datetime:
    """The current time, aware, in UTC."""
    return _frozen or datetime.now(UTC)


def latest() -> datetime:
    """The latest time this process has seen: for asking whether something is over, so that a clock that
    is set back revives nothing."""
    global _latest
    _latest = max(_latest, now())
    return _latest


@contextmanager
def frozen(at: datetime) -> Iterator[None]:
    """Hold the clock at `at` (aware). For tests; process-wide, so that worker threads see it too."""
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
