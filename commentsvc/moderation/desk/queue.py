"""Queues are queries, never tables: which comments wait, in which order, how many."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Select,
    and_,
    false,
    func,
    select,
    true,
)

from ...core.db import any_of, db
from ...core.errors import Invalid
from ...core.locale import named
from ...core.paging import Page
from ...threads.models import Comment
from . import keys
from .bounded import TookTooLong, bounded
from .cards import card, cards, these
from .filters import Filters, LookedUp, conditions, is_listed, looked_up, names_of
from .folded import folded
from .keys import MOST_COUNTED, ORDERS

if TYPE_CHECKING:
    from ...sites.models import Site
    from .card import Card

__all__ = [
    "MOST_COUNTED",
    "ORDERS",
    "QUEUES",
    "Filters",
    "LookedUp",
    "Searched",
    "card",
    "counts",
    "found",
    "looked_up",
    "matching",
    "names_of",
    "page",
    "these",
]

MOST = 100
MOST_MATCHES = 1000  # counted for a search or filter; beyond, "1,000+"
MOST_SEARCHED = 10_000  # comments that one page scans at a time if no index helps
SEARCHES_ON_FOR = 0.05  # seconds in which a page without a match scans as many again
MOST_LOOKED_AT = 5_000  # of these, the newest that are scanned only to count

T = TypeVar("T")
Ask = Callable[[Sequence["Site"], list[ColumnElement[bool]], str, str | None, int], Sequence[Any]]


@dataclass(frozen=True)
class Searched(Page[T]):
    """A page. `scanned`: if its search stopped before the end of the queue, how many comments it has
    scanned, at least; otherwise None."""

    scanned: int | None = None


Where = Callable[[], ColumnElement[bool]]

#: name -> which comments are in it
QUEUES: dict[str, Where] = {
    "pending": lambda: Comment.status == "pending",
    "reported": lambda: and_(Comment.status == "published", Comment.flag_count > 0),
    "unreviewed": lambda: and_(Comment.status == "published", Comment.reviewed == false()),
    "approved": lambda: and_(Comment.status == "published", Comment.reviewed == true()),
    "rejected": lambda: Comment.status == "rejected",
    "all": lambda: true(),
}
#: Given a time, SQLite counts unreviewed comments in their own index instead of reading them.
_EVER = Comment.created_at > datetime.min.replace(tzinfo=UTC)
#: Queues to look things up in, where nothing waits, and so without a count.
UNCOUNTED = frozenset(("approved", "all"))


def page(
    sites: Sequence[Site],
    queue: str,
    *,
    order: str = "urgent",
    after: str | None = None,
    limit: int = 25,
    filters: Filters | LookedUp | None = None,
    locale: str | None = None,
    fold: bool = False,
    size: int | None = None,
) -> Searched[Card]:
    """One page of a queue of these sites, in one order over all of them: seven queries. With `fold`,
    the pending comments of a wave that match are one card, unless the filter lists what belongs to one
    card: mostly two more queries.
    `size` is how many comments the queue has, if known: of a short one, no end of the scan is looked
    for.

    No index helps with scores, languages and words that are short or very common, so a page scans a
    bounded number of comments for them, and goes on for a short time while none matches: it may have
    fewer cards than `limit`, even none, although there is a next page. Raises `Invalid` for an
    unknown queue or order, a wrong filter or cursor, and `TookTooLong` for a filter.
    """
    _check(queue)
    _check_order(order)
    limit = max(1, min(limit, MOST))
    if not sites:
        return Searched([], None)
    with nullcontext() if filters is None or filters.is_empty else bounded():
        some = conditions(filters, sites)
        where = [QUEUES[queue](), *_of(some, queue, size)]
        ask = _folding(some) if fold and queue == "pending" else keys.keys
        if some.slow:
            rows, end = _searched(ask, sites, where, some.slow, order, after, limit + 1, size)
        else:
            rows, end = ask(sites, where, order, after, limit + 1), None
    last = rows[limit - 1] if len(rows) > limit else end
    items = cards([row.id for row in rows[:limit]], sites, locale=locale)
    further = keys.cursor(last, order) if last is not None else None
    return Searched(items, further, end.scanned if end is not None else None)


def _folding(some: LookedUp) -> Ask:
    return keys.keys if some.beside else partial(folded, filtered=[*some.quick, *some.slow])


def _searched(
    ask: Ask,
    sites: Sequence[Site],
    where: list[ColumnElement[bool]],
    slow: list[ColumnElement[bool]],
    order: str,
    after: str | None,
    limit: int,
    size: int | None,
) -> tuple[Sequence[Any], keys.End | None]:
    """What `ask` finds among the next comments, or the first that follow which have any, and where that scan
    ends."""
    until, scanned = monotonic() + SEARCHES_ON_FOR, 0
    while True:
        here = list(where)
        end = _ended(sites, here, order, after, most=MOST_SEARCHED, size=size)
        rows = ask(sites, [*here, *slow], order, after, limit)
        if end is None:
            return rows, None
        scanned += end.scanned
        if rows or monotonic() >= until:
            return rows, replace(end, scanned=scanned)
        after = keys.cursor(end, order)


def found(
    sites: Sequence[Site], queue: str, filters: Filters | None, *, most: int
) -> list[tuple[str, int]]:
    """Public ids and versions of the comments in a queue, newest first, up to `most`; scans the
    whole queue if no index helps. Raises `Invalid`, `TookTooLong`."""
    _check(queue)
    with bounded():
        some = conditions(filters, sites)
        rows = db.session.execute(
            select(Comment.public_id, Comment.version)
            .where(_on(sites, some.quick), QUEUES[queue](), *some.quick, *some.slow)
            .order_by(Comment.created_at.desc(), Comment.id.desc())
            .limit(most)
        ).all()
    return [(row[0], row[1]) for row in rows]


def matching(
    sites: Sequence[Site], queue: str, filters: Filters | LookedUp, *, size: int | None = None
) -> tuple[int, bool]:
    """How many comments of a queue match a filter, up to `MOST_MATCHES`, and whether there may be
    more. Without an index, scans the newest `MOST_LOOKED_AT`; `size` as in `page`. Raises `Invalid`,
    `TookTooLong`."""
    _check(queue)
    with bounded():
        some = conditions(filters, sites)
        where = [QUEUES[queue](), *some.quick]
        end = None
        if some.slow:
            end = _ended(sites, where, "newest", most=MOST_LOOKED_AT, size=size)
        found = select(Comment.id).where(_on(sites, where), *where, *some.slow)
        counted = _counted(found, MOST_MATCHES + 1)
        n = int(db.session.scalar(select(counted)) or 0)
    return min(n, MOST_MATCHES), n > MOST_MATCHES or end is not None


def cheaply_matching(
    sites: Sequence[Site], queue: str, filters: Filters
) -> tuple[int, bool] | None:
    """The same if it is cheap; None for words, if no index helps, or if it takes too long."""
    _check(queue)
    if filters.words:
        return None
    try:
        with bounded():
            some = conditions(filters, sites)
        return None if some.slow else matching(sites, queue, some)
    except TookTooLong:
        return None


def among(
    comment_ids: Sequence[str], sites: Sequence[Site], queue: str, filters: Filters
) -> set[str]:
    """Those of these comments (public ids) that are in a queue of these sites and match a filter.
    Raises `Invalid`, `TookTooLong`."""
    _check(queue)
    with bounded():
        some = conditions(filters, sites)
        here = Comment.on_sites([site.id for site in sites])
        asked = select(Comment.public_id).where(Comment.public_id.in_(comment_ids), here)
        return set(db.session.scalars(asked.where(QUEUES[queue](), *some.quick, *some.slow)))


def counts(sites: Sequence[Site]) -> dict[str, int]:
    """How many comments are in each queue of these sites, up to MOST_COUNTED: one query.

    Each is counted over an index; queues in UNCOUNTED are left out.
    """
    if not sites:
        return {name: 0 for name in QUEUES if name not in UNCOUNTED}
    ids = [site.id for site in sites]
    columns = []
    for name, where in QUEUES.items():
        if name not in UNCOUNTED:
            some = select(Comment.id).where(any_of(Comment.site_id, ids), where())
            if name == "unreviewed":
                some = some.where(_EVER)
            columns.append(_counted(some, MOST_COUNTED).label(name))
    return dict(db.session.execute(select(*columns)).one()._mapping)


def _of(some: LookedUp, queue: str, size: int | None) -> list[ColumnElement[bool]]:
    """The conditions that an index answers. Short queues are walked through, and all comments: a long
    queue may have none of those listed, whatever its status."""
    walks = queue == "all" or (size is not None and size < MOST_COUNTED)
    return some.walked if walks and some.walked is not None else some.quick


def _ended(
    sites: Sequence[Site],
    where: list[ColumnElement[bool]],
    order: str,
    after: str | None = None,
    *,
    most: int,
    size: int | None,
) -> keys.End | None:
    """Where a scan of at most `most` comments ends, which becomes a condition too."""
    end = keys.end_of_search(sites, where, order, after, most=most, size=size)
    if end is not None:
        where.append(keys.through(order, end))
    return end


def _on(sites: Sequence[Site], where: Sequence[ColumnElement[bool]]) -> ColumnElement[bool]:
    """The condition for comments on these sites: no index of a site if a filter lists comments."""
    ids = [site.id for site in sites]
    return Comment.on_sites(ids) if is_listed(where) else any_of(Comment.site_id, ids)


def _check(queue: str) -> None:
    if queue not in QUEUES:
        raise Invalid("invalid.choose", names=named("queue", QUEUES), field="queue")


def _check_order(order: str) -> None:
    if order not in ORDERS:
        raise Invalid("invalid.choose", names=named("order", ORDERS), field="order")


def _counted(some: Select[int], most: int) -> ScalarSelect[int]:
    return select(func.count()).select_from(some.limit(most).subquery()).scalar_subquery()
