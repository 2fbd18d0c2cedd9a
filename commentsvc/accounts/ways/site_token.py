"""Signing in with a token that a site's own login has signed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import jwt
from sqlalchemy import select

from ...core import clock
from ...core.db import db, unit_of_work
from ...core.errors import Invalid, NotAllowed
from ..commands import by_id
from ..models import Identity, User
from ..names import name_from_elsewhere

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ...settings import Settings
    from . import Input, Place


class SiteTokenWay:
    """The member that the site vouches for. Pages hand the token over; nobody types it."""

    name = "site_token"
    inputs: tuple[Input, ...] = ()

    def account_of(self, given: Mapping[str, str]) -> str:
        """Unknown until the token is read."""
        return ""

    def prove(self, given: Mapping[str, str], place: Place) -> User:
        """Raises `NotAllowed` or `Invalid`."""
        return member_of(given.get("token", ""), place)


def make(_settings: Settings) -> SiteTokenWay:
    """The way; each site has its own secrets."""
    return SiteTokenWay()


def member_of(token: str, place: Place) -> User:
    """The member that a site's own login vouches for; made at first sight, renamed by newer tokens.

    Known by the site and the site's own user id, never by the e-mail address (anybody could register
    it there). Raises `NotAllowed` or `Invalid`.
    """
    claims = _claims(token, place)
    given: Any = claims.get("user")
    if not isinstance(given, dict) or not str(given.get("id") or "").strip():
        raise Invalid("invalid.token_user", field="token")
    name = name_from_elsewhere(str(given.get("username") or given.get("name") or ""), "Reader")
    provider, subject = f"site:{place.site_key}", str(given["id"])[:250]
    issued = datetime.fromtimestamp(float(claims["iat"]), UTC)
    with unit_of_work():
        identity = db.session.scalar(
            select(Identity).where(Identity.provider == provider, Identity.subject == subject)
        )
        if identity is None:
            user = User(kind="member", name=name, settings={}, session_epoch=0, is_admin=False)
            user.created_at = clock.now()
            db.session.add(user)
            db.session.flush()
            db.session.add(
                Identity(user_id=user.id, provider=provider, subject=subject, issued_at=issued)
            )
            return user
        user = by_id(identity.user_id)
        if user.erased_at is not None:
            raise NotAllowed("not_allowed.account_deleted")
        if identity.issued_at is None or issued > identity.issued_at:
            user.name, identity.issued_at = name, issued
        db.session.flush()
    return user


def _claims(token: str, place: Place) -> dict[str, Any]:
    """The claims of a token that a site's own login signed (HS256, RFC 7519 and 8725).

    `aud` is the site's key; `exp` at most ten minutes ahead. Raises `NotAllowed`.
    """
    for secret in place.secrets:
        try:
            claims = jwt.decode(
                token,
                secret,
                algorithms=["HS256"],
                audience=place.site_key,
                leeway=10,
                options={"require": ["exp", "iat", "aud"]},
            )
        except jwt.InvalidSignatureError:
            continue
        except jwt.PyJWTError as error:
            raise NotAllowed("not_allowed.site_sign_in") from error
        if claims["exp"] - clock.now().timestamp() > 610:
            raise NotAllowed("not_allowed.site_sign_in_long", n=10)
        return dict(claims)
    raise NotAllowed("not_allowed.site_sign_in_unsigned")
