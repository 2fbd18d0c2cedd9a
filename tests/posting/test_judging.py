"""A stored text gets another score: what is kept of it, what moves, and what only a person moves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from commentsvc.core.db import db, unit_of_work
from commentsvc.moderation import commands as moderation
from commentsvc.moderation.judging.verdict import Action
from commentsvc.posting.judging import judge_stored
from commentsvc.threads import commands as threads
from commentsvc.toxicity.scorer import Scores, Unscored
from tests.factories import post

if TYPE_CHECKING:
    from commentsvc.threads.models import Comment, Revision
    from tests.people import Cast

INSULT = Scores({"toxicity": 0.95, "insult": 0.93}, "stub/2", "en")
HARMLESS = Scores({"toxicity": 0.01}, "stub/2", "en")


def judge(comment: Comment, scores: Scores | Unscored, **how: object) -> tuple[Comment, Revision]:
    with unit_of_work():
        judge_stored(comment, threads.revision_of(comment), scores, **how)
    db.session.expire_all()
    return comment, threads.revision_of(comment)


def test_it_works(cast: Cast) -> None:
    comment, revision = judge(post(cast.site).comment, INSULT)
    assert comment.status == "pending" and comment.unscored is None
    assert (revision.scores, revision.scorer) == (INSULT.values, "stub/2")
    assert revision.facts and revision.facts["scores"]["insult"] == 0.93
    assert revision.verdict and revision.verdict["action"] == "HOLD"


def test_no_score_is_kept_as_none(cast: Cast) -> None:
    comment, revision = judge(post(cast.site).comment, Unscored("language", "stub/2", "xx"))
    assert comment.unscored == "language"
    assert (revision.scores, revision.scorer, revision.language) == (None, "stub/2", "xx")


def test_what_a_person_decided_stays(cast: Cast) -> None:
    comment = post(cast.site).comment
    moderation.decide(comment.public_id, action="approve", by=cast.mona)
    before = dict(threads.revision_of(comment).verdict or {})
    comment, revision = judge(comment, INSULT)
    assert comment.status == "published" and revision.scores == INSULT.values
    assert revision.verdict == before
    comment, revision = judge(comment, INSULT, for_the_record=True)
    assert comment.status == "published"
    assert revision.verdict and revision.verdict["action"] == "HOLD"


def test_a_rule_that_may_not_hide_changes_no_verdict(cast: Cast) -> None:
    comment, revision = judge(post(cast.site).comment, INSULT, may_hide=False)
    assert comment.status == "published"
    assert revision.verdict and revision.verdict["action"] == "PASS"
    assert revision.facts and revision.facts["scores"]["insult"] == 0.93


def test_a_softened_verdict_calls_a_moderator_and_moves_nothing(cast: Cast) -> None:
    shown, revision = judge(post(cast.site).comment, INSULT, at_most=Action.REVIEW)
    assert (shown.status, shown.flag_count > 0) == ("published", True)
    assert revision.verdict and revision.verdict["action"] == "REVIEW"
    waiting, revision = judge(
        post(cast.site, "You idiot.").comment, HARMLESS, at_most=Action.REVIEW
    )
    assert waiting.status == "pending"
    assert revision.verdict and revision.verdict["action"] == "PASS"
