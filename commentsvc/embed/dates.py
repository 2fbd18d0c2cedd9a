"""Dates in cached markup: the day for people, the instant for the frame's script."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from ..core import locale as words

if TYPE_CHECKING:
    from ..core.calendars import Shape


def instant(at: datetime) -> str:
    """The moment for `<time datetime>`, to the second, in UTC."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def day(at: datetime, locale: str, shape: Shape = "long") -> str:
    """The date in words; the script changes it to "3 hours ago", which a cached page cannot say.
    What is as short as the script's dates leaves the line where it is."""
    utc = at.astimezone(UTC)
    return _day(utc.year, utc.month, utc.day, locale, shape)


@lru_cache(maxsize=4096)
def _day(year: int, month: int, day_of_month: int, locale: str, shape: Shape) -> str:
    return words.day(datetime(year, month, day_of_month, tzinfo=UTC), locale, shape)
