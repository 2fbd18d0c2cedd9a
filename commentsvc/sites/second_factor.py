"""Who must have a second factor, and who may reset a lost one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..accounts import factors
from ..accounts.acts import record
from ..core.db import unit_of_work
from ..core.errors import NotAllowed
from ..settings import settings
from .queries import policy_of, sites_of

if TYPE_CHECKING:
    from ..accounts.models import User


def is_required(user: User) -> bool:
    """Whether this person must have one, as staff or administrator where it is required."""
    sites = sites_of(user)
    if settings().staff_second_factor:
        return user.is_admin or bool(sites)
    return any(policy_of(each).second_factor for each in sites)


def is_missing(user: User) -> bool:
    """Whether one is required but the person has not set it up."""
    return is_required(user) and not factors.factors_of(user)


def may_reset(by: User, user: User) -> bool:
    """Administrators may reset anyone else's second factor; owners that of people who are staff
    only on the owner's sites."""
    if by.id == user.id:
        return False
    if by.is_admin:
        return True
    staff_on = sites_of(user)
    owned = {each.id for each in sites_of(by, "set_role")}
    return not user.is_admin and bool(staff_on) and all(each.id in owned for each in staff_on)


def reset(user: User, *, by: User | None) -> None:
    """Remove a person's second factor. `by` is None on the command line. Raises `NotAllowed`."""
    if by is not None and not may_reset(by, user):
        raise NotAllowed("not_allowed.reset_second_factor")
    with unit_of_work():
        factors.reset(user)
        for site in sites_of(user):
            record("second_factor_reset", site_id=site.id, by=by, about=user)
