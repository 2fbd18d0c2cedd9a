"""A person's notifications, as the bell in the box lists and counts them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, case, exists, func, or_, select, update
from sqlalchemy.orm import aliased

from ..accounts.models import User
from ..core import clock
from ..core.db import db, from_micros, micros, unit_of_work
from ..core.paging import Page, decode_cursor, encode_cursor
from ..threads.models import Comment, Reaction, Thread
from ..threads.views import permalink
from .models import Notification

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement

    from ..sites.models import Site


KINDS = (
    "reply",
    "mention",
    "like",
    "follow",
    "approved",
    "rejected",
    "hidden",
    "flag",
    "appeal",
    "sanction",
)


@dataclass(frozen=True)
class Told:
    """One notification. IDs are public, except `id` and `site_id`; `decision` leads to the
    statement of reasons. `by`: who replied, mentioned the user or reacted last. `count`: how many
    people reacted, or how many comments are new in a followed conversation."""

    id: int
    kind: str  # one of KINDS
    at: datetime
    read: bool
    comment_id: str | None
    site_id: int
    thread_title: str | None
    link: str | None
    decision: str | None
    outcome: str | None
    by: str | None = None
    count: int = 1
    reacted: bool = False  # some of them chose a reaction other than a like


def notifications_for(
    user: User, site: Site | None = None, *, after: str | None = None, limit: int = 20
) -> Page[Told]:
    """The user's notifications on one site or all, newest first. At most three queries."""
    query = (
        select(Notification, Comment, Thread, User)
        .outerjoin(Comment, Comment.id == Notification.comment_id)
        .outerjoin(Thread, Thread.id == Comment.thread_id)
        .outerjoin(User, User.id == Comment.author_id)
        .where(*_of(user, site))
    )
    if after:
        moment, row_id = decode_cursor(after, int, int)
        at = from_micros(moment)
        query = query.where(
            (Notification.created_at < at)
            | ((Notification.created_at == at) & (Notification.id < row_id))
        )
    newest = query.order_by(Notification.created_at.desc(), Notification.id.desc())
    rows = db.session.execute(newest.limit(limit + 1)).all()
    last = rows[limit - 1][0] if len(rows) > limit else None
    cursor = encode_cursor(micros(last.created_at), last.id) if last else None
    shown = rows[:limit]
    counted = _likes(shown) | _new_comments(shown)
    return Page([_told(row, counted) for row in shown], cursor)


def unread_count(user: User, site: Site | None = None) -> int:
    """How many notifications the user has not seen."""
    query = (
        select(func.count())
        .select_from(Notification)
        .outerjoin(Comment, Comment.id == Notification.comment_id)
        .where(*_of(user, site), Notification.read_at.is_(None))
    )
    return int(db.session.scalar(query) or 0)


def mark_read(user: User, *, up_to: int | None = None) -> None:
    """Mark all notifications (or those up to this ID) as seen."""
    query = update(Notification).where(
        Notification.user_id == user.id, Notification.read_at.is_(None)
    )
    if up_to is not None:
        query = query.where(Notification.id <= up_to)
    with unit_of_work():
        db.session.execute(query.values(read_at=clock.now()))


# --- what is still true ---------------------------------------------------------------------------


def _of(user: User, site: Site | None) -> list[ColumnElement[bool]]:
    """The user's notifications, without replies, mentions, likes and new comments that no longer
    exist."""
    found = [Notification.user_id == user.id, _holds()]
    return [*found, Notification.site_id == site.id] if site is not None else found


def _holds() -> ColumnElement[bool]:
    kind, new = Notification.kind, aliased(Comment)
    return or_(
        kind.not_in(("reply", "mention", "like", "follow")),
        and_(kind.in_(("reply", "mention")), Comment.status == "published"),
        and_(
            kind == "like",
            exists().where(
                Reaction.comment_id == Notification.comment_id,
                Reaction.created_at >= Notification.created_at,
                _TOLD,
            ),
        ),
        and_(kind == "follow", exists().where(*_is_new(new))),
    )


def _is_new(comment: Any) -> tuple[ColumnElement[bool], ...]:
    """Whether a notification about a followed conversation counts a comment: replies and mentions
    have their own."""
    other = aliased(Notification)
    own_line = exists().where(
        other.user_id == Notification.user_id,
        other.created_at >= Notification.created_at,  # by the index
        other.comment_id == comment.id,
        other.kind.in_(("reply", "mention")),
    )
    return (
        ~own_line.correlate_except(other),
        comment.thread_id == Comment.thread_id,
        comment.status == "published",
        comment.published_at >= Notification.created_at,
        comment.author_id != Notification.user_id,
    )


#: Authors are not notified of dislikes.
_TOLD = Reaction.kind != "dislike"


def _likes(rows: Sequence[Any]) -> dict[int, tuple[int, str | None, bool]]:
    """By notification: how many people reacted, who did last, and whether any reaction was not a
    like."""
    ids = [row[0].id for row in rows if row[0].kind == "like"]
    if not ids:
        return {}
    liked = (
        select(
            Notification.id,
            User.name,
            User.kind,
            User.erased_at,
            func.count().over(partition_by=Notification.id).label("likes"),
            func.min(case((Reaction.kind == "like", 1), else_=0))
            .over(partition_by=Notification.id)
            .label("all_like"),
            func.row_number()
            .over(partition_by=Notification.id, order_by=Reaction.created_at.desc())
            .label("place"),
        )
        .join(Reaction, Reaction.comment_id == Notification.comment_id)
        .join(User, User.id == Reaction.user_id)
        .where(Notification.id.in_(ids), Reaction.created_at >= Notification.created_at, _TOLD)
        .subquery()
    )
    found = db.session.execute(select(liked).where(liked.c.place == 1))
    return {
        row.id: (
            row.likes,
            row.name if row.kind == "member" and not row.erased_at else None,
            not row.all_like,
        )
        for row in found
    }


def _new_comments(rows: Sequence[Any]) -> dict[int, tuple[int, str | None, bool]]:
    """How many comments are new in followed conversations, by notification."""
    ids = [row[0].id for row in rows if row[0].kind == "follow"]
    if not ids:
        return {}
    new = aliased(Comment)
    counted = (
        select(Notification.id, func.count(new.id))
        .join(Comment, Comment.id == Notification.comment_id)
        .join(new, and_(*_is_new(new)))
        .where(Notification.id.in_(ids))
        .group_by(Notification.id)
    )
    return {row_id: (count, None, False) for row_id, count in db.session.execute(counted)}


def _told(row: Any, counted: dict[int, tuple[int, str | None, bool]]) -> Told:
    told, comment, thread, author = row
    count, by, reacted = counted.get(told.id, (1, None, False))
    if told.kind in ("reply", "mention") and author.erased_at is None:
        by = author.name
    return Told(
        id=told.id,
        kind=told.kind,
        at=told.created_at,
        read=told.read_at is not None,
        comment_id=comment.public_id if comment else None,
        site_id=told.site_id,
        thread_title=thread.title if thread else None,
        link=permalink(thread.href, comment.public_id) if thread else None,
        decision=told.data.get("decision"),
        outcome=told.data.get("outcome"),
        by=by,
        count=count,
        reacted=reacted,
    )
