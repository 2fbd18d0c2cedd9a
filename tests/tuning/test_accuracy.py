"""How right the automated means were: each stratum stands for all of it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from commentsvc.core import clock
from commentsvc.core.bands import Stratum
from commentsvc.core.db import db, unit_of_work
from commentsvc.moderation.commands import decide, flag, undo
from commentsvc.moderation.models import Flag
from commentsvc.sites import commands as sites
from commentsvc.tuning.accuracy import Accuracy, accuracy
from tests.factories import post

if TYPE_CHECKING:
    from commentsvc.threads.models import Comment
    from tests.people import Cast


@pytest.fixture(autouse=True)
def no_flood(cast: Cast) -> None:
    sites.set_policy(cast.site, {"flood_count": 1000, "double_check_share": 0}, by=cast.olga)


def found(cast: Cast) -> Accuracy:
    now = clock.now()
    return accuracy(cast.site.id, now - timedelta(days=1), now + timedelta(days=1))


def drawn(comment: Comment) -> Comment:
    """As the audit draws it."""
    with unit_of_work():
        made = Flag(
            comment_id=comment.id,
            revision_id=comment.revision_id,
            site_id=comment.site_id,
            rule="audit",
            reason="audit",
            weight=0.0,
            created_at=clock.now(),
        )
        db.session.add(made)
    return comment


def decided(cast: Cast, comment: Comment, action: str) -> str:
    reason = "offensive" if action == "reject" else None
    return decide(comment.public_id, action=action, reason=reason, by=cast.mona).public_id


@pytest.mark.engines
def test_it_works(cast: Cast) -> None:
    for action in ("reject", "reject", "approve"):
        decided(cast, post(cast.site, "You idiot.").comment, action)
    post(cast.site, "You idiot.")  # held, and not decided
    called = post(cast.site).comment
    flag(called.public_id, user=cast.rita, reason="hate")
    decided(cast, called, "reject")
    decided(cast, drawn(post(cast.site).comment), "approve")
    drawn(post(cast.site).comment)
    decided(cast, post(cast.site).comment, "reject")  # somebody happened to read it
    counted = found(cast)
    assert counted == Accuracy(Stratum(4, 3, 2), Stratum(1, 1, 1), Stratum(3, 1, 0))
    assert counted.accuracy is None and counted.precision is None and counted.recall is None


def test_the_figures_are_what_the_strata_say() -> None:
    counted = Accuracy(Stratum(100, 50, 40), Stratum(10, 10, 5), Stratum(1000, 100, 1))
    assert counted.precision and counted.recall and counted.accuracy
    assert counted.precision.share == pytest.approx(0.8)
    # 80 bad ones inside; 5 and 10 outside
    assert counted.recall.share == pytest.approx(80 / 95)
    assert counted.accuracy.share == pytest.approx((80 + 5 + 990) / 1110)
    for band in (counted.precision, counted.recall, counted.accuracy):
        assert 0 <= band.low < band.share < band.high <= 1


def test_an_undone_decision_is_none(cast: Cast) -> None:
    made = decided(cast, post(cast.site, "You idiot.").comment, "reject")
    undo(made, by=cast.mona)
    assert found(cast).held == Stratum(1, 0, 0)


def test_a_period_ends_where_it_ends(cast: Cast) -> None:
    comment = post(cast.site, "You idiot.").comment
    end = clock.now() + timedelta(minutes=1)
    with clock.frozen(end + timedelta(hours=1)):
        decided(cast, comment, "reject")
        post(cast.site, "You idiot.")
    assert accuracy(cast.site.id, end - timedelta(days=1), end).held == Stratum(1, 0, 0)


def test_staff_and_other_sites_do_not_count(cast: Cast) -> None:
    post(cast.site, "You idiot.", user=cast.mona)
    post(cast.other, "You idiot.", href="https://mountain.example.net/a")
    assert found(cast) == Accuracy(Stratum(0, 0, 0), Stratum(0, 0, 0), Stratum(0, 0, 0))
