"""How heated a conversation is: number of comments, toxicity and reports over the last minutes,
relative to the limits of the site's policy. Reads, never writes.

A temperature of 1 means that the highest of the three has reached its limit.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, or_, select

from ...core import clock
from ...core.db import Among, db
from ...sites.queries import policy_of
from ...sites.sections.queries import sections_of, within
from ...threads.models import Comment, Revision, Thread
from ..models import Flag

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ...sites.models import Site
    from ...sites.policy import Policy

MOST = 20_000  # comments to read at once, the newest
FEWEST = 10  # scored comments; with fewer, there is no mean
SHOWN = timedelta(hours=2)
STEPS = 24  # points of a curve
COLD = 0.1  # conversations below this are not shown
MOST_SHOWN = 20  # conversations


@dataclass(frozen=True)
class Reading:
    """Measurements over the policy's minutes; `toxicity` is a mean, None with too few scores."""

    comments: int
    toxicity: float | None
    reports: float
    temperature: float

    @property
    def is_hot(self) -> bool:
        return self.temperature >= 1


@dataclass
class Trace:
    """What happened in one conversation, the oldest first."""

    site_id: int
    written: list[datetime] = field(default_factory=list)
    scored: list[int] = field(default_factory=lambda: [0])  # scored among the first n
    toxic: list[float] = field(default_factory=lambda: [0.0])  # the sum of their scores
    reported: list[tuple[datetime, float]] = field(default_factory=list)

    def reading(self, policy: Policy, moment: datetime) -> Reading:
        """The reading at a moment."""
        since = moment - timedelta(minutes=policy.heat_minutes)
        first, last = bisect_right(self.written, since), bisect_right(self.written, moment)
        scored = self.scored[last] - self.scored[first]
        mean = (self.toxic[last] - self.toxic[first]) / scored if scored >= FEWEST else None
        reports = sum(weight for at, weight in self.reported if since < at <= moment)
        parts = (
            (last - first, policy.heat_comments),
            (mean or 0.0, policy.heat_toxicity),
            (reports, policy.heat_reports),
        )
        temperature = max((value / limit for value, limit in parts if limit > 0), default=0.0)
        return Reading(last - first, mean, reports, temperature)


@dataclass(frozen=True)
class Hot:
    """A conversation with its reading now, and its temperature over the last hours."""

    thread: Thread
    site: Site
    policy: Policy
    now: Reading
    curve: list[tuple[datetime, float]]


def traces(site_ids: Iterable[int], since: datetime) -> dict[int, Trace]:
    """Thread id -> its trace since then: two queries, both by an index."""
    ids = list(site_ids)
    found: dict[int, Trace] = {}
    rows = db.session.execute(
        select(
            Comment.site_id,
            Comment.thread_id,
            Comment.created_at,
            Revision.scores["toxicity"].as_float(),
        )
        .outerjoin(Revision, Revision.id == Comment.revision_id)
        .where(Comment.site_id.in_(ids), Comment.created_at > since)
        .order_by(Comment.created_at.desc())
        .limit(MOST)
    ).all()
    for site_id, thread_id, at, score in reversed(rows):
        trace = found.setdefault(thread_id, Trace(site_id))
        trace.written.append(at)
        trace.scored.append(trace.scored[-1] + (score is not None))
        trace.toxic.append(trace.toxic[-1] + (score or 0.0))
    for site_id, thread_id, at, weight in db.session.execute(
        select(Flag.site_id, Comment.thread_id, Flag.created_at, Flag.weight)
        .join(Comment, Comment.id == Flag.comment_id)
        .where(Flag.site_id.in_(ids), Flag.created_at > since)
        .where(Flag.rule.is_(None), Flag.weight > 0)
        .limit(MOST)
    ):
        found.setdefault(thread_id, Trace(site_id)).reported.append((at, weight))
    return found


def readings(sites: Sequence[Site]) -> dict[int, Reading]:
    """Thread id -> its reading now, for every conversation of these sites with recent activity."""
    moment = clock.now()
    found = traces([site.id for site in sites], moment - timedelta(minutes=_longest(sites)))
    policies = _policies(sites, found)
    return {key: trace.reading(policies[key], moment) for key, trace in found.items()}


def hottest(sites: Sequence[Site]) -> list[Hot]:
    """Conversations of the last hours that are not cold, and those under a measure; the hottest
    first. Three queries, whatever the number of sites; one more if any has sections."""
    moment, by_id = clock.now(), {site.id: site for site in sites}
    found = traces(by_id, moment - SHOWN - timedelta(minutes=_longest(sites)))
    policies = _policies(sites, found)
    now: dict[int, Reading] = defaultdict(lambda: Reading(0, None, 0.0, 0.0))
    now |= {key: trace.reading(policies[key], moment) for key, trace in found.items()}
    warm = sorted(now, key=lambda key: -now[key].temperature)[:MOST_SHOWN]
    wanted = Thread.id.in_([key for key in warm if now[key].temperature >= COLD])
    threads = db.session.scalars(
        select(Thread)
        .where(Thread.site_id.in_(by_id), Thread.merged_into_id.is_(None))
        .where(wanted | _under_a_measure())
        .order_by(Thread.last_comment_at.desc(), Thread.id)
        .limit(2 * MOST_SHOWN)
    ).all()
    shown = sorted(threads, key=lambda each: -now[each.id].temperature)[:MOST_SHOWN]
    return [
        Hot(
            thread=each,
            site=by_id[each.site_id],
            now=now[each.id],
            policy=(held := policy_of(by_id[each.site_id], each.address, each.tags)),
            curve=_curve(found.get(each.id), held, moment),
        )
        for each in shown
    ]


def _longest(sites: Sequence[Site]) -> int:
    """The most minutes that any policy of these sites looks back."""
    policies = [policy_of(site) for site in sites]
    policies += [within(policy_of(site), each) for site in sites for each in sections_of(site)]
    return max((each.heat_minutes for each in policies), default=0)


def _policies(sites: Sequence[Site], found: Mapping[int, Trace]) -> dict[int, Policy]:
    """Thread id -> the policy in force there; queries only if a site has sections."""
    by_id = {site.id: site for site in sites}
    parted = [key for key, trace in found.items() if by_id[trace.site_id].sections]
    places: dict[int, tuple[str, tuple[str, ...]]] = {}
    if parted:
        query = select(Thread.id, Thread.address, Thread.tags).where(Among(Thread.id, "threads"))
        rows = db.session.execute(query, {"threads": parted})
        places = {row.id: (row.address, row.tags) for row in rows}
    return {
        key: policy_of(by_id[trace.site_id], *places.get(key, ())) for key, trace in found.items()
    }


def _under_a_measure() -> ColumnElement[bool]:
    slow = Thread.slow_seconds > 0
    return or_(Thread.hot_since.is_not(None), slow, Thread.premoderate.is_(True))


def _curve(trace: Trace | None, policy: Policy, moment: datetime) -> list[tuple[datetime, float]]:
    step = SHOWN / STEPS
    moments = [moment - step * back for back in range(STEPS, -1, -1)]
    if trace is None:
        return [(at, 0.0) for at in moments]
    return [(at, trace.reading(policy, at).temperature) for at in moments]
