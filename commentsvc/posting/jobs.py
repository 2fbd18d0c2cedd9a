"""Late scores: comments posted while the scorer was unavailable are scored and judged later."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, select, update

from ..core import clock
from ..core.db import db, release, unit_of_work
from ..core.jobs import periodic
from ..moderation.models import Flag
from ..settings import settings
from ..threads import commands as threads
from ..threads.models import Comment, Reaction, ThreadReaction
from ..toxicity.scorer import Scores
from .judging import judge_stored, read_stored
from .models import Idempotency
from .scoring import PATIENCE, is_partly_away, score

# These resolve themselves; a language that the model does not know stays unknown.
PASSING = ("model_missing", "model_broken", "slow", "failed")
KEPT_HOURS = 48


@periodic("score_what_is_unscored", minutes=1)
def _score_unscored() -> None:
    score_unscored()


def score_unscored(*, limit: int = 500) -> int:
    """Score unscored comments, oldest first, until the scorer fails again. Returns how many.

    A person's decisions are never changed.
    """
    done = 0
    for comment_id in _unscored(limit):
        why = score_late(comment_id)
        if why is None:
            done += 1
        elif why != "failed" and not is_partly_away(why):  # the cause may be this one text
            break  # no scorer is available
    return done


def _unscored(limit: int) -> list[int]:
    ids = db.session.scalars(
        select(Comment.id).where(Comment.unscored.in_(PASSING)).order_by(Comment.id).limit(limit)
    ).all()
    release()
    return list(ids)


def score_late(comment_id: int) -> str | None:
    """Score one comment and judge it again on today's facts; says why there is still no score."""
    comment = db.session.get(Comment, comment_id)
    if comment is None or comment.unscored is None:
        return None
    text = threads.revision_of(comment).text
    thread = threads.thread_of(comment)
    read = read_stored(comment.site_id, text, thread.address, thread.tags)
    release()
    scores = score(read.plain, likely=(read.locale,), patience=PATIENCE)
    if not isinstance(scores, Scores) and scores.reason in PASSING:
        return scores.reason
    with unit_of_work():
        revision = threads.revision_of(comment)
        if revision.text != text:
            return None  # edited meanwhile: the edit was scored separately
        judge_stored(comment, revision, read, scores, for_the_record=True)
    return None


@periodic("forget_networks", minutes=24 * 60)
def forget_networks() -> None:
    """Delete the networks that comments, reactions and flags came from, after `network_days`."""
    before = clock.now() - timedelta(days=settings().network_days)
    for table in (Comment, Reaction, ThreadReaction, Flag):
        with unit_of_work():
            db.session.execute(
                update(table)
                .where(table.network.is_not(None), table.created_at < before)
                .values(network=None)
                .execution_options(synchronize_session=False)
            )


@periodic("forget_keys", minutes=60)
def forget_keys() -> None:
    """Delete old idempotency keys: a request repeated after two days is a new one."""
    with unit_of_work():
        db.session.execute(
            delete(Idempotency).where(
                Idempotency.created_at < clock.now() - timedelta(hours=KEPT_HOURS)
            )
        )
