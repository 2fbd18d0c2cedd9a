"""Whom a reader does not want to read."""

from __future__ import annotations

from flask import Blueprint

from ..accounts import mutes
from ..web.auth import acting
from .operation import operation

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
    mutes.mute(acting(), person_id)


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
    mutes.unmute(acting(), person_id)
