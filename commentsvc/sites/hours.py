"""Opening hours of a site or section: when comments are open, by weekday and time zone.

A line gives days and times: `1-5 8:00-12:00, 13:00-22:00`; 1 is Monday. Times are local times: an
interval includes its first minute but not its last, and may end on the next day: `22:00-2:00`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, available_timezones

from ..core.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .policy import Policy

DAY = 1440  # minutes
_MOST_LINES = 30
_AHEAD = 15  # days within which something changes, if it ever does
_LINE = re.compile(r"([1-7](?:-[1-7])?(?:,[1-7](?:-[1-7])?)*) +(\S.*)")
_TIMES = re.compile(r"(\d{1,2}):(\d\d)-(\d{1,2}):(\d\d)")


@dataclass(frozen=True)
class Interval:
    """The minutes of a weekday (0: Monday) when comments are open; past `DAY`, of the next day."""

    day: int
    begin: int
    end: int


@lru_cache(maxsize=512)
def intervals(lines: tuple[str, ...]) -> tuple[Interval, ...]:
    """Parse the lines. Raises `Invalid` naming the first invalid one."""
    if len(lines) > _MOST_LINES:
        raise Invalid("invalid.list_most", field="open_hours", n=_MOST_LINES)
    return tuple(each for line in lines for each in _read(line))


def check(lines: tuple[str, ...], zone: str) -> None:
    """Raises `Invalid` for an invalid line or time zone."""
    intervals(lines)
    if zone != "UTC" and zone not in zones():
        raise Invalid("invalid.time_zone", field="hours_zone")


@lru_cache(maxsize=1)
def zones() -> tuple[str, ...]:
    """The names of all time zones, sorted."""
    return tuple(sorted(available_timezones()))


def is_open(policy: Policy, moment: datetime) -> bool:
    """Whether comments are open at this moment; always if no hours are set."""
    if not policy.open_hours:
        return True
    local = moment.astimezone(ZoneInfo(policy.hours_zone))
    day, minute = local.weekday(), local.hour * 60 + local.minute
    return any(
        (each.day == day and each.begin <= minute < each.end)
        or ((each.day + 1) % 7 == day and minute < each.end - DAY)
        for each in intervals(policy.open_hours)
    )


def next_change(policy: Policy, moment: datetime) -> datetime | None:
    """When comments next open or close, in the time zone of the hours; None if they never do."""
    if not policy.open_hours:
        return None
    now = is_open(policy, moment)
    found = (each for each in _turns(policy, moment) if is_open(policy, each) != now)
    turn = next(found, None)
    return turn.astimezone(ZoneInfo(policy.hours_zone)) if turn else None


def _turns(policy: Policy, moment: datetime) -> list[datetime]:
    """Upcoming moments at which something may change: the start and end of every interval, by each
    UTC offset that the zone has in that time, and the changes of the offset."""
    zone, start = ZoneInfo(policy.hours_zone), moment.astimezone(UTC)
    shifts = list(_shifts(zone, start))
    offsets = {_offset(zone, each) for each in (start, *shifts)}
    first = start.astimezone(zone).date()
    found = set(shifts)
    for ahead in range(-2, _AHEAD):
        day = first + timedelta(days=ahead)
        midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
        for each in intervals(policy.open_hours):
            if each.day == day.weekday():
                for minute in (each.begin, each.end):
                    at = midnight + timedelta(minutes=minute)
                    found.update(at - offset for offset in offsets)
    return sorted(each for each in found if each > start)


def _shifts(zone: ZoneInfo, start: datetime) -> Iterator[datetime]:
    """The upcoming minutes in which the zone's UTC offset changes."""
    for ahead in range(_AHEAD + 2):
        before, after = (start + timedelta(days=ahead + n) for n in (0, 1))
        before, after = (
            before.replace(second=0, microsecond=0),
            after.replace(second=0, microsecond=0),
        )
        if _offset(zone, before) == _offset(zone, after):
            continue
        while after - before > timedelta(minutes=1):
            middle = before + timedelta(minutes=(after - before) // timedelta(minutes=2))
            if _offset(zone, middle) == _offset(zone, before):
                before = middle
            else:
                after = middle
        yield after


def _offset(zone: ZoneInfo, moment: datetime) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()


def _read(line: str) -> Iterator[Interval]:
    found = _LINE.fullmatch(line.strip())
    if found is None:
        raise Invalid("invalid.hours", field="open_hours", line=line[:60])
    times = [_times(each.strip(), line) for each in found[2].split(",")]
    for part in found[1].split(","):
        first, _, last = part.partition("-")
        if last and last < first:
            raise Invalid("invalid.hours", field="open_hours", line=line[:60])
        for day in range(int(first) - 1, int(last or first)):
            yield from (Interval(day, begin, end) for begin, end in times)


def _times(text: str, line: str) -> tuple[int, int]:
    found = _TIMES.fullmatch(text)
    numbers = [int(each) for each in found.groups()] if found else []
    if not numbers or numbers[1] > 59 or numbers[3] > 59:
        raise Invalid("invalid.hours", field="open_hours", line=line[:60])
    begin, end = numbers[0] * 60 + numbers[1], numbers[2] * 60 + numbers[3]
    if begin >= DAY or end > DAY or begin == end:
        raise Invalid("invalid.hours", field="open_hours", line=line[:60])
    return begin, end if end > begin else end + DAY
