"""Queues are questions to the tables, never tables: which comments wait, in which order, how many."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Literal, get_args

from sqlalchemy import (
    ColumnElement,
    and_,
    exists,
    false,
    func,
    or_,
    select,
    true,
    union_all,
)

from ...accounts.models import User
from ...core.db import db, from_micros, micros
from ...core.errors import Invalid
from ...core.locale import named
from ...core.paging import Page, decode_cursor, encode_cursor
from ...threads.models import Comment, Revision, Thread
from ...toxicity.labels import LABELS
from ..models import Decision, Flag, RuleFinding
from . import search
from .cards import card, cards

if TYPE_CHECKING:
    from datetime import datetime

    from ...sites.models import Site
    from .card import Card

__all__ = ["ORDERS", "QUEUES", "Filters", "card", "counts", "found", "page"]

Order = Literal["urgent", "newest", "oldest"]
ORDERS: tuple[Order, ...] = get_args(Order)
MOST = 100
MOST_COUNTED = 10_000  # beyond this nobody counts; the page says "10,000+"
MOST_SEARCHED = 25_000  # comments of a site that one page looks through where no index helps

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
#: Where nothing waits: to look something up, not to work on, and so without a number.
UNCOUNTED = frozenset(("approved", "all"))


@dataclass(frozen=True)
class Filters:
    """What to show of a queue; None shows all. `author` and `thread` are public ids.

    `label` with `at_least` and `at_most` is a range of a score. Dates are of writing, `until` is
    not included.
    """

    reason: str | None = None  # a finding's, or an open flag's
    rule: str | None = None
    label: str | None = None
    at_least: float | None = None
    at_most: float | None = None
    author: str | None = None
    thread: str | None = None
    language: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    words: str | None = None  # searched for, see search.py

    @property
    def is_empty(self) -> bool:
        return all(getattr(self, each.name) in (None, "") for each in fields(self))


def page(
    sites: Sequence[Site],
    queue: str,
    *,
    order: str = "urgent",
    after: str | None = None,
    limit: int = 25,
    filters: Filters | None = None,
    locale: str | None = None,
) -> Page[Card]:
    """Some cards of a queue of these sites, in one order over all of them: seven queries.

    Scores, languages and words of one or two characters have no index, so a page looks through a
    bounded number of comments for them: it may hold fewer cards than `limit`, even none, while
    `next` leads on. Raises `Invalid` for a queue, an order, a filter or a cursor that does not exist.
    """
    if queue not in QUEUES:
        raise Invalid("invalid.choose", names=named("queue", QUEUES), field="queue")
    if order not in ORDERS:
        raise Invalid("invalid.choose", names=named("order", ORDERS), field="order")
    limit = max(1, min(limit, MOST))
    if not sites:
        return Page([], None)
    where = [QUEUES[queue](), *_conditions(filters, sites)]
    costly = _costly(filters, sites)
    end = _end_of_search(sites, where, order, after) if costly else None
    if end is not None:
        where.append(~_beyond(order, end.key, end.id))
    rows = _keys(sites, [*where, *costly], order, after, limit + 1)
    last = rows[limit - 1] if len(rows) > limit else end
    cursor = None
    if last is not None:
        cursor = encode_cursor(last.key if order == "urgent" else micros(last.key), last.id)
    return Page(cards([row.id for row in rows[:limit]], sites, locale=locale), cursor)


def found(
    sites: Sequence[Site], queue: str, filters: Filters | None, *, most: int
) -> list[tuple[str, int]]:
    """Public ids and versions of what is in a queue, newest first, up to `most`; without a bound for
    what no index holds, so not for pages. Raises `Invalid`."""
    if queue not in QUEUES:
        raise Invalid("invalid.choose", names=named("queue", QUEUES), field="queue")
    rows = db.session.execute(
        select(Comment.public_id, Comment.version)
        .where(Comment.site_id.in_([site.id for site in sites]), QUEUES[queue]())
        .where(*_conditions(filters, sites), *_costly(filters, sites))
        .order_by(Comment.created_at.desc(), Comment.id.desc())
        .limit(most)
    ).all()
    return [(row[0], row[1]) for row in rows]


def counts(sites: Sequence[Site]) -> dict[str, int]:
    """How many comments are in each queue of these sites, up to MOST_COUNTED: one query.

    Each is counted over an index; where nothing waits nobody counts.
    """
    if not sites:
        return {name: 0 for name in QUEUES if name not in UNCOUNTED}
    ids = [site.id for site in sites]
    columns = []
    for name, where in QUEUES.items():
        if name not in UNCOUNTED:
            some = select(Comment.id).where(Comment.site_id.in_(ids), where()).limit(MOST_COUNTED)
            counted = select(func.count()).select_from(some.subquery()).scalar_subquery()
            columns.append(counted.label(name))
    return dict(db.session.execute(select(*columns)).one()._mapping)


def _keys(
    sites: Sequence[Site],
    where: Sequence[ColumnElement[bool]],
    order: str,
    after: str | None,
    limit: int,
    *,
    skip: int = 0,
) -> Sequence[Any]:
    """Row ids with their sort keys. Each site is asked by itself, so that its index gives the order."""
    further, up = [*where], order == "oldest"
    if after:
        key, row_id = decode_cursor(after, float if order == "urgent" else int, int)
        further.append(_beyond(order, key if order == "urgent" else from_micros(key), row_id))
    column = _key_of(order)
    asked = [
        select(Comment.id.label("id"), column.label("key"))
        .where(Comment.site_id == site.id, *further)
        .order_by(*_directed(column, Comment.id, up=up))
        .offset(skip or None)
        .limit(limit)
        for site in sites
    ]
    if len(asked) == 1:
        return db.session.execute(asked[0]).all()
    merged = union_all(*(select(each.subquery()) for each in asked)).subquery()
    return db.session.execute(
        select(merged.c.id, merged.c.key)
        .order_by(*_directed(merged.c.key, merged.c.id, up=up))
        .limit(limit)
    ).all()


def _end_of_search(
    sites: Sequence[Site], where: Sequence[ColumnElement[bool]], order: str, after: str | None
) -> Any:
    """The last row that this page looks at; None where it reaches the end of the queue."""
    found = _keys(sites, where, order, after, 1, skip=MOST_SEARCHED - 1)
    return found[0] if found else None


def _key_of(order: str) -> Any:
    return Comment.urgency if order == "urgent" else Comment.created_at


def _directed(key: Any, row_id: Any, *, up: bool) -> tuple[Any, Any]:
    return (key.asc(), row_id.asc()) if up else (key.desc(), row_id.desc())


def _beyond(order: str, key: Any, row_id: int) -> ColumnElement[bool]:
    """What comes after this row in the order."""
    column = _key_of(order)
    if order == "oldest":
        return or_(column > key, and_(column == key, Comment.id > row_id))
    return or_(column < key, and_(column == key, Comment.id < row_id))


def _conditions(filters: Filters | None, sites: Sequence[Site]) -> list[ColumnElement[bool]]:
    if filters is None or filters.is_empty:
        return []
    found = [_by_finding(filters)] if filters.rule or filters.reason else []
    if filters.author:
        author = select(User.id).where(User.public_id == filters.author).scalar_subquery()
        found.append(Comment.author_id == author)
    if filters.thread:
        thread = select(Thread.id).where(Thread.public_id == filters.thread).scalar_subquery()
        found.append(Comment.thread_id == thread)
    if filters.since:
        found.append(Comment.created_at >= filters.since)
    if filters.until:
        found.append(Comment.created_at < filters.until)
    if filters.words and search.is_indexed(filters.words):
        found.append(search.matches(filters.words, sites))
    return found


def _costly(filters: Filters | None, sites: Sequence[Site]) -> list[ColumnElement[bool]]:
    """What has to be looked up in the text's own row, one comment after the other."""
    if filters is None:
        return []
    found = []
    if filters.label:
        found.append(_score_within(filters))
    elif filters.at_least is not None or filters.at_most is not None:
        raise Invalid("invalid.label_range", field="label")
    if filters.language:
        found.append(_of_revision(Revision.language) == filters.language)
    if filters.words and not search.is_indexed(filters.words) and search.words_of(filters.words):
        found.append(search.matches(filters.words, sites))
    return found


