"""Signing in from inside a frame: a first-party window gets a one-time code, the frame swaps it for
tokens. No token ever stands in an address, and each is good for one site only."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import update

from ..core import clock
from ..core.db import db, unit_of_work
from ..core.errors import NotAllowed
from ..core.ids import new_id
from . import proofs
from .commands import by_id
from .models import Credential, User

CODE_SECONDS = 60
ACCESS_SECONDS = 15 * 60
REFRESH_DAYS = 30


@dataclass(frozen=True)
class Tokens:
    """What the frame holds: `access` in memory, `refresh` in the storage of its own site."""

    user: User
    access: str
    refresh: str | None
    seconds: int


class EndedSignIn(NotAllowed):
    """A code or token that is not in force any more."""


def begin(user: User, *, site_id: int, nonce: str, origin: str | None = None) -> str:
    """A one-time code for the frame that asked with `nonce`; `origin` is the page's, where known."""
    return proofs.issue(
        "code",
        user=user,
        site_id=site_id,
        origin=origin,
        ttl=timedelta(seconds=CODE_SECONDS),
        grants={"nonce": nonce},
    )


def exchange(code: str, *, site_id: int, nonce: str) -> Tokens:
    """Tokens for a code. A code that is tried with another site or nonce is spent all the same.

    Raises `EndedSignIn`.
    """
    try:
        credential = proofs.use_once("code", code)
    except NotAllowed as error:
        raise EndedSignIn("token_not_in_force.used") from error
    meant = str((credential.grants or {}).get("nonce", ""))
    same = hmac.compare_digest(meant.encode(), nonce.encode("utf-8", "surrogatepass"))
    if credential.site_id != site_id or not meant or not same or credential.user_id is None:
        raise EndedSignIn("token_not_in_force.other_page")
    return grant(by_id(credential.user_id), site_id=site_id, origin=credential.origin)


def grant(user: User, *, site_id: int, origin: str | None = None) -> Tokens:
    """A new sign-in of somebody who has just proved who they are, on one site."""
    family = new_id()
    with unit_of_work():
        refresh = proofs.issue(
            "refresh",
            user=user,
            site_id=site_id,
            origin=origin,
            ttl=timedelta(days=REFRESH_DAYS),
            label=family,
        )
        access = _access(user, site_id, origin, family)
    return Tokens(user, access, refresh, ACCESS_SECONDS)


def renew(refresh: str) -> Tokens:
    """A new access token. The refresh token stays: two frames on a page may hold the same one.

    Raises `EndedSignIn`.
    """
    credential = proofs.find("refresh", refresh)
    if credential is None or credential.user_id is None or credential.site_id is None:
        raise EndedSignIn("token_not_in_force.ended")
    user = by_id(credential.user_id)
    access = _access(user, credential.site_id, credential.origin, credential.label)
    return Tokens(user, access, None, ACCESS_SECONDS)


def end(credential: Credential) -> None:
    """Sign out: this token and all that belong to the same sign-in are worthless from now on."""
    with unit_of_work():
        db.session.execute(
            update(Credential)
            .where(
                Credential.user_id == credential.user_id,
                Credential.kind.in_(("access", "refresh")),
                Credential.label == credential.label,
                Credential.revoked_at.is_(None),
            )
            .values(revoked_at=clock.now())
        )


def _access(user: User, site_id: int, origin: str | None, family: str | None) -> str:
    return proofs.issue(
        "access",
        user=user,
        site_id=site_id,
        origin=origin,
        ttl=timedelta(seconds=ACCESS_SECONDS),
        label=family,
    )
