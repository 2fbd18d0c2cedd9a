"""What staff did besides deciding on comments, for the log. Reads, never writes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import aliased

from ...accounts.acts import GROUPS
from ...accounts.models import StaffAct, User
from ...core.db import db
from ...sites.models import Membership, Site
from ...sites.permissions import PERMISSIONS
from ...sites.queries import sites_of
from ...threads.models import Thread
from ..cases.models import Sanction
from ..cases.standing import is_undone

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Select

_By, _About = aliased(User), aliased(User)  # made once: to make it takes longer than to ask


@dataclass(frozen=True)
class Act:
    """One row: who did what, to whom or what. `by_name` is None for the command line."""

    row_id: int  # its number among all acts of staff, in order
    at: datetime
    by_id: str | None
    by_name: str | None
    kind: str
    data: dict[str, Any]
    about_id: str | None
    about_name: str | None
    thread_title: str | None
    thread_href: str | None
    site_key: str  # "": no single site
    site_name: str
    undone: bool = False  # a sanction: it was undone


def acts(
    sites: Sequence[Site],
    *where: Any,
    kinds: Sequence[str],
    limit: int,
    viewer: User | None = None,
) -> list[Act]:
    """Acts of these kinds that meet `where`, newest first: on these sites, and those of no single
    site that the viewer may see. One query; if there are sanctions, two."""
    rows = db.session.execute(
        select(StaffAct, _By, _About, Thread, Site)
        .outerjoin(Site, Site.id == StaffAct.site_id)
        .outerjoin(_By, _By.id == StaffAct.by_id)
        .outerjoin(_About, _About.id == StaffAct.about_id)
        .outerjoin(Thread, Thread.id == StaffAct.thread_id)
        .where(_on(sites, viewer), *where)
        .where(StaffAct.kind.in_(kinds))
        .order_by(StaffAct.created_at.desc(), StaffAct.number.desc())
        .limit(limit)
    )
    return _marked([_act(*row) for row in rows])


def _marked(rows: list[Act]) -> list[Act]:
    """These acts, the undone sanctions among them marked."""
    ids = [
        each.data["id"] for each in rows if each.kind in GROUPS["sanctions"] and "id" in each.data
    ]
    if not ids:
        return rows
    undone = set(
        db.session.scalars(
            select(Sanction.public_id).where(Sanction.public_id.in_(ids), is_undone(Sanction))
        )
    )
    return [replace(each, undone=each.data.get("id") in undone) for each in rows]


def _on(sites: Sequence[Site], viewer: User | None) -> ColumnElement[bool]:
    """Acts on these sites. An act of no single site, such as a sign-in, is visible to the person
    who did it, to owners if it was done by their staff, and to administrators."""
    here = StaffAct.site_id.in_([each.id for each in sites])
    if viewer is None:
        return here
    alone = StaffAct.site_id.is_(None)
    if viewer.is_admin:
        return or_(here, alone)
    owned = [each.id for each in sites_of(viewer, "set_role") if each in sites]
    return or_(
        here, and_(alone, or_(StaffAct.by_id == viewer.id, StaffAct.by_id.in_(staff_of(owned))))
    )


def staff_of(site_ids: Collection[int]) -> Select[int]:
    """The row ids of the people who moderate one of these sites."""
    roles = sorted(PERMISSIONS["moderate"])
    here = Membership.site_id.in_(list(site_ids)), Membership.role.in_(roles)
    return select(Membership.user_id).where(*here)


def _act(
    row: StaffAct, by: User | None, about: User | None, thread: Thread | None, site: Site | None
) -> Act:
    return Act(
        row_id=row.number or 0,
        at=row.created_at,
        by_id=by.public_id if by else None,
        by_name=by.name if by else None,
        kind=row.kind,
        data=row.data,
        about_id=about.public_id if about else None,
        about_name=about.name if about else None,
        thread_title=(thread.title or thread.href) if thread else None,
        thread_href=thread.href if thread else None,
        site_key=site.key if site else "",
        site_name=site.name if site else "",
    )
