"""Sends emails about followed conversations: one per conversation at once, or one for all of
them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import exists, func, select, update
from sqlalchemy.orm import aliased

from ...accounts import mutes
from ...accounts.models import User
from ...core import clock
from ...core.db import db, unit_of_work
from ...core.jobs import handler
from ...sites.queries import by_id
from ...threads.models import Comment, Revision, Thread
from ..channels import News, Quoted, Talk, channels
from ..choices import reply_rhythm, wants
from ..models import Follow, Notification
from .mentions import still_mentions
from .rhythm import day_of, next_time

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_SHOWN = 5  # comments of one conversation; the email says how many more there are
_REPLIES_KEPT = timedelta(days=8)  # older ones are no longer emailed


@handler("email_followed", lane="mail", by=lambda **_: "followed")
def email_followed(follow_id: int) -> None:
    """Email what is new in one conversation, to a follower who wants it at once."""
    row = db.session.get(Follow, follow_id)
    if row is None or row.rhythm != "now" or not _is_due(row):
        return
    _send(row.user_id, [row], [], key=f"follow:{row.id}:{row.due_at:%Y%m%dT%H%M%S}")


@handler("email_gathered", lane="mail", by=lambda **_: "followed")
def email_gathered(user_id: int) -> None:
    """Email a person's daily or weekly news: followed conversations, replies and mentions."""
    rows = db.session.scalars(
        select(Follow)
        .where(Follow.user_id == user_id, Follow.rhythm.in_(("daily", "weekly")))
        .where(Follow.due_at <= clock.now())
        .order_by(Follow.due_at, Follow.id)
    ).all()
    replies = _replies(user_id)
    if rows or replies:
        _send(user_id, rows, replies, key=f"gathered:{user_id}:{day_of(clock.now()):%Y%m%d}")


def _is_due(row: Follow) -> bool:
    return row.due_at is not None and row.due_at <= clock.now()


def _replies(user_id: int) -> list[Notification]:
    """Unread replies and mentions that are due in the person's rhythm."""
    user = db.session.get_one(User, user_id)
    rhythm, moment = reply_rhythm(user), clock.now()
    kinds = [each for each in ("reply", "mention") if wants(user, each)]
    if rhythm == "now" or not kinds:
        return []
    found = db.session.scalars(
        select(Notification)
        .where(Notification.user_id == user_id, Notification.kind.in_(kinds))
        .where(Notification.mailed_at.is_(None), Notification.read_at.is_(None))
        .where(Notification.created_at > moment - _REPLIES_KEPT)
        .order_by(Notification.created_at, Notification.id)
    )
    return [each for each in found if next_time(rhythm, each.created_at) <= moment]


def _send(
    user_id: int, rows: Sequence[Follow], replies: Sequence[Notification], *, key: str
) -> None:
    """Pass the news to every channel that the person wants, then mark it as sent, whatever the
    result."""
    user, moment = db.session.get_one(User, user_id), clock.now()
    talks = [each for row in rows if (each := _talk(user, row)) is not None]
    said = [(row.kind, shown) for row in replies if (shown := _reply(row)) is not None]
    by_kind = {kind: [each for its, each in said if its == kind] for kind in ("reply", "mention")}
    news = News(user, talks, by_kind["reply"], key=key, mentions=by_kind["mention"])
    followed, replied = [row.id for row in rows], [row.id for row in replies]
    for channel in channels().values() if talks or said else ():
        if channel.wants(user, "follow"):
            channel.news(news)
    until = {each.follow_id: each.until for each in talks}
    with unit_of_work():
        for row_id in followed:  # by statements: the row is gone if it was unfollowed meanwhile
            told = {"due_at": None, "mailed_at": moment, "told_until": until.get(row_id, moment)}
            db.session.execute(update(Follow).where(Follow.id == row_id).values(told))
        mailed = update(Notification).where(Notification.id.in_(replied))
        db.session.execute(mailed.values(mailed_at=moment))


def _talk(user: User, row: Follow) -> Talk | None:
    """What is new in a conversation since the last email; None if there is nothing that the person
    wants."""
    thread = db.session.get_one(Thread, row.thread_id)
    if thread.merged_into_id is not None:
        thread = db.session.get_one(Thread, thread.merged_into_id)
    found = db.session.execute(
        _new_in(user, row, thread).order_by(Comment.published_at, Comment.id).limit(MOST_SHOWN)
    ).all()
    if not found:
        return None
    counted = _new_in(user, row, thread).with_only_columns(
        func.count(), func.max(Comment.published_at), maintain_column_froms=True
    )
    count, until = db.session.execute(counted).one()
    shown = [
        Quoted(comment, name, text, thread, language) for comment, name, text, language in found
    ]
    return Talk(row.id, by_id(thread.site_id), thread, shown, count, until or clock.now())


def _new_in(user: User, row: Follow, thread: Thread) -> Any:
    """Comments since the last email, except the person's own, those of muted people, and replies
    and mentions, which are notified separately."""
    parent = aliased(Comment)
    query: Any = (
        select(Comment, User.name, Revision.text, Revision.language)
        .join(User, User.id == Comment.author_id)
        .join(Revision, Revision.id == Comment.revision_id)
        .outerjoin(parent, parent.id == Comment.parent_id)
        .where(Comment.thread_id == thread.id, Comment.status == "published")
        .where(Comment.published_at > row.told_until, Comment.author_id != user.id)
    )
    if muted := [each.id for each in mutes.muted(user)]:
        query = query.where(Comment.author_id.not_in(muted))
    if wants(user, "reply"):
        query = query.where((parent.author_id != user.id) | parent.id.is_(None))
    if wants(user, "mention"):
        query = query.where(
            ~exists().where(
                Notification.user_id == user.id,
                Notification.comment_id == Comment.id,
                Notification.kind == "mention",
            )
        )
    return query


def _reply(row: Notification) -> Quoted | None:
    comment = db.session.get_one(Comment, row.comment_id)
    if row.kind == "mention" and not still_mentions(comment, row):
        return None
    found = db.session.execute(
        select(Comment, User.name, Revision.text, Thread, Revision.language)
        .join(User, User.id == Comment.author_id)
        .join(Revision, Revision.id == Comment.revision_id)
        .join(Thread, Thread.id == Comment.thread_id)
        .where(Comment.id == row.comment_id, Comment.status == "published")
    ).first()
    return Quoted(*found) if found else None
