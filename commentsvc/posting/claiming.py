"""Members can claim what they wrote as guests, if both accounts have confirmed the same address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, exists, func, select, update
from sqlalchemy.orm import aliased

from ..accounts.commands import erase
from ..accounts.models import User
from ..core.db import db, unit_of_work
from ..moderation.cases.models import Sanction
from ..sites.models import Membership
from ..threads.models import Comment, Reaction, Thread
from ..threads.reactions import pages as of_pages
from ..threads.recount import settle_many

if TYPE_CHECKING:
    from collections.abc import Sequence


def claimable(user: User) -> int:
    """How many comments the person could add to their account."""
    ids = [each.id for each in _guests(user)]
    query = select(func.count()).where(Comment.author_id.in_(ids), Comment.status != "withdrawn")
    return int(db.session.scalar(query) or 0) if ids else 0


def claim(user: User) -> None:
    """Add these comments to the account, under its name, and erase the guests that wrote them."""
    with unit_of_work():
        for guest in _guests(user):
            _give_to(user, guest)
            erase(guest)


def _guests(user: User) -> Sequence[User]:
    """Guests with the same confirmed address. A guest that moderators sanctioned is left out."""
    if user.is_guest or user.email_verified_at is None or not user.member_email:
        return ()
    return db.session.scalars(
        select(User)
        .where(User.kind == "guest", User.email == user.member_email)
        .where(User.email_verified_at.is_not(None), User.erased_at.is_(None))
        .where(~exists().where(Membership.user_id == User.id))
        .where(~exists().where(Sanction.user_id == User.id))
        .order_by(User.id)
    ).all()


def _give_to(user: User, before: User) -> None:
    """Reassign the comments and reactions of `before` to `user`. Inside a unit only."""
    here = select(Comment.thread_id).where(Comment.author_id == before.id)
    db.session.execute(
        update(Thread)
        .where(Thread.id.in_(here))
        .values(version=Thread.version + 1)
        .execution_options(synchronize_session=False)
    )
    fewer = _drop_reactions(user, before)
    db.session.execute(
        update(Comment).where(Comment.author_id == before.id).values(author_id=user.id)
    )
    db.session.execute(
        update(Reaction).where(Reaction.user_id == before.id).values(user_id=user.id)
    )
    settle_many(fewer)
    of_pages.give_to(user, before)


def _drop_reactions(user: User, before: User) -> Sequence[int]:
    """Delete what one person may not have: a second reaction to a comment, and reactions to their own.
    Returns the comments' row ids."""
    own = aliased(Reaction)
    again = exists().where(own.user_id == user.id, own.comment_id == Reaction.comment_id)
    found = db.session.execute(
        select(Reaction.user_id, Reaction.comment_id)
        .join(Comment, Comment.id == Reaction.comment_id)
        .where(
            ((Reaction.user_id == before.id) & (again | (Comment.author_id == user.id)))
            | ((Reaction.user_id == user.id) & (Comment.author_id == before.id))
        )
    ).all()
    for user_id, comment_id in found:
        db.session.execute(
            delete(Reaction).where(Reaction.user_id == user_id, Reaction.comment_id == comment_id)
        )
    return [each.comment_id for each in found]
