"""What a moderator may mark a published comment as: featured, pinned."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..core.db import db
from ..core.errors import Conflict
from ..threads.commands import touch
from ..threads.status import rank

if TYPE_CHECKING:
    from ..threads.models import Comment

#: action -> the column it sets, and to what.
FEATURING = {
    "feature": ("featured", True),
    "unfeature": ("featured", False),
    "pin": ("pinned", True),
    "unpin": ("pinned", False),
}


def is_marked(comment: Comment, action: str) -> bool:
    """Whether the comment is already what this action would make it."""
    name, value = FEATURING[action]
    return bool(getattr(comment, name) == value)


def mark(comment: Comment, action: str) -> None:
    """Do it. Raises `Conflict` unless the comment is published."""
    if comment.status != "published":
        raise Conflict("not_published.feature")
    _set(comment, *FEATURING[action])


def unmark(comment: Comment, action: str) -> None:
    """Take it back."""
    name, value = FEATURING[action]
    _set(comment, name, not value)


def _set(comment: Comment, name: str, value: bool) -> None:
    setattr(comment, name, value)
    comment.rank = rank(comment)
    raise_version(comment)
    touch(comment.thread_id)


def raise_version(*comments: Comment) -> None:
    """Whoever looks at the comment as it was before is told that it has changed."""
    for comment in comments:
        comment.version += 1
    db.session.flush()
