"""The owner sees which scorer is in use, what it would change in old comments, and scores them anew."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from commentsvc.core import clock, jobs
from commentsvc.core.db import db
from commentsvc.posting import rescoring
from commentsvc.threads.models import Comment
from commentsvc.toxicity.backends.stub import StubScorer
from commentsvc.toxicity.scorer import scorer
from tests.factories import post

if TYPE_CHECKING:
    from flask import Flask

    from tests.dashboard.conftest import Staff
    from tests.people import Cast

PATH = "/dashboard/sites/harbour/scorer"


class Newer(StubScorer):
    """Finds ferries insulting."""

    version = "2"


def work() -> None:
    with clock.frozen(clock.now()):
        for _ in range(4):
            jobs.run_due()
            clock.move(timedelta(minutes=5))


def test_it_works(app: Flask, cast: Cast, olga: Staff) -> None:
    fine = post(cast.site, "The ferry was late.").comment
    held = post(cast.site, "You idiot.").comment
    page = olga.page(PATH)
    assert "stub/1" in page and "All comments have scores" in page and "stub/2" not in page
    scorer.install(app, Newer({"ferry": {"toxicity": 0.97}}))
    page = olga.page(PATH)
    assert "2 comments have scores from another scorer" in page
    assert olga.post(PATH, do="measure").status_code == 303
    answer = olga.get(PATH)
    assert "A comparison is running" in answer.text and answer.headers["Refresh"] == "3"
    work()
    answer = olga.get(PATH)
    assert "What stub/2 would change" in answer.text and "Refresh" not in answer.headers
    assert "The ferry was late." in answer.text and "You idiot." in answer.text
    db.session.expire_all()
    assert db.session.get_one(Comment, fine.id).status == "published"  # nothing has moved yet
    assert olga.post(PATH, do="anew", hold="1").status_code == 303
    assert "Rescoring: 0 done, 2 left." in olga.page(PATH)
    work()
    page = olga.page(PATH)
    assert "Rescored 2 comments." in page and "All comments have scores" in page
    db.session.expire_all()
    assert db.session.get_one(Comment, fine.id).status == "pending"
    assert db.session.get_one(Comment, held.id).status == "published"


def test_it_can_be_stopped_and_is_one_at_a_time(app: Flask, cast: Cast, olga: Staff) -> None:
    post(cast.site)
    scorer.install(app, Newer())
    olga.post(PATH, do="anew")
    olga.post(PATH, do="anew")
    assert "already being rescored" in olga.page(PATH)
    olga.post(PATH, do="stop")
    assert rescoring.begin(site_id=cast.site.id, days=1) == 1


def test_what_another_site_or_the_server_does_is_not_its_to_stop(
    app: Flask, cast: Cast, olga: Staff
) -> None:
    post(cast.site)
    scorer.install(app, Newer())
    rescoring.begin(site_id=cast.other.id, days=30)
    page = olga.page(PATH)
    # of others there is nothing to see
    assert "Rescoring" not in page and "Stop rescoring" not in page
    olga.post(PATH, do="stop")
    assert rescoring.stop(site_id=cast.other.id)
    rescoring.begin(site_id=None, days=30)
    page = olga.page(PATH)
    assert "Rescoring: 0 done, 1 left." in page and "Stop rescoring" not in page
    olga.post(PATH, do="stop")
    assert rescoring.stop()


def test_a_scorer_that_is_down_is_said_to_be(app: Flask, cast: Cast, olga: Staff) -> None:
    broken = Newer()
    broken.broken = "failed"
    scorer.install(app, broken)
    assert "notice bad" in olga.page(PATH)
