"""Whom a reader does not want to read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint

from ..accounts import mutes
from ..core.errors import NotAllowed
from ..web.auth import viewer
from .operation import operation

if TYPE_CHECKING:
    from ..accounts.models import User

people = Blueprint("api_people", __name__)


@operation(
    people,
    "PUT",
    "/people/<id:person_id>/mute",
    limit="like",
    needs="somebody",
    answers={204: None},
    problems=(403, 404),
)
def mute_person(person_id: str) -> None:
    """Mute someone.

    Their comments are collapsed for you. Nobody else sees this, and nobody is notified. You can
    safely repeat this. `/me` lists the people you have muted.
    """
    mutes.mute(_reader(), person_id)


@operation(
    people,
    "DELETE",
    "/people/<id:person_id>/mute",
    limit="like",
    needs="somebody",
    answers={204: None},
    problems=(403,),
)
def unmute_person(person_id: str) -> None:
    """Unmute someone. If they are not muted, nothing happens."""
    mutes.unmute(_reader(), person_id)


def _reader() -> User:
    seen = viewer()
    assert seen.user is not None  # the operation needs somebody
    if seen.kind == "api" and "write" not in seen.scopes:
        raise NotAllowed("wrong_scope")
    return seen.user
