"""Authors' records as their cards show them, read again after decisions. Reads, never writes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import select

from ...accounts.models import User
from ...core.db import db
from ..waves.reading import alone
from . import rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...sites.models import Site


@dataclass(frozen=True)
class Standing:
    """One author's record on one site. `others`: how many of their waiting comments one of them
    may be decided with."""

    author_id: str
    site_key: str
    approved: int
    rejected: int
    pending: int
    flags: int
    others: int


class _Pair(NamedTuple):
    author_row: int
    site_id: int


def standings(author_ids: Sequence[str], sites: Sequence[Site]) -> list[Standing]:
    """The records of these authors (public ids) on each of these sites where they have written: at
    most three queries, however many cards there are."""
    if not author_ids:
        return []
    users = db.session.execute(
        select(User.id, User.public_id).where(User.public_id.in_(author_ids))
    )
    known = {row.id: row.public_id for row in users}
    keys = {site.id: site.key for site in sites}
    found = rows.records(_Pair(user, site) for user in known for site in keys)
    several = [pair for pair, record in found.items() if record.get("pending", 0) > 1]
    apart = alone({user for user, _ in several}, {site for _, site in several})
    return [
        Standing(
            author_id=known[user],
            site_key=keys[site],
            approved=record.get("published", 0),
            rejected=record.get("rejected", 0),
            pending=record.get("pending", 0),
            flags=record.get("flags", 0),
            others=max(0, record.get("pending", 0) - 1 - apart.get((site, user), 0)),
        )
        for (user, site), record in found.items()
    ]
