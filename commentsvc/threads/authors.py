"""Comments that get another author."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import exists, select, update
from sqlalchemy.orm import aliased

from ..core.db import db
from .models import Comment, Reaction, Thread

if TYPE_CHECKING:
    from ..accounts.models import User


def give_to(user: User, before: User) -> None:
    """What one wrote and liked is the other's from now on. Inside a unit only."""
    here = select(Comment.thread_id).where(Comment.author_id == before.id)
    db.session.execute(
        update(Thread)
        .where(Thread.id.in_(here))
        .values(version=Thread.version + 1)
        .execution_options(synchronize_session=False)
    )
    db.session.execute(
        update(Comment).where(Comment.author_id == before.id).values(author_id=user.id)
    )
    own = aliased(Reaction)
    liked_by_both = exists().where(own.user_id == user.id, own.comment_id == Reaction.comment_id)
    db.session.execute(
        update(Reaction)
        .where(Reaction.user_id == before.id, ~liked_by_both)
        .values(user_id=user.id)
        .execution_options(synchronize_session=False)
    )
