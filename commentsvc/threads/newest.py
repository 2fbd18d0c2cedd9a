"""The latest published comments of a site or thread, and the busiest threads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, select

from ..accounts.models import User
from ..core.db import db
from .models import Comment, Revision, Thread
from .text.mentions import unnamed
from .views import detected

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from ..sites.models import Site


@dataclass(frozen=True)
class Published:
    """A published comment with its markup, its author and its thread; `language` is that of its
    text, as detected (text/spoken.py)."""

    comment: Comment
    html: str
    text: str
    language: str | None
    author: User
    thread: Thread

    @property
    def changed_at(self) -> datetime:
        """When it was last edited, or else written."""
        return self.comment.edited_at or self.comment.created_at


def of_site(site: Site, *, limit: int) -> list[Published]:
    """The newest comments of a site."""
    return _newest(Comment.site_id == site.id, limit)


def of_thread(thread: Thread, *, limit: int) -> list[Published]:
    """The newest comments of one thread."""
    return _newest(Comment.thread_id == thread.id, limit)


def one(comment: Comment) -> Published | None:
    """This comment, if it is published."""
    return next(iter(_newest(Comment.id == comment.id, 1)), None)


def busiest(site: Site, *, limit: int) -> Sequence[Thread]:
    """The conversations with the most comments."""
    return db.session.scalars(
        select(Thread)
        .where(Thread.site_id == site.id, Thread.merged_into_id.is_(None), Thread.comment_count > 0)
        .order_by(Thread.comment_count.desc(), Thread.id.desc())
        .limit(limit)
    ).all()


def _newest(where: ColumnElement[bool], limit: int) -> list[Published]:
    rows = db.session.execute(
        select(Comment, Revision.html, Revision.text, Revision.language, User, Thread)
        .join(Revision, Revision.id == Comment.revision_id)
        .join(User, User.id == Comment.author_id)
        .join(Thread, Thread.id == Comment.thread_id)
        .where(where, Comment.status == "published")
        .order_by(Comment.published_at.desc(), Comment.id.desc())
        .limit(limit)
    )
    return [
        Published(
            comment, unnamed(html), text, detected(language, comment.unscored), author, thread
        )
        for comment, html, text, language, author, thread in rows
    ]
