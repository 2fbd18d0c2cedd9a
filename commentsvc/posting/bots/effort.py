"""A small effort by the browser before a suspicious comment is accepted: stateless proof of work.

We choose a number up to `MOST` and send its hash with a salt; the browser tries numbers until it
finds ours. Nothing is stored until an effort is spent: its signature binds it to a comment and a
time. A person has nothing to solve.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete

from ...core import clock
from ...core.db import db, unit_of_work
from ...core.errors import NotAllowed
from ...core.jobs import periodic
from ...core.rows import insert_first
from ...core.signing import own
from ...settings import settings
from .models import SpentEffort

MOST = 60_000  # hashes at most, and half of them on average: a second on a slow phone
VALID_SECONDS = 600.0
LEAST_SECONDS = 1.0  # between challenge and answer, however fast the machine is
FORM_SECONDS = 1.0  # between the form and the comment: nobody writes one faster
_FORM_DAYS = 7.0
_MARK = 43


@dataclass(frozen=True)
class Challenge:
    """What a browser must find: a number up to `most` that makes this hash with the salt. It
    returns `token` with the number, after at least `wait` seconds."""

    token: str
    salt: str
    hash: str
    most: int
    wait: float

    def as_dict(self) -> dict[str, object]:
        return {
            "token": self.token,
            "salt": self.salt,
            "hash": self.hash,
            "most": self.most,
            "wait": self.wait,
        }


class EffortNeeded(NotAllowed):
    """A comment that a script may have sent needs an effort; `more` has the challenge."""


def needed(bound: str) -> EffortNeeded:
    """The error to raise for a comment, with a challenge for it."""
    error = EffortNeeded("effort_needed")
    error.more = {"challenge": challenge(bound).as_dict()}
    return error


def challenge(bound: str) -> Challenge:
    """A challenge for this comment only: `bound` identifies it and its place."""
    salt = f"{_now()}-{secrets.token_hex(8)}"
    number = secrets.randbelow(MOST + 1)
    found = _hash(salt, number)
    mark = _signature("effort", salt, found, bound)
    return Challenge(f"{salt}.{mark}", salt, found, MOST, LEAST_SECONDS)


def spendable(answer: str, bound: str) -> str | None:
    """The mark of an effort made for this comment that is neither too old nor too fresh; None for
    anything else. `spend` checks whether it was spent before."""
    salt, _, rest = answer.partition(".")
    mark, _, number = rest.partition(".")
    if not (number.isascii() and number.isdigit() and len(number) <= len(str(MOST))):
        return None
    known = _signature("effort", salt, _hash(salt, int(number)), bound)
    if not own.is_mark(mark, known):
        return None
    age = _age(salt.partition("-")[0])
    return known if age is not None and LEAST_SECONDS <= age <= VALID_SECONDS else None


def spend(mark: str) -> bool:
    """Use up an effort; False if it already let in another comment. In the comment's unit only."""
    return insert_first(SpentEffort, mark=mark, created_at=clock.now())


def form_token(site_key: str) -> str:
    """A signed token of the time when a form was opened on this site."""
    moment = str(_now())
    return f"{moment}.{_signature('form', moment, site_key)}"


def is_of_a_form(token: str, site_key: str) -> bool:
    """Whether the form was opened long enough ago for somebody to have written in it, and not too
    long ago."""
    moment, _, mark = token.partition(".")
    age = _age(moment)
    good = own.is_mark(mark, _signature("form", moment, site_key))
    return good and age is not None and FORM_SECONDS <= age <= _FORM_DAYS * 86400


@periodic("forget_efforts", minutes=10)
def forget_efforts() -> None:
    """Delete efforts that are too old to be used again."""
    before = clock.now() - timedelta(seconds=2 * VALID_SECONDS)
    with unit_of_work():
        db.session.execute(delete(SpentEffort).where(SpentEffort.created_at < before))


def _now() -> int:
    return int(clock.now().timestamp() * 1000)


def _age(moment: str) -> float | None:
    """Seconds since then; None if it is not a timestamp."""
    if not (moment.isascii() and moment.isdigit() and len(moment) <= 15):
        return None
    return (_now() - int(moment)) / 1000


def _hash(salt: str, number: int) -> str:
    return hashlib.sha256(f"{salt}{number}".encode("utf-8", "surrogatepass")).hexdigest()


def _signature(purpose: str, *facts: str) -> str:
    return own.mark(settings().secret_key, f"bots.{purpose}", "\n".join(facts), size=_MARK)
