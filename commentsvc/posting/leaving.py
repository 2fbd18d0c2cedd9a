"""Deleting an account: it is erased, its roles end, its comments lose their name or are withdrawn.
People have a day to undo this, or can leave at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from ..accounts import commands as accounts
from ..accounts import leaving
from ..accounts.models import User
from ..core.db import db, micros, unit_of_work
from ..core.jobs import enqueue, handler
from ..sites.commands import check_last_owner, set_role
from ..sites.models import Membership, Site
from ..threads.models import Comment
from ..threads.reactions import pages as of_pages
from .commands import withdraw

if TYPE_CHECKING:
    from collections.abc import Sequence


def ask_to_leave(user: User, *, withdraw_comments: bool = False) -> None:
    """Schedule the deletion of an account in a day, unless the person follows the link in the email
    about it.

    Raises `Conflict` if a site would be left without an owner, or the server without an
    administrator.
    """
    with unit_of_work():
        leaving.check_last_admin(user)
        for site, role in _sites(user):
            if role == "owner":
                check_last_owner(site, user)
        leaving.begin(user)
        until = micros(user.leaving_at) if user.leaving_at else 0
        facts = {"user_id": user.id, "until": until, "withdraw_comments": withdraw_comments}
        enqueue("leave_for_good", delay=leaving.GRACE.total_seconds(), **facts)
        enqueue("send_leaving", user_id=user.id, until=until)


@handler("leave_for_good")
def leave_for_good(user_id: int, until: int, withdraw_comments: bool) -> None:
    """The day is over. Does nothing if the person has undone it, or has left meanwhile."""
    user = db.session.get(User, user_id)
    if user is not None and user.leaving_at is not None and micros(user.leaving_at) == until:
        leave(user, withdraw_comments=withdraw_comments)


def leave(user: User, *, withdraw_comments: bool = False) -> None:
    """Delete an account now, in one unit.

    With `withdraw_comments`, the texts disappear too; places with replies stay. Raises `Conflict`
    if a site would be left without an owner, or the server without an administrator.
    """
    with unit_of_work():
        leaving.check_last_admin(user)
        for site, _ in _sites(user):
            set_role(site, user, None, by=None)
        if withdraw_comments:
            _withdraw_all(user)
        of_pages.forget(user)
        accounts.erase(user)


def _sites(user: User) -> Sequence[tuple[Site, str]]:
    found = db.session.execute(
        select(Site, Membership.role)
        .join(Membership, Membership.site_id == Site.id)
        .where(Membership.user_id == user.id)
        .order_by(Site.id)  # lock the owners of several sites in a fixed order
    )
    return [(site, role) for site, role in found]


def _withdraw_all(user: User) -> None:
    ids = db.session.scalars(
        select(Comment.public_id).where(Comment.author_id == user.id, Comment.status != "withdrawn")
    ).all()
    for public_id in ids:
        withdraw(public_id, user=user)
