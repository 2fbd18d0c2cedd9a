"""Proving one's identity again: with a code of the app, a recovery code, a passkey or the
password."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...core.typed import digits_of
from .. import proofs
from . import passkeys, recovery, totp

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..models import User

_LONGEST = 64  # characters of a code


def is_short(given: Mapping[str, str]) -> bool:
    """Whether this is an app's code, which is short enough to guess."""
    return _digits(given) is not None


def fits(user: User, given: Mapping[str, str], challenge: str) -> bool:
    """Whether this is a second factor of the person; codes are used up. Their browser was asked to
    sign `challenge`."""
    if given.get("passkey"):
        return bool(challenge) and passkeys.fits(user, given["passkey"], challenge)
    digits = _digits(given)
    if digits is not None:
        return totp.fits(user, digits)
    return recovery.fits(user, given.get("code", "")[:_LONGEST])


def fits_again(user: User, given: Mapping[str, str], challenge: str) -> bool:
    """Whether this proves that the person is who is signed in: a second factor, or the password."""
    password = given.get("password", "")
    if password:
        return proofs.password_fits(user.password_hash, password[: proofs.MAX_PASSWORD + 1])
    return fits(user, given, challenge)


def _digits(given: Mapping[str, str]) -> str | None:
    typed = "".join(given.get("code", "")[:_LONGEST].split())
    if not typed.isdecimal() or len(typed) != totp.DIGITS:
        return None
    return digits_of(typed)
