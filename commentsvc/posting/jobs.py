"""Late scores: what was posted while the scorer was away is scored and judged when it is back."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, select

from ..accounts.models import User
from ..core import clock
from ..core.db import db, release, unit_of_work
from ..core.jobs import periodic
from ..moderation import commands as moderation
from ..moderation.judging.facts import gather
from ..moderation.judging.rules import RULES
from ..moderation.judging.verdict import judge
from ..sites.queries import by_id, policy_of
from ..threads import commands as threads
from ..threads import text as texts
from ..threads.models import Comment, Thread
from ..toxicity.scorer import Scores
from .models import Idempotency
from .scoring import score

# These come right by themselves; a language that the model does not know stays unknown to it.
PASSING = ("model_missing", "model_broken", "slow", "failed")
KEPT_HOURS = 48


@periodic("score_what_is_unscored", minutes=1)
def _score_unscored() -> None:
    score_unscored()


def score_unscored(*, limit: int = 500) -> int:
    """Score what has no score yet, the oldest first, until the scorer fails again. Returns how many.

    Nothing that a person has decided is moved.
    """
    done = 0
    for comment_id in _unscored(limit):
        why = score_late(comment_id)
        if why is None:
            done += 1
        elif why != "failed":  # that may lie in this one text; else nobody is there to ask
            break
    return done


def _unscored(limit: int) -> list[int]:
    ids = db.session.scalars(
        select(Comment.id).where(Comment.unscored.in_(PASSING)).order_by(Comment.id).limit(limit)
    ).all()
    release()
    return list(ids)


def score_late(comment_id: int) -> str | None:
    """Score one comment and judge it again on the facts of now; says why there is still no score."""
    comment = db.session.get(Comment, comment_id)
    if comment is None or comment.unscored is None:
        return None
    text = threads.revision_of(comment).text
    release()
    scores = score(texts.plain(text))
    if not isinstance(scores, Scores) and scores.reason in PASSING:
        return scores.reason
    with unit_of_work():
        revision = threads.revision_of(comment)
        if revision.text != text:
            return None  # edited meanwhile: the edit was scored by itself
        site, author = by_id(comment.site_id), db.session.get_one(User, comment.author_id)
        submission = gather(
            site=site,
            policy=policy_of(site),
            thread=db.session.get_one(Thread, comment.thread_id),
            author=author,
            text=text,
            scores=scores,
            comment=comment,
        )
        verdict = judge(RULES, submission)
        revision.scores = dict(scores.values) if isinstance(scores, Scores) else None
        revision.scorer, revision.language = scores.model, scores.language
        revision.facts = submission.as_dict()
        revision.verdict = verdict.as_dict()
        comment.unscored = None if isinstance(scores, Scores) else scores.reason
        if comment.status in ("pending", "published") and not comment.reviewed:
            moderation.admit_again(comment, revision, verdict, present=False)
    return None


@periodic("forget_keys", minutes=60)
def forget_keys() -> None:
    """A request that is repeated after two days is a new one."""
    with unit_of_work():
        db.session.execute(
            delete(Idempotency).where(
                Idempotency.created_at < clock.now() - timedelta(hours=KEPT_HOURS)
            )
        )
