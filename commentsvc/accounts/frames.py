"""Signing in from inside a frame, by a window that may know nothing of it: the frame keeps a secret (the
verifier) and names only its hash in the window's address; the window leaves a sign-in under that hash,
and the frame fetches it with the verifier. No token ever stands in an address, and each is good for one
site only. Why: docs/decisions/0010-sign-in-without-opener.md."""

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

ASK_SECONDS = 10 * 60  # from opening the window until the frame has fetched what it left
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


def nonce_of(verifier: str) -> str:
    """What a frame says of its verifier in the window's address."""
    return hashlib.sha256(verifier.encode("utf-8", "surrogatepass")).hexdigest()


def begin(
    user: User, *, site_id: int, nonce: str, origin: str | None = None, family: str | None = None
) -> None:
    """Leave a sign-in for the frame that holds the verifier of `nonce`; `origin` is the page's, where
    known, `family` the session that ends with it. Raises `EndedSignIn` when one was left before."""
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
    """Whether a sign-in was left under this, fetched or not."""
    return proofs.was_issued("code", nonce)


def exchange(verifier: str, *, site_id: int) -> Tokens | None:
    """Tokens for what the window has left, once; None while there is nothing yet. What is fetched for
    another site is spent all the same.

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
    """A new sign-in of somebody who has just proved who they are, on one site."""
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
    """The sign-in that a refresh token belongs to, if it is this person's on this site."""
    credential = proofs.find("refresh", refresh) if refresh else None
    if credential is None or (credential.user_id, credential.site_id) != (user.id, site_id):
        return None
    return credential.label


def whose(refresh: str) -> tuple[User, int] | None:
    """Whose sign-in this is or was before all of theirs were ended, and on which site: for saying why."""
    credential = proofs.find("refresh", refresh, stale=True)
    if credential is None or credential.user_id is None or credential.site_id is None:
        return None
    return by_id(credential.user_id), credential.site_id


def who_enters(refresh: str) -> tuple[User, Credential]:
    """Whose pages of ours this opens: only those of people who have no other way in, because their site
    vouches for them. Raises `EndedSignIn`."""
    credential = proofs.find("refresh", refresh)
    user = by_id(credential.user_id) if credential and credential.user_id else None
    if credential is None or user is None or user.member_email is not None or user.is_guest:
        raise EndedSignIn("token_not_in_force.ended")
    return user, credential


def end(credential: Credential) -> None:
    """Sign out: this token and all that belong to the same sign-in are worthless from now on, with the
    session that it was made by, or that was made by it."""
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
    """Sign a session of our own pages out, with the frames that it was made by, or that were made by it."""
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
