"""Codes in emails: what a link in an email proves, typed into the window that asked for it.

Who asked is known by that window's session, so a code is good there alone; it can be tried a few times.
One that signs in is short, because it is typed often: it lives for minutes, and tries are counted by address
as well (web/limits).
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
#: Kinds of other measures: tries, digits.
_OTHERS = {"sign_in": (10, 6)}


def add_code(credential: Credential) -> str:
    """A code for the same as the credential's link. In a unit only."""
    _, digits = _OTHERS.get(credential.kind, (_TRIES, _DIGITS))
    code = f"{secrets.randbelow(10**digits):0{digits}d}"
    # a new mapping: a change inside the old one would not be seen
    credential.grants = {**(credential.grants or {}), "code": _hash(credential, code), "tries": 0}
    db.session.flush()
    return f"{code[: digits // 2]} {code[digits // 2 :]}"


def of_code(kind: str, asked: str, code: str) -> Credential:
    """What this code is for. Raises `NotAllowed`, alike whether it is wrong, too old, was tried too often
    or never sent, so that nobody learns who has an account."""
    with unit_of_work():
        row = db.session.scalar(
            select(Credential)
            .where(Credential.kind == kind, Credential.label == asked)
            .with_for_update()
        )
        if row is not None and _in_force(row):
            if hmac.compare_digest(_hash(row, digits_of(code)), row.grants["code"]):
                return row
            row.grants = {**row.grants, "tries": row.grants["tries"] + 1}
    raise NotAllowed("not_allowed.email_code", field="code")


def _in_force(row: Credential) -> bool:
    late = row.expires_at is None or row.expires_at <= clock.now()
    most, _ = _OTHERS.get(row.kind, (_TRIES, _DIGITS))
    return not late and row.used_at is None and row.grants.get("tries", most) < most


def _hash(row: Credential, code: str) -> str:
    """Keyed, because so few digits could be guessed from a stolen database."""
    text = f"email-code|{row.kind}|{row.label}|{code}".encode("utf-8", "surrogatepass")
    return hmac.new(settings().secret_key.encode(), text, hashlib.sha256).hexdigest()
