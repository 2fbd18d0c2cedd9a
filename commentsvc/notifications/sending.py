"""Sends each email at most once, with a limit per address, hour and day."""

from __future__ import annotations

import hashlib
import hmac
import logging
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, select, update

from ..core import clock
from ..core.calling import CallFailed
from ..core.db import IntegrityError, db, is_sqlite, unit_of_work
from ..core.jobs import periodic
from ..core.rows import insert_row
from ..settings import settings
from .mail import Mail, MailFailed, mailer
from .models import Email, Refusal

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

log = logging.getLogger(__name__)

#: Limits for one address, so that nobody can be flooded.
MOST_AN_HOUR, MOST_A_DAY = 10, 30
#: Emails about the person's own account, which others must not crowd out: `RESERVED` more are
#: allowed.
ABOUT_THE_ACCOUNT = frozenset(
    ("sign_up", "sign_in", "verify", "reset", "changed", "security", "leaving")
)
RESERVED = 5
KEPT = timedelta(days=30)


def send_once(mail: Mail, *, key: str, kind: str) -> str:
    """Send the email that `key` names, as `once` does."""
    return once(lambda: mailer().send(mail), to=mail.to, key=key, kind=kind)


def once(send: Callable[[], object], *, to: str, key: str, kind: str) -> str:
    """Send what `key` names to the address `to`; returns the state: sent, capped, resting or lost.
    Two channels never share a key.

    An email that was being sent when the process died is not sent again: a duplicate is worse than
    a loss. Raises the error of `send` if a retry may help. Not inside a unit: it calls a server.
    """
    if (state := _begin(to, key, kind)) != "sending":
        return state
    try:
        send()
    except (MailFailed, CallFailed) as error:
        _end(key, "failed" if error.again else "lost")
        if isinstance(error, MailFailed) and error.refused:
            _rest(to)
        if error.again:
            raise
        log.warning("email not sent", extra={"email": key, "kind": kind, "why": str(error)})
        return "lost"
    _end(key, "sent")
    if kind in ABOUT_THE_ACCOUNT:
        wake(to)
    return "sent"


def _begin(address: str, key: str, kind: str) -> str:
    """Claim the email for this process: `sending`, or the state that leaves nothing to do."""
    hashed, moment = address_hash(address), clock.now()
    try:
        with unit_of_work():
            _one_at_a_time(hashed)
            email = db.session.scalar(select(Email).where(Email.key == key).with_for_update())
            if email is not None and email.state == "sending":
                email.state = "lost"
            if email is not None and email.state != "failed":
                return email.state
            state = "capped" if _too_many(hashed, key, kind) else "sending"
            rests = db.session.get(Refusal, hashed) is not None
            if rests and kind not in ABOUT_THE_ACCOUNT:
                state = "resting"
            if email is None:
                email = Email(key=key, address_hash=hashed, kind=kind)
                db.session.add(email)
            email.state, email.created_at = state, moment
            return state
    except IntegrityError:  # another worker just claimed it
        return "sending elsewhere"


def _one_at_a_time(hashed: str) -> None:
    """Lock this address until the unit ends, so that two workers cannot pass the limit at once. On
    SQLite, units wait for each other anyway."""
    if not is_sqlite():
        number = int.from_bytes(bytes.fromhex(hashed[:16]), "big", signed=True)
        db.session.execute(select(func.pg_advisory_xact_lock(number)))


def _too_many(hashed: str, key: str, kind: str) -> bool:
    more = RESERVED if kind in ABOUT_THE_ACCOUNT else 0
    stretches = (
        (timedelta(hours=1), MOST_AN_HOUR + more),
        (timedelta(days=1), MOST_A_DAY + more),
    )
    return any(_sent_within(stretch, hashed, key) >= most for stretch, most in stretches)


def _sent_within(stretch: timedelta, hashed: str, key: str) -> int:
    """How many emails were sent or tried to this address, except this one."""
    query = select(func.count()).where(
        Email.address_hash == hashed,
        Email.created_at > clock.now() - stretch,
        Email.state.not_in(("capped", "resting")),
        Email.key != key,
    )
    return int(db.session.scalar(query) or 0)


def _end(key: str, state: str) -> None:
    sent_at = clock.now() if state == "sent" else None
    with unit_of_work():
        db.session.execute(
            update(Email).where(Email.key == key).values(state=state, sent_at=sent_at)
        )


def refused_since(address: str) -> datetime | None:
    """Since when this address gets no emails because its server refused it for good, or None."""
    row = db.session.get(Refusal, address_hash(address))
    return row.since if row else None


def wake(address: str) -> None:
    """Send emails there again; harmless if the address was not refused."""
    with unit_of_work():
        db.session.execute(delete(Refusal).where(Refusal.address_hash == address_hash(address)))


def _rest(address: str) -> None:
    hashed = address_hash(address)
    with suppress(IntegrityError), unit_of_work():  # another worker just stored it
        if db.session.get(Refusal, hashed) is None:
            insert_row(Refusal, address_hash=hashed, since=clock.now())


def address_hash(address: str) -> str:
    """A keyed hash of an address, so that nobody can test addresses against the table."""
    secret = settings().secret_key.encode()
    return hmac.new(secret, f"mail:{address.strip().lower()}".encode(), hashlib.sha256).hexdigest()


@periodic("forget_letters", minutes=1440)
def forget_emails() -> None:
    """Delete the record of an email after a month."""
    with unit_of_work():
        db.session.execute(delete(Email).where(Email.created_at < clock.now() - KEPT))
