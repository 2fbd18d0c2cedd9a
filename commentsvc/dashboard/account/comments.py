"""Own comments for the account page: what became of them, and why, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup

from ...moderation.cases import appeals
from ...moderation.outcomes import OwnComment, held_for
from ...moderation.record import stored_findings
from ...notifications.statements import Statement, statement
from ..page import language

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...moderation.models import Appeal


@dataclass(frozen=True)
class Shown:
    """What the template needs. `statement` is set if the decision restricts the comment."""

    outcome: OwnComment
    html: Markup
    reasons: list[str]
    statement: Statement | None
    appeal: Appeal | None
    may_appeal: bool


def all_shown(outcomes: Sequence[OwnComment]) -> list[Shown]:
    """Outcomes prepared for the page."""
    made = appeals.of_comments([each.comment.id for each in outcomes])
    return [_shown(each, made.get(each.comment.id)) for each in outcomes]


def _shown(outcome: OwnComment, appeal: Appeal | None) -> Shown:
    locale, status = language(), outcome.status
    restricts = outcome.decision is not None and status == "rejected"
    # Authors can only appeal what they have been notified of.
    known = outcome.decision is not None and status == outcome.comment.status
    return Shown(
        outcome=outcome,
        # produced by threads.text, stored safe
        html=Markup(outcome.revision.html),
        reasons=held_for(stored_findings(outcome.revision), locale) if status == "pending" else [],
        statement=statement(outcome.decision, locale) if restricts and outcome.decision else None,
        appeal=appeal,
        may_appeal=known and status != "published" and bool(appeals.appealable(outcome.comment)),
    )
