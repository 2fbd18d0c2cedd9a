"""The effect of a label's limit, learned from moderators' decisions: how much it holds, how much of
that they reject, how much it misses; each with a confidence band.

Moderators read what was held, some of what was reported, and hardly anything else, so plain
counts of their decisions would make a low limit look as good as a high one. Therefore every
comment of the span belongs to one of three strata: held, called for, and the rest. Of the rest,
only the audit's random sample counts. Each stratum's decisions stand for all of it
(inverse-probability weighting).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

from sqlalchemy import select
from sqlalchemy.orm import aliased

from ..core import clock
from ..core.bands import Band, Stratum, combined, part_of
from ..core.db import db
from ..core.errors import Invalid
from ..moderation.judging.curves import calibrated
from ..moderation.models import Decision, Flag
from ..threads.models import Comment, Revision
from ..toxicity.labels import LABELS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ..sites.models import Site

Kind = Literal["held", "called", "rest"]
KINDS: tuple[Kind, ...] = ("held", "called", "rest")
LIMITS = tuple(round(step / 20, 2) for step in range(1, 20))
SPAN = timedelta(days=90)
MOST = 50_000  # comments of a site, the newest
FEWEST = 50  # decisions below which no limit is advised

SPARED = ("trusted", "moderator", "owner", "admin")  # rules never hold what they write


@dataclass(frozen=True)
class Case:
    """One comment: its scores, its stratum, and what people decided (None: nothing that counts)."""

    scores: dict[str, float]
    kind: Kind
    bad: bool | None
    at: datetime
    reason: str | None = None  # of a rejection
    model: str | None = None  # whose scores these are


@dataclass(frozen=True)
class Effect:
    """What a limit would do: comments held per week, the share of those that moderators would
    reject, and the share of all bad comments that it finds."""

    limit: float
    a_week: float
    decided: int
    right: Band
    found: Band


def cases(site: Site, *, span: timedelta = SPAN, raw: bool = False) -> list[Case]:
    """The site's scored comments of the span, newest first, with the decisions about them. The
    scores are those that the site's rules would use today, or (`raw`) the model's own."""
    since = clock.now() - span
    decided, called, drawn = _decisions([site.id], since), *flagged(site, since)
    rows = db.session.execute(
        select(
            Comment.revision_id,
            Comment.created_at,
            Revision.scores,
            Revision.scorer,
            Revision.verdict["action"].as_string(),
            Revision.facts["author"]["kind"].as_string(),
        )
        .join(Revision, Revision.id == Comment.revision_id)
        .where(Comment.site_id == site.id, Comment.created_at >= since)
        .where(Comment.status != "withdrawn")
        .order_by(Comment.created_at.desc())
        .limit(MOST)
    )
    found = []
    for revision_id, at, scores, model, action, author in rows:
        if not scores or author in SPARED:
            continue
        kind: Kind = "rest"
        if action in ("HOLD", "REJECT"):
            kind = "held"
        elif revision_id in called:
            kind = "called"
        # A comment of the rest that somebody happened to read says nothing about the unread ones.
        counts = kind != "rest" or revision_id in drawn
        said = decided.get(revision_id) if counts else None
        bad, reason = (None, None) if said is None else (said[0] == "reject", said[1])
        values = scores if raw else calibrated(site, scores, model)
        found.append(Case(values, kind, bad, at, reason, model))
    return found


def effects(known: Sequence[Case], label: str, limits: Iterable[float] = LIMITS) -> list[Effect]:
    """What each limit of this label would do. Raises `Invalid` for a label that does not exist."""
    if label not in LABELS:
        raise Invalid("invalid.label", name=label, field="label")
    weeks = _weeks(known)
    return [_effect(known, label, limit, weeks) for limit in limits]


def advised(found: Sequence[Effect], *, wanted: float) -> Effect | None:
    """The lowest limit for which at least this share of what it holds surely deserves it;
    among limits that hold the same, the highest. None if too little was decided, or if no
    limit is good enough."""
    if not found or max(each.decided for each in found) < FEWEST:
        return None
    good = [each for each in found if each.decided and each.right.low >= wanted]
    return max(good, key=lambda each: (each.a_week, each.limit), default=None)


def _effect(known: Sequence[Case], label: str, limit: float, weeks: float) -> Effect:
    inside: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    outside: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for case in known:
        tally = (inside if case.scores.get(label, 0.0) >= limit else outside)[case.kind]
        tally[0] += 1
        if case.bad is not None:
            tally[1] += 1
            tally[2] += case.bad
    within = [Stratum(*inside[kind]) for kind in KINDS]
    without = [Stratum(*outside[kind]) for kind in KINDS]
    size, rest = sum(each.size for each in within), sum(each.size for each in without)
    right = combined(within)
    return Effect(
        limit=limit,
        a_week=size / weeks,
        decided=sum(each.decided for each in within),
        right=right,
        found=part_of(right, size, combined(without), rest),
    )


def _weeks(known: Sequence[Case]) -> float:
    if not known:
        return 1.0
    days = (known[0].at - known[-1].at).total_seconds() / 86400
    return max(days, 1.0) / 7


def outcomes(site_ids: Sequence[int], since: datetime) -> dict[int, bool]:
    """Revision -> whether people rejected it, by their newest decision in force: one query."""
    return {key: said[0] == "reject" for key, said in _decisions(site_ids, since).items()}


def _decisions(site_ids: Sequence[int], since: datetime) -> dict[int, tuple[str, str | None]]:
    counter = aliased(Decision)
    rows = db.session.execute(
        select(Decision.revision_id, Decision.action, Decision.reason)
        .where(Decision.site_id.in_(site_ids), Decision.created_at >= since)
        .where(Decision.by_id.is_not(None), Decision.action.in_(("approve", "reject")))
        .where(~select(counter.id).where(counter.undoes_id == Decision.id).exists())
        .order_by(Decision.id)
    )
    return {row[0]: (row[1], row[2]) for row in rows}


def flagged(site: Site, since: datetime) -> tuple[set[int], set[int]]:
    """Revisions that somebody or some rule called a moderator for, and those in the
    audit's sample."""
    rows = db.session.execute(
        select(Flag.revision_id, Flag.rule, Flag.weight).where(
            Flag.site_id == site.id, Flag.created_at >= since
        )
    ).all()
    called = {row[0] for row in rows if row[2] > 0}
    return called, {row[0] for row in rows if row[1] == "audit"}
