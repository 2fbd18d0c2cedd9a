"""Reset the second factor of somebody who has lost it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, url_for

from ...accounts.factors import factors_of
from ...core.errors import DomainError
from ...moderation.desk import people as records
from ...sites import second_factor
from ...web.auth import requires, signed_in
from ...web.limits import limit
from ...web.proving import fresh
from ..blueprints import dashboard
from ..page import go, mine, refused, security_words, tell

if TYPE_CHECKING:
    from ...accounts.models import User


def is_resettable(user: User) -> bool:
    """Whether there is something to reset, and the viewer may."""
    return second_factor.may_reset(signed_in(), user) and bool(factors_of(user))


@dashboard.post("/people/<person_id>/second-step/reset")
@limit("manage")
@requires("set_role")
@fresh
def reset_second_factor(person_id: str) -> Response:
    """Remove the person's app, passkeys and recovery codes; they are signed out and emailed."""
    user = records.one(person_id, mine("set_role")).user
    try:
        second_factor.reset(user, by=signed_in())
    except DomainError as error:
        return refused(error, url_for("dashboard.person", person_id=person_id))
    tell("good", security_words("reset.done", name=user.name))
    return go("dashboard.person", person_id=person_id)
