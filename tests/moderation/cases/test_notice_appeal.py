"""A notifier appeals against leaving a comment up, once, and somebody else hears it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from commentsvc.core.errors import Conflict, Invalid, NotAllowed, NotFound
from commentsvc.exchange.reporting.statements import statements_of
from commentsvc.moderation import audit
from commentsvc.moderation.cases import notice_appeals, notices
from commentsvc.moderation.cases.waiting import arrived, count_waiting
from commentsvc.notifications.mail import mailer
from commentsvc.sites import commands as sites
from tests.exchange.reporting import test_report as reports
from tests.factories import post

if TYPE_CHECKING:
    from collections.abc import Callable

    from commentsvc.moderation.cases.models import Notice
    from commentsvc.threads.models import Comment
    from tests.people import Cast


def left_up(cast: Cast, outcome: str = "not_illegal", **more: Any) -> tuple[Comment, Notice]:
    comment = post(cast.site).comment
    notice = notices.give_notice(
        comment.public_id,
        **{**reports.GOOD, "email": "nora@example.org", "kind": "VIOLENCE", **more},
    )
    notices.decide_notice(notice.receipt, outcome=outcome, ground="An opinion.", by=cast.mona)
    return comment, notice


@pytest.mark.engines
def test_it_works(cast: Cast, work: Callable[[], int]) -> None:
    comment, notice = left_up(cast)
    before = audit.page(cast.site.id).items[0].at
    made = notice_appeals.appeal(notice.receipt, "It names a victim.")
    assert notice_appeals.waiting(cast.olga, [cast.site]) == [(made, notice)]
    assert notice_appeals.waiting(cast.mona, [cast.site]) == []  # who decided does not hear it
    assert count_waiting(cast.olga, [cast.site])["appeals"] == 1
    assert arrived([cast.site], before)
    notice_appeals.hear(made.public_id, outcome="overturned", answer="You are right.", by=cast.olga)
    assert comment.status == "rejected"
    assert count_waiting(cast.olga, [cast.site])["appeals"] == 0
    while work():
        pass
    last = [each for each in mailer().sent if each.to == "nora@example.org"][-1]  # type: ignore[attr-defined]
    assert "Someone else reviewed" in last.body and "You are right." in last.body
    assert audit.verify(cast.site.id)[1] is None


def test_the_report_and_the_statement_have_it(cast: Cast) -> None:
    sites.set_policy(cast.site, {"trusted_flaggers": ["nora@example.org"]}, by=cast.olga)
    sites.set_policy(cast.site, {"undo_seconds": 0}, by=cast.olga)
    _, notice = left_up(cast)
    made = notice_appeals.appeal(notice.receipt, "It names a victim.")
    notice_appeals.hear(made.public_id, outcome="overturned", by=cast.olga)
    other = notice_appeals.appeal(left_up(cast, "void", email="")[1].receipt, "Look again.")
    notice_appeals.hear(other.public_id, outcome="upheld", by=cast.olga)
    files = reports.build(cast.site, reports.period_of(reports.this_year()))
    t = reports.t
    assert reports.value(files, 7, t.NO_ACTION_TRUSTED, "Decisions reversed") == "1"
    assert reports.value(files, 7, t.NO_ACTION, "Decisions upheld") == "1"
    assert reports.value(files, 7, t.NEWLY, "Total number") == "1"
    assert reports.table(files, 5)[0][t.OWN_ILLEGAL.counts[0]] == "0"
    period = reports.period_of(reports.this_year())
    (said,) = statements_of(cast.site, period.since, period.until)
    assert said["source_type"] == "SOURCE_TRUSTED_FLAGGER"
    assert said["category"] == "STATEMENT_CATEGORY_VIOLENCE"


def test_once_and_only_against_leaving_it_up(cast: Cast) -> None:
    _, notice = left_up(cast)
    notice_appeals.appeal(notice.receipt, "It names a victim.")
    _, removed = left_up(cast, "illegal")
    waiting = notices.give_notice(post(cast.site).comment.public_id, **reports.GOOD)
    for each in (notice, removed, waiting):
        with pytest.raises(Conflict):
            notice_appeals.appeal(each.receipt, "Again.")
    with pytest.raises(NotFound):
        notice_appeals.appeal("none", "Again.")


@pytest.mark.parametrize("text", ["", "  ", "x" * 2001])
def test_a_text_that_is_none_is_refused(cast: Cast, text: str) -> None:
    with pytest.raises(Invalid):
        notice_appeals.appeal(left_up(cast)[1].receipt, text)


def test_who_may_not_hear_it(cast: Cast) -> None:
    made = notice_appeals.appeal(left_up(cast)[1].receipt, "Why?")
    with pytest.raises(NotAllowed):
        notice_appeals.hear(made.public_id, outcome="upheld", by=cast.mona)
    for by in (cast.max, cast.rita):
        with pytest.raises(NotFound):
            notice_appeals.hear(made.public_id, outcome="upheld", by=by)
    with pytest.raises(Invalid):
        notice_appeals.hear(made.public_id, outcome="maybe", by=cast.olga)
    notice_appeals.hear(made.public_id, outcome="upheld", by=cast.olga)
    with pytest.raises(Conflict):
        notice_appeals.hear(made.public_id, outcome="overturned", by=cast.ada)
