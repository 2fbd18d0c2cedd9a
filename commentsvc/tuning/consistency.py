"""How often decisions agree with the nearest earlier ones on similar comments: by rule
and by moderator.

The nearest decisions are known when a decision is stored as a precedent, and recorded with it, so
the figures only need counting. Decisions that were later undone or replaced do not count.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from ..accounts.models import User
from ..core import clock
from ..core.bands import Band, wilson
from ..core.db import db
from ..moderation.models import Decision
from ..moderation.precedents.models import Precedent
from ..threads.models import Comment

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ..sites.models import Site

SPAN = timedelta(days=183)
FEWEST = 20  # decisions below which there is no share


@dataclass(frozen=True)
class Row:
    """How many decisions have enough precedents, and how many of those agree with most of them;
    `share` is None if there are too few. `name` is a rule's ("": none) or a person's; None: all."""

    name: str | None
    decisions: int
    same: int
    share: Band | None


@dataclass(frozen=True)
class Consistency:
    """All decisions on some sites together, by rule, and by moderator."""

    all: Row
    rules: list[Row]
    people: list[Row]


def consistency(sites: Sequence[Site]) -> Consistency:
    """How far the decisions of half a year agree with earlier ones: two queries."""
    rows = db.session.execute(
        select(Precedent.rule, Decision.by_id, Precedent.same)
        .join(Decision, Decision.id == Precedent.decision_id)
        .join(Comment, Comment.id == Precedent.comment_id)
        .where(Precedent.site_id.in_([site.id for site in sites]), Precedent.same.is_not(None))
        .where(Decision.created_at > clock.now() - SPAN)
        .where(Comment.revision_id == Precedent.revision_id, Comment.status != "withdrawn")
    ).all()
    rules: dict[str, list[bool]] = defaultdict(list)
    people: dict[int, list[bool]] = defaultdict(list)
    for rule, person, same in rows:
        rules[rule].append(bool(same))
        people[person or 0].append(bool(same))
    names = dict(db.session.execute(select(User.id, User.name).where(User.id.in_(people))).all())
    return Consistency(
        all=_row(None, [bool(row[2]) for row in rows]),
        rules=_most_first(_row(rule, said) for rule, said in rules.items()),
        people=_most_first(_row(names.get(key, ""), said) for key, said in people.items()),
    )


def _row(name: str | None, said: Sequence[bool]) -> Row:
    total, same = len(said), sum(said)
    return Row(name, total, same, wilson(same, total) if total >= FEWEST else None)


def _most_first(rows: Iterable[Row]) -> list[Row]:
    return sorted(rows, key=lambda each: (-each.decisions, each.name or ""))
