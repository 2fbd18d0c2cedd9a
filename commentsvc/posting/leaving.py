"""Leaving for good: an account is forgotten, its roles end, its comments stay without a name or go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from ..accounts import commands as accounts
from ..core.db import db, unit_of_work
from ..sites.commands import set_role
from ..sites.models import Membership, Site
from ..threads.models import Comment
from .commands import withdraw

if TYPE_CHECKING:
    from ..accounts.models import User


def leave(user: User, *, withdraw_comments: bool = False) -> None:
    """Delete somebody's account, all of it or nothing.

    With `withdraw_comments` the texts disappear too; places that hold replies stay. Raises
    `Conflict` while a site would be left without an owner.
    """
    with unit_of_work():
        sites = db.session.scalars(
            select(Site)
            .join(Membership, Membership.site_id == Site.id)
            .where(Membership.user_id == user.id)
        ).all()
        for site in sites:
            set_role(site, user, None, by=None)
        if withdraw_comments:
            _withdraw_all(user)
        accounts.erase(user)


def _withdraw_all(user: User) -> None:
    ids = db.session.scalars(
        select(Comment.public_id).where(Comment.author_id == user.id, Comment.status != "withdrawn")
    ).all()
    for public_id in ids:
        withdraw(public_id, user=user)
