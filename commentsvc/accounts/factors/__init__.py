"""Second factors besides a password: an app that shows codes, passkeys, recovery codes.

Each is a `Credential` of its own kind, and none ends with the person's sessions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, select, update

from ...core import clock
from ...core.db import db, unit_of_work
from ...core.ids import new_id
from ...core.jobs import enqueue
from ..models import Credential

if TYPE_CHECKING:
    from ..models import User

#: Kinds that require a second step to sign in. Recovery codes replace them, and are deleted with
#: the last one.
SECOND = ("totp", "passkey")
KINDS = (*SECOND, "recovery")
#: What keeps a program or a stolen cookie signed in: revoked when second factors are reset.
_SIGN_INS = ("session", "half", "access", "refresh", "code")


@dataclass(frozen=True)
class Factors:
    """How many factors a person has of each kind; for recovery codes, how many are left."""

    totp: int = 0
    passkey: int = 0
    recovery: int = 0

    def __bool__(self) -> bool:
        return bool(self.totp or self.passkey)


def factors_of(user: User) -> Factors:
    """The person's factors. One query."""
    rows = db.session.execute(
        select(Credential.kind, func.count())
        .where(Credential.user_id == user.id, Credential.kind.in_(KINDS))
        .where(Credential.used_at.is_(None), Credential.revoked_at.is_(None))
        .group_by(Credential.kind)
    )
    return Factors(**{kind: count for kind, count in rows})


def drop(user: User, credential: Credential) -> None:
    """Remove one factor, and with the last one the recovery codes. Only inside a unit."""
    db.session.delete(credential)
    db.session.flush()
    if not factors_of(user):
        _delete(user, KINDS)


def forget(user: User) -> None:
    """Remove every factor. Only inside a unit."""
    _delete(user, KINDS)


def reset(user: User) -> None:
    """Remove every factor of a person who has lost them, sign them out everywhere and email
    them."""
    with unit_of_work():
        forget(user)
        db.session.execute(
            update(Credential)
            .where(Credential.user_id == user.id, Credential.kind.in_(_SIGN_INS))
            .where(Credential.revoked_at.is_(None))
            .values(revoked_at=clock.now())
        )
        notify(user, "reset")


def notify(user: User, what: str) -> None:
    """Enqueue an email about a change to how the person signs in. Only inside a unit."""
    enqueue("send_security", user_id=user.id, what=what, asked=new_id())


def _delete(user: User, kinds: tuple[str, ...]) -> None:
    db.session.execute(
        delete(Credential).where(Credential.user_id == user.id, Credential.kind.in_(kinds))
    )
    db.session.flush()
