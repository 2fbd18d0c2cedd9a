"""Changing one's name, which must not be one of a site's staff."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from ..accounts.commands import change_name
from ..core.db import db, unit_of_work
from ..sites.queries import by_id, is_staff, staff_names
from ..threads.models import Comment
from .known import check_name

if TYPE_CHECKING:
    from ..accounts.models import User


def rename(user: User, name: str) -> None:
    """Change one's name, on earlier comments too. Raises `Invalid`, also for a name that resembles
    one of the staff of a site where the person has commented."""
    written = select(Comment.site_id).where(Comment.author_id == user.id).distinct().limit(100)
    with unit_of_work():
        for site in map(by_id, db.session.scalars(written)):
            if not is_staff(user, site):
                check_name(staff_names(site), name)
        change_name(user, name)
