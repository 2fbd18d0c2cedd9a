"""Members can claim what they wrote as guests: with the guest's edit token, which their browser
keeps, or if both accounts have confirmed the same address. A name proves nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, exists, func, select, update
from sqlalchemy.orm import aliased

from ..accounts import proofs
from ..accounts.commands import erase
from ..accounts.models import User
from ..core.db import db, unit_of_work
from ..moderation.cases.models import Sanction
from ..moderation.models import Appeal, Flag
from ..sites.models import Membership
from ..threads.models import Comment, Reaction, Thread, ThreadReaction
from ..threads.reactions import pages as of_pages
from ..threads.recount import settle_many

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Exists, Select


def claimable(user: User) -> int:
    """How many comments the person could add to their account by their address."""
    return _written([each.id for each in _guests(user)])


def claim(user: User) -> None:
    """Add these comments to the account, under its name, and erase the guests that wrote them."""
    with unit_of_work():
        _lock([each.id for each in _guests(user)])
        for guest in _guests(user):
            _give_to(user, guest)
            erase(guest)


def claimable_with(user: User, token: str, *, site_id: int | None) -> int:
    """How many comments the person could add to their account with this edit token of a guest: 0 if
    it is not valid. `site_id`: as in `claim_with`."""
    guest = _guest_of(user, token, site_id)
    return _written([guest.id]) if guest else 0


def claim_with(user: User, token: str, *, site_id: int | None) -> int:
    """Add the comments of the guest with this edit token to the account, under its name, and erase
    the guest; returns how many there were. You can safely repeat this. With `site_id`, only if the
    guest has done nothing on another site."""
    with unit_of_work():
        guest = _guest_of(user, token, site_id)
        if guest is not None:
            _lock([guest.id])
            guest = _guest_of(user, token, site_id)
        if guest is None:
            return 0
        count = _written([guest.id])
        _give_to(user, guest)
        erase(guest)
    return count


def _written(ids: Sequence[int]) -> int:
    query = select(func.count()).where(Comment.author_id.in_(ids), Comment.status != "withdrawn")
    return int(db.session.scalar(query) or 0) if ids else 0


def _guest_of(user: User, token: str, site_id: int | None) -> User | None:
    found = None if user.is_guest else proofs.proof_of("guest", token)
    if found is None or found.user is None:
        return None
    query = _unsanctioned().where(User.id == found.user.id)
    if site_id is not None:
        query = query.where(*(~each for each in _elsewhere(site_id)))
    return db.session.scalar(query)


def _elsewhere(site_id: int) -> tuple[Exists, ...]:
    """Whether the person has written, reacted or reported on another site."""
    return (
        exists().where(Comment.author_id == User.id, Comment.site_id != site_id),
        exists().where(
            Reaction.user_id == User.id,
            Comment.id == Reaction.comment_id,
            Comment.site_id != site_id,
        ),
        exists().where(
            ThreadReaction.user_id == User.id,
            Thread.id == ThreadReaction.thread_id,
            Thread.site_id != site_id,
        ),
        exists().where(Flag.user_id == User.id, Flag.site_id != site_id),
    )


def _lock(ids: Sequence[int]) -> None:
    """Let nobody else claim from these guests meanwhile: who comes second finds them erased."""
    guests = select(User.id).where(User.id.in_(ids)).order_by(User.id)
    db.session.execute(guests.with_for_update(key_share=True))


def _guests(user: User) -> Sequence[User]:
    """Guests with the same confirmed address."""
    if user.is_guest or user.email_verified_at is None or not user.member_email:
        return ()
    return db.session.scalars(
        _unsanctioned()
        .where(User.email == user.member_email)
        .where(User.email_verified_at.is_not(None))
        .order_by(User.id)
    ).all()


def _unsanctioned() -> Select[User]:
    """Guests, without those whom moderators have sanctioned: nobody leaves a sanction behind."""
    return (
        select(User)
        .where(User.kind == "guest", User.erased_at.is_(None))
        .where(~exists().where(Membership.user_id == User.id))
        .where(~exists().where(Sanction.user_id == User.id))
    )


def _give_to(user: User, before: User) -> None:
    """Reassign the comments, reactions, appeals and reports of `before` to `user`. Inside a unit
    only."""
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
    _give_cases(user, before)


def _give_cases(user: User, before: User) -> None:
    """Appeals and reports, so that their outcome is told to somebody, and nobody decides their own.
    A report of the person's own comment, or of one that they also reported, stays nobody's."""
    own, again = aliased(Comment), aliased(Flag)
    for query in (
        update(Appeal).where(Appeal.user_id == before.id),
        update(Flag)
        .where(Flag.user_id == before.id)
        .where(~exists().where(own.id == Flag.comment_id, own.author_id == user.id))
        .where(~exists().where(again.comment_id == Flag.comment_id, again.user_id == user.id)),
    ):
        db.session.execute(
            query.values(user_id=user.id).execution_options(synchronize_session=False)
        )


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
