"""Figures over days: what counts, for whom, and what was taken back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from commentsvc.core import clock
from commentsvc.core.errors import Invalid
from commentsvc.moderation.commands import decide, undo
from commentsvc.sites import commands as sites
from commentsvc.tuning.stats import stats
from tests.factories import post

if TYPE_CHECKING:
    from tests.people import Cast

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
pytestmark = pytest.mark.engines


@pytest.fixture(autouse=True)
def no_waiting(cast: Cast) -> None:
    sites.set_policy(cast.site, {"slow_seconds": 0}, by=cast.olga)


def test_it_works(cast: Cast) -> None:
    with clock.frozen(NOON - timedelta(days=2)):
        post(cast.site, "A calm word.")
    with clock.frozen(NOON):
        ids = [post(cast.site, f"You idiot, {n}.").comment.public_id for n in range(4)]
        post(cast.other, "You idiot.", href="https://mountain.example.net/a")
        clock.move(timedelta(seconds=90))
        decide(ids[0], action="approve", by=cast.mona)
        decide(ids[1], action="reject", reason="spam", by=cast.mona)
        clock.move(timedelta(seconds=30))
        decide(ids[2], action="reject", reason="spam", by=cast.olga)
        undo(decide(ids[3], action="approve", by=cast.mona).public_id, by=cast.mona)
        found = stats([cast.site], days=7)
    assert [each.comments for each in found.days] == [0, 0, 0, 0, 1, 0, 4]
    assert [each.decisions for each in found.days] == [0, 0, 0, 0, 0, 0, 3]
    assert [each.seconds for each in found.days] == [None] * 6 + [90]
    assert found.seconds == 90
    by_rule = {each.rule: (each.held, each.decided, each.approved.share) for each in found.rules}
    assert sum(each[0] for each in by_rule.values()) == 4
    assert [(decided, round(share, 2)) for _, decided, share in by_rule.values()] == [(3, 0.33)]
    assert [(p.name, p.approved, p.rejected, p.undone, p.seconds) for p in found.people] == [
        (cast.mona.name, 1, 1, 1, 90),
        (cast.olga.name, 0, 1, 0, 120),
    ]
    assert [(each.comments, each.rejected) for each in found.articles] == [(5, 2)]


def test_nothing_and_nonsense(cast: Cast) -> None:
    found = stats([cast.site], days=30)
    assert len(found.days) == 30 and not any(each.comments for each in found.days)
    assert (found.rules, found.people, found.articles, found.seconds) == ([], [], [], None)
    with pytest.raises(Invalid):
        stats([cast.site], days=0)
