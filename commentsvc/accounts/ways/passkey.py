"""Signing in with just a passkey: the browser says whose it is, and has verified its holder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..factors import passkeys

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ...settings import Settings
    from ..models import User
    from . import Input, Place


class PasskeyWay:
    """The member whose passkey signed the page's challenge. A script asks the browser for it."""

    name = "passkey"
    inputs: tuple[Input, ...] = ()

    def account_of(self, given: Mapping[str, str]) -> str:
        """Always "": the account is unknown until the response is read, and a passkey cannot be
        guessed."""
        return ""

    def prove(self, given: Mapping[str, str], place: Place) -> User:
        """The passkey's owner. Raises `NotAllowed`, the same for everything that can be wrong."""
        return passkeys.owner_of(given.get("passkey", ""), given.get("challenge", ""))


def make(_settings: Settings) -> PasskeyWay:
    """The way; it needs only this installation's address."""
    return PasskeyWay()
