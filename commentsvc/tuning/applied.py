"""Limits that somebody applied from the advisor, stored so that they can be undone."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from ..core import clock
from ..core.db import db, unit_of_work
from ..core.errors import Conflict, NotFound
from ..sites.commands import set_policy
from ..sites.queries import policy_of
from .models import PolicyChange

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..accounts.models import User
    from ..sites.models import Site


def apply(site: Site, changes: Mapping[str, Any], *, by: User) -> PolicyChange:
    """Change the policy and store its previous values. Raises `Invalid` naming the field."""
    with unit_of_work():
        before = asdict(policy_of(site))
        after = asdict(set_policy(site, changes, by=by))
        change = PolicyChange(
            site_id=site.id,
            by_id=by.id,
            before={name: before[name] for name in changes},
            after={name: after[name] for name in changes},
            created_at=clock.now(),
        )
        db.session.add(change)
        db.session.flush()
    return change


def roll_back(site: Site, public_id: str, *, by: User) -> None:
    """Restore the fields of a change. Raises `Conflict` if somebody has changed them since."""
    with unit_of_work():
        change = db.session.scalar(
            select(PolicyChange)
            .where(PolicyChange.public_id == public_id, PolicyChange.site_id == site.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        if change is None:
            raise NotFound("not_found.change")
        now = asdict(policy_of(site))
        if change.undone_at or any(now[name] != value for name, value in change.after.items()):
            raise Conflict("changed.limits")
        set_policy(site, change.before, by=by)
        change.undone_at, change.undone_by_id = clock.now(), by.id
        db.session.flush()
