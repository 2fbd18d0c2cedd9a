"""What an owner has to know now: the scorer, comments without a score, jobs that failed or are late."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ScalarSelect, func, select

from ..core import clock
from ..core.db import db
from ..core.jobs import Job
from ..core.locale import say
from ..sites.models import Site
from ..threads.models import Comment
from ..toxicity.scorer import scorer

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
    waiting, parked, late = db.session.execute(select(_unscored(sites), _parked(), _late())).one()
    if status.state != "ok":
        found.append(Alarm("bad", say("dashboard.alarm.scorer", locale, message=status.message)))
    if parked:
        found.append(Alarm("bad", say("dashboard.alarm.parked", locale, count=parked)))
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


def _parked() -> ScalarSelect[int]:
    return select(func.count()).where(Job.state == "parked").scalar_subquery()


def _late() -> ScalarSelect[int]:
    return (
        select(func.count())
        .where(Job.state == "waiting", Job.due_at < clock.now() - LATE)
        .scalar_subquery()
    )
