"""Opening hours: what a line says, half-open intervals, over midnight, and over changes of the clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commentsvc.core.errors import Invalid
from commentsvc.sites.hours import intervals, is_open, next_change
from commentsvc.sites.policy import Policy, from_dict
from tests.tables import every_row


def at(text: str, zone: str = "Europe/Berlin") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def policy(*lines: str, zone: str = "Europe/Berlin") -> Policy:
    return from_dict({"open_hours": list(lines), "hours_zone": zone})


def test_it_works() -> None:
    hours = policy("1-5 8:00-12:00, 13:00-22:00", "6,7 10:00-18:00")
    monday = "2026-11-30T"
    opened = {
        time: is_open(hours, at(monday + time))
        for time in ("07:59", "08:00", "11:59", "12:00", "13:00", "21:59", "22:00")
    }
    assert [time for time, found in opened.items() if found] == ["08:00", "11:59", "13:00", "21:59"]
    assert next_change(hours, at("2026-11-29T18:00")) == at("2026-11-30T08:00")
    assert next_change(hours, at("2026-11-30T08:00")) == at("2026-11-30T12:00")
    assert is_open(policy(), at(monday + "03:00"))
    assert next_change(policy(), at(monday + "03:00")) is None


def test_over_midnight() -> None:
    hours = policy("5 20:00-2:00", "7 22:00-24:00")
    assert is_open(hours, at("2026-12-04T20:00")) and is_open(hours, at("2026-12-05T01:59"))
    assert not is_open(hours, at("2026-12-05T02:00")) and not is_open(hours, at("2026-12-04T01:00"))
    assert not is_open(hours, at("2026-12-07T00:00"))
    assert next_change(hours, at("2026-12-04T21:00")) == at("2026-12-05T02:00")


def test_always_open_changes_never() -> None:
    assert next_change(policy("1-7 0:00-24:00"), at("2026-12-04T20:00")) is None


@every_row(
    "line",
    ["8:00-9:00", "0 8:00-9:00", "1 8-9", "1 8:00-8:00", "1 25:00-26:00", "1 8:60-9:00", "5-1 8:00-9:00",
     "1", "mon 8:00-9:00", "1 8:00-9:00,", "1 24:00-1:00"],
)  # fmt: skip
def test_what_is_no_line(line: str) -> None:
    with pytest.raises(Invalid) as found:
        policy(line)
    assert found.value.field == "open_hours"


@pytest.mark.parametrize("zone", ["", "Berlin", "Europe/berlin ", "../etc/passwd", "CEST"])
def test_what_is_no_zone(zone: str) -> None:
    with pytest.raises(Invalid) as found:
        policy("1 8:00-9:00", zone=zone)
    assert found.value.field == "hours_zone"


def test_an_hour_that_does_not_exist_and_one_that_comes_twice() -> None:
    hours = policy("7 2:30-4:00")
    assert next_change(hours, at("2026-03-29T01:00")) == at("2026-03-29T03:00")  # no 2:30 there
    begin = next_change(hours, at("2026-10-25T00:00"))
    assert begin and begin.astimezone(UTC) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert is_open(hours, datetime(2026, 10, 25, 0, 45, tzinfo=UTC))
    assert not is_open(hours, datetime(2026, 10, 25, 1, 15, tzinfo=UTC))  # 2:15 once more
    assert is_open(hours, datetime(2026, 10, 25, 1, 30, tzinfo=UTC))


ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC")
MINUTE = st.integers(0, 95).map(lambda n: f"{n // 4}:{n % 4 * 15:02}")
LINES = st.lists(
    st.builds(
        lambda day, begin, end: f"{day} {begin}-{end if end != begin else '24:00'}",
        st.integers(1, 7),
        MINUTE,
        MINUTE,
    ),
    min_size=1,
    max_size=3,
)
#: Around changes of the clock, and far from them.
MOMENTS = st.builds(
    lambda day, minutes: day + timedelta(minutes=15 * minutes),
    st.sampled_from(
        [
            datetime(2026, m, d, tzinfo=UTC)
            for m, d in ((3, 8), (3, 29), (4, 4), (10, 3), (10, 25), (7, 1))
        ]
    ),
    st.integers(-200, 200),
)


@given(LINES, st.sampled_from(ZONES), MOMENTS)
def test_the_next_change_is_the_first_one(lines: list[str], zone: str, moment: datetime) -> None:
    """Against looking at every quarter of an hour: nothing changes before, and something does then."""
    hours = policy(*lines, zone=zone)
    intervals(hours.open_hours)
    turn = next_change(hours, moment)
    now, step = is_open(hours, moment), timedelta(minutes=15)
    looked = moment + step
    while looked <= moment + timedelta(days=8):
        if is_open(hours, looked) != now:
            break
        looked += step
    else:
        assert turn is None or turn > moment + timedelta(days=8)
        return
    # in UTC: a time that a clock shows twice equals none of another zone
    assert turn is not None and turn.astimezone(UTC) == looked
