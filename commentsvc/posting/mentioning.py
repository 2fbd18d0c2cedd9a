"""Mentions: members of a comment's conversation, whom its author has chosen by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import exists, select

from ..accounts.models import User
from ..core.db import db
from ..threads import text as texts
from ..threads.models import Comment
from ..threads.revisions import Written

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..threads.models import Revision, Thread
    from ..threads.text import Mention


def written_by(
    user: User | None, text: str, mentions: Sequence[Mention], thread: Thread | None
) -> Written:
    """A cleaned text with its valid mentions. Guests, who could be anybody, mention nobody."""
    standing = texts.standing(text, mentions)
    if not standing or user is None or user.is_guest or thread is None:
        return Written.of(text)
    names = _names([each.id for each in standing], thread)
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
