"""A shift in figures: what each moderator has decided since a time, and what waits now."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from itertools import chain, pairwise
from statistics import median
from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, String, func, select, type_coerce, union_all
from sqlalchemy import cast as sql_cast
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
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from ...accounts.models import User
    from ...sites.models import Site

MOST = 20_000  # decisions read
LONGEST = timedelta(days=7)
_BREAK = timedelta(minutes=5)  # a longer step between two comments is a break
_BETWEEN = timedelta(hours=3)  # without a decision, after which the next one begins a shift
_USUAL = timedelta(hours=8)
#: Without conversion: to make dates takes longer than to find them.
_AT = type_coerce(Decision.created_at, BigInteger)
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
    """When the person's current run of decisions began; 8 hours ago if there is none. One query: it
    steps back by a break at a time, so that the index gives each step its first decision."""
    now, at, most = micros(clock.now()), _AT, _in_micros(_BETWEEN)
    mine = (
        select(func.min(at))
        .where(Decision.by_id == user.id, _DECIDES)
        .where(Decision.site_id.in_([site.id for site in sites]))
        .where(at >= now - 2 * _in_micros(_USUAL))
    )
    steps = select(mine.where(at >= now - most).scalar_subquery().label("at")).cte(recursive=True)
    earlier = mine.where(at >= steps.c.at - most, at < steps.c.at).scalar_subquery()
    steps = steps.union_all(select(earlier).where(steps.c.at.is_not(None)))
    first = db.session.scalar(select(func.min(steps.c.at)))
    return from_micros(now) - _USUAL if first is None else from_micros(first)


def of_sites(sites: Sequence[Site], since: datetime) -> Shift:
    """The figures of these sites since a time in the last 7 days: six queries. Raises `Invalid`."""
    now = clock.now()
    if not now - LONGEST <= since <= now:
        raise Invalid("invalid.shift_since", field="since")
    ids = [site.id for site in sites]
    done, undone, appeals = _decisions(ids, since), _undone(ids, since), _appeals(ids, since)
    who = done.keys() | undone.keys() | appeals.keys()
    names, total = names_of(who), sum(each.count for each in done.values())
    people = [
        Work(
            names.get(each, ""),
            done[each].count if each in done else 0,
            _median(done[each].steps) if each in done else None,
            undone[each],
            appeals[each],
        )
        for each in who
    ]
    return Shift(
        since=since,
        team=Work(
            None,
            min(total, MOST),
            _median([step for each in done.values() for step in each.steps]),
            sum(each.undone for each in people),
            sum(each.appeals for each in people),
        ),
        people=sorted(people, key=lambda each: (-each.decisions, each.name or "")),
        more=total > MOST,
        waiting=counts(sites),
        oldest=_oldest(ids),
    )


@dataclass(frozen=True)
class _Done:
    """One person's decisions: how many, and the microseconds from each to the next."""

    count: int
    steps: list[int]


def _decisions(ids: Sequence[int], since: datetime) -> dict[int, _Done]:
    """By person, the newest decisions without undos and marks. The database sends the times of each
    person and bulk as one text, because to read a row for each takes longer than the whole page."""
    newest = (
        select(Decision.by_id, Decision.batch, sql_cast(_AT, String).label("at"))
        .where(Decision.site_id.in_(ids), Decision.created_at >= since)
        .where(Decision.by_id.is_not(None), Decision.undoes_id.is_(None), _DECIDES)
        .order_by(Decision.created_at.desc())
        .limit(MOST + 1)
        .subquery()
    )
    who, bulk = newest.c.by_id, newest.c.batch
    together = select(who, bulk, func.aggregate_strings(newest.c.at, ",")).group_by(who, bulk)
    times: dict[int, dict[str | None, list[int]]] = {}
    for person, batch, text in db.session.execute(together):
        times.setdefault(person, {})[batch] = [int(each) for each in text.split(",")]
    return {each: _Done(sum(map(len, some.values())), _steps(some)) for each, some in times.items()}


def _steps(times: Mapping[str | None, Sequence[int]]) -> list[int]:
    """Microseconds from each of a person's decisions to the next, by bulk. Breaks are no steps, nor
    are those within a bulk."""
    of = {at: bulk for bulk, some in times.items() if bulk for at in some}
    longest = _in_micros(_BREAK)
    return [
        later - at
        for at, later in pairwise(sorted(chain.from_iterable(times.values())))
        if later - at <= longest and (at not in of or of[at] != of.get(later))
    ]


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


def _in_micros(time: timedelta) -> int:
    return time // timedelta(microseconds=1)


def _median(steps: Sequence[int]) -> float | None:
    return median(steps) / 1e6 if steps else None
