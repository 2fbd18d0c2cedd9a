"""The context of a comment: the conversation around it, and its author's other comments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, or_, select, true

from ...accounts.models import User
from ...core.db import db
from ...core.errors import NotFound
from ...threads.models import Comment, Revision, Thread
from ...threads.text.markup import excerpt
from .card import is_severe_on

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from ...sites.models import Site

EXCERPT = 240
_AROUND = 4  # comments on each side, and replies
_EARLIER = 8  # of the author


@dataclass(frozen=True)
class Nearby:
    """A comment in one line. `place`: before, here, reply or after."""

    id: str
    author: str
    excerpt: str
    status: str
    at: datetime
    severe: bool  # at or above the site's `blur_at`
    place: str = ""


@dataclass(frozen=True)
class Context:
    """The article and its number of comments; what readers see around the comment; its author's
    other comments on the site, the newest first."""

    title: str
    href: str
    published: int
    conversation: list[Nearby]
    history: list[Nearby]


_DOWN = (Comment.created_at.desc(), Comment.id.desc())
_UP = (Comment.created_at.asc(), Comment.id.asc())
#: In one level, with the parent, though it is the same for all: where it is NULL, PostgreSQL does not
#: use the index order otherwise, and would read and sort the whole level.
_BEFORE, _AFTER = (Comment.parent_id.desc(), *_DOWN), (Comment.parent_id.asc(), *_UP)


def around(comment_public_id: str, sites: Sequence[Site]) -> Context:
    """The context of a comment on one of these sites: six queries. Raises `NotFound`."""
    found = db.session.execute(
        select(Comment, Thread)
        .join(Thread, Thread.id == Comment.thread_id)
        .where(Comment.public_id == comment_public_id)
        .where(Comment.site_id.in_([site.id for site in sites]))
    ).first()
    if found is None:
        raise NotFound("not_found.comment")
    comment, thread = found
    level = and_(
        Comment.thread_id == thread.id,
        Comment.parent_id == comment.parent_id
        if comment.parent_id
        else Comment.parent_id.is_(None),
        Comment.shown == true(),
        Comment.id != comment.id,
    )
    at, key = comment.created_at, Comment.created_at
    # with a bound of its own for the time, so that an index finds the place
    earlier = and_(key <= at, or_(key < at, Comment.id < comment.id))
    later = and_(key >= at, or_(key > at, Comment.id > comment.id))
    replies = and_(Comment.parent_id == comment.id, Comment.shown == true())
    own = and_(Comment.author_id == comment.author_id, Comment.site_id == comment.site_id)
    return Context(
        title=thread.title or thread.href,
        href=thread.href,
        published=thread.comment_count,
        conversation=[
            *reversed(_some(level, earlier, order=_BEFORE, place="before")),
            *_some(Comment.id == comment.id, order=_UP, place="here"),
            *_some(replies, order=_UP, place="reply"),
            *_some(level, later, order=_AFTER, place="after"),
        ],
        history=_some(own, Comment.id != comment.id, order=_DOWN, limit=_EARLIER),
    )


def _some(
    *where: Any, order: tuple[Any, ...], place: str = "", limit: int = _AROUND
) -> list[Nearby]:
    rows = (
        select(
            Comment.public_id,
            User.name,
            Revision.text,
            Comment.status,
            Comment.created_at,
            Comment.site_id,
            Revision.scores,
        )
        .join(User, User.id == Comment.author_id)
        .join(Revision, Revision.id == Comment.revision_id)
        .where(*where)
        .order_by(*order)
        .limit(limit)
    )
    return [
        Nearby(*row[:2], excerpt(row[2], EXCERPT), *row[3:5], is_severe_on(*row[5:]), place)
        for row in db.session.execute(rows)
    ]
