"""Figures of a site's moderation in a period, counted from the decisions themselves.

They cover what the Digital Services Act requires providers to publish once a year (Art.
15(1)(b)-(e)): notices, decisions by ground, automated means, complaints and their
outcomes, times.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from statistics import median
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from ..core.db import db
from ..moderation.cases.models import Notice, Sanction, SanctionAppeal
from ..moderation.cases.standing import is_undone
from ..moderation.models import Appeal, Decision, Flag
from ..threads.models import Comment


@dataclass(frozen=True)
class Figures:
    """Counts of one period; times are medians in seconds, None if nothing was counted."""

    since: datetime
    until: datetime
    comments: int = 0
    held: int = 0
    rejected: int = 0
    rejected_by_reason: dict[str, int] = field(default_factory=dict)
    rejected_automatically: int = 0
    approved: int = 0
    undone: int = 0
    median_time_to_decision: float | None = None
    flags: int = 0
    flags_agreed: int = 0
    notices: int = 0
    notices_by_outcome: dict[str, int] = field(default_factory=dict)
    median_time_to_notice_decision: float | None = None
    appeals: int = 0
    appeals_overturned: int = 0
    appeals_upheld: int = 0
    sanction_appeals: int = 0
    sanction_appeals_overturned: int = 0
    sanction_appeals_upheld: int = 0
    sanctions: dict[str, int] = field(default_factory=dict)

    @property
    def automated_share(self) -> float | None:
        """The share of rejections that no person made."""
        return self.rejected_automatically / self.rejected if self.rejected else None

    def as_dict(self) -> dict[str, Any]:
        """The values for JSON, with times as RFC 3339."""
        values = asdict(self) | {"automated_share": self.automated_share}
        return values | {"since": self.since.isoformat(), "until": self.until.isoformat()}


def year_of(year: int) -> tuple[datetime, datetime]:
    """The first moment of a year and of the next, in UTC."""
    return datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)


def figures(site_id: int, since: datetime, until: datetime) -> Figures:
    """Everything that was done on the site from `since` to before `until`."""
    decisions = _decisions(site_id, since, until)
    rejected = [each for each in decisions if each.action == "reject"]
    by_people = [each for each in decisions if not each.automated]
    within = _span(Notice.site_id, Notice.created_at, site_id, since, until)
    notices = db.session.scalars(select(Notice).where(within)).all()
    of_readers = Flag.user_id.is_not(None)
    flags = _tally(Flag, func.coalesce(Flag.outcome, "open"), site_id, since, until, of_readers)
    return Figures(
        since=since,
        until=until,
        comments=_count(Comment, site_id, since, until),
        held=sum(each.action == "hold" for each in decisions),
        rejected=len(rejected),
        rejected_by_reason=dict(Counter(each.reason or "other" for each in rejected)),
        rejected_automatically=sum(each.automated for each in rejected),
        approved=sum(each.action == "approve" for each in decisions),
        undone=_undone(site_id, since, until),
        median_time_to_decision=_median(each.seconds for each in by_people if each.seconds >= 0),
        flags=flags.total(),
        flags_agreed=flags["agreed"],
        notices=len(notices),
        notices_by_outcome=dict(Counter(each.outcome or "open" for each in notices)),
        median_time_to_notice_decision=_median(
            (each.decided_at - each.created_at).total_seconds()
            for each in notices
            if each.decided_at is not None
        ),
        **_appeals("appeals", Appeal, site_id, since, until),
        **_appeals("sanction_appeals", SanctionAppeal, site_id, since, until),
        sanctions=dict(
            _tally(Sanction, Sanction.kind, site_id, since, until, ~is_undone(Sanction))
        ),
    )


def _appeals(
    name: str, table: Any, site_id: int, since: datetime, until: datetime
) -> dict[str, Any]:
    """How many there were, and their outcomes."""
    ends = _tally(table, func.coalesce(table.outcome, "open"), site_id, since, until)
    decided = {f"{name}_{outcome}": ends[outcome] for outcome in ("overturned", "upheld")}
    return {name: ends.total(), **decided}


@dataclass(frozen=True)
class _Row:
    action: str
    reason: str | None
    automated: bool
    seconds: float  # from posting to deciding; negative if the comment was public before


def _decisions(site_id: int, since: datetime, until: datetime) -> list[_Row]:
    """The decisions in force: one that was undone does not count."""
    counter = aliased(Decision)
    rows = db.session.execute(
        select(
            Decision.action,
            Decision.reason,
            Decision.automated,
            Decision.status_before,
            Decision.created_at,
            Comment.created_at,
        )
        .join(Comment, Comment.id == Decision.comment_id)
        .where(_span(Decision.site_id, Decision.created_at, site_id, since, until))
        .where(Decision.action.in_(("approve", "reject", "hold")))
        .where(~select(counter.id).where(counter.undoes_id == Decision.id).exists())
    )
    return [
        _Row(
            row[0],
            row[1],
            row[2],
            (row[4] - row[5]).total_seconds() if row[3] == "pending" else -1,
        )
        for row in rows
    ]


def _undone(site_id: int, since: datetime, until: datetime) -> int:
    return int(
        db.session.scalar(
            select(func.count()).where(
                _span(Decision.site_id, Decision.created_at, site_id, since, until),
                Decision.action == "undo",
            )
        )
        or 0
    )


def _tally(
    table: Any, of: Any, site_id: int, since: datetime, until: datetime, *where: Any
) -> Counter[str]:
    """Rows of the period, counted by the value of `of`."""
    within = _span(table.site_id, table.created_at, site_id, since, until)
    return Counter(db.session.scalars(select(of).where(within, *where)))


def _count(table: Any, site_id: int, since: datetime, until: datetime) -> int:
    where = _span(table.site_id, table.created_at, site_id, since, until)
    return int(db.session.scalar(select(func.count()).select_from(table).where(where)) or 0)


def _span(of: Any, at: Any, site_id: int, since: datetime, until: datetime) -> Any:
    return (of == site_id) & (at >= since) & (at < until)


def _median(seconds: Any) -> float | None:
    values = list(seconds)
    return float(median(values)) if values else None
