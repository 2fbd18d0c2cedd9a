"""How people prove who they are: passwords, one-time secrets, tokens signed by a site."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import bindparam, delete, select, update

from ..core import clock
from ..core.db import AtOnce, changed, db, unit_of_work
from ..core.errors import Invalid, NotAllowed
from ..core.ids import new_secret, secret_hash
from ..core.rows import insert_row, taken, whole
from .models import Credential, UsedToken, User

if TYPE_CHECKING:
    from datetime import datetime, timedelta

# OWASP's second argon2id choice: 19 MiB, two passes (Password Storage Cheat Sheet, 2024)
_hasher = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
# Compared with for an unknown address, so that it takes as long as a wrong password: the hash of a
# random password. Hashing one at every start would take as long as a sign-in.
_NOBODY = (
    "$argon2id$v=19$m=19456,t=2,p=1$"
    "cPK0B9/QmMLMpP5JBwSc6w$J3d4sskD78v1D9fVweKrzs5kizs18ScK8n/12xbLgMI"
)

MIN_PASSWORD, MAX_PASSWORD = 8, 256
TOO_COMMON = frozenset(
    (
        "password",
        "password1",
        "12345678",
        "123456789",
        "1234567890",
        "qwertyuiop",
        "iloveyou",
        "11111111",
    )
)


def hash_password(password: str) -> str:
    """The argon2id hash of a new password. Raises `Invalid` for one that is not accepted."""
    if len(password) < MIN_PASSWORD:
        raise Invalid("invalid.password_short", n=MIN_PASSWORD, field="password")
    if len(password) > MAX_PASSWORD:
        raise Invalid("invalid.password_long", n=MAX_PASSWORD, field="password")
    if password.lower() in TOO_COMMON:
        raise Invalid("invalid.password_common", field="password")
    return _hasher.hash(password)


def password_fits(stored: str | None, password: str) -> bool:
    """Whether this is the password; takes as long if there is none."""
    try:
        return _hasher.verify(stored or _NOBODY, password) and stored is not None
    except (VerificationError, InvalidHashError, UnicodeEncodeError):
        return False


def issue(
    kind: str,
    *,
    user: User | None = None,
    site_id: int | None = None,
    origin: str | None = None,
    ttl: timedelta | None = None,
    label: str | None = None,
    grants: dict[str, Any] | None = None,
    secret: str | None = None,
) -> str:
    """Create a secret of this kind (or use the given one) and return it; only its hash is
    stored."""
    secret = secret or new_secret()
    moment = clock.now()
    with unit_of_work():
        insert_row(
            Credential,
            kind=kind,
            hash=secret_hash(secret),
            user_id=user.id if user else None,
            site_id=site_id,
            origin=origin,
            session_epoch=user.session_epoch if user else 0,
            label=label,
            grants=grants or {},
            created_at=moment,
            expires_at=moment + ttl if ttl else None,
        )
    return secret


class Proof(NamedTuple):
    """The credential of a secret, and its person."""

    credential: Credential
    user: User | None


def find(kind: str, secret: str, *, stale: bool = False) -> Credential | None:
    """The credential of this secret if it is valid: known, not expired, used or revoked, and its
    person neither erased nor leaving, nor (unless `stale`) signed out everywhere since."""
    proof = proof_of(kind, secret, stale=stale)
    return proof.credential if proof else None


def proof_of(kind: str, secret: str, *, stale: bool = False) -> Proof | None:
    """The same with its person, in one query."""
    found = _of_secret().ask({"hash": secret_hash(secret), "kind": kind})
    credential = taken(Credential, found["credential"], anew=False)
    if credential is None:
        return None
    user = taken(User, found["user"], anew=False)
    dead = credential.revoked_at is not None or credential.used_at is not None
    expired = credential.expires_at is not None and credential.expires_at <= clock.latest()
    if dead or expired:
        return None
    if user is not None:
        # A guest's edit token stays valid: it shows the person what was decided.
        dead = not (stale or kind == "guest") and credential.session_epoch != user.session_epoch
        if not user.is_active or dead:
            return None
    return Proof(credential, user)


@cache
def _of_secret() -> AtOnce:
    here = Credential.hash == bindparam("hash"), Credential.kind == bindparam("kind")
    user = whole(User).join(Credential, Credential.user_id == User.id).where(*here)
    return AtOnce(credential=whole(Credential).where(*here), user=user)


def was_issued(kind: str, secret: str) -> bool:
    """Whether this secret was ever issued, valid or not."""
    found = select(Credential.id).where(
        Credential.hash == secret_hash(secret), Credential.kind == kind
    )
    return db.session.scalar(found) is not None


def use_once(kind: str, secret: str) -> Credential:
    """Use a one-time secret. Raises `NotAllowed` if it is not valid; of two attempts, one
    succeeds."""
    with unit_of_work():
        credential = find(kind, secret)
        if credential is not None and spend(credential):
            return credential
    raise NotAllowed("not_allowed.link_used")


def spend(credential: Credential) -> bool:
    """Mark a one-time secret as used; False if somebody else was faster. Only inside a unit."""
    met = changed(
        update(Credential)
        .where(Credential.id == credential.id, Credential.used_at.is_(None))
        .values(used_at=clock.now())
    )
    return bool(met)


def take(mark: str, *, until: datetime) -> bool:
    """Use a one-time value that is valid until then; False if it was used before. Only inside a
    unit. Deletes expired values."""
    db.session.execute(delete(UsedToken).where(UsedToken.expires_at <= clock.now()))
    if db.session.get(UsedToken, mark) is not None:
        return False
    insert_row(UsedToken, hash=mark, expires_at=until)
    return True


def revoke(credential: Credential) -> None:
    """Revoke one secret."""
    with unit_of_work():
        credential.revoked_at = clock.now()
