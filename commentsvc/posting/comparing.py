"""A preview of what another model would change: past comments are scored by it as well and judged
twice. Nothing public changes."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from ..accounts.acts import record
from ..core import clock
from ..core.db import Among, db, release, unit_of_work
from ..core.errors import Conflict
from ..core.jobs import Job, enqueue, handler
from ..moderation.desk.card import is_severe
from ..moderation.judging.facts import limits_of
from ..moderation.judging.rules import RULES, judge
from ..moderation.judging.verdict import submission_from
from ..sites.queries import by_id, policy_of
from ..threads import text as texts
from ..threads.models import Comment, Revision, Thread
from ..toxicity.scorer import Scorer, Scores, scorer
from .models import Measurement
from .rescoring import SCORED, keep_measured

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ..accounts.models import User
    from ..toxicity.scorer import ScorerStatus

log = logging.getLogger(__name__)

JOB = "measure"
CHUNK = 50
DAYS = 90
MOST = 500
"""Comments that a comparison in the dashboard looks at."""
_PAUSE_SECONDS = 1.0
_EXCERPT = 120
_SAID = (None, "language", "no_text")
"""With these a model has answered; with others it was away."""


@dataclass(frozen=True)
class Example:
    """A comment that another model would treat differently."""

    comment_id: str
    excerpt: str
    severe: bool
    score: float | None
    new_score: float | None


@dataclass(frozen=True)
class Change:
    """What another model would do with the past comments, under today's policy."""

    model: str
    compared: int
    unscored: int
    held: int
    would_hold: int
    newly_held: list[Example]
    newly_free: list[Example]


def compare(
    other: Scorer,
    *,
    site_id: int,
    days: int = 30,
    most: int = 2000,
    examples: int = 5,
    tell: Callable[[int, int], None] | None = None,
) -> Change:
    """What would change on a site if this scorer were in use: its newest comments are measured now
    and judged under today's limits. The measurements are kept; nothing else changes."""
    rows = _newest(site_id, days=days, most=most)
    for begin in range(0, len(rows), CHUNK):
        _measure(other, [revision for _, revision in rows[begin : begin + CHUNK]])
        if tell is not None:
            tell(min(begin + CHUNK, len(rows)), len(rows))
    return change(site_id, other.status().models, days=days, most=most, examples=examples)


def change(
    site_id: int, models: Sequence[str], *, days: int = DAYS, most: int = MOST, examples: int = 5
) -> Change:
    """What a scorer would change on a site, judging by the existing measurements of its models
    (several for a chain): each of the newest comments is judged twice on the facts of its time,
    under today's limits."""
    site = by_id(site_id)
    policy = policy_of(site)
    rows = _measured(site_id, models, days=days, most=most)
    places = _places([each[0] for each in rows]) if site.sections else {}
    held = would_hold = unscored = 0
    held_now: list[Example] = []
    freed: list[Example] = []
    for comment_id, revision, said in rows:
        limits = limits_of(policy_of(site, *places.get(comment_id, ())))
        was, would = _held(revision, said, limits)
        held, would_hold = held + was, would_hold + would
        unscored += said.scores is None
        if would != was and len(found := held_now if would else freed) < examples:
            excerpt = texts.plain(revision.text)[:_EXCERPT]
            scores = _toxicity(revision.scores), _toxicity(said.scores)
            severe = is_severe(revision.scores, policy)
            found.append(Example(comment_id, excerpt, severe, *scores))
    return Change(" + ".join(models), len(rows), unscored, held, would_hold, held_now, freed)


def _held(revision: Revision, said: Measurement, limits: Mapping[str, Any]) -> tuple[bool, bool]:
    """Whether a comment would be held by its own scores, and by the measured ones."""
    facts = {**(revision.facts or {}), "limits": limits}
    plain = texts.plain(revision.text)
    before = submission_from(facts, text=revision.text, plain=plain)
    after = replace(before, scores=said.scores, unscored=said.unscored, language=said.language)
    was, would = (judge(RULES, each).holds for each in (before, after))
    return was, would


# --- background jobs ------------------------------------------------------------------------------


def begin(*, site_id: int, by: User | None = None) -> None:
    """Start measuring a site's newest comments with the model in use. Raises `Conflict` if this is
    already running."""
    with unit_of_work():
        if is_under_way(site_id):
            raise Conflict("conflict.measuring")
        enqueue("measure", site_id=site_id)
        record("comparison_started", site_id=site_id, by=by)


def is_under_way(site_id: int) -> bool:
    """Whether a site's comments are being measured."""
    waiting = select(Job.payload).where(Job.name == JOB, Job.state.in_(("waiting", "running")))
    return any(payload["site_id"] == site_id for payload in db.session.scalars(waiting))


