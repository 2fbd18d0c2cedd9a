"""What an undo of a sanction needs: the role that the sanction replaced, and what was undone.

A sanction and its undo are two rows of a person on a site with the same `batch`.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import select
from sqlalchemy.orm import aliased

from ...core import clock
from ...core.db import db
from ...sites.commands import put_role
from ...sites.queries import can, membership
from .models import Sanction

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ...accounts.models import User
    from ...sites.models import Site


_Twin = aliased(Sanction)  # made once: to make an alias takes longer than to ask with it


def is_undone(row: Any) -> Any:
    """SQL condition: this sanction was undone, or is the undo of one."""
    beside = (_Twin.user_id == row.user_id) & (_Twin.site_id == row.site_id)
    return select(_Twin.id).where(beside, _Twin.batch == row.batch, _Twin.id != row.id).exists()


def twin_of(row: Sanction) -> Sanction | None:
    """The undo of this sanction, or the sanction that this undid; None if it was not undone."""
    beside = select(Sanction).where(
        Sanction.user_id == row.user_id, Sanction.site_id == row.site_id
    )
    return db.session.scalar(beside.where(Sanction.batch == row.batch, Sanction.id != row.id))


def undone_among(rows: Iterable[Sanction]) -> dict[int, Literal["undone", "undo"]]:
    """Row ID -> what it is, for the sanctions among a person's rows that were undone, and their
    undos."""
    pairs: dict[tuple[int, str], list[int]] = {}
    for row in rows:
        if row.batch:
            pairs.setdefault((row.site_id, row.batch), []).append(row.id)
    found: dict[int, Literal["undone", "undo"]] = {}
    for first, last in (sorted(each) for each in pairs.values() if len(each) == 2):
        found |= {first: "undone", last: "undo"}
    return found


def kept(user: User, site: Site) -> dict[str, Any] | None:
    """The person's membership on the site now, to be restored; None for an ordinary reader."""
    row = membership(user, site)
    if row is None:
        return None
    return {
        "role": row.role,
        "until": row.until.isoformat() if row.until else None,
        "note": row.note,
        "message": row.message,
        "set_by_id": row.set_by_id,
        "set_at": row.set_at.isoformat(),
        "earned": row.earned,
    }


def put_back(site: Site, user: User, before: dict[str, Any] | None, *, by: User) -> None:
    """Restore the person's role, as if the sanction had never been. A staff role is restored only
    if `by` may give it."""
    if before is None or not _may_be_put_back(before, site, by):
        put_role(site, user, None, by=by)
        return
    until = datetime.fromisoformat(before["until"]) if before["until"] else None
    words = {"note": before["note"], "message": before["message"]}
    put_role(site, user, before["role"], by=by, until=until, earned=before.get("earned"), **words)
    if (row := membership(user, site)) is not None:
        row.set_by_id, row.set_at = before["set_by_id"], datetime.fromisoformat(before["set_at"])


def _may_be_put_back(before: dict[str, Any], site: Site, by: User) -> bool:
    if before["until"] and datetime.fromisoformat(before["until"]) <= clock.now():
        return False
    return before["role"] not in ("owner", "moderator") or can(by, "set_role", site)
