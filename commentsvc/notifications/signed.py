"""Signed links in emails, for one person and one purpose. They are not stored, so each contains
everything that it allows, and until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import NoReturn

from sqlalchemy import select

from ..accounts.models import User
from ..core import clock
from ..core.db import db, micros
from ..core.errors import NotAllowed
from ..core.signing import own
from ..settings import settings

DECIDE_VALID = timedelta(days=3)

_MARK_CHARACTERS = 40  # of 64 hexadecimal characters: 160 bits


@dataclass(frozen=True)
class Mailed:
    """One comment, in the version shown, that one moderator may decide about from an email."""

    by: User
    comment_id: str
    version: int


def address(name: str, token: str, **more: str) -> str:
    """The address of our page `name`, with a signed token."""
    base = f"{settings().public_url}/account/letters/{name}?token={token}"
    return base + "".join(f"&{key}={value}" for key, value in more.items())


def decide_token(user: User, comment_id: str, version: int) -> str:
    """A token that lets the person decide about this version of the comment."""
    until = int((clock.now() + DECIDE_VALID).timestamp())
    return _sign(
        "decide", user.public_id, str(user.session_epoch), comment_id, str(version), str(until)
    )


def read_decide(token: str) -> Mailed:
    """The moderator and comment of this link; does not check that they still have the role. Raises
    `NotAllowed` for a link that has expired, is not ours, or is older than the person's last new
    password."""
    who, epoch, comment_id, version, until = _read("decide", token, 5)
    user = _person(who)
    over = int(until) < clock.latest().timestamp()
    if over or user is None or not user.is_active or user.session_epoch != int(epoch):
        _refuse()
    return Mailed(user, comment_id, int(version))


def stop_token(who: str, choice: str) -> str:
    """A token that turns off emails like this one, and nothing else."""
    return _sign("stop", who, choice)


def read_stop(token: str) -> tuple[str, str]:
    """Whose emails to turn off, and which. Raises `NotAllowed`."""
    who, choice = _read("stop", token, 2)
    return who, choice


def stay_token(user: User) -> str:
    """A token that cancels this deletion of the account."""
    return _sign("stay", user.public_id, _leaving(user))


def read_stay(token: str) -> User:
    """The user whose account is kept. Raises `NotAllowed` once the deadline has passed, even if the
    account still exists, or if it is no longer being deleted."""
    who, leaving = _read("stay", token, 2)
    user = _person(who)
    until = user.leaving_at if user else None
    if user is None or until is None or until <= clock.latest() or _leaving(user) != leaving:
        _refuse()
    return user


def _leaving(user: User) -> str:
    return str(micros(user.leaving_at)) if user.leaving_at is not None else ""


def opt_in_token(user: User, mark: str, valid: timedelta) -> str:
    """A token that confirms emails for the address with this mark."""
    return _sign("opt_in", user.public_id, mark, str(int((clock.now() + valid).timestamp())))


def read_opt_in(token: str) -> tuple[User, str]:
    """The guest and the mark of the address. Raises `NotAllowed`."""
    who, mark, until = _read("opt_in", token, 3)
    user = _person(who)
    if int(until) < clock.latest().timestamp() or user is None:
        _refuse()
    return user, mark


def _sign(purpose: str, *facts: str) -> str:
    text = ".".join(facts)
    return f"{text}.{_mark(purpose, text)}"


def _read(purpose: str, token: str, count: int) -> list[str]:
    text, _, mark = token.rpartition(".")
    facts = text.split(".")
    if not own.is_mark(mark, _mark(purpose, text)) or len(facts) != count:
        _refuse()
    return facts


def _mark(purpose: str, text: str) -> str:
    key = settings().secret_key
    return own.mark(key, f"letters.{purpose}", text, size=_MARK_CHARACTERS)


def _person(public_id: str) -> User | None:
    return db.session.scalar(
        select(User).where(User.public_id == public_id, User.erased_at.is_(None))
    )


def _refuse() -> NoReturn:
    raise NotAllowed("not_allowed.dead_link")
