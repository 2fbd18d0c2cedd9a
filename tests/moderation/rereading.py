"""Decisions on what was read in an earlier version, for the test of any order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule
from sqlalchemy import select

from commentsvc.core.db import db
from commentsvc.core.errors import DomainError
from commentsvc.moderation.commands import decide
from commentsvc.moderation.models import Decision
from commentsvc.threads.models import Comment

if TYPE_CHECKING:
    from collections.abc import Callable

    from commentsvc.accounts.models import User
    from tests.people import Cast


def _as_it_is(comment: Comment) -> tuple[Any, ...]:
    return comment.revision_id, comment.status, comment.reviewed, comment.pinned


class Rereading:
    """A decision counts if the comment is as it was read, and only then."""

    cast: Cast
    pick: Callable[[int], Comment | None]

    def __init__(self) -> None:
        super().__init__()
        self.seen: dict[tuple[int, int], tuple[Any, ...]] = {}

    @rule(number=st.integers(0, 2), who=st.sampled_from(("mona", "olga")), back=st.integers(1, 4))
    def decide_as_read(self, number: int, who: str, back: int) -> None:
        """What was read in an earlier version counts if it is so again, and only then."""
        comment = self.pick(number)
        was = self.seen.get((comment.id, comment.version - back)) if comment else None
        if comment is None or was is None:
            return
        now, by = _as_it_is(comment), getattr(self.cast, who)
        seen = comment.version - back
        try:
            decide(comment.public_id, action="approve", by=by, seen_version=seen)
        except DomainError as refused:
            db.session.rollback()
            assert was != now or comment.reviewed or comment.status == "withdrawn", refused.key
            assert refused.key != "changed" or was[0] != now[0]
        else:
            assert was == now or self.is_sent_again(comment, by)

    def is_sent_again(self, comment: Comment, by: User) -> bool:
        """Whether the newest row is this person's approval, from before."""
        row = db.session.scalars(
            select(Decision)
            .where(Decision.comment_id == comment.id)
            .order_by(Decision.id.desc())
            .limit(1)
        ).one()
        return row.action == "approve" and row.by_id == by.id

    @invariant()
    def versions_are_noted(self) -> None:
        for comment in db.session.scalars(select(Comment)):
            self.seen[comment.id, comment.version] = _as_it_is(comment)
