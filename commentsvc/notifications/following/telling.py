"""Notifies followers of a new comment, a limited number per job, so that no job takes long."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import or_, select, update

from ...accounts.models import User
from ...core import clock
from ...core.db import db, unit_of_work
from ...core.jobs import enqueue, handler
from ...core.rows import insert_rows
from ...threads.models import Comment, Thread
from ..models import Follow, Notification
from .planning import plan

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Followers that one job notifies; the next job continues.
CHUNK = 200


@handler("tell_followers", at_once=True)
def tell_followers(comment_id: int, after: int = 0) -> None:
    """Notify the followers of this comment's conversation once, and schedule their emails."""
    with unit_of_work():
        comment = db.session.get(Comment, comment_id)
        if comment is None or comment.status != "published":
            return
        rows = _followers(comment, after)
        _ring(rows, comment)
        plan([each for each, emailed in rows if emailed and each.due_at is None])
        if len(rows) == CHUNK:
            enqueue("tell_followers", comment_id=comment_id, after=rows[-1][0].id)


def _followers(comment: Comment, after: int) -> list[tuple[Follow, bool]]:
    """The next followers not yet notified, and whether each wants an email. Followers of a
    conversation that was merged into this one are included."""
    merged = select(Thread.id).where(Thread.merged_into_id == comment.thread_id)
    found = db.session.execute(
        select(Follow, User.email_verified_at.is_not(None))
        .join(User, User.id == Follow.user_id)
        .where(
            or_(Follow.thread_id == comment.thread_id, Follow.thread_id.in_(merged)),
            Follow.id > after,
            Follow.rung_until < comment.published_at,
            Follow.user_id != comment.author_id,
            User.erased_at.is_(None),
        )
        .order_by(Follow.id)
        .limit(CHUNK)
    )
    return [(row, confirmed and row.rhythm != "never") for row, confirmed in found]


def _ring(rows: Sequence[tuple[Follow, bool]], comment: Comment) -> None:
    """Keep one unread notification per conversation, which counts all comments since."""
    if not rows:
        return
    db.session.execute(
        update(Follow)
        .where(Follow.id.in_([row.id for row, _ in rows]))
        .values(rung_until=comment.published_at)
        .execution_options(synchronize_session=False)
    )
    ringing = _ringing([row.user_id for row, _ in rows], comment)
    moment = comment.published_at or clock.now()
    new = {row.user_id: row for row, _ in rows if row.user_id not in ringing}
    insert_rows(
        Notification,
        [
            {
                "key": f"follow:{row.id}:{comment.id}",
                "user_id": row.user_id,
                "site_id": comment.site_id,
                "comment_id": comment.id,
                "kind": "follow",
                "data": {},
                "created_at": moment,
            }
            for row in new.values()
        ],
    )


def _ringing(user_ids: Sequence[int], comment: Comment) -> set[int]:
    """The users who have an unread notification about this conversation."""
    found = (
        select(Notification.user_id)
        .join(Comment, Comment.id == Notification.comment_id)
        .where(
            Notification.user_id.in_(user_ids),
            Notification.kind == "follow",
            Notification.read_at.is_(None),
            Comment.thread_id == comment.thread_id,
        )
    )
    return set(db.session.scalars(found))
