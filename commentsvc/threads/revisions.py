"""A comment's text and its judgment, as a row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..core.rows import made
from . import text as texts
from .models import Comment, Revision

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from .text import Mention


@dataclass(frozen=True)
class Judged:
    """What is stored with a text so that its judgment can be replayed: a model's scores (or why
    there are none), the facts at the time and the verdict. If all are None, it was never judged."""

    language: str | None = None
    scores: dict[str, float] | None = None
    scorer: str | None = None
    unscored: str | None = None
    facts: dict[str, Any] | None = None
    verdict: dict[str, Any] | None = None


@dataclass(frozen=True)
class Written:
    """A cleaned text, its mentions, and its HTML."""

    text: str
    html: str
    mentions: Sequence[Mention] = ()

    @classmethod
    def of(cls, text: str, mentions: Sequence[Mention] = ()) -> Written:
        """Render it."""
        return cls(text, texts.html(text, mentions), mentions)


def new_revision(
    comment: Comment,
    number: int,
    written: Written,
    judged: Judged,
    *,
    moment: datetime,
    **more: Any,
) -> Revision:
    """The row of one text of a comment, with `more` columns if they are known."""
    return made(Revision, **columns_of(comment.id, number, written, judged, moment=moment), **more)


def columns_of(
    comment_id: int, number: int, written: Written, judged: Judged, *, moment: datetime
) -> dict[str, Any]:
    """The columns of that row."""
    return {
        "comment_id": comment_id,
        "number": number,
        "text": written.text,
        "html": written.html,
        "mentions": [each.as_dict() for each in written.mentions] or None,
        "created_at": moment,
        "language": judged.language,
        "scores": judged.scores,
        "scorer": judged.scorer,
        "facts": judged.facts,
        "verdict": judged.verdict,
    }
