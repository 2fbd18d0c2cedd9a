"""Old comments get a new model's scores: at a pace, going on where it stopped, moving nobody's decision."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from commentsvc.core import clock, jobs
from commentsvc.core.db import db
from commentsvc.core.errors import Conflict
from commentsvc.core.jobs import Job
from commentsvc.moderation import commands as moderation
from commentsvc.posting import rescoring
from commentsvc.posting.models import Measurement
from commentsvc.threads import commands as threads
from commentsvc.threads.models import Comment, Revision
from commentsvc.toxicity.scorer import Unscored, scorer
from tests.factories import post

if TYPE_CHECKING:
    from flask import Flask

    from tests.people import Cast

    from .conftest import Other


def switch(app: Flask, other: Other) -> None:
    scorer.install(app, other)


def done() -> int:
    """Do everything that waits, however long its pauses; returns how many rescorings there were."""
    with clock.frozen(clock.now()):
        for _ in range(10):
            clock.move(timedelta(hours=1))
            jobs.run_due()
    return sum(job.state == "done" and job.attempts > 0 for job in rescorings())


def rescorings() -> list[Job]:
    return list(db.session.scalars(select(Job).where(Job.name == rescoring.JOB)))


def fresh(comment: Comment) -> tuple[str, Revision]:
    db.session.expire_all()
    again = db.session.get_one(Comment, comment.id)
    return again.status, threads.revision_of(again)


def test_it_works(app: Flask, cast: Cast, other: Other) -> None:
    fine = post(cast.site, "The ferry was late.").comment
    held = post(cast.site, "You idiot.").comment
    assert (fine.status, held.status) == ("published", "pending")
    switch(app, other)
    assert rescoring.begin(site_id=cast.site.id, days=30) == 2
    done()
    status, revision = fresh(fine)
    assert status == "published"  # what was public stays so: only a person takes it down
    assert revision.scores is not None and revision.scores["toxicity"] == 0.97
    assert revision.scorer == "stub/2"
    assert fresh(held)[0] == "published"  # what waited is judged by the new model
    kept = {row.scorer: row.scores for row in db.session.scalars(select(Measurement))}
    assert set(kept) == {"stub/1"} and kept["stub/1"] is not None
    found = rescoring.progress()
    assert found is not None and (found.state, found.done, found.left) == ("done", 2, 0)


def test_published_comments_are_held_where_that_is_asked(
    app: Flask, cast: Cast, other: Other
) -> None:
    comment = post(cast.site, "The ferry was late.").comment
    switch(app, other)
    rescoring.begin(site_id=None, days=30, hold=True)
    done()
    assert fresh(comment)[0] == "pending"


def test_what_a_person_decided_is_never_moved(app: Flask, cast: Cast, other: Other) -> None:
    let = post(cast.site, "You idiot.").comment
    moderation.decide(let.public_id, action="approve", by=cast.mona)
    out = post(cast.site, "Buy my ferry.").comment
    moderation.decide(out.public_id, action="reject", reason="spam", by=cast.mona)
    switch(app, other)
    rescoring.begin(site_id=None, days=30, hold=True)
    done()
    assert (fresh(let)[0], fresh(out)[0]) == ("published", "rejected")
    assert fresh(out)[1].scorer == "stub/2"


def test_it_goes_on_where_it_stopped(
    app: Flask, cast: Cast, other: Other, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rescoring, "CHUNK", 2)
    comments = [post(cast.site).comment for _ in range(5)]
    switch(app, other)
    rescoring.begin(site_id=None, days=30, pace=60)
    jobs.run_due()
    found = rescoring.progress()
    assert found is not None and (found.state, found.done, found.left) == ("waiting", 2, 3)
    other.broken = "failed"  # the scorer goes away in the middle
    with clock.frozen(clock.now() + timedelta(seconds=10)):
        jobs.run_due()
        found = rescoring.progress()
        assert found is not None and (found.state, found.done) == ("waiting", 2)
    other.broken = None
    asked = other.calls
    done()
    assert all(fresh(each)[1].scorer == "stub/2" for each in comments)
    assert other.calls - asked == 3  # none of them twice


def test_the_pace_is_kept(app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rescoring, "CHUNK", 2)
    for _ in range(4):
        post(cast.site)
    with clock.frozen(clock.now()):
        rescoring.begin(site_id=None, days=30, pace=60)
        jobs.run_due()
        clock.move(timedelta(seconds=1.9))
        assert jobs.due() == []
        clock.move(timedelta(seconds=0.2))
        assert len(jobs.due()) == 1


def test_one_at_a_time_and_it_can_be_stopped(app: Flask, cast: Cast) -> None:
    post(cast.site)
    rescoring.begin(site_id=None, days=30)
    with pytest.raises(Conflict):
        rescoring.begin(site_id=None, days=30)
    assert rescoring.stop() and not rescoring.stop()
    assert done() == 0
    rescoring.begin(site_id=None, days=30)


def test_old_comments_and_other_sites_are_left_alone(app: Flask, cast: Cast, other: Other) -> None:
    with clock.frozen(clock.now() - timedelta(days=40)):
        old = post(cast.site).comment
    here = post(cast.site).comment
    switch(app, other)
    assert rescoring.begin(site_id=cast.other.id, days=30) == 0
    rescoring.stop()
    assert rescoring.begin(site_id=cast.site.id, days=30) == 1
    done()
    assert (fresh(old)[1].scorer, fresh(here)[1].scorer) == ("stub/1", "stub/2")


def test_an_unknown_language_loses_its_old_scores(app: Flask, cast: Cast, other: Other) -> None:
    comment = post(cast.site, "A fine morning").comment
    switch(app, other)
    other._one = lambda text, language: Unscored("language", "stub/2", None)  # type: ignore[method-assign]
    rescoring.begin(site_id=None, days=30)
    done()
    revision = fresh(comment)[1]
    assert (
        revision.scores is None and db.session.get_one(Comment, comment.id).unscored == "language"
    )
