"""A shift in figures: what each moderator has decided since a time, and what waits now."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import timedelta
from statistics import median
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, func, select, type_coerce, union_all
from sqlalchemy.orm import aliased

from ...accounts.commands import names_of
from ...core import clock
from ...core.db import db, from_micros, micros
from ...core.errors import Invalid
from ...threads.models import Comment
from ..cases.models import NoticeAppeal, SanctionAppeal
from ..desk.queue import counts
from ..featuring import FEATURING
from ..models import Appeal, Decision

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from ...accounts.models import User
    from ...sites.models import Site

MOST = 20_000  # decisions read
LONGEST = timedelta(days=7)
_BREAK = timedelta(minutes=5)  # a longer step between two comments is a break
_BETWEEN = timedelta(hours=3)  # without a decision, after which the next one begins a shift
_USUAL = timedelta(hours=8)
_DECIDES = Decision.action.not_in(tuple(FEATURING))  # to feature or pin a comment decides nothing


@dataclass(frozen=True)
class Work:
    """The work of one person or, with `name` None, of the team.

    `pace`: median seconds from one of the person's decisions to the next, without breaks and with a
    bulk as one; None without a next one. `undone`: how many of their decisions, of any age, were
    undone in this time.
    """

    name: str | None
    decisions: int
    pace: float | None
    undone: int
    appeals: int


@dataclass(frozen=True)
class Shift:
    """`people`: those who did anything, most decisions first. `more`: there were more decisions
    than are read, and the oldest are not counted. `waiting`: queue -> comments; `oldest`: the time
    of the oldest pending comment."""

    since: datetime
    team: Work
    people: list[Work]
    more: bool
    waiting: dict[str, int]
    oldest: datetime | None


def begun(user: User, sites: Sequence[Site]) -> datetime:
    """When the person's current run of decisions began; 8 hours ago if there is none. One query."""
    now = clock.now()
    at = Decision.created_at
    times = db.session.scalars(
        select(type_coerce(at, BigInteger))  # 20,000 dates would take longer than the page
        .where(Decision.by_id == user.id, at >= now - 2 * _USUAL, _DECIDES)
        .where(Decision.site_id.in_([site.id for site in sites]))
        .order_by(at.desc())
        .limit(MOST)
    )
    first, most = micros(now), _in_micros(_BETWEEN)
    for each in times:
        if first - each > most:
            break
        first = each
    return from_micros(first) if first < micros(now) else now - _USUAL


def of_sites(sites: Sequence[Site], since: datetime) -> Shift:
    """The figures of these sites since a time in the last 7 days: six queries. Raises `Invalid`."""
    now = clock.now()
    if not now - LONGEST <= since <= now:
        raise Invalid("invalid.shift_since", field="since")
    ids = [site.id for site in sites]
    rows = _decisions(ids, since)
    undone, appeals = _undone(ids, since), _appeals(ids, since)
    mine: dict[int, list[Any]] = defaultdict(list)
    for row in rows[:MOST]:
        mine[row[0]].append(row)
    who = mine.keys() | undone.keys() | appeals.keys()
    names, paces = names_of(who), {each: _steps(mine[each]) for each in who}
    people = [
        Work(
            names.get(each, ""),
            len(mine[each]),
            _median(paces[each]),
            undone[each],
            appeals[each],
        )
        for each in who
    ]
    return Shift(
        since=since,
        team=Work(
            None,
            sum(each.decisions for each in people),
            _median(step for steps in paces.values() for step in steps),
            sum(each.undone for each in people),
            sum(each.appeals for each in people),
        ),
        people=sorted(people, key=lambda each: (-each.decisions, each.name or "")),
        more=len(rows) > MOST,
        waiting=counts(sites),
        oldest=_oldest(ids),
    )


def _decisions(ids: Sequence[int], since: datetime) -> Sequence[Any]:
    """Who, when (in microseconds) and in which bulk: the newest first, without undos and marks."""
    return db.session.execute(
        select(Decision.by_id, type_coerce(Decision.created_at, BigInteger), Decision.batch)
        .where(Decision.site_id.in_(ids), Decision.created_at >= since)
        .where(Decision.by_id.is_not(None), Decision.undoes_id.is_(None), _DECIDES)
        .order_by(Decision.created_at.desc())
        .limit(MOST + 1)
    ).all()


def _undone(ids: Sequence[int], since: datetime) -> Counter[int]:
    """Person -> how many of their decisions were undone."""
    counter = aliased(Decision)
    rows = db.session.execute(
        select(Decision.by_id, func.count())
        .join(counter, counter.undoes_id == Decision.id)
        .where(counter.site_id.in_(ids), counter.created_at >= since)
        .where(Decision.by_id.is_not(None), _DECIDES)
        .group_by(Decision.by_id)
    )
    return Counter({row[0]: row[1] for row in rows if row[0] is not None})


def _appeals(ids: Sequence[int], since: datetime) -> Counter[int]:
    """Person -> how many appeals they decided."""
    every = union_all(
        *(
            select(each.decided_by_id.label("by_id")).where(
                each.site_id.in_(ids), each.decided_at >= since, each.decided_by_id.is_not(None)
            )
            for each in (Appeal, SanctionAppeal, NoticeAppeal)
        )
    ).subquery()
    rows = db.session.execute(select(every.c.by_id, func.count()).group_by(every.c.by_id))
    return Counter({row[0]: row[1] for row in rows if row[0] is not None})


def _oldest(ids: Sequence[int]) -> datetime | None:
    return db.session.scalar(
        select(func.min(Comment.created_at)).where(
            Comment.site_id.in_(ids), Comment.status == "pending"
        )
    )


def _steps(rows: Sequence[Any]) -> list[int]:
    """Microseconds from one person's decision to their next, without breaks; `rows` are newest
    first."""
    found, longest = [], _in_micros(_BREAK)
    later, later_batch = None, None
    for _, at, batch in rows:
        if later is not None and not (batch and batch == later_batch) and later - at <= longest:
            found.append(later - at)
        later, later_batch = at, batch
    return found


def _in_micros(time: timedelta) -> int:
    return time // timedelta(microseconds=1)


def _median(steps: Iterable[int]) -> float | None:
    known = list(steps)
    return median(known) / 1e6 if known else None
