"""The owner sees which scorer is in use, what it would change in old comments, and scores them anew."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from commentsvc.core import clock, jobs
from commentsvc.core.db import db, unit_of_work
from commentsvc.posting import rescoring
from commentsvc.sites import commands as sites
from commentsvc.threads.models import Comment, Revision
from commentsvc.toxicity.backends.chain import ChainScorer
from commentsvc.toxicity.backends.stub import StubScorer
from commentsvc.toxicity.scorer import ScorerStatus, scorer
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
    assert "Ready." in page and "ready" not in page
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


class Reads(StubScorer):
    """A stub that says which languages it reads."""

    def __init__(self, name: str, *languages: str) -> None:
        super().__init__()
        self.name, self.languages = name, languages

    def status(self) -> ScorerStatus:
        return replace(super().status(), languages=self.languages)


def test_a_chain_is_shown_scorer_by_scorer(app: Flask, cast: Cast, olga: Staff) -> None:
    away = Reads("second", "fr", "ru")
    away.broken = "failed"
    scorer.install(app, ChainScorer([Reads("first", "en"), away]))
    post(cast.site, "The ferry was late.")
    page = " ".join(olga.page(PATH).split())
    assert "tried in this order" in page and page.index("first/1") < page.index("second/1")
    assert re.search(r">\s*French, Russian\s*<", page)
    assert ">Working<" in page and ">Not working<" in page
    assert "notice bad" in page and "second: failed" in page and "first:" not in page
    assert "One of the scorers isn’t working." in page and "toxicity model isn’t" not in page
    assert "All comments have scores from the current scorer." in page


def test_what_is_not_read_can_be_added_by_a_command(app: Flask, cast: Cast, olga: Staff) -> None:
    assert "toxicity add" not in olga.page(PATH)  # a stub reads everything
    sites.set_policy(cast.site, {"locale": "fr"}, by=cast.olga)
    scorer.install(app, Reads("first", "en"))
    page = olga.page(PATH)
    assert "No scorer in use reads French" in page
    assert ">commentsvc toxicity add detoxify:multilingual</pre>" in page
    sites.set_policy(cast.site, {"locale": "en"}, by=cast.olga)
    assert "toxicity add" not in olga.page(PATH)
    for text in ("Le bus arrive ?? tard", "Il bus ?? tardi", "De bus ?? laat", "??", "???"):
        comment = post(cast.site, text, key=text).comment
        language = {"Le": "fr", "Il": "it", "De": "nl"}.get(text[:2])
        db.session.get_one(Revision, comment.revision_id).language = language
        comment.unscored = "language"
    with unit_of_work():
        pass
    page = olga.page(PATH)
    assert "reads Italian, French." in page and "Nederlands" not in page
    scorer.install(app, ChainScorer([Reads("first", "en"), Reads("second", "fr", "it")]))
    page = olga.page(PATH)
    assert "toxicity add" not in page  # whatever is not scored anew yet
    assert "2 comments without a score are in languages that the scorer now reads." in page
