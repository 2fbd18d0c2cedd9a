"""Dates in a language's own calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from commentsvc.core import calendars, locale


@pytest.mark.parametrize(
    ("name", "medium", "long"),
    [
        ("en", "Nov 30, 2026", "November 30, 2026"),
        ("fa", "۹ آذر ۱۴۰۵", "۹ آذر ۱۴۰۵"),
        ("th", "30 พ.ย. 2569", "30 พฤศจิกายน 2569"),
    ],
)
def test_it_works(name: str, medium: str, long: str) -> None:
    """As browsers write it, which the box's script lets them do."""
    at = datetime(2026, 11, 30, 12, tzinfo=UTC)
    assert locale.day(at, name, "medium") == medium
    assert locale.day(at, name) == long
    assert medium in locale.moment(at, name)


@pytest.mark.parametrize(
    ("at", "persian"),
    [
        (date(2024, 3, 19), (1402, 12, 29)),
        (date(2024, 3, 20), (1403, 1, 1)),
        (date(2025, 3, 20), (1403, 12, 30)),  # of a leap year
        (date(2025, 3, 21), (1404, 1, 1)),
        (date(2026, 9, 22), (1405, 6, 31)),
        (date(2026, 9, 23), (1405, 7, 1)),
        (date(2028, 2, 29), (1406, 12, 10)),
    ],
)
def test_the_persian_calendar(at: date, persian: tuple[int, int, int]) -> None:
    assert calendars.persian(at) == persian


def test_a_thai_leap_day() -> None:
    """Its year is no leap year in ours."""
    assert locale.day(datetime(2028, 2, 29, tzinfo=UTC), "th") == "29 กุมภาพันธ์ 2571"
