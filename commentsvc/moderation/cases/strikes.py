"""Strikes: how much a person's rejections and earlier sanctions count, and the step they suggest.

Both decay with time. The step is a suggestion for people: it sanctions nobody by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from ...core import clock
from ...core.db import db
from ...threads.models import Comment
from ..models import Decision
from .models import Sanction
from .standing import is_undone

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from ...accounts.models import User
    from ...sites.models import Site

#: The steps, mildest first: the kind, and the length as in the form.
STEPS = (("warn", ""), ("suspend", "1"), ("suspend", "7"), ("suspend", "30"), ("ban", "forever"))
ENOUGH = 2.0  # strikes; below, nothing is suggested
HALF_LIFE = timedelta(days=30)  # of a strike
HALF_LIFE_OF_SANCTIONS = timedelta(days=90)
_FORGOTTEN = 6  # half-lives, after which nothing counts
_HARMLESS = "care"  # a rejection for this reason means that no rule was broken
_MOST = 500


@dataclass(frozen=True)
class Step:
    """The suggestion for a site. `strikes`: the decayed sum of rejections; `rejected`, `sanctions`:
    how many of each count at all; `strike_days`, `sanction_days`: their half-lives."""

    strike_days: ClassVar[int] = HALF_LIFE.days
    sanction_days: ClassVar[int] = HALF_LIFE_OF_SANCTIONS.days

    kind: str
    length: str
    strikes: float
    rejected: int
    sanctions: int


def suggested(user: User, sites: Sequence[Site]) -> dict[int, Step]:
    """Site id -> the next step if due: enough strikes, one since the last sanction. Two queries."""
    now = clock.now()
    rejected, sanctions = _rejected(user, sites, now), _sanctions(user, sites, now)
    found: dict[int, Step] = {}
    for site in sites:
        mine = [at for site_id, at in rejected if site_id == site.id]
        before = [at for site_id, at in sanctions if site_id == site.id]
        strikes = round(_weight(mine, now, HALF_LIFE), 1)
        if strikes < ENOUGH or (before and max(before) >= max(mine)):
            continue
        rung = min(len(STEPS) - 1, round(_weight(before, now, HALF_LIFE_OF_SANCTIONS)))
        found[site.id] = Step(*STEPS[rung], strikes, len(mine), len(before))
    return found


def _weight(times: Iterable[datetime], now: datetime, half_life: timedelta) -> float:
    return sum(float(0.5 ** ((now - at) / half_life)) for at in times)


def _rejected(user: User, sites: Sequence[Site], now: datetime) -> Sequence[tuple[int, datetime]]:
    """Site and time of people's latest standing rejection of each comment, newest first."""
    counter = aliased(Decision)
    rows = db.session.execute(
        select(Decision.site_id, func.max(Decision.created_at))
        .join(Comment, Comment.id == Decision.comment_id)
        .where(Comment.author_id == user.id, Comment.site_id.in_([each.id for each in sites]))
        .where(Comment.status == "rejected", Decision.action == "reject")
        .where(Decision.by_id.is_not(None), Decision.created_at > now - _FORGOTTEN * HALF_LIFE)
        .where(Decision.reason.is_distinct_from(_HARMLESS))
        .where(~select(counter.id).where(counter.undoes_id == Decision.id).exists())
        .group_by(Decision.comment_id, Decision.site_id)
        .order_by(func.max(Decision.id).desc())
        .limit(_MOST)
    )
    return [(row[0], row[1]) for row in rows]


def _sanctions(user: User, sites: Sequence[Site], now: datetime) -> Sequence[tuple[int, datetime]]:
    rows = db.session.execute(
        select(Sanction.site_id, Sanction.created_at)
        .where(Sanction.user_id == user.id, Sanction.site_id.in_([each.id for each in sites]))
        .where(Sanction.kind.in_(("warn", "suspend", "ban")), ~is_undone(Sanction))
        .where(Sanction.created_at > now - _FORGOTTEN * HALF_LIFE_OF_SANCTIONS)
        .limit(_MOST)
    )
    return [(row[0], row[1]) for row in rows]
