"""Figures for moderators: by day, rule, moderator and article.

Decisions that were undone do not count.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import BigInteger, case, func, select, type_coerce
from sqlalchemy.orm import aliased

from ..accounts.models import User
from ..core import clock
from ..core.bands import Band, wilson
from ..core.db import db
from ..core.errors import Invalid
from ..moderation.models import Decision
from ..threads.models import Comment, Thread

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ..sites.models import Site

SPANS = (7, 30, 90)
_DAY_MICROS = 86_400_000_000
_MOST_ROWS = 20


@dataclass(frozen=True)
class Day:
    """One day, in UTC; `seconds` is the median from posting to a person's decision of that day."""

    day: date
    comments: int
    decisions: int
    seconds: float | None


@dataclass(frozen=True)
class RuleRow:
    """How many comments a rule held, and the share that people approved of those they decided."""

    rule: str
    held: int
    decided: int
    approved: Band


@dataclass(frozen=True)
class PersonRow:
    """One moderator's decisions; `seconds` is the median from posting to deciding."""

    id: str
    name: str
    approved: int
    rejected: int
    undone: int
    seconds: float | None


@dataclass(frozen=True)
class ArticleRow:
    """One article: its comments in the period, and how many of them are rejected now."""

    href: str
    title: str | None
    comments: int
    rejected: int


@dataclass(frozen=True)
class Stats:
    """Everything that the statistics page shows."""

    days: Sequence[Day]
    rules: Sequence[RuleRow]
    people: Sequence[PersonRow]
    articles: Sequence[ArticleRow]
    seconds: float | None  # median from posting to a person's decision, of pending comments


def stats(sites: Sequence[Site], *, days: int = 30) -> Stats:
    """The figures of these sites over so many days, including today: five queries.
    Raises `Invalid`."""
    if days not in SPANS:
        raise Invalid("invalid.choose", field="days", names=SPANS)
    today = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    since = today - timedelta(days=days - 1)
    ids = [site.id for site in sites]
    decisions = _decisions(ids, since)
    standing = [each for each in decisions if not each.undone]
    waits = [each.seconds for each in standing if each.by is not None and each.waited]
    return Stats(
        days=_days(ids, since, days, standing),
        rules=_rules(standing),
        people=_people(decisions),
        articles=_articles(ids, since),
        seconds=median(waits) if waits else None,
    )


class _Row(NamedTuple):  # there are many, so times stay in microseconds
    comment_id: int
    action: str
    rule: str | None
    by: int | None
    day: int  # since 1970
    wait: int  # microseconds from posting to deciding
    waited: bool  # nobody but staff had seen the comment
    undone: bool

    @property
    def seconds(self) -> float:
        return self.wait / 1_000_000


def _decisions(ids: Sequence[int], since: datetime) -> list[_Row]:
    counter = aliased(Decision)
    undone = select(counter.id).where(counter.undoes_id == Decision.id).exists()
    at, written = (type_coerce(each.created_at, BigInteger) for each in (Decision, Comment))
    rows = db.session.execute(
        select(
            Decision.comment_id,
            Decision.action,
            Decision.rule,
            Decision.by_id,
            at // _DAY_MICROS,
            at - written,
            Decision.status_before == "pending",
            undone,
        )
        .join(Comment, Comment.id == Decision.comment_id)
        .where(Decision.site_id.in_(ids), Decision.created_at >= since)
        .where(Decision.action.in_(("approve", "reject", "hold")))
        .order_by(Decision.id)
    )
    return [_Row(*row) for row in rows]


def _days(ids: Sequence[int], since: datetime, count: int, decisions: Sequence[_Row]) -> list[Day]:
    # Times are stored as microseconds; their whole days are the same number on every engine.
    number = type_coerce(Comment.created_at, BigInteger) // _DAY_MICROS
    comments: Mapping[int, int] = {
        int(row[0]): row[1]
        for row in db.session.execute(
            select(number, func.count())
            .where(Comment.site_id.in_(ids), Comment.created_at >= since)
            .group_by(number)
        )
    }
    decided = Counter(each.day for each in decisions if each.by is not None)
    waits: dict[int, list[float]] = defaultdict(list)
    for each in decisions:
        if each.by is not None and each.waited:
            waits[each.day].append(each.seconds)
    first = date(1970, 1, 1)
    found = []
    for step in range(count):
        day = (since + timedelta(days=step)).date()
        at = (day - first).days
        seconds = median(waits[at]) if waits[at] else None
        found.append(Day(day, comments.get(at, 0), decided[at], seconds))
    return found


def _rules(decisions: Sequence[_Row]) -> list[RuleRow]:
    held: dict[int, str] = {}
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for each in decisions:
        if each.by is None and each.rule and each.action in ("hold", "reject"):
            held[each.comment_id] = each.rule
            counts[each.rule][0] += 1
        elif each.by is not None and (rule := held.pop(each.comment_id, None)):
            counts[rule][1] += 1
            counts[rule][2] += each.action == "approve"
    rows = [RuleRow(rule, c[0], c[1], wilson(c[2], c[1])) for rule, c in counts.items()]
    return sorted(rows, key=lambda each: (-each.held, each.rule))


def _people(decisions: Sequence[_Row]) -> list[PersonRow]:
    by: dict[int, list[_Row]] = defaultdict(list)
    for each in decisions:
        if each.by is not None:
            by[each.by].append(each)
    users = db.session.execute(
        select(User.id, User.public_id, User.name).where(User.id.in_(by.keys()))
    ).all()
    rows = []
    for user_id, public_id, name in users:
        stand = [each for each in by[user_id] if not each.undone]
        waits = [each.seconds for each in stand if each.waited]
        rows.append(
            PersonRow(
                id=public_id,
                name=name,
                approved=sum(each.action == "approve" for each in stand),
                rejected=sum(each.action == "reject" for each in stand),
                undone=len(by[user_id]) - len(stand),
                seconds=median(waits) if waits else None,
            )
        )
    return sorted(rows, key=lambda each: (-each.approved - each.rejected, each.name))


def _articles(ids: Sequence[int], since: datetime) -> list[ArticleRow]:
    rejected = func.sum(case((Comment.status == "rejected", 1), else_=0))
    count = func.count(Comment.id)
    rows: Any = db.session.execute(
        select(Thread.href, Thread.title, count, rejected)
        .join(Thread, Thread.id == Comment.thread_id)
        .where(Comment.site_id.in_(ids), Comment.created_at >= since)
        .group_by(Thread.id, Thread.href, Thread.title)
        .order_by(count.desc(), Thread.id)
        .limit(_MOST_ROWS)
    )
    return [ArticleRow(*row) for row in rows]
