"""Signing in from inside a frame, with a window that has no link to it: the frame keeps a secret
(the verifier) and puts only its hash in the window's address. The window stores a sign-in under
that hash, and the frame fetches it with the verifier. No token is ever in an address, and each
works for one site only. Why: docs/decisions/0010-sign-in-without-opener.md."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import or_, update

from ..core import clock
from ..core.db import IntegrityError, db, unit_of_work
from ..core.errors import NotAllowed
from ..core.ids import new_id
from . import proofs
from .commands import by_id
from .models import Credential, User

ASK_SECONDS = 10 * 60  # from opening the window until the frame has fetched the sign-in
ACCESS_SECONDS = 15 * 60
REFRESH_DAYS = 30


@dataclass(frozen=True)
class Tokens:
    """The frame's tokens: `access` in memory, `refresh` in the storage of its own site."""

    user: User
    access: str
    refresh: str | None
    seconds: int


class EndedSignIn(NotAllowed):
    """A code or token that is no longer valid."""


def nonce_of(verifier: str) -> str:
    """The hash of a frame's verifier, as in the window's address."""
    return hashlib.sha256(verifier.encode("utf-8", "surrogatepass")).hexdigest()


def begin(
    user: User, *, site_id: int, nonce: str, origin: str | None = None, family: str | None = None
) -> None:
    """Store a sign-in for the frame that holds the verifier of `nonce`; `origin` is the page's, if
    known, `family` the session that ends with it. Raises `EndedSignIn` if one was stored before."""
    try:
        proofs.issue(
            "code",
            user=user,
            site_id=site_id,
            origin=origin,
            ttl=timedelta(seconds=ASK_SECONDS),
            label=family,
            secret=nonce,
        )
    except IntegrityError as error:
        raise EndedSignIn("token_not_in_force.used") from error


def was_left(nonce: str) -> bool:
    """Whether a sign-in was stored under this nonce, fetched or not."""
    return proofs.was_issued("code", nonce)


def exchange(verifier: str, *, site_id: int) -> Tokens | None:
    """Tokens for the sign-in that the window has stored, once; None while there is none yet. One
    that is fetched for another site is used up all the same.

    Raises `EndedSignIn`.
    """
    nonce = nonce_of(verifier)
    if not was_left(nonce):
        return None
    try:
        credential = proofs.use_once("code", nonce)
    except NotAllowed as error:
        raise EndedSignIn("token_not_in_force.used") from error
    if credential.site_id != site_id or credential.user_id is None:
        raise EndedSignIn("token_not_in_force.other_page")
    user, origin = by_id(credential.user_id), credential.origin
    return grant(user, site_id=site_id, origin=origin, family=credential.label)


def grant(
    user: User, *, site_id: int, origin: str | None = None, family: str | None = None
) -> Tokens:
    """A new sign-in on one site, for a person who has just proved who they are."""
    family = family or new_id()
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


def family_of(user: User, site_id: int, refresh: str) -> str | None:
    """The family of a refresh token, if it is this person's on this site, else None."""
    credential = proofs.find("refresh", refresh) if refresh else None
    if credential is None or (credential.user_id, credential.site_id) != (user.id, site_id):
        return None
    return credential.label


def whose(refresh: str) -> tuple[User, int] | None:
    """The person and site of a sign-in, even if all of theirs were ended since: for explaining
    why."""
    credential = proofs.find("refresh", refresh, stale=True)
    if credential is None or credential.user_id is None or credential.site_id is None:
        return None
    return by_id(credential.user_id), credential.site_id


def who_enters(refresh: str) -> tuple[User, Credential]:
    """The person who may open our pages with this token: only people who have no other way to sign
    in, because their site vouches for them. Raises `EndedSignIn`."""
    credential = proofs.find("refresh", refresh)
    user = by_id(credential.user_id) if credential and credential.user_id else None
    if credential is None or user is None or user.member_email is not None or user.is_guest:
        raise EndedSignIn("token_not_in_force.ended")
    return user, credential


def end(credential: Credential) -> None:
    """Sign out: revoke this token, all others of the same sign-in, and the session that created it
    or was created by it."""
    family = credential.label
    with unit_of_work():
        db.session.execute(
            update(Credential)
            .where(
                Credential.user_id == credential.user_id,
                or_(
                    Credential.kind.in_(("access", "refresh")) & (Credential.label == family),
                    (Credential.kind == "session")
                    & or_(Credential.public_id == family, Credential.label == family),
                ),
                Credential.revoked_at.is_(None),
            )
            .values(revoked_at=clock.now())
        )


def end_session(session: Credential) -> None:
    """Sign out a session of our own pages, with the sign-ins in frames that created it or were
    created by it."""
    families = [each for each in (session.public_id, session.label) if each]
    with unit_of_work():
        session.revoked_at = clock.now()
        db.session.execute(
            update(Credential)
            .where(Credential.user_id == session.user_id, Credential.label.in_(families))
            .where(Credential.kind.in_(("access", "refresh")), Credential.revoked_at.is_(None))
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
