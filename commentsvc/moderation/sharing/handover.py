"""Handover notes from one shift to the next, shown until somebody closes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from ...accounts.acts import record
from ...accounts.models import User
from ...core import clock
from ...core.db import any_of, db, unit_of_work
from ...core.errors import Conflict, NotFound
from ...core.typed import clean
from ...sites.queries import by_id, can, require
from ...threads import text as texts
from .models import HandoverNote

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ScalarSelect

    from ...sites.models import Site

LONGEST = 2000
MOST = 50  # open notes per site


@dataclass(frozen=True)
class Note:
    """An open note. `by` is None if the account was deleted; `html` is safe."""

    row: HandoverNote
    by: str | None
    html: str


def leave(site: Site, text: str, *, by: User) -> HandoverNote:
    """Leave a note, as Markdown. Raises `Invalid`, `NotAllowed`, `Conflict` for too many."""
    require(by, "moderate", site)
    kept = clean(text, max_length=LONGEST, field="text")
    with unit_of_work():
        open_ = select(func.count()).where(
            HandoverNote.site_id == site.id, HandoverNote.closed_at.is_(None)
        )
        if (db.session.scalar(open_) or 0) >= MOST:
            raise Conflict("conflict.handover_most", n=MOST)
        row = HandoverNote(site_id=site.id, by_id=by.id, text=kept, created_at=clock.now())
        db.session.add(row)
        db.session.flush()
        record("handover_left", site_id=site.id, by=by)
    return row


def close(public_id: str, *, by: User) -> HandoverNote:
    """Close a note, which hides it from everybody. Idempotent. Raises `NotFound`."""
    with unit_of_work():
        row = db.session.scalar(
            select(HandoverNote).where(HandoverNote.public_id == public_id).with_for_update()
        )
        if row is None or not can(by, "moderate", by_id(row.site_id)):
            raise NotFound("not_found.handover")
        if row.closed_at is None:
            row.closed_at, row.closed_by_id = clock.now(), by.id
            record("handover_closed", site_id=row.site_id, by=by)
    return row


def open_on(sites: Sequence[Site]) -> list[Note]:
    """The open notes of these sites, newest first: one query."""
    rows = db.session.execute(
        select(HandoverNote, User.name)
        .outerjoin(User, User.id == HandoverNote.by_id)
        .where(any_of(HandoverNote.site_id, [site.id for site in sites]))
        .where(HandoverNote.closed_at.is_(None))
        .order_by(HandoverNote.id.desc())
        .limit(2 * MOST)
    )
    return [Note(row, name, texts.html(row.text)) for row, name in rows]


def left_by_others(me: User, site_ids: Sequence[int]) -> ScalarSelect[int]:
    """How many open notes others have left on these sites, as a subquery."""
    return (
        select(func.count(HandoverNote.id))
        .where(any_of(HandoverNote.site_id, site_ids), HandoverNote.closed_at.is_(None))
        .where(HandoverNote.by_id.is_distinct_from(me.id))
        .scalar_subquery()
    )
