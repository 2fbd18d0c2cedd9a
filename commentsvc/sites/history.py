"""The history of a site's or section's policy: its recorded versions, and how to restore one."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, func, select

from ..accounts.models import StaffAct, User
from ..core.db import db, unit_of_work
from ..core.errors import Conflict, NotFound
from ..core.paging import Page, decode_cursor, encode_cursor
from .commands import set_policy
from .policy import KNOBS
from .queries import policy_of
from .sections.commands import set_section_policy
from .sections.queries import within

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from .models import Site
    from .policy import Policy
    from .sections.queries import Section

KINDS = ("policy", "policy_restored")
FIRST = 0  # the version before all recorded changes


@dataclass(frozen=True)
class Version:
    """The policy after one change. `id` is the change's number in the audit chain of staff acts.
    `by` is None for the command line; `changes` is field -> [before, after]."""

    id: int
    at: datetime
    by: str | None
    restored: bool
    changes: Mapping[str, list[Any]]


def versions(
    site: Site, section: Section | None = None, *, after: str | None = None, limit: int = 30
) -> Page[Version]:
    """The changes of a site's or section's policy, newest first."""
    query = _changes(site, section).order_by(StaffAct.number.desc())
    if after:
        query = query.where(StaffAct.number < decode_cursor(after, int)[0])
    rows = db.session.execute(query.limit(limit + 1)).all()
    found = [_version(row) for row in rows[:limit]]
    return Page(found, encode_cursor(found[-1].id) if len(rows) > limit else None)


def version(site: Site, number: int, section: Section | None = None) -> Version:
    """One version. Raises `NotFound`."""
    row = db.session.execute(_changes(site, section).where(StaffAct.number == number)).first()
    if row is None:
        raise NotFound("not_found.version")
    return _version(row)


def differences(site: Site, number: int, section: Section | None = None) -> dict[str, list[Any]]:
    """How a version differs from the current policy: field -> [now, then]. `FIRST` is the policy
    before all recorded changes. Fields that no longer exist are skipped. Raises `NotFound`, or
    `Invalid` if current bounds do not allow an old value."""
    now, then, _ = _then(site, number, section)
    before, after = asdict(now), asdict(then)
    return {name: [was, after[name]] for name, was in before.items() if after[name] != was}


def restore(
    site: Site, number: int, *, seen: int, by: User | None, section: Section | None = None
) -> Policy:
    """Restore the policy as it was after this change. `seen` is the site's version on the page that
    showed the differences. Fields that a section inherited then are inherited again. Raises like
    `differences`, and `Conflict` if something has changed since or nothing would."""
    with unit_of_work():
        wanted = differences(site, number, section)
        if site.version != seen:
            raise Conflict("conflict.policy_changed")
        if not wanted:
            raise Conflict("conflict.policy_same")
        changes = {name: then for name, (_, then) in wanted.items()}
        if section is None:
            return set_policy(site, changes, by=by, restores=number)
        inherit = _then(site, number, section)[2]
        changes = {name: value for name, value in changes.items() if name not in inherit}
        more: dict[str, Any] = {"inherit": inherit, "restores": number}
        return set_section_policy(site, section.code, changes, by=by, **more)


def _then(
    site: Site, number: int, section: Section | None
) -> tuple[Policy, Policy, frozenset[str]]:
    """The policy now and then, and the fields changed since that a section inherited then."""
    if number != FIRST:
        version(site, number, section)
    later = _changes(site, section).where(StaffAct.number > number).order_by(StaffAct.number)
    base = policy_of(site)
    now, before = within(base, section), dict[str, Any]()
    inherited = set[str]()
    for row in db.session.execute(later):
        for name, (was, _became) in row.data["changes"].items():
            if name in KNOBS and name not in before:
                from_site = name in row.data.get("inherited", ())
                before[name] = getattr(base, name) if from_site else was
                inherited.update([name] if from_site else [])
    return now, now.with_changes(before), frozenset(inherited)


def _changes(site: Site, section: Section | None) -> Any:
    code = StaffAct.data["section"].as_string()
    here = code.is_(None)
    if section is not None:  # only since it was added: a removed section may have had the same code
        added = select(func.coalesce(func.max(StaffAct.number), 0)).where(
            StaffAct.site_id == site.id, StaffAct.kind == "section_added", code == section.code
        )
        here = and_(code == section.code, StaffAct.number > added.scalar_subquery())
    mine = StaffAct.site_id == site.id, StaffAct.kind.in_(KINDS), here
    columns = StaffAct.number, StaffAct.created_at, StaffAct.kind, StaffAct.data, User.name
    return select(*columns).outerjoin(User, User.id == StaffAct.by_id).where(*mine)


def _version(row: Any) -> Version:
    restored = row.kind == "policy_restored"
    return Version(row.number, row.created_at, row.name, restored, row.data["changes"])
