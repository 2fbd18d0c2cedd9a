"""Giving roles to people. If they are suspended or banned, that is lifted first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...core.db import unit_of_work
from ...core.errors import Invalid
from ...core.locale import named
from ...sites.commands import set_role
from ...sites.queries import role_of
from .sanctions import sanction

if TYPE_CHECKING:
    from datetime import datetime

    from ...accounts.models import User
    from ...sites.models import Site

#: Roles that are not sanctions, which need a reason and can be appealed.
GIVEN = ("owner", "moderator", "trusted")


def give_role(
    site: Site,
    user: User,
    role: str,
    *,
    by: User,
    until: datetime | None = None,
    note: str | None = None,
    message: str | None = None,
) -> None:
    """Give a person a role on a site, or remove it ("none"). Raises `Invalid` for a sanction."""
    if role not in (*GIVEN, "none"):
        raise Invalid("invalid.choose", names=named("role", GIVEN), field="role")
    with unit_of_work():
        if role_of(user, site) == "banned":
            sanction(site, user, "lift", by=by, message=message, note=note)
        given = None if role == "none" else role
        set_role(site, user, given, by=by, until=until, note=note, message=message)
