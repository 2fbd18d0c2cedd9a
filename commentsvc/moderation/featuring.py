"""Marks that a moderator may put on a published comment: featured, pinned."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..core.db import db
from ..core.errors import Conflict
from ..threads.commands import touch
from ..threads.status import rank

if TYPE_CHECKING:
    from ..threads.models import Comment

#: action -> the column it sets, and the value.
FEATURING = {
    "feature": ("featured", True),
    "unfeature": ("featured", False),
    "pin": ("pinned", True),
    "unpin": ("pinned", False),
}


def is_marked(comment: Comment, action: str) -> bool:
    """Whether the comment already is as this action would make it."""
    name, value = FEATURING[action]
    return bool(getattr(comment, name) == value)


def mark(comment: Comment, action: str) -> None:
    """Apply the action. Raises `Conflict` unless the comment is published."""
    if comment.status != "published":
        raise Conflict("not_published.feature")
    _set(comment, *FEATURING[action])


def unmark(comment: Comment, action: str) -> None:
    """Undo the action."""
    name, value = FEATURING[action]
    _set(comment, name, not value)


def _set(comment: Comment, name: str, value: bool) -> None:
    setattr(comment, name, value)
    comment.rank = rank(comment)
    raise_version(comment)
    touch(comment.thread_id)


def raise_version(*comments: Comment) -> None:
    """Raise the versions, so that anybody acting on an older state is told of the change."""
    for comment in comments:
        comment.version += 1
    db.session.flush()
