"""Recovery codes: ten codes for when the phone is lost, each valid once, stored as hashes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete

from ...core.db import db, unit_of_work
from ...core.errors import NotFound
from ...core.ids import new_id
from .. import proofs
from ..models import Credential
from . import factors_of, notify

if TYPE_CHECKING:
    from ..models import User

COUNT = 10
_LENGTH = 16  # of 27 characters each: 76 bits, so that a plain hash is enough
_GROUP = 4


def renew(user: User) -> list[str]:
    """Ten new codes, which replace the old ones. Raises `NotFound` if the person has no second
    factor."""
    with unit_of_work():
        if not factors_of(user):
            raise NotFound("not_found.second_factor")
        codes = _replace(user)
        notify(user, "codes")
    return codes


def first(user: User) -> list[str]:
    """Ten codes if the person, who has just added a factor, has none; else an empty list. Only
    inside a unit."""
    return [] if factors_of(user).recovery else _replace(user)


def fits(user: User, code: str) -> bool:
    """Whether this is one of the person's codes; it is used up, and they are emailed."""
    typed = "".join(filter(str.isalnum, code.lower()))
    with unit_of_work():
        found = proofs.find("recovery", _kept(user, typed), stale=True)
        if found is None or found.user_id != user.id or not proofs.spend(found):
            return False
        notify(user, "recovery")
    return True


def _replace(user: User) -> list[str]:
    db.session.execute(
        delete(Credential).where(Credential.user_id == user.id, Credential.kind == "recovery")
    )
    made = [new_id(_LENGTH) for _ in range(COUNT)]
    for each in made:
        proofs.issue("recovery", user=user, secret=_kept(user, each))
    return ["-".join(each[at : at + _GROUP] for at in range(0, _LENGTH, _GROUP)) for each in made]


def _kept(user: User, code: str) -> str:
    """The text that is hashed: the same code of two people has different hashes."""
    return f"{user.id}|{code}"