@handler(JOB)
def measure(*, site_id: int) -> None:
    """Measure one chunk of the comments that the model in use has not measured, and enqueue the
    next. The job ends when the scorer is unavailable; earlier measurements are kept."""
    model = scorer()
    newest = [revision for _, revision in _newest(site_id, days=DAYS, most=MOST)]
    measured = db.session.execute(
        select(Measurement.revision_id, Measurement.unscored)
        .where(Measurement.revision_id.in_([revision.id for revision in newest]))
        .where(Measurement.scorer.in_(model.status().models))
    )
    known = {revision_id for revision_id, unscored in measured if unscored in _SAID}
    rows = [revision for revision in newest if revision.id not in known]
    if _measure(model, rows[:CHUNK]) and len(rows) > CHUNK:
        with unit_of_work():
            enqueue("measure", delay=_PAUSE_SECONDS, site_id=site_id)


def _measure(other: Scorer, revisions: list[Revision]) -> int:
    """Measure these revisions with a model. Returns how many it could answer for."""
    said = other.score([texts.plain(revision.text) for revision in revisions]) if revisions else []
    usable = 0
    with unit_of_work():
        for revision, each in zip(revisions, said, strict=True):
            keep_measured(revision.id, each.model, each)
            usable += isinstance(each, Scores) or each.reason in _SAID
    return usable


# --- what has been measured -----------------------------------------------------------------------


def carried(site_id: int) -> list[tuple[str, int]]:
    """Which models scored a site's recent comments, and how many each; most first."""
    return _counted(select(Revision.scorer, func.count()), Revision.scorer, site_id)


def measured(site_id: int) -> list[tuple[str, int]]:
    """Which other models have measured a site's recent comments, and how many; most first."""
    query = select(Measurement.scorer, func.count())
    return _counted(
        query.join(Revision, Revision.id == Measurement.revision_id).where(
            Measurement.scorer != Revision.scorer
        ),
        Measurement.scorer,
        site_id,
    )


def readable(site_id: int, status: ScorerStatus) -> int:
    """How many recent comments were in a language that the scorer could not read, but reads now."""
    query = (
        select(func.count())
        .select_from(Comment)
        .join(Revision, Revision.id == Comment.revision_id)
        .where(Comment.site_id == site_id, Comment.status.in_(SCORED))
        .where(Comment.created_at >= clock.now() - timedelta(days=DAYS))
        .where(Comment.unscored == "language", Revision.language.in_(status.reads))
        .where(Revision.scorer.in_(status.models))
    )
    return db.session.scalar(query) or 0


def _counted(query: Any, model: Any, site_id: int) -> list[tuple[str, int]]:
    rows = db.session.execute(
        query.join(Comment, Comment.revision_id == Revision.id)
        .where(Comment.site_id == site_id, Comment.status.in_(SCORED), model.is_not(None))
        .where(Comment.created_at >= clock.now() - timedelta(days=DAYS))
        .group_by(model)
        .order_by(func.count().desc(), model)
    )
    return [(name, count) for name, count in rows]


def _newest(site_id: int, *, days: int, most: int) -> list[tuple[str, Revision]]:
    found = db.session.execute(_of_late(site_id, days, most, Comment.public_id, Revision)).all()
    rows = [(public_id, revision) for public_id, revision in found]
    release()
    return rows


def _measured(
    site_id: int, models: Sequence[str], *, days: int, most: int
) -> list[tuple[str, Revision, Measurement]]:
    """Each comment with its best measurement: one with scores before one without, then earlier
    models before later ones."""
    query = _of_late(site_id, days, most * len(models), Comment.public_id, Revision, Measurement)
    rows = db.session.execute(
        query.join(Measurement, Measurement.revision_id == Revision.id).where(
            Measurement.scorer.in_(models)
        )
    ).all()
    best: dict[str, tuple[str, Revision, Measurement]] = {}
    for public_id, revision, said in sorted(
        rows, key=lambda row: (row[2].scores is None, models.index(row[2].scorer))
    ):
        best.setdefault(public_id, (public_id, revision, said))
    newest = dict.fromkeys(public_id for public_id, _, _ in rows)
    return [best[public_id] for public_id in newest][:most]


def _places(public_ids: Sequence[str]) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Comment -> the address and tags of its thread, which determine its section."""
    query = select(Comment.public_id, Thread.address, Thread.tags).join(
        Thread, Thread.id == Comment.thread_id
    )
    rows = db.session.execute(
        query.where(Among(Comment.public_id, "ids")), {"ids": list(public_ids)}
    )
    return {row.public_id: (row.address, row.tags) for row in rows}


def _of_late(site_id: int, days: int, most: int, *columns: Any) -> Any:
    return (
        select(*columns)
        .select_from(Comment)
        .join(Revision, Revision.id == Comment.revision_id)
        .where(Comment.site_id == site_id, Comment.status.in_(SCORED))
        .where(Comment.created_at >= clock.now() - timedelta(days=days))
        .order_by(Comment.id.desc())
        .limit(most)
    )


def _toxicity(scores: Any) -> float | None:
    return round(scores["toxicity"], 3) if scores and "toxicity" in scores else None
