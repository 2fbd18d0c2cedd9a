"""Create people, change their name or password, erase them."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select

from ..core import clock
from ..core.db import IntegrityError, db, unit_of_work
from ..core.errors import Conflict, Invalid, NotAllowed, NotFound
from ..core.ids import new_id
from ..core.jobs import enqueue
from ..core.rows import insert, made
from ..core.typed import clean_name
from . import proofs
from .acts import record
from .models import Credential, Identity, User
from .names import kept_email

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

_EMAIL = re.compile(
    r"[^\s@\"<>(),;:\\]{1,64}@[^\s@\"<>(),;:\\\[\]]{1,185}\.(?!\d+$)[^\s@\"<>(),;:\\.\[\]]{2,63}"
)

GUEST_TOKEN_DAYS = 365


def clean_email(email: str) -> str:
    """An address as it is stored: trimmed, lower-case. Raises `Invalid`.

    Only its form is checked; a link in an email proves whose it is.
    """
    email = kept_email(email)
    if len(email) > 254 or not _EMAIL.fullmatch(email) or not email.isprintable():
        raise Invalid("invalid.email", field="email")
    return email


def register(
    *, email: str, password: str, name: str, locale: str | None = None, is_admin: bool = False
) -> User:
    """Create a member. Raises `Invalid`, or `Conflict` if the address has an account."""
    email, name = clean_email(email), clean_name(name)
    password_hash = proofs.hash_password(password)
    try:
        with unit_of_work():
            return add_member(
                email=email,
                password_hash=password_hash,
                name=name,
                locale=locale,
                is_admin=is_admin,
            )
    except IntegrityError as error:
        raise Conflict("conflict.account_taken", field="email") from error


def add_member(
    *,
    email: str,
    password_hash: str | None,
    name: str,
    locale: str | None,
    is_admin: bool = False,
) -> User:
    """Add a member's row, from cleaned values. Only inside a unit."""
    user = User(
        kind="member",
        name=name,
        email=email,
        member_email=email,
        password_hash=password_hash,
        locale=locale,
        is_admin=is_admin,
        settings={},
        session_epoch=0,
        created_at=clock.now(),
    )
    db.session.add(user)
    db.session.flush()
    if is_admin:
        record("admin_added", site_id=None, by=None, about=user)
    return user


def make_guest(
    name: str, email: str | None = None, *, secret: str | None = None
) -> tuple[User, str]:
    """Create a guest, known only by name, and the edit token that identifies them later.

    The address is for emails and never identifies a guest: anybody could type it.
    """
    name = clean_name(name)
    kept = clean_email(email) if email else None
    with unit_of_work():
        user = made(
            User,
            kind="guest",
            name=name,
            email=kept,
            settings={},
            session_epoch=0,
            is_admin=False,
            created_at=clock.now(),
        )
        insert(user)
        token = proofs.issue(
            "guest", user=user, ttl=timedelta(days=GUEST_TOKEN_DAYS), secret=secret
        )
    return user, token


def change_setting(user: User, name: str, change: Callable[[Any], Any]) -> None:
    """Change one of a person's own settings. `change` gets the stored value (None: nothing) and
    returns the new one (None: nothing); concurrent changes to other settings are kept."""
    with unit_of_work():
        row = db.session.get_one(User, user.id, with_for_update=True, populate_existing=True)
        # a new mapping: a change inside the old one would not be seen
        kept = dict(row.settings or {})
        value = change(kept.pop(name, None))
        row.settings = kept if value is None else {**kept, name: value}


def by_id(user_id: int) -> User:
    """The person with this row ID. Raises `NotFound`."""
    user = db.session.get(User, user_id)
    if user is None:
        raise NotFound("not_found.person")
    return user


def by_public_id(public_id: str) -> User:
    """The person with this public ID. Raises `NotFound`."""
    user = db.session.scalar(select(User).where(User.public_id == public_id))
    if user is None:
        raise NotFound("not_found.person")
    return user


def names_of(user_ids: Collection[int]) -> dict[int, str]:
    """The names of these people, by row ID."""
    found = select(User.id, User.name).where(User.id.in_(user_ids))
    return {row.id: row.name for row in db.session.execute(found)}


def by_email(email: str) -> User | None:
    """The member with this address, or None."""
    return db.session.scalar(select(User).where(User.member_email == kept_email(email)))


def change_name(user: User, name: str) -> None:
    """Change the name, on earlier comments too. Raises `Invalid`."""
    name = clean_name(name)
    with unit_of_work():
        user.name = name


def change_password(user: User, old: str, new: str) -> None:
    """Change the password. Other sessions end. Raises `NotAllowed` for a wrong old password."""
    if not proofs.password_fits(user.password_hash, old):
        raise NotAllowed("not_allowed.old_password", field="old")
    with unit_of_work():
        set_password(user, new)
        enqueue("send_changed", user_id=user.id, asked=new_id())


def set_password(user: User, new: str) -> None:
    """Set a password after the person has proved who they are. Other sessions end."""
    password_hash = proofs.hash_password(new)
    with unit_of_work():
        user.password_hash = password_hash
        user.session_epoch += 1


def erase(user: User) -> None:
    """Erase a person. Their comments stay without a name; everything else is deleted."""
    with unit_of_work():
        user.name, user.email, user.member_email = "[deleted]", None, None
        user.password_hash, user.locale, user.settings = None, None, {}
        user.profile = None
        user.email_verified_at, user.is_admin = None, False
        user.leaving_at = None
        user.erased_at, user.session_epoch = clock.now(), user.session_epoch + 1
        user.public_id = new_id()
        db.session.execute(delete(Credential).where(Credential.user_id == user.id))
        db.session.execute(delete(Identity).where(Identity.user_id == user.id))
        enqueue("forget_news", user_id=user.id)
        enqueue("forget_channels", user_id=user.id)