def _by_finding(filters: Filters) -> ColumnElement[bool]:
    """A rule's finding on the current text; a reason may be an open flag's as well, or that of a
    rejection.

    Findings are few beside comments, so they are asked for first, and not once a comment.
    """
    found = select(RuleFinding.revision_id)
    if filters.rule:
        found = found.where(RuleFinding.rule == filters.rule)
    if filters.reason:
        found = found.where(RuleFinding.reason == filters.reason)
    by_rule = Comment.revision_id.in_(found)
    if filters.rule or not filters.reason:
        return by_rule
    flagged = select(Flag.comment_id).where(Flag.closed_at.is_(None), Flag.reason == filters.reason)
    decided = exists().where(
        Decision.comment_id == Comment.id,
        Decision.action == "reject",
        Decision.reason == filters.reason,
    )
    rejected = and_(Comment.status == "rejected", decided)
    return or_(by_rule, Comment.id.in_(flagged), rejected)


def _score_within(filters: Filters) -> ColumnElement[bool]:
    if filters.label not in LABELS:
        raise Invalid("invalid.label", name=filters.label, field="label")
    score: ColumnElement[float] = _of_revision(Revision.scores[filters.label].as_float())
    low = 0.0 if filters.at_least is None else filters.at_least
    high = 1.0 if filters.at_most is None else filters.at_most
    return score.between(low, high)


def _of_revision(column: Any) -> Any:
    """A value of the current text, looked up for each comment by itself: as a join, PostgreSQL would
    read all texts there are."""
    return select(column).where(Revision.id == Comment.revision_id).scalar_subquery()
