"""Comments from elsewhere put into their places, many at once, with the status they had there."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select, update

from ..core.db import db
from .models import Comment, Revision
from .recount import settle_many
from .revisions import Judged, Written, new_revision

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

IMPORTED = "imported"  # Comment.unscored of what came from elsewhere and has still to be scored


@dataclass(frozen=True)
class Text:
    """One text that the comment has had, and how it was judged."""

    text: str
    created_at: datetime
    judged: Judged = field(default_factory=Judged)


@dataclass(frozen=True)
class Place:
    """A comment to put in. `parent` is the key of a place of the same call, or a row's id with its
    depth. `more` are columns of Comment."""

    key: str
    site_id: int
    thread_id: int
    author_id: int
    parent: str | tuple[int, int] | None
    status: str
    created_at: datetime
    texts: tuple[Text, ...]  # the oldest first; at least one
    more: Mapping[str, Any] = field(default_factory=dict)


def place(places: Sequence[Place]) -> dict[str, Comment]:
    """Put them in and settle all counts. Each parent stands before its replies. Inside a unit.

    Nobody is told and nothing is judged: this is what was said and decided elsewhere.
    """
    made: dict[str, Comment] = {}
    for each in places:
        made[each.key] = _comment(each, made)
    db.session.add_all(made.values())
    db.session.flush()
    # Only now do parents of the same call have ids: all at once, for a chain is as deep as it is long.
    replies = [
        {"id": made[each.key].id, "parent_id": made[each.parent].id}
        for each in places
        if isinstance(each.parent, str)
    ]
    if replies:
        db.session.execute(update(Comment), replies)
    db.session.add_all(
        new_revision(
            made[each.key], number, Written.of(text.text), text.judged, moment=text.created_at
        )
        for each in places
        for number, text in enumerate(each.texts, 1)
    )
    db.session.flush()
    ids = [comment.id for comment in made.values()]
    latest = select(func.max(Revision.id)).where(Revision.comment_id == Comment.id)
    db.session.execute(
        update(Comment)
        .where(Comment.id.in_(ids))
        .values(revision_id=latest.correlate(Comment).scalar_subquery())
        .execution_options(synchronize_session=False)
    )
    settle_many(ids)
    return made


def _comment(each: Place, made: Mapping[str, Comment]) -> Comment:
    parent_id, depth = None, 0
    if isinstance(each.parent, str):
        depth = made[each.parent].depth + 1
    elif each.parent is not None:
        parent_id, depth = each.parent[0], each.parent[1] + 1
    values: dict[str, Any] = {
        "version": 1,
        "shown": False,
        "reviewed": False,
        "like_count": 0,
        "likes_elsewhere": 0,
        "reply_count": 0,
        "flag_count": 0,
        "rank": 0.0,
        "urgency": 0.0,
        "featured": False,
        "pinned": False,
        "published_at": each.created_at if each.status == "published" else None,
    }
    return Comment(
        site_id=each.site_id,
        thread_id=each.thread_id,
        author_id=each.author_id,
        parent_id=parent_id,
        depth=depth,
        status=each.status,
        created_at=each.created_at,
        **(values | dict(each.more)),
    )
