"""What an author hears of the own comment, and what is kept back while it may be undone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from commentsvc.core import clock
from commentsvc.core.db import db
from commentsvc.moderation.commands import decide, undo
from commentsvc.moderation.outcomes import Outcome, outcomes
from commentsvc.notifications.models import Notification
from commentsvc.posting import commands as posting
from tests.factories import post

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from commentsvc.threads.models import Comment
    from tests.people import Cast


def outcome(comment: Comment) -> Outcome:
    return outcomes([comment])[comment.id]


def test_it_works(cast: Cast) -> None:
    told = outcome(post(cast.site, "You idiot.").comment)
    assert told.status == "pending" and told.automated
    assert told.reasons == ["Your comment may come across as an insult."]


def test_what_is_published_needs_no_reason(cast: Cast) -> None:
    assert outcome(post(cast.site).comment) == Outcome("published")


def test_a_rejection_is_kept_back_while_it_may_be_undone(cast: Cast, work) -> None:
    with clock.frozen(datetime(2026, 5, 4, tzinfo=UTC)):
        comment = post(cast.site, "You idiot.").comment
        done = decide(
            comment.public_id, action="reject", reason="hate", message="Be kind.", by=cast.mona
        )
        early = outcome(comment)
        assert early.status == "pending"
        assert early.reasons == ["Your comment may come across as an insult."]
        clock.move(timedelta(seconds=31))
        late = outcome(comment)
        assert (late.status, late.message) == ("rejected", "Be kind.")
        assert late.reasons == ["Your comment attacks people for who they are."]
        assert late.decision == done.public_id and not late.automated


def test_an_undone_rejection_is_never_heard_of(cast: Cast) -> None:
    comment = post(cast.site, "You idiot.").comment
    undo(
        decide(comment.public_id, action="reject", reason="hate", by=cast.mona).public_id,
        by=cast.mona,
    )
    told = outcome(comment)
    assert told.status == "pending" and told.automated and told.reasons


def test_a_published_comment_taken_down_says_nothing_yet(cast: Cast) -> None:
    comment = post(cast.site, user=cast.rita).comment
    decide(comment.public_id, action="reject", reason="hate", by=cast.mona)
    assert outcome(comment) == Outcome("pending")


def test_the_rules_own_rejection_is_said_at_once(cast: Cast) -> None:
    from commentsvc.sites.commands import set_policy

    set_policy(cast.site, {"banned_words": ["casino"]}, by=cast.olga)
    told = outcome(post(cast.site, "casino").comment)
    assert told.status == "rejected" and told.automated
    assert told.reasons == ["Your comment contains words that this site doesn’t publish."]


def test_withdrawn(cast: Cast) -> None:
    comment = post(cast.site, user=cast.rita).comment
    posting.withdraw(comment.public_id, user=cast.rita)
    assert outcome(comment).status == "withdrawn"


def test_a_rejection_whose_approval_was_taken_back_is_told(
    app: Flask, cast: Cast, work: Callable[[], None]
) -> None:
    """Somebody approves what another has just rejected, and takes that back: the rejection stands."""
    with clock.frozen(datetime(2026, 5, 4, tzinfo=UTC)):
        comment = post(cast.site, "A calm word.", user=cast.rita).comment
        decide(comment.public_id, action="reject", reason="hate", by=cast.mona)
        approval = decide(comment.public_id, action="approve", by=cast.olga)
        undo(approval.public_id, by=cast.olga)
        clock.move(timedelta(minutes=5))
        work()
        told = db.session.scalars(select(Notification.kind)).all()
        assert (comment.status, told) == ("rejected", ["rejected"])
