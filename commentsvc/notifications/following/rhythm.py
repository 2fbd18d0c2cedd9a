"""When what has come is emailed: at once, every morning or every Monday morning."""

from __future__ import annotations

from datetime import datetime, timedelta

#: UTC: the emails are there in the morning.
_MORNING = timedelta(hours=6)
#: Whoever hears at once hears of one conversation once in so long, of all that has come since.
SLOT = timedelta(minutes=15)

RHYTHMS = ("now", "daily", "weekly", "never")


def next_time(rhythm: str, moment: datetime) -> datetime:
    """When something that comes in this moment is emailed in this rhythm."""
    if rhythm == "now":
        return moment
    morning = day_of(moment) + timedelta(days=1)
    if rhythm == "weekly":
        morning += timedelta(days=-morning.weekday() % 7)
    return morning


def day_of(moment: datetime) -> datetime:
    """The last morning before this moment, or in it."""
    return (moment - _MORNING).replace(hour=0, minute=0, second=0, microsecond=0) + _MORNING
