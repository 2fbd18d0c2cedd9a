"""Signing in with a token that a site's own login has signed."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import jwt
from sqlalchemy import delete, select

from ...core import clock
from ...core.db import IntegrityError, db, insert_row, unit_of_work
from ...core.errors import NotAllowed
from ...core.shown import one_line
from ...core.typed import named_twice
from ..commands import by_id
from ..models import Identity, UsedToken, User
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
        """Raises `WrongToken`, or `NotAllowed` for who has left."""
        return member_of(given.get("token", ""), place)


def make(_settings: Settings) -> SiteTokenWay:
    """The way; each site has its own secrets."""
    return SiteTokenWay()


class WrongToken(NotAllowed):
    """A site token that is not taken; its words say why."""


def member_of(token: str, place: Place) -> User:
    """The member that a site's own login vouches for; made at first sight, renamed by newer tokens.

    Known by the site and the site's own user id, never by the e-mail address (anybody could register
    it there). Raises `WrongToken`, or `NotAllowed` for who has left.
    """
    claims = _claims(token, place)
    try:
        return _member(claims, place)
    except IntegrityError:  # the same token, or the same person's first, in this very moment
        return _member(claims, place)


def _member(claims: Claims, place: Place) -> User:
    provider, moment = f"site:{place.site_key}", clock.now()
    with unit_of_work():
        _use_up(claims, place, moment)
        identity = db.session.scalar(
            select(Identity).where(
                Identity.provider == provider, Identity.subject == claims.subject
            )
        )
        if identity is None:
            user = User(kind="member", name=claims.name, settings={}, session_epoch=0)
            user.is_admin, user.created_at = False, moment
            db.session.add(user)
            db.session.flush()
            known = {"provider": provider, "subject": claims.subject}
            db.session.add(Identity(user_id=user.id, issued_at=claims.issued_at, **known))
            db.session.flush()
            return user
        user = by_id(identity.user_id)
        if user.erased_at is not None:
            raise NotAllowed("not_allowed.account_deleted")
        if identity.issued_at is None or claims.issued_at > identity.issued_at:
            user.name, identity.issued_at = claims.name, claims.issued_at
        db.session.flush()
    return user


def _use_up(claims: Claims, place: Place, moment: datetime) -> None:
    """A token with an id is good once. Ids are kept as long as their tokens could be used."""
    if claims.id is None:
        return
    db.session.execute(delete(UsedToken).where(UsedToken.expires_at <= moment))
    mark = hashlib.sha256(f"{place.site_key}|{claims.id}".encode()).hexdigest()
    if db.session.get(UsedToken, mark) is not None:
        raise WrongToken("wrong_site_token.used", field="token")
    insert_row(UsedToken, hash=mark, expires_at=claims.over_at)


# --- what a token says ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Claims:
    """What a token says, checked: whose it is, when it was made, and from when on it is over."""

    subject: str
    name: str
    issued_at: datetime
    over_at: datetime
    id: str | None


def _claims(token: str, place: Place) -> Claims:
    """What a token says that a site's own login signed (HS256, RFC 7519 and 8725).

    `aud` is the site's key; `exp` at most ten minutes ahead. Raises `WrongToken`.
    """
    said = _signed(token, place)
    now = clock.now().timestamp()
    issued, expires = _seconds(said, "iat"), _seconds(said, "exp")
    starts = _seconds(said, "nbf") if said.get("nbf") is not None else issued
    if expires <= now - _LEEWAY:
        raise WrongToken("wrong_site_token.over", field="token")
    if expires - now > _LONGEST + _LEEWAY:
        raise WrongToken("wrong_site_token.long", n=_LONGEST // 60, field="token")
    if not 0 < issued <= min(now + _LEEWAY, expires) or starts > now + _LEEWAY:
        raise WrongToken("wrong_site_token.time", claim="iat", field="token")
    user = said.get("user")
    subject = _id(user.get("id")) if isinstance(user, dict) else None
    if not isinstance(user, dict) or subject is None:
        raise WrongToken("wrong_site_token.user", field="token")
    once = said.get("jti")
    if once is not None and _id(once) is None:
        raise WrongToken("wrong_site_token.id", field="token")
    given = user.get("username") or user.get("name")
    return Claims(
        subject=subject,
        name=name_from_elsewhere(given if isinstance(given, str) else "", "Reader"),
        issued_at=datetime.fromtimestamp(issued, UTC),
        over_at=datetime.fromtimestamp(expires + _LEEWAY, UTC),
        id=_id(once),
    )


_LEEWAY = 10  # seconds that two clocks may differ
_LONGEST = 600
_MOST_ID = 250
_NO_TEXT = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


def _signed(token: str, place: Place) -> dict[str, Any]:
    # Times are looked at by us: the library takes numbers in text, and our clock may be held in tests.
    options: Any = {f"verify_{name}": False for name in ("exp", "iat", "nbf", "sub", "jti")}
    for secret in place.secrets:
        try:
            said = jwt.decode(
                token, secret, algorithms=["HS256"], audience=place.site_key, options=options
            )
        except jwt.InvalidSignatureError:
            continue
        except jwt.InvalidAudienceError as error:
            raise WrongToken("wrong_site_token.audience", field="token") from error
        except (jwt.PyJWTError, ValueError, TypeError, RecursionError) as error:
            raise WrongToken("wrong_site_token", field="token") from error
        _refuse_twice(token)
        if said.get("aud") not in (place.site_key, [place.site_key]):  # meant for us and others
            raise WrongToken("wrong_site_token.audience", field="token")
        return dict(said)
    raise WrongToken("wrong_site_token.unsigned", field="token")


def _refuse_twice(token: str) -> None:
    """Another reader of the same token might take the other value."""
    for part in token.split(".")[:2]:
        name = named_twice(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
        if name is not None:
            raise WrongToken("wrong_site_token.twice", claim=one_line(name)[:60], field="token")


def _seconds(said: Mapping[str, Any], claim: str) -> float:
    """A moment, as RFC 7519 writes it: a number, and one that our calendar has."""
    value: Any = said.get(claim)
    if type(value) not in (int, float) or not 0 <= value < _LAST:
        raise WrongToken("wrong_site_token.time", claim=claim, field="token")
    return float(value)


_LAST = 32_503_680_000  # the year 3000


def _id(value: Any) -> str | None:
    """An id of the site's own: text or a whole number. It is never cut: two ids must stay two."""
    text = str(value) if type(value) in (str, int) else ""
    return text if text.strip() and len(text) <= _MOST_ID and not _NO_TEXT.search(text) else None
