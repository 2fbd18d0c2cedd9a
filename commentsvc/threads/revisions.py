"""A text with what is stored beside it, as a row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from . import text as texts
from .models import Comment, Revision

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True)
class Judged:
    """What is stored beside a text so that its judgement can be replayed: what a model said of it (or
    why none did), the facts of the time and the verdict. Nothing of it: the text was never judged."""

    language: str | None = None
    scores: dict[str, float] | None = None
    scorer: str | None = None
    unscored: str | None = None
    facts: dict[str, Any] | None = None
    verdict: dict[str, Any] | None = None


def new_revision(
    comment: Comment,
    number: int,
    source_text: str,
    judged: Judged,
    *,
    moment: datetime,
    html: str | None = None,
) -> Revision:
    """The row of one text of a comment; `html` saves rendering it where that was done before."""
    return Revision(
        comment_id=comment.id,
        number=number,
        text=source_text,
        html=texts.html(source_text) if html is None else html,
        created_at=moment,
        language=judged.language,
        scores=judged.scores,
        scorer=judged.scorer,
        facts=judged.facts,
        verdict=judged.verdict,
    )
