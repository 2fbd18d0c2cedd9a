"""A day to change one's mind: whoever asks for the account to be deleted is signed out at once, and keeps it
by a link in an email."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select, update

from ..core import clock
from ..core.db import db, unit_of_work
from ..core.errors import Conflict, NotAllowed
from .models import Credential, User

GRACE = timedelta(hours=24)

#: What signs somebody in, or is about to; keys, passkeys and the second factor stay for whoever comes back.
_SIGNS_IN = ("session", "half", "access", "refresh", "code", "reset", "verify")


def has_address(user: User) -> bool:
    """Whether there is an address for the link that undoes it."""
    return bool(user.email)


def begin(user: User) -> None:
    """Sign the person out everywhere, and let nobody in until the account is gone. In a unit only."""
    user.leaving_at = clock.now() + GRACE
    db.session.execute(
        update(Credential)
        .where(Credential.user_id == user.id, Credential.kind.in_(_SIGNS_IN))
        .where(Credential.revoked_at.is_(None))
        .values(revoked_at=clock.now())
    )


def check_last_admin(user: User) -> None:
    """Raises `Conflict` where no other administrator would stay. In a unit only: of two who ask at once, the
    second sees what the first has done."""
    if not user.is_admin:
        return
    admins = db.session.scalars(
        select(User)
        .where(User.is_admin.is_(True))
        .order_by(User.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    if not any(each.id != user.id and each.is_active for each in admins):
        raise Conflict("conflict.last_admin")


def stay(user: User) -> None:
    """The account stays; harmless where nobody leaves."""
    with unit_of_work():
        user.leaving_at = None


def check_stays(user: User | None) -> None:
    """Raises `NotAllowed` for who is about to leave."""
    if user is not None and user.leaving_at is not None:
        raise NotAllowed("not_allowed.leaving")
