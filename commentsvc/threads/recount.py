"""Recounts many places at once, each from a query: after an import, a merge, or by hand."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, func, select, update

from ..core.db import db, execute, unit_of_work
from . import reactions
from .models import Comment, Reaction, Thread
from .reactions import pages as of_pages
from .status import SETTLE, count_thread, lock, rank_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_AT_ONCE = 1000  # ids in one statement


def recount(thread_id: int) -> None:
    """Recount a thread, in its own unit or the caller's. Repeating it only raises the version."""
    with unit_of_work():
        lock(thread_id)
        db.session.flush()
        inside = Comment.thread_id == thread_id
        _set(inside, like_count=_likes())
        reactions.count_each(inside)
        _settle(set(db.session.scalars(select(Comment.id).where(inside))), every=True)
        count_thread(thread_id)
        of_pages.count(thread_id)
        db.session.expire_all()


def settle_many(comment_ids: Iterable[int]) -> None:
    """Update the counts of these places and their ancestors, then those of their threads.

    The same as `status.settle` for each, in a few statements. Inside a unit.
    """
    db.session.flush()
    ids = sorted(set(comment_ids))
    threads: set[int] = set()
    for some in _parts(ids):
        threads.update(
            db.session.scalars(select(Comment.thread_id).where(Comment.id.in_(some)).distinct())
        )
    for thread_id in sorted(threads):  # in a fixed order, to prevent deadlocks
        lock(thread_id)
    for some in _parts(ids):
        _set(Comment.id.in_(some), like_count=_likes())
        reactions.count_each(Comment.id.in_(some))
    _settle_upwards(ids)
    for thread_id in sorted(threads):
        count_thread(thread_id)
    db.session.expire_all()


def _settle_upwards(ids: Iterable[int]) -> None:
    """Settle the places, deepest first, and their ancestors as far as they change."""
    settle_above(_settle(set(ids), every=True))


def settle_above(places: set[int]) -> None:
    """Settle these places, below which something has changed, and their ancestors as far as they
    change. Inside a unit that has locked their threads."""
    while places:
        places = _settle(places, every=False)


def _settle(ids: set[int], *, every: bool) -> set[int]:
    """Set `shown`, `reply_count` and `rank` of these places, whole chains in one pass. Returns the
    parents to settle next: of all places with `every`, else of those that changed."""
    replies = _replies_outside(ids)
    changes, above = [], set[int]()
    for row in sorted(_places(ids), key=lambda each: -each.depth):
        many = replies[row.id]
        shown = row.status == "published" or many > 0
        if row.parent_id in ids:
            replies[row.parent_id] += shown
        elif row.parent_id is not None and (every or shown != row.shown):
            above.add(row.parent_id)
        rank = rank_of(row.like_count + row.approval, many, pinned=row.pinned)
        if (row.shown, row.reply_count, row.rank) != (shown, many, rank):
            changes.append({"row": row.id, "shown": shown, "reply_count": many, "rank": rank})
    for some in _parts(changes):
        execute(SETTLE, list(some))
    return above


def _places(ids: Iterable[int]) -> Iterator[Any]:
    wanted = (
        Comment.id,
        Comment.parent_id,
        Comment.depth,
        Comment.status,
        Comment.shown,
        Comment.reply_count,
        Comment.like_count,
        Comment.approval,
        Comment.pinned,
        Comment.rank,
    )
    for some in _parts(sorted(ids)):
        yield from db.session.execute(select(*wanted).where(Comment.id.in_(some)))


def _replies_outside(ids: set[int]) -> Counter[int]:
    """The number of shown replies to each of these places that are not among them."""
    found: Counter[int] = Counter()
    for some in _parts(sorted(ids)):
        rows = db.session.execute(
            select(Comment.id, Comment.parent_id).where(
                Comment.parent_id.in_(some), Comment.shown.is_(True)
            )
        )
        found.update(row.parent_id for row in rows if row.id not in ids)
    return found


def _likes() -> ColumnElement[int]:
    own = (
        select(func.count())
        .where(Reaction.comment_id == Comment.id, Reaction.kind == "like")
        .correlate(Comment)
        .scalar_subquery()
    )
    return Comment.likes_elsewhere + own


def _set(where: ColumnElement[bool], **values: object) -> None:
    db.session.execute(
        update(Comment).where(where).values(**values).execution_options(synchronize_session=False)
    )


def _parts(rows: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(rows), _AT_ONCE):
        yield rows[start : start + _AT_ONCE]


def recount_site(site_id: int) -> int:
    """`recount` every thread of a site, each in its own unit. Returns how many."""
    ids = db.session.scalars(select(Thread.id).where(Thread.site_id == site_id)).all()
    for thread_id in ids:
        recount(thread_id)
    return len(ids)
