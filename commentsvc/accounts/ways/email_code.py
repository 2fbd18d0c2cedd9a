"""Signing in with a code from an email. Pages ask for the email first (entering.py)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..entering import by_code

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ...settings import Settings
    from ..models import User
    from . import Input, Place


class EmailCodeWay:
    """The member who reads the emails of an address; a separate page asks for the code."""

    name = "email_code"
    inputs: tuple[Input, ...] = ()

    def account_of(self, given: Mapping[str, str]) -> str:
        """Always "": the request identifies the account and counts the tries."""
        return ""

    def prove(self, given: Mapping[str, str], place: Place) -> User:
        """The code's owner. Raises `NotAllowed`, the same for every wrong code, or `NameNeeded` for
        a new person."""
        return by_code(given.get("asked", ""), given.get("code", ""))


def make(_settings: Settings) -> EmailCodeWay:
    """The way; it needs no settings."""
    return EmailCodeWay()
