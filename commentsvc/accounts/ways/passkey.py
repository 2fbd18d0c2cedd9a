"""Signing in with a passkey alone: the browser says whose it is, and has checked who holds it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..factors import passkeys

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ...settings import Settings
    from ..models import User
    from . import Input, Place


class PasskeyWay:
    """The member whose passkey has signed the page's challenge. A script asks the browser for it."""

    name = "passkey"
    inputs: tuple[Input, ...] = ()

    def account_of(self, given: Mapping[str, str]) -> str:
        """Unknown until the answer is read; it cannot be guessed."""
        return ""

    def prove(self, given: Mapping[str, str], place: Place) -> User:
        """Raises `NotAllowed`, the same for everything that may be wrong."""
        return passkeys.owner_of(given.get("passkey", ""), given.get("challenge", ""))


def make(_settings: Settings) -> PasskeyWay:
    """The way; the address of this installation is all it needs."""
    return PasskeyWay()
