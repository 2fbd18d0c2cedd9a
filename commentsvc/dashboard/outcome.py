"""An own comment as the account page shows it: what became of it, and why, in words."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from ..moderation.outcomes import Outcome
from ..notifications.statements import Statement, statement
from ..posting.commands import stored_reasons
from .page import language


@dataclass(frozen=True)
class OwnComment:
    """What the template needs. `statement` is there for what a decision restricts."""

    outcome: Outcome
    html: Markup
    reasons: list[str]
    statement: Statement | None


def shown(outcome: Outcome) -> OwnComment:
    """An outcome made ready for the page."""
    locale, status = language(), outcome.status
    restricts = outcome.decision is not None and status == "rejected"
    return OwnComment(
        outcome=outcome,
        # made by threads.text, stored safe
        html=Markup(outcome.revision.html),
        reasons=stored_reasons(outcome.comment, outcome.revision, locale)
        if status == "pending"
        else [],
        statement=statement(outcome.decision, locale) if restricts and outcome.decision else None,
    )
