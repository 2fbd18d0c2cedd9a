"""What a link in an email proves, namely whose an address is: sign-up, confirmation, a new
password.

The links are created where the emails are written, so that no job row contains a secret.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import delete, or_, select

from ..core import clock
from ..core.db import db, unit_of_work
from ..core.errors import Conflict, NotAllowed
from ..core.ids import new_id, new_secret, secret_hash
from ..core.jobs import enqueue
from ..core.typed import clean_name
from . import factors, proofs
from .codes import of_code
from .commands import add_member, by_email, by_id, clean_email, register
from .models import Credential, Identity, User
from .names import kept_email

SIGN_UP_VALID = timedelta(hours=24)
VERIFY_VALID = timedelta(hours=48)
RESET_VALID = timedelta(hours=1)

_MAILED = ("sign_up", "sign_in", "verify", "reset", "invite")
_ONCE = (*_MAILED, "set_up")


@dataclass(frozen=True)
class Asked:
    """What a valid link does: `sign_up` creates an account, `verify` confirms an address for
    `user_id`. `asked` names the request; `nonce` and `site_id` name the frame that waits for it, if
    any."""

    kind: str
    email: str
    asked: str = field(default="", compare=False)
    site_id: int | None = field(default=None, compare=False)
    nonce: str = field(default="", compare=False)
    user_id: int | None = None


@dataclass(frozen=True)
class Window:
    """The window of a site, or a page of ours, that makes a request: `asked` is a new name for it,
    `nonce` that of the waiting frame."""

    site_id: int | None
    nonce: str = ""
    asked: str = field(default_factory=new_id)


def sign_up(
    *,
    email: str,
    password: str,
    name: str,
    locale: str | None,
    by_email: bool,
    window: Window | None = None,
) -> User | None:
    """Request an account, perhaps from the window of a site. Raises `Invalid`, and `Conflict` only
    without `by_email`.

    With `by_email`, no account is created or looked up before the link in the email is opened: the
    result is None, after the same work, whether or not the address has an account. Without it,
    where no emails reach people, the account is created at once and its address is to be confirmed.
    """
    if not by_email:
        with unit_of_work():
            user = register(email=email, password=password, name=name, locale=locale)
            ask_to_confirm(user, site_id=window.site_id if window else None)
        return user
    email, name = clean_email(email), clean_name(name)
    wanted = {"email": email, "name": name, "locale": locale}
    wanted["password_hash"] = proofs.hash_password(password)
    if window:
        wanted["nonce"] = window.nonce
    asked, site_id = (window.asked, window.site_id) if window else (new_id(), None)
    with unit_of_work():
        proofs.issue("sign_up", site_id=site_id, ttl=SIGN_UP_VALID, label=asked, grants=wanted)
        enqueue("send_sign_up", asked=asked)
    return None


def rekey(credential: Credential, valid: timedelta = SIGN_UP_VALID) -> str:
    """Give a request a new secret that is valid from now. Only inside a unit."""
    secret = new_secret()
    credential.hash = secret_hash(secret)
    credential.expires_at = clock.now() + valid
    db.session.flush()
    return secret


def ask_to_confirm(user: User, *, site_id: int | None = None) -> None:
    """Email the person a link that confirms their address. Raises `Conflict` if there is nothing to
    confirm."""
    if user.member_email is None or user.email_verified_at is not None:
        raise Conflict("nothing_to_confirm")
    with unit_of_work():
        enqueue("send_verify", user_id=user.id, asked=new_id(), site_id=site_id)


def ask_to_add(user: User, email: str) -> str:
    """Email a link to the address that a member without one wants to add; returns it as it will be
    stored. Only the reader of its emails learns whether another account has it. Raises `Conflict`,
    `Invalid`."""
    address = clean_email(email)
    _check_has_none(user)
    with unit_of_work():
        enqueue("send_added", user_id=user.id, asked=new_id(), email=address)
    return address


def _check_has_none(user: User) -> None:
    if user.member_email is not None:
        raise Conflict("nothing_to_confirm")


def asked_for(secret: str) -> Asked | None:
    """What this link confirms, without doing it; None if it is not valid."""
    found = proofs.find("verify", secret)
    if found is not None and found.user_id is not None:
        added = found.grants.get("email")
        address = added or by_id(found.user_id).member_email or ""
        return Asked("verify", address, user_id=found.user_id)
    found = proofs.find("sign_up", secret)
    if found is None:
        return None
    nonce = str(found.grants.get("nonce") or "")
    return Asked("sign_up", str(found.grants["email"]), found.label or "", found.site_id, nonce)


def confirm(secret: str, *, by: User | None) -> User:
    """Confirm an address with the link in an email, by the person who is signed in (`by`).
    Otherwise, whoever reads the emails of a mistyped address could confirm it and then choose a new
    password. Raises `NotAllowed`, or `Conflict` if the address has an account by now."""
    with unit_of_work():
        credential = proofs.use_once("verify", secret)
        assert credential.user_id is not None  # credentials of this kind always have one
        user = by_id(credential.user_id)
        if by is None or by.id != user.id:
            raise NotAllowed("sign_in_needed.address")
        if added := credential.grants.get("email"):
            _add(user, added)
        user.email_verified_at = user.email_verified_at or clock.now()
    return user


def _add(user: User, address: str) -> None:
    _check_has_none(user)
    if by_email(address) is not None:
        raise Conflict("conflict.account_taken")
    user.email = user.member_email = address


def finish_sign_up(secret: str, password: str | None) -> User:
    """Create the requested account for a person with both the email and the password typed at
    sign-up: a stranger may have one of them. `password` is None if this browser is known to have
    typed it. Raises `NotAllowed`, or `Conflict` if the address has an account by now."""
    with unit_of_work():
        found = proofs.find("sign_up", secret)
        if found is not None and password is not None and not _is_password_of(found, password):
            raise NotAllowed("not_allowed.confirm_password", field="password")
        return _make(proofs.use_once("sign_up", secret))


def finish_by_code(asked: str, code: str) -> User:
    """The same with the code in the email, in the browser that asked. Raises the same."""
    found = of_code("sign_up", asked, code)
    with unit_of_work():
        if not proofs.spend(found):
            raise NotAllowed("not_allowed.email_code", field="code")
        return _make(found)


def _is_password_of(wanted: Credential, password: str) -> bool:
    return proofs.password_fits(wanted.grants["password_hash"], password)


def _make(wanted: Credential) -> User:
    names = ("email", "name", "locale", "password_hash")
    given = {name: wanted.grants[name] for name in names}
    if by_email(given["email"]) is not None:
        raise Conflict("conflict.account_taken")
    user = add_member(**given)
    user.email_verified_at = clock.now()
    return user


def ask_for_reset(email: str, window: Window | None = None) -> None:
    """Email a link to choose a new password, if the address has an account. Never reveals whether
    it does, and does the same work either way."""
    address = kept_email(email)[:254]
    asked, site_id = (window.asked, window.site_id) if window else (new_id(), None)
    with unit_of_work():
        user_id = db.session.scalar(select(User.id).where(User.member_email == address))
        enqueue("send_reset", user_id=user_id, asked=asked, site_id=site_id)


def may_reset(secret: str) -> bool:
    """Whether this link is valid, without using it."""
    return proofs.find("reset", secret) is not None


def reset_password(secret: str, new: str) -> User:
    """Set a new password; sessions, tokens and keys end. Raises `Invalid` for a password that is
    not accepted (the link stays valid), `NotAllowed` for an invalid link."""
    password_hash = proofs.hash_password(new)
    with unit_of_work():
        return _change(proofs.use_once("reset", secret), password_hash)


def reset_by_code(asked: str, code: str, new: str) -> User:
    """The same with the code in the email, in the browser that asked."""
    password_hash = proofs.hash_password(new)
    found = of_code("reset", asked, code)
    with unit_of_work():
        if not proofs.spend(found):
            raise NotAllowed("not_allowed.email_code", field="code")
        return _change(found, password_hash)


def claim(user: User) -> None:
    """Give an account whose address was never confirmed to the reader of its emails: remove
    whatever somebody else may have prepared to get in or keep the owner out, and email the owner.
    Only inside a unit."""
    user.email_verified_at = clock.now()
    user.password_hash, user.session_epoch = None, user.session_epoch + 1
    db.session.execute(delete(Identity).where(Identity.user_id == user.id))
    factors.forget(user)
    factors.notify(user, "claimed")


def void_mailed(user: User) -> None:
    """Void what was sent to an unconfirmed address and would open its account. Only inside a
    unit."""
    if user.email_verified_at is None and user.member_email:
        theirs = Credential.grants["email"].as_string() == user.member_email
        db.session.execute(
            delete(Credential).where(
                (Credential.kind == "sign_in") & theirs
                | (Credential.kind == "reset") & (Credential.user_id == user.id)
            )
        )


def _change(credential: Credential, password_hash: str) -> User:
    assert credential.user_id is not None
    user = by_id(credential.user_id)
    epoch = user.session_epoch + 1
    if user.email_verified_at is None:
        claim(user)
    user.password_hash, user.session_epoch = password_hash, epoch
    enqueue("send_changed", user_id=user.id, asked=new_id(), site_id=credential.site_id)
    return user


def forget_mailed() -> None:
    """Delete used or expired links, with the data typed for accounts that were never created, and
    expired sign-ins for frames."""
    with unit_of_work():
        db.session.execute(
            delete(Credential).where(
                or_(Credential.kind == "code", Credential.kind.in_(_ONCE)),
                or_(
                    Credential.expires_at <= clock.now(),
                    Credential.used_at.is_not(None) & (Credential.kind != "code"),
                ),
            )
        )
