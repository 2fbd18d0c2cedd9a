"""What somebody was told, as the bell of the box will list and count it (no surface asks yet)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select, update

from ..core import clock
from ..core.db import db, from_micros, micros, unit_of_work
from ..core.paging import Page, decode_cursor, encode_cursor
from ..threads.models import Comment, Thread
from ..threads.views import permalink
from .models import Notification

if TYPE_CHECKING:
    from datetime import datetime

    from ..accounts.models import User
    from ..sites.models import Site


@dataclass(frozen=True)
class Told:
    """One notification. Ids are public; `decision` leads to the statement of reasons."""

    id: int
    kind: str  # reply, approved, rejected, hidden, flag
    at: datetime
    read: bool
    comment_id: str
    site_id: int
    thread_title: str | None
    link: str
    decision: str | None
    outcome: str | None


def notifications_for(
    user: User, site: Site | None = None, *, after: str | None = None, limit: int = 20
) -> Page[Told]:
    """What the user was told, the newest first, on one site or on all. One query."""
    query = (
        select(Notification, Comment.public_id, Thread.title, Thread.href, Thread.public_id)
        .join(Comment, Comment.id == Notification.comment_id)
        .join(Thread, Thread.id == Comment.thread_id)
        .where(Notification.user_id == user.id)
    )
    if site is not None:
        query = query.where(Notification.site_id == site.id)
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
    return Page([_told(row) for row in rows[:limit]], cursor)


def unread_count(user: User, site: Site | None = None) -> int:
    """How many of them the user has not seen."""
    query = select(func.count()).where(
        Notification.user_id == user.id, Notification.read_at.is_(None)
    )
    if site is not None:
        query = query.where(Notification.site_id == site.id)
    return int(db.session.scalar(query) or 0)


def mark_read(user: User, *, up_to: int | None = None) -> None:
    """The user has seen everything (or everything up to this id)."""
    query = update(Notification).where(
        Notification.user_id == user.id, Notification.read_at.is_(None)
    )
    if up_to is not None:
        query = query.where(Notification.id <= up_to)
    with unit_of_work():
        db.session.execute(query.values(read_at=clock.now()))


def _told(row: Any) -> Told:
    told, comment_id, title, href, thread_id = row
    return Told(
        id=told.id,
        kind=told.kind,
        at=told.created_at,
        read=told.read_at is not None,
        comment_id=comment_id,
        site_id=told.site_id,
        thread_title=title,
        link=permalink(href, thread_id, comment_id),
        decision=told.data.get("decision"),
        outcome=told.data.get("outcome"),
    )
