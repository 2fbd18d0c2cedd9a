"""Signing in with an email address and a password."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from ...core.db import db
from ...core.errors import NotAllowed
from .. import proofs
from ..leaving import check_stays
from ..models import User
from ..names import kept_email
from . import Input, Place

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ...settings import Settings

_MOST_PASSWORD = 1024  # characters compared; no password is longer


class PasswordWay:
    """The member with this address and password."""

    name = "password"
    inputs = (
        Input("email", "email", "username webauthn"),
        Input("password", "password", "current-password"),
    )

    def account_of(self, given: Mapping[str, str]) -> str:
        """The address as typed."""
        return given.get("email", "")

    def prove(self, given: Mapping[str, str], place: Place) -> User:
        """The member. Raises `NotAllowed`, the same for every mistake and after the same time."""
        return authenticate(given.get("email", ""), given.get("password", ""))


def authenticate(email: str, password: str) -> User:
    """The member with this address and password. Raises `NotAllowed`, the same for every mistake and
    after the same time."""
    user = db.session.scalar(select(User).where(User.member_email == kept_email(email[:1000])))
    fits = proofs.password_fits(user.password_hash if user else None, password[:_MOST_PASSWORD])
    if user is None or not fits or user.erased_at is not None:
        raise NotAllowed("wrong_sign_in")
    check_stays(user)
    return user


def make(_settings: Settings) -> PasswordWay:
    """The way; it needs no settings."""
    return PasswordWay()
