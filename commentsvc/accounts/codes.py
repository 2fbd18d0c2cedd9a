"""Codes in emails: they prove the same as the link, typed into the window that asked for it.

The window's session identifies the request, so a code works only there and allows a few tries.
Sign-in codes are short because they are typed often: they expire within minutes, and tries are also
counted by address (web/limits).
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

from sqlalchemy import select

from ..core import clock
from ..core.db import db, unit_of_work
from ..core.errors import NotAllowed
from ..core.typed import digits_of
from ..settings import settings
from .models import Credential

_TRIES, _DIGITS = 5, 8
#: Kinds with other limits: tries, digits.
_OTHERS = {"sign_in": (10, 6)}


def add_code(credential: Credential) -> str:
    """A code that does the same as the credential's link. Only inside a unit."""
    _, digits = _OTHERS.get(credential.kind, (_TRIES, _DIGITS))
    code = f"{secrets.randbelow(10**digits):0{digits}d}"
    # a new mapping: SQLAlchemy does not notice changes inside the old one
    credential.grants = {**(credential.grants or {}), "code": _hash(credential, code), "tries": 0}
    db.session.flush()
    return f"{code[: digits // 2]} {code[digits // 2 :]}"


def of_code(kind: str, asked: str, code: str) -> Credential:
    """The credential of this code. Raises the same `NotAllowed` whether it is wrong, expired, tried
    too often or never sent, so that nobody learns who has an account."""
    with unit_of_work():
        row = db.session.scalar(
            select(Credential)
            .where(Credential.kind == kind, Credential.label == asked)
            .with_for_update()
        )
        if row is not None and is_in_force(row):
            if fits(row, code):
                return row
            count_try(row)
    raise NotAllowed("not_allowed.email_code", field="code")


def fits(row: Credential, code: str) -> bool:
    """Whether this is the credential's code, without counting a try."""
    kept = str((row.grants or {}).get("code", ""))
    return hmac.compare_digest(_hash(row, digits_of(code)), kept)


def count_try(row: Credential) -> None:
    """Count a wrong code, typed for this credential. Inside a unit that has locked it."""
    row.grants = {**row.grants, "tries": row.grants["tries"] + 1}


def is_in_force(row: Credential) -> bool:
    """Whether its code may still be tried."""
    late = row.expires_at is None or row.expires_at <= clock.now()
    most, _ = _OTHERS.get(row.kind, (_TRIES, _DIGITS))
    return not late and row.used_at is None and row.grants.get("tries", most) < most


def _hash(row: Credential, code: str) -> str:
    """A keyed hash: so few digits could be guessed from a stolen database."""
    text = f"email-code|{row.kind}|{row.label}|{code}".encode("utf-8", "surrogatepass")
    return hmac.new(settings().secret_key.encode(), text, hashlib.sha256).hexdigest()
