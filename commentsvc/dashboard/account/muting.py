"""End mutes from one's account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...accounts import mutes
from ...web.auth import requires, signed_in
from ...web.limits import limit
from ..blueprints import account
from ..page import account_words, go, tell

if TYPE_CHECKING:
    from flask import Response


@account.post("/mutes/<person_id>/end")
@limit("like")
@requires()
def unmute(person_id: str) -> Response:
    """Unmute a person."""
    mutes.unmute(signed_in(), person_id)
    tell("good", account_words("mutes.done"))
    return go("account.home")
