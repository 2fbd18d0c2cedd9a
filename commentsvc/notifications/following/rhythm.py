"""When news is emailed: at once, every morning or every Monday morning."""

from __future__ import annotations

from datetime import datetime, timedelta

#: UTC: emails arrive in the morning.
_MORNING = timedelta(hours=6)
#: With the rhythm “now”, one conversation is emailed at most once in this period.
SLOT = timedelta(minutes=15)

RHYTHMS = ("now", "daily", "weekly", "never")


def next_time(rhythm: str, moment: datetime) -> datetime:
    """When something new at this moment is emailed in this rhythm."""
    if rhythm == "now":
        return moment
    morning = day_of(moment) + timedelta(days=1)
    if rhythm == "weekly":
        morning += timedelta(days=-morning.weekday() % 7)
    return morning


def day_of(moment: datetime) -> datetime:
    """The last morning before or at this moment."""
    return (moment - _MORNING).replace(hour=0, minute=0, second=0, microsecond=0) + _MORNING
