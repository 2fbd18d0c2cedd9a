"""Codes of an authenticator app (RFC 6238): set up with a QR code and a first code, each valid
once."""

from __future__ import annotations

import hmac
from datetime import timedelta
from typing import TYPE_CHECKING

import orjson
from sqlalchemy import select

from ...core import clock
from ...core.db import db, unit_of_work
from ...core.errors import Conflict, DomainError, NotAllowed, NotFound
from ...core.ids import new_secret, secret_hash
from ...core.rows import insert_row
from ...core.sealing import sealer
from ...core.typed import digits_of
from ...settings import settings
from ..models import Credential
from . import drop, notify, recovery

if TYPE_CHECKING:
    from ..models import User

DIGITS = 6
_SECONDS = 30
_DRIFT = 1  # steps that an app's clock may be ahead or behind
_OFFER_VALID = timedelta(minutes=15)


def offer(user: User) -> tuple[str, str]:
    """A new secret, and the same sealed for this person; the setup form carries it until a code
    confirms it. Nothing is stored before."""
    import pyotp

    secret = pyotp.random_base32()
    ends = int((clock.now() + _OFFER_VALID).timestamp())
    facts = {"secret": secret, "user": user.public_id, "ends": ends}
    return secret, sealer().seal(orjson.dumps(facts).decode())


def read_offer(user: User, sealed: str) -> str:
    """The secret of an offer. Raises `NotAllowed` for one that has expired, or is another
    person's."""
    try:
        facts = orjson.loads(sealer().open(sealed)) if sealer().state(sealed) == "sealed" else {}
    except (DomainError, orjson.JSONDecodeError):
        facts = {}
    in_time = facts.get("ends", 0) > clock.now().timestamp()
    if not in_time or facts.get("user") != user.public_id:
        raise NotAllowed("not_allowed.set_up_again")
    return str(facts["secret"])


def address(user: User, secret: str) -> str:
    """The address in the QR code, with the account and this installation's name."""
    import pyotp

    here = settings().public_url.partition("://")[2]
    name = user.member_email or user.name
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=here)


def confirm(user: User, sealed: str, code: str) -> list[str]:
    """Store the offered secret, once a code shows that the app has it. Returns new recovery codes
    if the person had no factor before. Raises `NotAllowed` for a wrong code, `Conflict` for a
    second app."""
    secret = read_offer(user, sealed)
    step = _step_of(secret, digits_of(code))
    if step is None:
        raise NotAllowed("not_allowed.code", field="code")
    with unit_of_work():
        if _row(user) is not None:
            raise Conflict("conflict.second_factor")
        insert_row(
            Credential,
            kind="totp",
            hash=secret_hash(new_secret()),  # a placeholder: the app's secret is sealed
            user_id=user.id,
            grants={"secret": sealer().seal(secret), "step": step},
            created_at=clock.now(),
        )
        notify(user, "totp_on")
        return recovery.first(user)


def fits(user: User, code: str) -> bool:
    """Whether the person's app shows this code now. The code and all earlier ones are used up."""
    with unit_of_work():
        row = _row(user)
        if row is None:
            return False
        step = _step_of(sealer().open(row.grants["secret"]), code, after=row.grants["step"])
        if step is None:
            return False
        row.grants = {**row.grants, "step": step}
        db.session.flush()
    return True


def remove(user: User) -> None:
    """Remove the app as a second factor. Raises `NotFound`."""
    with unit_of_work():
        row = _row(user)
        if row is None:
            raise NotFound("not_found.second_factor")
        drop(user, row)
        notify(user, "totp_off")


def _row(user: User) -> Credential | None:
    return db.session.scalar(
        select(Credential)
        .where(Credential.user_id == user.id, Credential.kind == "totp")
        .with_for_update()
    )


def _step_of(secret: str, code: str, *, after: int = 0) -> int | None:
    """The time step of this code, if it is later than `after`, else None."""
    import pyotp

    app, now = pyotp.TOTP(secret), int(clock.now().timestamp()) // _SECONDS
    found = None
    for step in range(now - _DRIFT, now + _DRIFT + 1):
        same = hmac.compare_digest(app.generate_otp(step).encode(), code.encode("utf-8", "replace"))
        if same and step > after:
            found = step
    return found
