"""One way to say how old something is, in the header of a card and in why it is urgent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from commentsvc.core import clock
from commentsvc.dashboard.page import ago
from commentsvc.moderation.judging.urgency import explained
from tests.tables import every_row

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


@every_row(
    ("age", "header", "waiting"),
    [
        (timedelta(seconds=-5), "just now", "waiting less than a minute"),
        (timedelta(seconds=59), "just now", "waiting less than a minute"),
        (timedelta(seconds=119), "1 minute ago", "waiting 1 minute"),
        (timedelta(minutes=59, seconds=59), "59 minutes ago", "waiting 59 minutes"),
        (timedelta(hours=23, minutes=50), "23 hours ago", "waiting 23 hours"),
        (timedelta(hours=47), "1 day ago", "waiting 1 day"),
        (timedelta(days=3, hours=20), "3 days ago", "waiting 3 days"),
        (timedelta(days=29, hours=20), "29 days ago", "waiting 29 days"),
        (timedelta(days=59), "1 month ago", "waiting 59 days"),
        (timedelta(days=364), "12 months ago", "waiting 364 days"),
        (timedelta(days=729), "1 year ago", "waiting 729 days"),
    ],
)
def test_ages_are_whole_units_that_have_passed(age: timedelta, header: str, waiting: str) -> None:
    with clock.frozen(NOW):
        assert ago(NOW - age, "en") == header
        assert explained(NOW - age, []) == [waiting]
