"""Queues are questions to the tables, never tables: which comments wait, in which order, how many."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Literal, get_args

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    exists,
    false,
    func,
    or_,
    select,
    true,
    union_all,
)

from ..accounts.models import User
from ..core.db import db, from_micros, micros
from ..core.errors import Invalid
from ..core.paging import Page, decode_cursor, encode_cursor
from ..sites.models import Site
from ..threads.models import Comment, Revision, Thread
from ..toxicity.scorer import LABELS
from .card import Card
from .cards import card, cards
from .models import Flag, RuleFinding

__all__ = ["ORDERS", "QUEUES", "Filters", "card", "counts", "page"]

Order = Literal["urgent", "newest", "oldest"]
ORDERS: tuple[Order, ...] = get_args(Order)
MOST = 100
MOST_COUNTED = 10_000  # beyond this nobody counts; the page says "10,000+"

Where = Callable[[], ColumnElement[bool]]

#: name -> which comments are in it
QUEUES: dict[str, Where] = {
    "pending": lambda: Comment.status == "pending",
    "reported": lambda: and_(Comment.status == "published", Comment.flag_count > 0),
    "unreviewed": lambda: and_(Comment.status == "published", Comment.reviewed == false()),
    "rejected": lambda: Comment.status == "rejected",
    "all": lambda: true(),
}


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

    Raises `Invalid` for a queue, an order, a filter or a cursor that does not exist.
    """
    if queue not in QUEUES:
        raise Invalid(f"Choose one of: {', '.join(QUEUES)}.", field="queue")
    if order not in ORDERS:
        raise Invalid(f"Choose one of: {', '.join(ORDERS)}.", field="order")
    limit = max(1, min(limit, MOST))
    if not sites:
        return Page([], None)
    where = [QUEUES[queue](), *_conditions(filters)]
    rows = _keys(sites, where, order, after, limit + 1)
    cursor = None
    if len(rows) > limit:
        last = rows[limit - 1]
        cursor = encode_cursor(last.key if order == "urgent" else micros(last.key), last.id)
    return Page(cards([row.id for row in rows[:limit]], sites, locale=locale), cursor)


def counts(sites: Sequence[Site]) -> dict[str, int]:
    """How many comments are in each queue of these sites, up to MOST_COUNTED: one query.

    Each is counted over an index; "all" is left out, since nobody works on it.
    """
    if not sites:
        return {name: 0 for name in QUEUES if name != "all"}
    ids = [site.id for site in sites]
    columns = []
    for name, where in QUEUES.items():
        if name != "all":
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
) -> Sequence[Any]:
    """Row ids with their sort keys. Each site is asked by itself, so that its index gives the order."""
    column: Any = Comment.urgency if order == "urgent" else Comment.created_at
    further = [*where]
    if after:
        further.append(_beyond(column, order, after))
    oldest = order == "oldest"
    asked = [
        select(Comment.id.label("id"), column.label("key"))
        .where(Comment.site_id == site.id, *further)
        .order_by(*_directed(column, Comment.id, up=oldest))
        .limit(limit)
        for site in sites
    ]
    if len(asked) == 1:
        return db.session.execute(asked[0]).all()
    parts = [select(each.subquery()) for each in asked]
    merged = union_all(*parts).subquery()
    query: Select[Any] = select(merged.c.id, merged.c.key)
    return db.session.execute(
        query.order_by(*_directed(merged.c.key, merged.c.id, up=oldest)).limit(limit)
    ).all()


def _directed(key: Any, row_id: Any, *, up: bool) -> tuple[Any, Any]:
    return (key.asc(), row_id.asc()) if up else (key.desc(), row_id.desc())


def _beyond(column: Any, order: str, after: str) -> ColumnElement[bool]:
    key, row_id = decode_cursor(after, float if order == "urgent" else int, int)
    value = float(key) if order == "urgent" else from_micros(key)
    if order == "oldest":
        return or_(column > value, and_(column == value, Comment.id > row_id))
    return or_(column < value, and_(column == value, Comment.id < row_id))


def _conditions(filters: Filters | None) -> list[ColumnElement[bool]]:
    if filters is None or filters.is_empty:
        return []
    found = [_by_finding(filters)] if filters.rule or filters.reason else []
    if filters.label:
        found.append(_by_score(filters))
    elif filters.at_least is not None or filters.at_most is not None:
        raise Invalid("Say which label the range is for.", field="label")
    if filters.author:
        author = select(User.id).where(User.public_id == filters.author).scalar_subquery()
        found.append(Comment.author_id == author)
    if filters.thread:
        thread = select(Thread.id).where(Thread.public_id == filters.thread).scalar_subquery()
        found.append(Comment.thread_id == thread)
    if filters.language:
        found.append(_of_revision(Revision.language == filters.language))
    if filters.since:
        found.append(Comment.created_at >= filters.since)
    if filters.until:
        found.append(Comment.created_at < filters.until)
    return found


def _by_finding(filters: Filters) -> ColumnElement[bool]:
    """A rule's finding on the current text; a reason may be an open flag's as well."""
    by_rule = exists().where(
        RuleFinding.comment_id == Comment.id, RuleFinding.revision_id == Comment.revision_id
    )
    if filters.rule:
        by_rule = by_rule.where(RuleFinding.rule == filters.rule)
    if not filters.reason:
        return by_rule
    by_rule = by_rule.where(RuleFinding.reason == filters.reason)
    if filters.rule:
        return by_rule
    flagged = exists().where(
        Flag.comment_id == Comment.id, Flag.closed_at.is_(None), Flag.reason == filters.reason
    )
    return or_(by_rule, flagged)


def _by_score(filters: Filters) -> ColumnElement[bool]:
    if filters.label not in LABELS:
        raise Invalid(f"There is no label called “{filters.label}”.", field="label")
    score = Revision.scores[filters.label].as_float()
    low = 0.0 if filters.at_least is None else filters.at_least
    high = 1.0 if filters.at_most is None else filters.at_most
    return _of_revision(score.between(low, high))


def _of_revision(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(Revision.id == Comment.revision_id, condition)
