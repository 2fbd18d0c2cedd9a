"""Second factors: what somebody has besides a password. An app that shows codes, passkeys, recovery codes.

Each is a `Credential` of its own kind, and none ends with the sessions of its person.
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

#: Kinds that make a sign-in two steps. Recovery codes stand in for them, and go with the last of them.
SECOND = ("totp", "passkey")
KINDS = (*SECOND, "recovery")
#: What a program or a stolen cookie goes on with: ended when somebody's second factor is reset.
_SIGN_INS = ("session", "half", "access", "refresh", "code")


@dataclass(frozen=True)
class Factors:
    """How many a person has of each kind; of recovery codes those that are left."""

    totp: int = 0
    passkey: int = 0
    recovery: int = 0

    def __bool__(self) -> bool:
        return bool(self.totp or self.passkey)


def factors_of(user: User) -> Factors:
    """What this person has. One query."""
    rows = db.session.execute(
        select(Credential.kind, func.count())
        .where(Credential.user_id == user.id, Credential.kind.in_(KINDS))
        .where(Credential.used_at.is_(None), Credential.revoked_at.is_(None))
        .group_by(Credential.kind)
    )
    return Factors(**{kind: count for kind, count in rows})


def drop(user: User, credential: Credential) -> None:
    """Remove one factor, and with the last one the recovery codes. In a unit only."""
    db.session.delete(credential)
    db.session.flush()
    if not factors_of(user):
        _delete(user, KINDS)


def forget(user: User) -> None:
    """Remove every factor. In a unit only."""
    _delete(user, KINDS)


def reset(user: User) -> None:
    """Remove every factor of somebody who has lost them; they are signed out everywhere, and emailed."""
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
    """Have the person emailed about a change to how they sign in. In a unit only."""
    enqueue("send_security", user_id=user.id, what=what, asked=new_id())


def _delete(user: User, kinds: tuple[str, ...]) -> None:
    db.session.execute(
        delete(Credential).where(Credential.user_id == user.id, Credential.kind.in_(kinds))
    )
    db.session.flush()
