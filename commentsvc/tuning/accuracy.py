"""How accurate the automated means were in a period: accuracy, precision and recall, with bands.

People's decisions are taken as the truth. They read what was held, some of what was reported, and
of the rest only what the audit sampled, so the decisions on each stratum stand for all of it, as in
advisor.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, case, exists, func, or_, select
from sqlalchemy.orm import aliased

from ..core.bands import Band, Stratum, combined, part_of
from ..core.db import db
from ..moderation.models import Decision, Flag
from ..threads.models import Comment, Revision
from .advisor import KINDS, SPARED

if TYPE_CHECKING:
    from datetime import datetime

FEWEST = 20  # decisions on held comments, and on the audit's sample, needed for any figure


@dataclass(frozen=True)
class Accuracy:
    """The counted strata, and the figures derived from them; None if too little was decided.

    `precision`: of what rules held or rejected, the share that people reject. `recall`: of what
    people reject, the share that rules held or rejected. `accuracy`: the share of all comments on
    which rules and people agree.
    """

    held: Stratum
    called: Stratum
    rest: Stratum

    @property
    def enough(self) -> bool:
        """Whether enough was decided to give figures."""
        return min(self.held.decided, self.rest.decided) >= FEWEST

    @property
    def precision(self) -> Band | None:
        return combined([self.held]) if self.enough else None

    @property
    def recall(self) -> Band | None:
        if not self.enough:
            return None
        outside = [self.called, self.rest]
        size = sum(each.size for each in outside)
        return part_of(combined([self.held]), self.held.size, combined(outside), size)

    @property
    def accuracy(self) -> Band | None:
        if not self.enough:
            return None
        passed = [
            Stratum(each.size, each.decided, each.decided - each.bad)
            for each in (self.called, self.rest)
        ]
        return combined([self.held, *passed])


def accuracy(site_id: int, since: datetime, until: datetime) -> Accuracy:
    """The comments written in the period, counted by what people had decided about them by its end:
    one query. Comments by staff and trusted members, which rules never hold, are left out."""
    each = _comments(site_id, since, until).subquery()
    rows = db.session.execute(
        select(each.c.kind, each.c.said, each.c.drawn, func.count()).group_by(
            each.c.kind, each.c.said, each.c.drawn
        )
    )
    tallies: dict[str, list[int]] = {kind: [0, 0, 0] for kind in KINDS}
    for kind, said, drawn, count in rows:
        tally = tallies[kind]
        tally[0] += count
        # a comment of the rest that somebody happened to read says nothing about the unread ones
        if said is not None and (kind != "rest" or drawn):
            tally[1] += count
            tally[2] += count * (said == "reject")
    return Accuracy(**{kind: Stratum(*tally) for kind, tally in tallies.items()})


def _comments(site_id: int, since: datetime, until: datetime) -> Any:
    called = _flagged(until, Flag.weight > 0)
    action = Revision.verdict["action"].as_string()
    author = Revision.facts["author"]["kind"].as_string()
    kind = case((action.in_(("HOLD", "REJECT")), "held"), (called, "called"), else_="rest")
    return (
        select(
            kind.label("kind"),
            _said(until).label("said"),
            case((_flagged(until, Flag.rule == "audit"), 1), else_=0).label("drawn"),
        )
        .select_from(Comment)
        .join(Revision, Revision.id == Comment.revision_id)
        .where(Comment.site_id == site_id, Comment.status != "withdrawn")
        .where(Comment.created_at >= since, Comment.created_at < until)
        .where(or_(author.is_(None), author.not_in(SPARED)))
    )


def _flagged(until: datetime, what: Any) -> Any:
    of_text = and_(Flag.comment_id == Comment.id, Flag.revision_id == Comment.revision_id)
    return exists().where(of_text, Flag.created_at < until, what)


def _said(until: datetime) -> Any:
    """The newest decision by a person about the text that was not undone."""
    counter = aliased(Decision)
    undone = select(counter.id).where(counter.undoes_id == Decision.id, counter.created_at < until)
    return (
        select(Decision.action)
        .where(Decision.comment_id == Comment.id, Decision.revision_id == Comment.revision_id)
        .where(Decision.by_id.is_not(None), Decision.action.in_(("approve", "reject")))
        .where(Decision.created_at < until, ~undone.exists())
        .order_by(Decision.id.desc())
        .limit(1)
        .correlate(Comment)
        .scalar_subquery()
    )
