"""The site of a new comment, as this process has lately read it.

On SQLite, readers lose their cached pages with every commit, so reading the site before each post
took a tenth of the post. Posting need not: its unit reads the site's version and, if it is another,
the site (`known.known_of`).
"""

from __future__ import annotations

import time
from typing import Any, NamedTuple

from sqlalchemy import event

from ..core.db import after_commit, db, execute
from ..core.errors import NotFound
from ..core.rows import taken
from ..core.writing.unit import in_hand
from ..sites.models import Origin, Site
from ..sites.queries import OF_KEY

#: What other processes change is seen after at most this time, as on pages (web/freshness.py).
TRUST_SECONDS = 0.5
_MOST = 500  # sites


class _Kept(NamedTuple):
    row: Any
    until: float  # of `time.monotonic`


_kept: dict[tuple[Any, str], _Kept] = {}
_changes = 0  # of sites, by this process


def site_lately(key: str) -> Site:
    """Like `sites.queries.by_key`, but other processes' changes may be half a second old, so a unit
    must check the version. Raises `NotFound`."""
    at, changes = (db.engine, key), _changes
    kept = _kept.get(at)
    if kept is None or kept.until < time.monotonic():
        row = execute(OF_KEY, {"key": key}).first()
        if row is None or row.closed_at is not None:
            raise NotFound("not_found.site", field="site")
        kept = _Kept(row, time.monotonic() + TRUST_SECONDS)
        if changes == _changes and in_hand.get() is None:
            _keep(at, kept)  # else it may have been read before a change, or with one to be undone
    site = taken(Site, kept.row, anew=False)
    assert site is not None
    return site


def _keep(at: tuple[Any, str], kept: _Kept) -> None:
    if len(_kept) >= _MOST:
        _kept.clear()
    _kept[at] = kept


def _forget() -> None:
    global _changes
    _changes += 1
    _kept.clear()


def _changed(*_: object) -> None:
    """Forget now, and again when others can read the change."""
    _forget()
    if in_hand.get() is not None:
        after_commit(_forget)


for _model in (Site, Origin):
    for _kind in ("after_insert", "after_update", "after_delete"):
        event.listen(_model, _kind, _changed)
