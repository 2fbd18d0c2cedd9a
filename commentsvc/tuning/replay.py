"""Judging old comments again under other limits or words, from the facts that were stored with them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from ..core import clock
from ..core.db import db
from ..moderation.judging.facts import found_in, limits_of, word_lists
from ..moderation.judging.rules import RULES
from ..moderation.judging.verdict import Rule, judge, submission_from
from ..sites.queries import policy_of
from ..threads.models import Comment, Revision

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ..sites.models import Site
    from ..sites.policy import Policy

MONTH = timedelta(days=30)
MOST = 20_000  # comments, the newest
_EXAMPLES = 5


@dataclass(frozen=True)
class Change:
    """Comments that would fare otherwise: so many, of which moderators are known to have rejected or
    approved so many, and the first of them (id, text)."""

    count: int = 0
    rejected: int = 0
    approved: int = 0
    examples: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Replay:
    """So many comments; held (or rejected) under the rules as they are and as they would be."""

    comments: int
    held_now: int
    held_then: int
    caught: Change  # that would be held, and are not now
    released: Change  # the other way round


def replay(
    site: Site,
    changes: Mapping[str, Any],
    *,
    span: timedelta = MONTH,
    rules: Sequence[Rule] = RULES,
) -> Replay:
    """What the changed policy would have done to the last comments. Raises `Invalid` naming a field."""
    policy = policy_of(site)
    changed = policy.with_changes(changes)
    rows = db.session.execute(
        select(Comment.public_id, Comment.status, Comment.reviewed, Revision.text, Revision.facts)
        .join(Revision, Revision.id == Comment.revision_id)
        .where(Comment.site_id == site.id, Comment.created_at >= clock.now() - span)
        .where(Comment.status != "withdrawn", Revision.facts.is_not(None))
        .order_by(Comment.created_at.desc())
        .limit(MOST)
    ).all()
    as_is, as_would_be = _judge(site, policy, rules), _judge(site, changed, rules)
    now = then = 0
    caught: list[Any] = []
    released: list[Any] = []
    for row in rows:
        before, after = as_is(row), as_would_be(row)
        now, then = now + before, then + after
        if before != after:
            (caught if after else released).append(row)
    return Replay(len(rows), now, then, _change(caught), _change(released))


def _judge(site: Site, policy: Policy, rules: Sequence[Rule]) -> Callable[[Any], bool]:
    """Whether a comment would be held, or rejected, under this policy: its words are looked for again,
    what was known of its author is as it was stored."""
    banned, suspect = word_lists(site.id, policy)
    limits = limits_of(policy)

    def held(row: Any) -> bool:
        facts = submission_from(row.facts, text=row.text, plain=row.text)  # no rule reads either
        facts = replace(
            facts,
            limits=limits,
            banned=found_in(banned, row.text),
            suspect=found_in(suspect, row.text),
        )
        return judge(rules, facts).holds

    return held


def _change(rows: list[Any]) -> Change:
    decided = [row for row in rows if row.reviewed]
    return Change(
        count=len(rows),
        rejected=sum(row.status == "rejected" for row in decided),
        approved=sum(row.status == "published" for row in decided),
        examples=[(row.public_id, row.text) for row in rows[:_EXAMPLES]],
    )
