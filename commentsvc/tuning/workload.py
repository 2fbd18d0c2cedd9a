"""What each rung of the ladder of limits holds: of labeled texts, and of a site's own comments.

A site's own curve is used as soon as there are enough comments. The share of bad comments that a
rung finds is known once moderators have decided enough, as in `advisor`.
"""

from __future__ import annotations

import time
from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from ..core import clock
from ..core.bands import Band, Stratum, combined, part_of
from ..core.db import db
from ..moderation.judging.facts import limits_of
from ..moderation.judging.rules import RULES, judge
from ..moderation.judging.scored import reading, verdict_on
from ..moderation.judging.verdict import Action
from ..sites.ladder import RUNGS, limits_at
from ..sites.policy import Policy
from ..sites.queries import policy_of
from ..sites.workload import Curve, Rung, measured
from ..threads.models import Comment
from .advisor import FEWEST, KINDS, SPARED, flagged, outcomes
from .replay import MONTH, rejudged, sample

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ..sites.models import Site
    from ..toxicity.scorer import Scores, Unscored

ENOUGH = 500  # comments from which on a site has its own curve


def first_rung(judged: Callable[[int], Action], wanted: Action) -> int:
    """The first rung on which a comment gets at least this action, by bisection: lower rungs hold
    whatever higher ones do. `len(RUNGS)` if there is none."""
    if judged(len(RUNGS) - 1) < wanted:
        return len(RUNGS)
    low, high = 0, len(RUNGS) - 1
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if judged(middle) >= wanted else (middle + 1, high)
    return low


def measure(
    texts: Sequence[str], said: Sequence[Scores | Unscored], toxic: Sequence[bool]
) -> list[dict[str, Any]]:
    """For each rung, how many of these texts a new site holds, how many it publishes and flags, and
    how many of the toxic ones it holds."""
    policies = [Policy().with_changes(limits_at(rung)) for rung in RUNGS]
    rungs = [{"toxicity": rung, "held": 0, "flagged": 0, "found": 0} for rung in RUNGS]
    for text, answer, bad in zip(texts, said, toxic, strict=True):
        read = reading(policies[0], text)
        actions = [verdict_on(policy, read, answer).action for policy in policies]
        for at, action in enumerate(actions):
            rungs[at]["held"] += action >= Action.HOLD
            rungs[at]["flagged"] += action == Action.REVIEW
            rungs[at]["found"] += bad and action >= Action.HOLD
    return rungs


def curve_of(site: Site, *, seconds: float | None = None) -> Curve:
    """The site's own curve, from its policy and its comments of the last 30 days; the
    model's measured curve while there are too few. It stops after `seconds`; `comments` says
    how many it counted."""
    total, rows = sample(site, MONTH)
    if total < ENOUGH:
        return measured()
    until = time.monotonic() + seconds if seconds is not None else None
    policy = policy_of(site)
    limits = [limits_of(policy.with_changes(limits_at(rung))) for rung in RUNGS]
    submission = rejudged(site, policy)
    kind_of = _kinds(site, rows)
    counted: list[tuple[int, int, str, bool | None]] = []
    for row in rows:
        if until is not None and time.monotonic() > until:
            break
        facts = submission(row)
        if facts.author.kind in SPARED:
            continue

        def judged(rung: int, facts: Any = facts) -> Action:
            return judge(RULES, replace(facts, limits=limits[rung])).action

        held, called = first_rung(judged, Action.HOLD), first_rung(judged, Action.REVIEW)
        counted.append((held, called, *kind_of(row)))
    return _curve(counted)


def comments_a_day(site: Site) -> int:
    """Average comments per day over the last 30 days; 0 if there are none."""
    since = clock.now() - MONTH
    asked = select(func.count(), func.min(Comment.created_at)).where(
        Comment.site_id == site.id, Comment.created_at >= since
    )
    count, first = db.session.execute(asked).one()
    if not count:
        return 0
    return max(1, round(count / max(1.0, (clock.now() - first).total_seconds() / 86_400)))


def _kinds(site: Site, rows: Sequence[Any]) -> Callable[[Any], tuple[str, bool | None]]:
    """For a row: its stratum, and what people decided if that counts."""
    since = min((row.created_at for row in rows), default=None)
    if since is None:
        return lambda _: ("rest", None)
    decided = outcomes([site.id], since)
    called, drawn = flagged(site, since)

    def kind_of(row: Any) -> tuple[str, bool | None]:
        kind = "held" if row.action in ("HOLD", "REJECT") else "rest"
        if kind == "rest" and row.revision_id in called:
            kind = "called"
        counts = kind != "rest" or row.revision_id in drawn
        return kind, decided.get(row.revision_id) if counts else None

    return kind_of


def _curve(counted: Sequence[tuple[int, int, str, bool | None]]) -> Curve:
    decided = sum(bad is not None for *_, bad in counted)
    rungs = []
    for at, toxicity in enumerate(RUNGS):
        held = sum(first <= at for first, *_ in counted)
        flagged_here = sum(called <= at < first for first, called, *_ in counted)
        share = 1 / max(1, len(counted))
        found = _found(counted, at) if decided >= FEWEST else None
        rungs.append(Rung(toxicity, held * share, flagged_here * share, found))
    return Curve(rungs=tuple(rungs), comments=len(counted), decided=decided)


def _found(counted: Sequence[tuple[int, int, str, bool | None]], rung: int) -> Band:
    """The share of all bad comments that this rung holds."""
    tallies: dict[tuple[bool, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    for first, _, kind, bad in counted:
        tally = tallies[first <= rung, kind]
        tally[0] += 1
        if bad is not None:
            tally[1] += 1
            tally[2] += bad
    inside, outside = ([Stratum(*tallies[held, kind]) for kind in KINDS] for held in (True, False))
    sizes = [sum(each.size for each in strata) for strata in (inside, outside)]
    return part_of(combined(inside), sizes[0], combined(outside), sizes[1])
