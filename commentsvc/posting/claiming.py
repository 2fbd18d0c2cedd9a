"""What somebody wrote as a guest becomes theirs: by the address that both have confirmed, if they want so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import exists, func, select, update
from sqlalchemy.orm import aliased

from ..accounts.commands import erase
from ..accounts.models import User
from ..core.db import db, unit_of_work
from ..moderation.cases.models import Sanction
from ..sites.models import Membership
from ..threads.models import Comment, Reaction, Thread

if TYPE_CHECKING:
    from collections.abc import Sequence


def claimable(user: User) -> int:
    """How many comments the person could add to their account."""
    ids = [each.id for each in _guests(user)]
    query = select(func.count()).where(Comment.author_id.in_(ids), Comment.status != "withdrawn")
    return int(db.session.scalar(query) or 0) if ids else 0


def claim(user: User) -> None:
    """Add them, under the account's name; the guests that wrote them are no more."""
    with unit_of_work():
        for guest in _guests(user):
            _give_to(user, guest)
            erase(guest)


def _guests(user: User) -> Sequence[User]:
    """Guests with the same confirmed address. What moderators did about a guest stays with that guest."""
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
