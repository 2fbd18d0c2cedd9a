"""Signing in by email alone: a code for the browser that asked, and a link. Whoever reads the
emails of an address can use its account; if there is none, one is created once a name is typed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from ..core import clock
from ..core.db import db, unit_of_work
from ..core.errors import Invalid, NotAllowed
from ..core.jobs import enqueue
from ..core.typed import clean_name
from . import proofs
from .codes import count_try, fits, is_in_force, of_code
from .commands import add_member, by_email, clean_email
from .joining import Window, claim
from .leaving import check_stays
from .models import Credential, User

if TYPE_CHECKING:
    from collections.abc import Sequence

VALID = timedelta(minutes=15)


class NameNeeded(Invalid):
    """The address is proved but has no account yet: the account needs a name."""

    def __init__(self) -> None:
        super().__init__("empty.name", field="name")


@dataclass(frozen=True)
class Entry:
    """What a valid link does. `nonce` names the frame that waits for it; `is_new`: the address has
    no account."""

    email: str
    is_new: bool
    site_id: int | None
    nonce: str


def ask(email: str, window: Window, *, locale: str | None) -> None:
    """Send a code and a link to the address. Accounts are only looked up when the email is written,
    so neither the response nor its timing reveals who has an account. Raises `Invalid` for a
    malformed address."""
    wanted = {"email": clean_email(email), "locale": locale, "nonce": window.nonce}
    with unit_of_work():
        proofs.issue(
            "sign_in", site_id=window.site_id, ttl=VALID, label=window.asked, grants=wanted
        )
        enqueue("send_sign_in", asked=window.asked)


def wanted(asked: str) -> Credential | None:
    """The valid sign-in request with this name, or None."""
    row = db.session.scalar(
        select(Credential)
        .where(Credential.kind == "sign_in", Credential.label == asked)
        .with_for_update()
    )
    if row is None or row.used_at is not None or row.expires_at is None:
        return None
    return row if row.expires_at > clock.now() else None


def meant(asked: Sequence[str], code: str) -> str:
    """Which of a browser's requests (newest last) a typed code belongs to: an email may arrive after
    its reader has asked for another. Only requests of the newest one's address, and only while that
    one may be tried. A wrong code counts as a try of each, so that no code is tried more often than
    if it were the only one."""
    if len(asked) < 2:
        return asked[0] if asked else ""
    query = select(Credential).where(Credential.kind == "sign_in", Credential.label.in_(asked))
    with unit_of_work():
        found = db.session.scalars(query.order_by(Credential.id).with_for_update())
        rows = {row.label: row for row in found if is_in_force(row)}
        newest = rows.pop(asked[-1], None)
        others = [
            (each, rows[each])
            for each in reversed(asked)
            if each in rows and newest and _email(rows[each]) == _email(newest)
        ]
        for name, row in others:
            if fits(row, code):
                return name
        if newest and not fits(newest, code):
            for _, row in others:
                count_try(row)
    return asked[-1]


def _email(row: Credential) -> str:
    return str((row.grants or {}).get("email", ""))


def by_code(asked: str, code: str) -> User:
    """The user who proves an address with the code sent there, in the browser that asked. The code
    is used up. Raises `NotAllowed`, or `NameNeeded`, after which `finish` creates the account."""
    found = of_code("sign_in", asked, code)
    with unit_of_work():
        owner = _owner(found)
        if owner is None:
            kept = {name: found.grants[name] for name in ("email", "locale", "nonce")}
            found.grants = {**kept, "proved": True}
            db.session.flush()
        elif not proofs.spend(found):
            raise NotAllowed("not_allowed.email_code", field="code")
    if owner is None:
        raise NameNeeded
    return owner


def finish(asked: str, name: str) -> User:
    """Create the account of an address that was proved in this browser. Raises `Invalid` for the
    name, or `NotAllowed`."""
    name = clean_name(name)
    with unit_of_work():
        found = wanted(asked)
        if found is None or not found.grants.get("proved") or not proofs.spend(found):
            raise NotAllowed("not_allowed.email_code", field="code")
        return _owner(found) or _make(found, name)


def entry_of(secret: str) -> Entry | None:
    """What this link does, without doing it; None if it is not valid."""
    found = proofs.find("sign_in", secret)
    if found is None:
        return None
    email = str(found.grants["email"])
    nonce = str(found.grants.get("nonce") or "")
    return Entry(email, by_email(email) is None, found.site_id, nonce)


def by_link(secret: str, name: str) -> User:
    """The user who proves an address with the link sent there. Raises `NotAllowed`, or `Invalid`
    for a name that a new account cannot have; the link then stays valid."""
    with unit_of_work():
        found = proofs.find("sign_in", secret)
        is_new = found is not None and by_email(found.grants["email"]) is None
        clean = clean_name(name) if is_new else ""
        found = proofs.use_once("sign_in", secret)
        return _owner(found) or _make(found, clean)


def _owner(found: Credential) -> User | None:
    """The account of the address, which is now confirmed, or None. Only inside a unit. Raises
    `NotAllowed` for an account that is being deleted."""
    user = by_email(found.grants["email"])
    check_stays(user)
    if user is not None and user.email_verified_at is None:
        claim(user)
    return user


def _make(found: Credential, name: str) -> User:
    given = {each: found.grants[each] for each in ("email", "locale")}
    user = add_member(**given, name=name, password_hash=None)
    user.email_verified_at = clock.now()
    return user
