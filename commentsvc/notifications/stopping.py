"""Unsubscribing with the link in an email: one click, without signing in (RFC 8058)."""

from __future__ import annotations

from sqlalchemy import select

from ..accounts.models import User
from ..core.db import db, unit_of_work
from ..core.errors import NotAllowed
from ..moderation.cases.notices import forget_sender
from ..threads.models import Thread
from . import signed
from .choices import CHOICES, choose, reply_rhythm
from .following import commands as following
from .following.stops import GATHERED, ONE

#: The choice in emails about a notice, as its sender may have no account.
NOTICE = "notice"
#: The choice in emails about replies to a guest, who has no account to turn them on again.
ANSWERS = "answers"


def stop_address(who: str, choice: str) -> str:
    """The address that turns off emails like this one. `who` is a person's public ID, or a
    receipt."""
    return signed.address("off", signed.stop_token(who, choice))


def choice_of(token: str) -> str:
    """What this link turns off, without doing it. Raises `NotAllowed`."""
    who, choice = signed.read_stop(token)
    if choice != NOTICE:
        _person(who)
    return choice.partition(":")[0]


def stop(token: str) -> str:
    """Turn off emails like the one with this link; repeating it is harmless. Returns which.

    Raises `NotAllowed`.
    """
    who, choice = signed.read_stop(token)
    if choice == NOTICE:
        forget_sender(who)
    elif choice == "queue":
        choose(_person(who), queue="never")
    elif choice == ANSWERS:
        choose(_person(who), emails={"reply": False})
    elif choice in CHOICES:
        choose(_person(who), emails={choice: False})
    elif choice == GATHERED:
        _stop_gathered(_person(who))
    elif choice.startswith(ONE):
        _stop_following(_person(who), choice.removeprefix(ONE))
    return choice.partition(":")[0]


def _stop_gathered(user: User) -> None:
    """Keep following the conversations, without emails; also turn off replies and mentions if they
    were combined into this email."""
    with unit_of_work():
        following.quiet(user)
        if reply_rhythm(user) != "now":
            choose(user, emails={"reply": False, "mention": False})


def _stop_following(user: User, thread_id: str) -> None:
    row = db.session.scalar(select(Thread.id).where(Thread.public_id == thread_id))
    if row is not None:
        following.unfollow(user, row)


def _person(public_id: str) -> User:
    user = db.session.scalar(select(User).where(User.public_id == public_id))
    if user is None:
        raise NotAllowed("not_allowed.dead_link")
    return user
