"""Names of authors: nobody may borrow the name of a site's staff."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from ..accounts.commands import change_name, make_guest
from ..core.db import db, unit_of_work
from ..core.errors import Invalid
from ..core.typed import clean_name
from ..moderation.judging.authors import staff_like
from ..sites.queries import by_id, is_staff, staff_names
from ..threads.models import Comment

if TYPE_CHECKING:
    from ..accounts.models import User


def new_guest(
    staff: list[str], name: str, email: str | None, *, secret: str | None
) -> tuple[User, str]:
    """A new guest with this name, which must not resemble a staff name, and their edit token.
    Raises `Invalid`."""
    _check_free(staff, name)
    return make_guest(name, email, secret=secret)


def rename_guest(staff: list[str], guest: User, name: str) -> None:
    """Name a guest; one who has only liked so far has no name yet. Raises `Invalid`."""
    if name.strip() != guest.name:
        _check_free(staff, name)
        change_name(guest, name)


def rename(user: User, name: str) -> None:
    """Change one's name, on earlier comments too. Raises `Invalid`, also for a name that resembles
    one of the staff of a site where the person has commented."""
    written = select(Comment.site_id).where(Comment.author_id == user.id).distinct().limit(100)
    with unit_of_work():
        for site in map(by_id, db.session.scalars(written)):
            if not is_staff(user, site):
                _check_free(staff_names(site), name)
        change_name(user, name)


def _check_free(staff: list[str], name: str) -> None:
    if staff_like(staff, clean_name(name)):
        raise Invalid("invalid.name_of_staff", field="name")
