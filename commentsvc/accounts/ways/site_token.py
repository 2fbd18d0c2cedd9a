"""Signing in with a token that a site's own sign-in, or its OpenID provider, has signed."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from sqlalchemy import select

from ...core import clock
from ...core.db import IntegrityError, db, unit_of_work
from ...core.errors import NotAllowed
from .. import proofs
from ..commands import by_id
from ..leaving import check_stays
from ..models import Identity, User
from ..vouching.claims import Vouched, WrongToken
from ..vouching.tokens import read

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ...settings import Settings
    from . import Input, Place


class SiteTokenWay:
    """The member that the site vouches for. Pages pass the token on; nobody types it."""

    name = "site_token"
    inputs: tuple[Input, ...] = ()

    def account_of(self, given: Mapping[str, str]) -> str:
        """Always "": the account is unknown until the token is read."""
        return ""

    def prove(self, given: Mapping[str, str], place: Place) -> User:
        """The member. Raises `WrongToken`, or `NotAllowed` for a deleted account."""
        return member_of(given.get("token", ""), place)


def make(_settings: Settings) -> SiteTokenWay:
    """The way; each site has its own secrets."""
    return SiteTokenWay()


def member_of(token: str, place: Place) -> User:
    """The member that a site's own sign-in vouches for; created on first use, renamed by newer
    tokens.

    Identified by the site and its own user ID, never by the email address (anybody could register
    it there). Raises `WrongToken`, or `NotAllowed` for a deleted account.
    """
    provider, said = read(token, place)
    try:
        return _member(provider, said, place)
    except IntegrityError:  # a concurrent request with the same token or for the same new person
        return _member(provider, said, place)


def _member(provider: str, said: Vouched, place: Place) -> User:
    moment = clock.now()
    with unit_of_work():
        _use_up(said, place)
        identity = db.session.scalar(
            select(Identity).where(Identity.provider == provider, Identity.subject == said.subject)
        )
        if identity is None:
            user = User(kind="member", name=said.name, settings={}, session_epoch=0)
            user.is_admin, user.created_at = False, moment
            _know(user, said, place)
            db.session.add(user)
            db.session.flush()
            known = {"provider": provider, "subject": said.subject}
            db.session.add(Identity(user_id=user.id, issued_at=said.issued_at, **known))
            db.session.flush()
            return user
        user = by_id(identity.user_id)
        if user.erased_at is not None:
            raise NotAllowed("not_allowed.account_deleted")
        check_stays(user)
        if identity.issued_at is None or said.issued_at > identity.issued_at:
            user.name, identity.issued_at = said.name, said.issued_at
            _know(user, said, place)
        db.session.flush()
    return user


def _know(user: User, said: Vouched, place: Place) -> None:
    """Store what a token says about its person besides the name. The email address is only for
    emails and never signs anybody in, so that it cannot take over an account."""
    before = user.profile or {}
    user.profile = {
        "site": place.site_id,
        "badges": list(said.badges),
        "url": said.url,
        "picture": said.picture,
        "role": said.role,
        "gave": "none",
        **{name: before[name] for name in ("gave", "gave_at") if name in before},
    }
    user.locale = said.locale or user.locale
    if said.email:
        user.email, user.email_verified_at = said.email, said.issued_at


def _use_up(said: Vouched, place: Place) -> None:
    """Refuse a token whose ID was used before. IDs are stored for as long as their tokens are
    valid."""
    if said.once is None:
        return
    mark = hashlib.sha256(f"{place.site_key}|{said.once}".encode()).hexdigest()
    if not proofs.take(mark, until=said.over_at):
        error = WrongToken("wrong_site_token.used", field="token")
        error.signed = True
        raise error
