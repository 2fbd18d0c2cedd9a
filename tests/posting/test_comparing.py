"""What another model would change is told before it does, and nothing changes by asking."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from commentsvc.core import clock, jobs
from commentsvc.core.db import db
from commentsvc.core.errors import Conflict
from commentsvc.posting import comparing
from commentsvc.posting.models import Measurement
from commentsvc.threads.models import Comment, Revision
from commentsvc.toxicity.scorer import scorer
from tests.factories import post

if TYPE_CHECKING:
    from flask import Flask

    from tests.people import Cast

    from .conftest import Other

NAME = "stub/2"


def work() -> None:
    """Do all jobs, those with a pause included."""
    with clock.frozen(clock.now()):
        for _ in range(6):
            jobs.run_due()
            clock.move(timedelta(minutes=5))


def kept() -> int:
    return db.session.scalar(select(func.count()).select_from(Measurement)) or 0


def test_it_works(app: Flask, cast: Cast, other: Other) -> None:
    fine = post(cast.site, "The ferry was late.").comment
    held = post(cast.site, "You idiot.").comment
    post(cast.site, "Good morning.")
    change = comparing.compare(other, site_id=cast.site.id)
    assert (change.compared, change.held, change.would_hold, change.unscored) == (3, 1, 1, 0)
    assert [each.comment_id for each in change.newly_held] == [fine.public_id]
    assert [each.comment_id for each in change.newly_free] == [held.public_id]
    assert (change.newly_held[0].score, change.newly_held[0].new_score) == (0.01, 0.97)
    db.session.expire_all()
    assert [each.status for each in db.session.scalars(select(Comment).order_by(Comment.id))] == [
        "published",
        "pending",
        "published",
    ]
    assert set(db.session.scalars(select(Revision.scorer))) == {"stub/1"}
    assert set(db.session.scalars(select(Measurement.scorer))) == {NAME}
    comparing.compare(other, site_id=cast.site.id)  # again: measured over, not twice
    assert kept() == 3


def test_unscored_comments_count_as_the_policy_holds_them(
    app: Flask, cast: Cast, other: Other
) -> None:
    post(cast.site, "Good morning.")
    other.broken = "failed"
    change = comparing.compare(other, site_id=cast.site.id)
    assert (change.unscored, change.would_hold) == (1, 1)


def test_the_model_in_use_measures_in_the_background(
    app: Flask, cast: Cast, other: Other, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(comparing, "CHUNK", 2)
    for at in range(5):
        post(cast.site, f"The ferry {at} was late.")
    scorer.install(app, other)
    comparing.begin(site_id=cast.site.id)
    assert comparing.is_under_way(cast.site.id) and not comparing.is_under_way(cast.other.id)
    with pytest.raises(Conflict):
        comparing.begin(site_id=cast.site.id)
    work()
    assert not comparing.is_under_way(cast.site.id)
    assert (kept(), other.calls) == (5, 3)  # in three chunks, none twice
    assert comparing.carried(cast.site.id) == [("stub/1", 5)]
    assert comparing.measured(cast.site.id) == [(NAME, 5)]
    change = comparing.change(cast.site.id, [NAME])
    assert (change.compared, change.held, change.would_hold) == (5, 0, 5)
    comparing.begin(site_id=cast.site.id)  # there is nothing left to measure
    work()
    assert other.calls == 3


def test_a_scorer_that_goes_away_ends_it_and_it_goes_on_when_asked_again(
    app: Flask, cast: Cast, other: Other, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(comparing, "CHUNK", 2)
    for at in range(3):
        post(cast.site, f"The ferry {at} was late.")
    scorer.install(app, other)
    other.broken = "failed"
    comparing.begin(site_id=cast.site.id)
    work()
    assert not comparing.is_under_way(cast.site.id)
    assert comparing.change(cast.site.id, [NAME]).unscored == 2
    other.broken = None
    comparing.begin(site_id=cast.site.id)
    work()
    change = comparing.change(cast.site.id, [NAME])
    assert (change.compared, change.unscored, change.would_hold) == (3, 0, 3)


def test_another_site_and_old_comments_are_left_out(app: Flask, cast: Cast, other: Other) -> None:
    with clock.frozen(clock.now() - timedelta(days=100)):
        post(cast.site, "The ferry was late.")
    post(cast.other, "The ferry was late.", href="https://mountain.example.net/a")
    scorer.install(app, other)
    comparing.begin(site_id=cast.site.id)
    work()
    assert kept() == 0 and comparing.measured(cast.site.id) == []
    assert comparing.change(cast.site.id, [NAME]).compared == 0
