"""Likes and other reactions, combined: one unread notification per comment, however many people
react. No emails."""

from __future__ import annotations

from sqlalchemy import and_, bindparam, exists, select

from ..accounts.models import User
from ..core.db import db, execute, unit_of_work
from ..core.jobs import handler
from ..core.rows import insert_row, table_of
from ..threads.models import Comment, Reaction
from .models import Notification

_comments, _users, _told = table_of(Comment), table_of(User), table_of(Notification)
#: The author is a member, is not the liker, and has no unread notification about it yet.
_NEWS = (
    select(_comments.c.id)
    .join(_users, _users.c.id == _comments.c.author_id)
    .where(
        _comments.c.id == bindparam("comment"),
        _comments.c.author_id != bindparam("liker"),
        _users.c.kind == "member",
        ~exists().where(
            and_(
                _told.c.user_id == _comments.c.author_id,
                _told.c.comment_id == _comments.c.id,
                _told.c.kind == "like",
                _told.c.read_at.is_(None),
            )
        ),
    )
)


def _is_news(comment_id: int, user_id: int) -> bool:
    return execute(_NEWS, {"comment": comment_id, "liker": user_id}).first() is not None


@handler("on_like", at_once=True, wanted=_is_news)
def on_like(comment_id: int, user_id: int) -> None:
    """Notify a comment's author of a like or another reaction, once for each person, however often
    they change their mind."""
    with unit_of_work():
        key = f"like:{comment_id}:{user_id}"
        liked = db.session.get(Reaction, (comment_id, user_id))
        comment = db.session.get(Comment, comment_id)
        known = db.session.scalar(select(Notification.id).where(Notification.key == key))
        if liked is None or liked.kind == "dislike":
            return  # authors are not notified of dislikes
        if comment is None or known or not _is_news(comment_id, user_id):
            return
        insert_row(
            Notification,
            key=key,
            user_id=comment.author_id,
            site_id=comment.site_id,
            comment_id=comment.id,
            kind="like",
            data={},
            created_at=liked.created_at,
        )
