"""Counts of many places at once, each set from a query: after an import, a merge, or by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.orm import aliased

from ..core.db import db, unit_of_work
from .models import Comment, Reaction, Thread
from .status import PIN, count_thread, lock

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_AT_ONCE = 1000  # ids in one statement


def recount(thread_id: int) -> None:
    """Set everything that is counted in a thread anew, from the deepest replies up. In its own unit,
    or in the caller's. Doing it twice changes nothing but the thread's version."""
    with unit_of_work():
        lock(thread_id)
        db.session.flush()
        inside = Comment.thread_id == thread_id
        _set(inside, like_count=_likes())
        deepest = db.session.scalar(select(func.max(Comment.depth)).where(inside))
        for depth in range(deepest if deepest is not None else -1, -1, -1):
            _settle(inside & (Comment.depth == depth))
        count_thread(thread_id)
        db.session.expire_all()


def settle_many(comment_ids: Iterable[int]) -> None:
    """Set the counts of these places and of all they stand below, then those of their threads.

    The same as `status.settle` for each, in a few statements. Inside a unit.
    """
    db.session.flush()
    ids = sorted(set(comment_ids))
    threads: set[int] = set()
    for some in _parts(ids):
        threads.update(
            db.session.scalars(select(Comment.thread_id).where(Comment.id.in_(some)).distinct())
        )
    for thread_id in sorted(threads):  # in one order, so that two writers never wait for each other
        lock(thread_id)
    for some in _parts(ids):
        _set(Comment.id.in_(some), like_count=_likes())
    _settle_upwards(ids)
    for thread_id in sorted(threads):
        count_thread(thread_id)
    db.session.expire_all()


def _settle_upwards(ids: Sequence[int]) -> None:
    """Settle the places, the deepest first, and those above as far as something changes there."""
    levels: dict[int, set[int]] = {}
    for some in _parts(ids):
        for row in db.session.execute(
            select(Comment.id, Comment.depth).where(Comment.id.in_(some))
        ):
            levels.setdefault(row.depth, set()).add(row.id)
    given = set(ids)
    while levels:
        depth = max(levels)
        for some in _parts(sorted(levels.pop(depth))):
            where = Comment.id.in_(some)
            before = _shown(where)
            _settle(where)
            for row_id, (shown, parent) in _shown(where).items():
                if parent is not None and (row_id in given or shown != before[row_id][0]):
                    levels.setdefault(depth - 1, set()).add(parent)


def _shown(where: ColumnElement[bool]) -> dict[int, tuple[bool, int | None]]:
    rows = db.session.execute(select(Comment.id, Comment.shown, Comment.parent_id).where(where))
    return {row.id: (row.shown, row.parent_id) for row in rows}


def _settle(where: ColumnElement[bool]) -> None:
    """`shown` and `reply_count` of places whose replies are settled already; then their rank."""
    reply = aliased(Comment)
    replies = (
        select(func.count())
        .where(reply.parent_id == Comment.id, reply.shown.is_(True))
        .correlate(Comment)
        .scalar_subquery()
    )
    _set(where, reply_count=replies)
    _set(where, shown=or_(Comment.status == "published", Comment.reply_count > 0))
    _set(where & Comment.pinned.is_(False), rank=2.0 * Comment.like_count + Comment.reply_count)
    _set(where & Comment.pinned, rank=2.0 * Comment.like_count + Comment.reply_count + PIN)


def _likes() -> ColumnElement[int]:
    own = (
        select(func.count())
        .where(Reaction.comment_id == Comment.id)
        .correlate(Comment)
        .scalar_subquery()
    )
    return Comment.likes_elsewhere + own


def _set(where: ColumnElement[bool], **values: object) -> None:
    db.session.execute(
        update(Comment).where(where).values(**values).execution_options(synchronize_session=False)
    )


def _parts(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), _AT_ONCE):
        yield ids[start : start + _AT_ONCE]


def recount_site(site_id: int) -> int:
    """`recount` for every thread of a site, each in a unit of its own. Returns how many."""
    ids = db.session.scalars(select(Thread.id).where(Thread.site_id == site_id)).all()
    for thread_id in ids:
        recount(thread_id)
    return len(ids)
