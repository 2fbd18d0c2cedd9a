"""The role that a suspension or ban replaces: stored with it, and restored when it is undone."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from ...core import clock
from ...sites.commands import put_role
from ...sites.queries import can, membership

if TYPE_CHECKING:
    from ...accounts.models import User
    from ...sites.models import Site


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
    """Restore the person's role, as if the ban had never been; nothing if they are not banned
    anymore. A staff role is restored only if `by` may give it."""
    row = membership(user, site)
    if row is None or row.role != "banned":
        return
    if before is None or not _may_be_put_back(before, site, by):
        put_role(site, user, None, by=by)
        return
    until = datetime.fromisoformat(before["until"]) if before["until"] else None
    words = {"note": before["note"], "message": before["message"]}
    put_role(site, user, before["role"], by=by, until=until, earned=before.get("earned"), **words)
    row.set_by_id, row.set_at = before["set_by_id"], datetime.fromisoformat(before["set_at"])


def _may_be_put_back(before: dict[str, Any], site: Site, by: User) -> bool:
    if before["until"] and datetime.fromisoformat(before["until"]) <= clock.now():
        return False
    return before["role"] not in ("owner", "moderator") or can(by, "set_role", site)
