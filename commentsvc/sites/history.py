"""A site's policy as it was: every version that is recorded, and back to one of them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from ..accounts.models import StaffAct, User
from ..core.db import db, unit_of_work
from ..core.errors import Conflict, NotFound
from ..core.paging import Page, decode_cursor, encode_cursor
from .commands import set_policy
from .policy import KNOBS, Policy
from .queries import policy_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from .models import Site

KINDS = ("policy", "policy_restored")
FIRST = 0  # the version before everything that is recorded


@dataclass(frozen=True)
class Version:
    """The policy after one change. `id` is the change's number in the chain of all that staff do, which binds
    it. `by` None is the command line; `changes`: field -> before, after."""

    id: int
    at: datetime
    by: str | None
    restored: bool
    changes: Mapping[str, list[Any]]


def versions(site: Site, *, after: str | None = None, limit: int = 30) -> Page[Version]:
    """The changes of a site's policy, the newest first."""
    query = _changes(site).order_by(StaffAct.number.desc())
    if after:
        query = query.where(StaffAct.number < decode_cursor(after, int)[0])
    rows = db.session.execute(query.limit(limit + 1)).all()
    found = [_version(row) for row in rows[:limit]]
    return Page(found, encode_cursor(found[-1].id) if len(rows) > limit else None)


def version(site: Site, number: int) -> Version:
    """One of them. Raises `NotFound`."""
    row = db.session.execute(_changes(site).where(StaffAct.number == number)).first()
    if row is None:
        raise NotFound("not_found.version")
    return _version(row)


def differences(site: Site, number: int) -> dict[str, list[Any]]:
    """What would change of today's policy: field -> now, then. `FIRST` is the policy before all that is
    recorded. A field that is no more is left as it is. Raises `NotFound`, or `Invalid` where today's
    bounds do not allow what was."""
    if number != FIRST:
        version(site, number)
    later = _changes(site).where(StaffAct.number > number).order_by(StaffAct.number)
    before: dict[str, Any] = {}
    for row in db.session.execute(later):
        for name, (was, _became) in row.data["changes"].items():
            if name in KNOBS:
                before.setdefault(name, was)
    now = policy_of(site)
    then = now.with_changes(before)
    return {name: [was, value] for name, was, value in _pairs(now, then) if was != value}


def restore(site: Site, number: int, *, seen: int, by: User | None) -> Policy:
    """Make the policy what it was after this change. `seen` is the site's version on the page that showed
    what would change. Raises like `differences`, and `Conflict` where something has changed since, or
    nothing would."""
    with unit_of_work():
        wanted = differences(site, number)
        if site.version != seen:
            raise Conflict("conflict.policy_changed")
        if not wanted:
            raise Conflict("conflict.policy_same")
        changes = {name: then for name, (_, then) in wanted.items()}
        return set_policy(site, changes, by=by, restores=number)


def _changes(site: Site) -> Any:
    mine = StaffAct.site_id == site.id, StaffAct.kind.in_(KINDS)
    columns = StaffAct.number, StaffAct.created_at, StaffAct.kind, StaffAct.data, User.name
    return select(*columns).outerjoin(User, User.id == StaffAct.by_id).where(*mine)


def _version(row: Any) -> Version:
    restored = row.kind == "policy_restored"
    return Version(row.number, row.created_at, row.name, restored, row.data["changes"])


def _pairs(now: Policy, then: Policy) -> list[tuple[str, Any, Any]]:
    after = asdict(then)
    return [(name, was, after[name]) for name, was in asdict(now).items()]
