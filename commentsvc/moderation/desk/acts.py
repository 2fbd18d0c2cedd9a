"""What staff did besides deciding on comments, for the log, newest first. Reads, never writes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import aliased

from ...accounts.models import StaffAct, User
from ...core.db import db
from ...sites.models import Site
from ...threads.models import Thread

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime


@dataclass(frozen=True)
class Act:
    """One row: who did what, to whom or what. `by_name` None is the command line."""

    row_id: int
    at: datetime
    by_id: str | None
    by_name: str | None
    kind: str
    data: dict[str, Any]
    about_id: str | None
    about_name: str | None
    thread_title: str | None
    thread_href: str | None
    site_key: str
    site_name: str


def acts(sites: Sequence[Site], *where: Any, kinds: Sequence[str], limit: int) -> list[Act]:
    """Acts of these kinds on these sites that fulfil `where`: one query."""
    by, about = aliased(User), aliased(User)
    rows = db.session.execute(
        select(StaffAct, by, about, Thread, Site)
        .join(Site, Site.id == StaffAct.site_id)
        .outerjoin(by, by.id == StaffAct.by_id)
        .outerjoin(about, about.id == StaffAct.about_id)
        .outerjoin(Thread, Thread.id == StaffAct.thread_id)
        .where(StaffAct.site_id.in_([each.id for each in sites]), *where)
        .where(StaffAct.kind.in_(kinds))
        .order_by(StaffAct.created_at.desc(), StaffAct.id.desc())
        .limit(limit)
    )
    return [_act(*row) for row in rows]


def _act(
    row: StaffAct, by: User | None, about: User | None, thread: Thread | None, site: Site
) -> Act:
    return Act(
        row_id=row.id,
        at=row.created_at,
        by_id=by.public_id if by else None,
        by_name=by.name if by else None,
        kind=row.kind,
        data=row.data,
        about_id=about.public_id if about else None,
        about_name=about.name if about else None,
        thread_title=(thread.title or thread.href) if thread else None,
        thread_href=thread.href if thread else None,
        site_key=site.key,
        site_name=site.name,
    )
