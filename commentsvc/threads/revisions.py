"""A comment's text, whom it mentions, and its judgment: one row for each text it has had."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import exists, select

from ..accounts.models import User
from ..core.db import db
from ..core.rows import made
from . import text as texts
from .models import Comment, Revision

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from .models import Thread
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


def written_by(
    user: User | None, text: str, mentions: Sequence[Mention], thread: Thread | None
) -> Written:
    """A cleaned text with its valid mentions. Guests, who could be anybody, mention nobody."""
    if not mentions or user is None or user.is_guest or thread is None:
        return Written.of(text)
    standing = texts.standing(text, mentions)
    names = _names([each.id for each in standing], thread) if standing else {}
    return Written.of(text, [each for each in standing if names.get(each.id) == each.name])


def rewritten_by(
    user: User, text: str, mentions: Sequence[Mention] | None, thread: Thread, before: Revision
) -> Written:
    """The same for an edited text. Earlier mentions stay valid under the name of that time; without
    `mentions`, all of them stay as far as they are still in the text."""
    kept = texts.mentions_in(before.mentions)
    if mentions is None:
        return Written.of(text, texts.standing(text, kept))
    known = {(each.id, each.name) for each in kept}
    fresh = [each for each in mentions if (each.id, each.name) not in known]
    counting = written_by(user, text, fresh, thread).mentions
    given = [each for each in mentions if each in counting or (each.id, each.name) in known]
    return Written.of(text, texts.standing(text, given))


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


def _names(ids: Sequence[str], thread: Thread) -> dict[str, str]:
    """Public ID -> name, of those members who have a published comment in the conversation."""
    here = exists().where(
        Comment.author_id == User.id,
        Comment.site_id == thread.site_id,
        Comment.thread_id == thread.id,
        Comment.status == "published",
    )
    found = select(User.public_id, User.name).where(
        User.public_id.in_(ids), User.kind == "member", User.active(), here
    )
    return {row.public_id: row.name for row in db.session.execute(found)}
