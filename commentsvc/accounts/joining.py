"""What a link in a letter proves: that an address is somebody's. Joining, confirming, a new password.

The links themselves are made where the letters are written, so that no secret waits in a job's row.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, or_, select

from ..core import clock
from ..core.db import db, unit_of_work
from ..core.errors import Conflict, NotAllowed
from ..core.ids import new_id, new_secret, secret_hash
from ..core.jobs import enqueue
from ..core.typed import clean_name
from . import proofs
from .commands import add_member, by_email, by_id, clean_email, register
from .models import Credential, User

SIGN_UP_VALID = timedelta(hours=24)
VERIFY_VALID = timedelta(hours=48)
RESET_VALID = timedelta(hours=1)

_MAILED = ("sign_up", "verify", "reset")


@dataclass(frozen=True)
class Asked:
    """What an open link would do: `sign_up` makes an account, `verify` confirms an address."""

    kind: str
    email: str


def sign_up(
    *, email: str, password: str, name: str, locale: str | None, by_letter: bool
) -> User | None:
    """Ask for an account. Raises `Invalid`, and `Conflict` only without `by_letter`.

    With `by_letter` nothing is made and nobody is looked up before the link in the letter was
    opened: the answer is None whether or not the address has an account, after the same work.
    Where no letters reach people the account is there at once, and is asked to confirm its address.
    """
    if not by_letter:
        with unit_of_work():
            user = register(email=email, password=password, name=name, locale=locale)
            ask_to_confirm(user)
        return user
    email, name = clean_email(email), clean_name(name)
    wanted = {"email": email, "name": name, "locale": locale}
    wanted["password_hash"] = proofs.hash_password(password)
    asked = new_id()
    with unit_of_work():
        proofs.issue("sign_up", ttl=SIGN_UP_VALID, label=asked, grants=wanted)
        enqueue("send_sign_up", asked=asked)
    return None


def rekey(credential: Credential) -> str:
    """A new secret for what was asked for, and the time it is good for from now. In a unit only."""
    secret = new_secret()
    credential.hash = secret_hash(secret)
    credential.expires_at = clock.now() + SIGN_UP_VALID
    db.session.flush()
    return secret


def ask_to_confirm(user: User) -> None:
    """Send a letter with a link to the person's address. Raises `Conflict` when there is nothing to
    confirm."""
    if user.member_email is None or user.email_verified_at is not None:
        raise Conflict("nothing_to_confirm")
    with unit_of_work():
        enqueue("send_verify", user_id=user.id, asked=new_id())


def asked_for(secret: str) -> Asked | None:
    """What this link asks to confirm, if it is in force. Looking changes nothing."""
    found = proofs.find("verify", secret)
    if found is not None and found.user_id is not None:
        return Asked("verify", by_id(found.user_id).member_email or "")
    found = proofs.find("sign_up", secret)
    return Asked("sign_up", str(found.grants["email"])) if found is not None else None


def confirm(secret: str) -> User:
    """The person has opened the link that was mailed to them. Raises `NotAllowed`."""
    with unit_of_work():
        credential = proofs.use_once("verify", secret)
        assert credential.user_id is not None  # of this kind none is made without
        user = by_id(credential.user_id)
        user.email_verified_at = user.email_verified_at or clock.now()
    return user


def finish_sign_up(secret: str, password: str) -> User:
    """Make the account that was asked for, for who has both the letter and the password typed then:
    the one without the other may be a stranger's. Raises `NotAllowed`; `Conflict` when the address
    has got an account meanwhile."""
    with unit_of_work():
        found = proofs.find("sign_up", secret)
        if found is not None and not proofs.password_fits(found.grants["password_hash"], password):
            raise NotAllowed("not_allowed.confirm_password", field="password")
        wanted = dict(proofs.use_once("sign_up", secret).grants)
        if by_email(wanted["email"]) is not None:
            raise Conflict("conflict.account_taken")
        user = add_member(**wanted)
        user.email_verified_at = clock.now()
    return user


def ask_for_reset(email: str) -> None:
    """Send a letter with a link to a new password, if the address has an account. Never says whether
    it has, and does the same work either way."""
    address = email.strip().lower()[:254]
    with unit_of_work():
        user_id = db.session.scalar(select(User.id).where(User.member_email == address))
        enqueue("send_reset", user_id=user_id, asked=new_id())


def may_reset(secret: str) -> bool:
    """Whether this link is in force. Looking changes nothing."""
    return proofs.find("reset", secret) is not None


def reset_password(secret: str, new: str) -> User:
    """Set another password; sessions, tokens and keys end. Raises `Invalid` for a password that
    cannot be taken (the link stays good), `NotAllowed` for a link that is not in force."""
    password_hash = proofs.hash_password(new)
    with unit_of_work():
        credential = proofs.use_once("reset", secret)
        assert credential.user_id is not None
        user = by_id(credential.user_id)
        user.password_hash = password_hash
        user.session_epoch += 1
        # who reads the letters of an address has it
        user.email_verified_at = user.email_verified_at or clock.now()
        enqueue("send_changed", user_id=user.id, asked=new_id())
    return user


def forget_mailed() -> None:
    """Drop links that are used or too old, with what was typed for accounts that were never made."""
    with unit_of_work():
        db.session.execute(
            delete(Credential).where(
                Credential.kind.in_(_MAILED),
                or_(Credential.expires_at <= clock.now(), Credential.used_at.is_not(None)),
            )
        )
