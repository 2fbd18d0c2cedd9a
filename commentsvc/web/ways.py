"""A sign-in form that was sent: which way it asks for, its tries counted, and who it proves to be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..accounts.ways import Place, offered
from ..core.errors import NotAllowed
from .limits import count_sign_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..accounts.models import User


def signed_in_by(form: Mapping[str, str], place: Place) -> User:
    """Who the form proves to be, by the way it names or else by the first there is. Raises
    `NotAllowed` or `Invalid` for what is wrong, `TooMany` after too many tries."""
    every = {way.name: way for way in offered()}
    way = every.get(form.get("way") or next(iter(every), ""))
    if way is None:
        raise NotAllowed("wrong_sign_in")
    if account := way.account_of(form):
        count_sign_in(account)
    return way.prove(form, place)
