"""Deleting an account, with a day to change one's mind: the person is signed out at once, and a
link in an email keeps the account."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select, update

from ..core import clock
from ..core.db import db, unit_of_work
from ..core.errors import Conflict, NotAllowed
from .models import Credential, User

GRACE = timedelta(hours=24)

#: What signs a person in, or is about to; keys, passkeys and second factors stay in case they come
#: back.
_SIGNS_IN = ("session", "half", "access", "refresh", "code", "reset", "verify")


def has_address(user: User) -> bool:
    """Whether there is an address for the link that keeps the account."""
    return bool(user.email)


def begin(user: User) -> None:
    """Sign the person out everywhere, and refuse sign-ins until the account is deleted. Only inside
    a unit."""
    user.leaving_at = clock.now() + GRACE
    db.session.execute(
        update(Credential)
        .where(Credential.user_id == user.id, Credential.kind.in_(_SIGNS_IN))
        .where(Credential.revoked_at.is_(None))
        .values(revoked_at=clock.now())
    )


def check_last_admin(user: User) -> None:
    """Raises `Conflict` if no other administrator would remain. Only inside a unit: the second of
    two concurrent requests sees what the first has done."""
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
    """Keep the account; harmless if it is not being deleted."""
    with unit_of_work():
        user.leaving_at = None


def check_stays(user: User | None) -> None:
    """Raises `NotAllowed` for an account that is being deleted."""
    if user is not None and user.leaving_at is not None:
        raise NotAllowed("not_allowed.leaving")
