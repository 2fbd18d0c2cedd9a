"""What staff have to know now: the scorer, heated conversations, comments without a score, late jobs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ScalarSelect, func, select

from ...core import clock
from ...core.db import db
from ...core.jobs import Job
from ...core.locale import say
from ...sites.models import Site
from ...threads.models import Comment, Thread
from ...toxicity.scorer import scorer

LATE = timedelta(seconds=90)  # a due job is normally taken within a second


@dataclass(frozen=True)
class Alarm:
    """One thing that is wrong, in a sentence. Kind: bad or warn."""

    kind: str
    text: str


def alarms(sites: Sequence[Site], locale: str) -> list[Alarm]:
    """Everything that is wrong now, the worst first: one query."""
    found: list[Alarm] = []
    status = scorer().status()
    asked = select(_unscored(sites), _parked(), _late(), _hot(sites))
    waiting, parked, late, hot = db.session.execute(asked).one()
    if status.state != "ok":
        found.append(Alarm("bad", say("dashboard.alarm.scorer", locale, message=status.message)))
    if parked:
        found.append(Alarm("bad", say("dashboard.alarm.parked", locale, count=parked)))
    if hot:
        found.append(Alarm("warn", say("tuning.heat.alarm", locale, count=hot)))
    if waiting:
        found.append(Alarm("warn", say("dashboard.alarm.unscored", locale, count=waiting)))
    if late:
        found.append(Alarm("warn", say("dashboard.alarm.late", locale)))
    return found


def _unscored(sites: Sequence[Site]) -> ScalarSelect[int]:
    """Comments that wait for the scorer; those in a language it does not know wait for people."""
    return (
        select(func.count())
        .where(
            Comment.unscored.is_not(None),
            Comment.unscored.not_in(("language", "no_text")),
            Comment.site_id.in_([each.id for each in sites]),
            Comment.status.in_(("pending", "published")),
        )
        .scalar_subquery()
    )


def _hot(sites: Sequence[Site]) -> ScalarSelect[int]:
    return (
        select(func.count())
        .where(Thread.hot_since.is_not(None), Thread.site_id.in_([each.id for each in sites]))
        .scalar_subquery()
    )


def _parked() -> ScalarSelect[int]:
    return select(func.count()).where(Job.state == "parked").scalar_subquery()


def _late() -> ScalarSelect[int]:
    return (
        select(func.count())
        .where(Job.state == "waiting", Job.due_at < clock.now() - LATE)
        .scalar_subquery()
    )
