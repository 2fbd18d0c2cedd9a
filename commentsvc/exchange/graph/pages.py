"""The rows behind Graph responses: the comments of an edge, page by page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import aliased

from ...accounts.models import User
from ...core.db import db, from_micros, micros
from ...core.errors import Invalid
from ...core.paging import decode_cursor, encode_cursor
from ...threads.models import Comment, Revision, Thread
from .asked import Edge, Refused

if TYPE_CHECKING:
    from datetime import datetime

#: Builds the address of another page of an edge, from its path and changed parameters.
Link = Callable[[str, Mapping[str, str]], str]


def below(above: Thread | Comment, edge: Edge) -> Any:
    """The query of the public comments of a page, or of the public replies to a comment."""
    query = comments().where(Comment.status == "published")
    if isinstance(above, Comment):
        query = query.where(Comment.parent_id == above.id)
    else:
        query = query.where(Comment.thread_id == above.id)
        if edge.filter == "toplevel":
            query = query.where(Comment.parent_id.is_(None))
    if edge.since is not None:
        query = query.where(Comment.created_at >= edge.since)
    if edge.until is not None:
        query = query.where(Comment.created_at <= edge.until)
    return query


def comments() -> Any:
    """The query of comments with everything a response contains."""
    parent = aliased(Comment)
    return (
        select(
            Comment.id,
            Comment.public_id,
            Comment.created_at,
            Comment.like_count,
            Comment.reply_count,
            Comment.parent_id,
            parent.public_id.label("parent"),
            Thread.public_id.label("thread"),
            Thread.href,
            Revision.text,
            User.public_id.label("author"),
            User.name,
            User.erased_at,
        )
        .join(Thread, Thread.id == Comment.thread_id)
        .join(Revision, Revision.id == Comment.revision_id)
        .join(User, User.id == Comment.author_id)
        .outerjoin(parent, parent.id == Comment.parent_id)
    )


def page(query: Any, edge: Edge) -> tuple[list[Any], bool, bool]:
    """The rows of the page in the requested order; whether there are any before and after them."""
    if edge.limit == 0:
        return [], False, False
    key = tuple_(Comment.created_at, Comment.id)
    back = edge.before is not None and edge.after is None
    cursor = edge.before if back else edge.after
    up = (edge.order == "chronological") != back
    if cursor:
        at = _cursor(cursor)
        query = query.where(key > at if up else key < at)
    order = (Comment.created_at, Comment.id)
    query = query.order_by(*(order if up else (each.desc() for each in order)))
    rows = list(db.session.execute(query.limit(edge.limit + 1)).all())
    more = len(rows) > edge.limit
    rows = rows[: edge.limit]
    if back:
        return rows[::-1], more, True
    return rows, cursor is not None, more


def _cursor(cursor: str) -> tuple[datetime, int]:
    try:
        moment, row_id = decode_cursor(cursor, int, int)
        return from_micros(moment), row_id
    except (Invalid, OverflowError) as error:
        raise Refused("(#100) Invalid cursor: it is not one of this page's.") from error


def paging(
    rows: Sequence[Any],
    earlier: bool,
    later: bool,
    link: Link,
    path: str,
    asked: Mapping[str, str],
) -> dict[str, Any]:
    """The cursors of a page, and the links to the next and the previous one."""
    first, last = (encode_cursor(micros(row.created_at), row.id) for row in (rows[0], rows[-1]))
    found: dict[str, Any] = {"cursors": {"before": first, "after": last}}
    kept = {name: value for name, value in asked.items() if name not in ("after", "before")}
    if later:
        found["next"] = link(path, kept | {"after": last})
    if earlier:
        found["previous"] = link(path, kept | {"before": first})
    return found


def first_replies(ids: Sequence[int], most: int) -> dict[int, list[Any]]:
    """The first public replies to each of these comments: one query for all of them."""
    numbered = (
        select(
            Comment.id,
            func.row_number()
            .over(partition_by=Comment.parent_id, order_by=(Comment.created_at, Comment.id))
            .label("n"),
        )
        .where(Comment.parent_id.in_(ids), Comment.status == "published")
        .subquery()
    )
    query = (
        comments()
        .join(numbered, numbered.c.id == Comment.id)
        .where(numbered.c.n <= most)
        .order_by(Comment.created_at, Comment.id)
    )
    found: dict[int, list[Any]] = {}
    for row in db.session.execute(query):
        found.setdefault(row.parent_id, []).append(row)
    return found
