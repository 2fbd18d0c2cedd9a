"""Who a published comment mentions, and which of them are notified: nobody who muted its author."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from ...accounts import mutes
from ...accounts.models import User
from ...core.db import db
from ...sites.queries import by_id, role_of
from ...threads.models import Comment, Revision
from ...threads.text import mentions_in

if TYPE_CHECKING:
    from ..models import Notification


def mentioned_in(comment: Comment) -> list[User]:
    """The members to notify of this comment, except the author of its parent, who gets a reply
    notification."""
    ids = _ids(comment)
    if not ids or comment.status != "published":
        return []
    site = by_id(comment.site_id)
    author = db.session.get_one(User, comment.author_id)
    if role_of(author, site) == "banned":
        return []
    apart = {comment.author_id, _answered(comment)}
    found = db.session.scalars(
        select(User)
        .where(User.public_id.in_(ids), User.kind == "member", User.active())
        .order_by(User.id)
    )
    return [
        each
        for each in found
        if each.id not in apart
        and not mutes.has_muted(each, author)
        and role_of(each, site) != "banned"
    ]


def still_mentions(comment: Comment, notification: Notification) -> bool:
    """Whether the published comment still mentions the notified person."""
    user = db.session.get_one(User, notification.user_id)
    return comment.status == "published" and user.public_id in _ids(comment)


def _ids(comment: Comment) -> set[str]:
    revision = db.session.get(Revision, comment.revision_id) if comment.revision_id else None
    return {each.id for each in mentions_in(revision.mentions if revision else None)}


def _answered(comment: Comment) -> int | None:
    parent = db.session.get(Comment, comment.parent_id) if comment.parent_id else None
    return parent.author_id if parent is not None and parent.status == "published" else None
