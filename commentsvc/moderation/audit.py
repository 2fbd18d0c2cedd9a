"""The public log: append-only rows without personal data, each bound to the one before by its hash.

Whoever changes, removes or reorders a row breaks the chain from there on. The rows name nobody: a
comment appears under a keyed pseudonym, so erasing a person later leaves the chain as it is.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import bindparam, select

from ..core import clock
from ..core.db import db, execute, insert_row, is_sqlite, micros, table_of
from ..core.paging import Page, decode_cursor, encode_cursor
from ..settings import settings
from ..sites.models import Site
from .models import AuditEntry, Decision

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

FIRST = "0" * 64  # what the first row of a site is bound to


def hash_of(*, number: int, at: datetime, kind: str, data: dict[str, Any], previous: str) -> str:
    """SHA-256 over the row's canonical JSON (sorted keys, no spaces) and the hash before it."""
    body = {"number": number, "at": micros(at), "kind": kind, "data": data, "previous": previous}
    return hashlib.sha256(orjson.dumps(body, option=orjson.OPT_SORT_KEYS)).hexdigest()


def append(site_id: int, kind: str, data: dict[str, Any]) -> None:
    """Add a row at the end of the site's chain. Inside the unit of what it tells of."""
    append_each(site_id, kind, [data])


def append_each(site_id: int, kind: str, several: Iterable[dict[str, Any]]) -> None:
    """Add rows of one kind, in this order. Inside the unit of what they tell of."""
    if not is_sqlite():  # one writer of a chain at a time; SQLite has only one anyway
        # and no hindrance to rows that refer to the site: two who have each written one would wait
        # for each other
        held = select(Site.id).where(Site.id == site_id).with_for_update(key_share=True)
        db.session.execute(held)
    last = execute(_LAST, {"site": site_id}).first()
    number, previous = (last.number, last.hash) if last else (0, FIRST)
    rows = []
    for data in several:
        number += 1
        row: dict[str, Any] = {
            "number": number,
            "at": clock.now(),
            "data": data,
            "previous": previous,
        }
        previous = hash_of(kind=kind, **row)
        rows.append({"site_id": site_id, "kind": kind, "hash": previous, **row})
    if len(rows) == 1:
        insert_row(AuditEntry, **rows[0])
    elif rows:
        execute(_ADD, rows)


_entries = table_of(AuditEntry)
_ADD = _entries.insert()
_LAST = (
    select(_entries.c.number, _entries.c.hash)
    .where(_entries.c.site_id == bindparam("site"))
    .order_by(_entries.c.number.desc())
    .limit(1)
)


def append_decisions(made: Iterable[tuple[Decision, str]]) -> None:
    """Add decisions, each with its comment's public id, to the chains of their sites."""
    of_site: dict[int, list[dict[str, Any]]] = {}
    for decision, comment_public_id in made:
        of_site.setdefault(decision.site_id, []).append(_public(decision, comment_public_id))
    for site_id in sorted(of_site):  # whoever holds two sites takes them in this order
        append_each(site_id, "decision", of_site[site_id])


def _public(decision: Decision, comment_public_id: str) -> dict[str, Any]:
    """The public face of a decision: what, on what ground, by a person or by rules."""
    undone = db.session.get(Decision, decision.undoes_id) if decision.undoes_id else None
    return {
        "decision": decision.public_id,
        "comment": pseudonym(comment_public_id),
        "action": decision.action,
        "reason": decision.reason,
        "rule": decision.rule,
        "automated": decision.automated,
        "from": decision.status_before,
        "to": decision.status_after,
        "undoes": undone.public_id if undone else None,
    }


def pseudonym(public_id: str) -> str:
    """A stable stand-in for an id, worthless without this installation's key."""
    key = settings().secret_key.encode()
    return hmac.new(key, f"audit|{public_id}".encode(), hashlib.sha256).hexdigest()[:16]


@dataclass(frozen=True)
class Broken:
    """Where a chain does not hold, and in which way."""

    number: int
    why: str


def verify(site_id: int) -> tuple[int, Broken | None]:
    """How many rows of the site's chain hold, and the first that does not."""
    expected, previous = 1, FIRST
    for entry in _all(site_id):
        if entry.number != expected:
            return expected - 1, Broken(expected, "row is missing or out of order")
        if entry.previous != previous:
            return expected - 1, Broken(expected, "row does not follow from the one before")
        wanted = hash_of(
            number=entry.number,
            at=entry.at,
            kind=entry.kind,
            data=entry.data,
            previous=entry.previous,
        )
        if entry.hash != wanted:
            return expected - 1, Broken(expected, "row was changed")
        expected, previous = expected + 1, entry.hash
    if _cut_off(site_id):
        return expected - 1, Broken(expected, "rows are missing at the end")
    return expected - 1, None


def _cut_off(site_id: int) -> bool:
    """Whether decisions were made after the last one in the log: a chain cannot see its own end."""
    logged = db.session.scalar(
        select(AuditEntry.data)
        .where(AuditEntry.site_id == site_id, AuditEntry.kind == "decision")
        .order_by(AuditEntry.number.desc())
        .limit(1)
    )
    newest = db.session.scalar(
        select(Decision.public_id)
        .where(Decision.site_id == site_id)
        .order_by(Decision.id.desc())
        .limit(1)
    )
    return newest is not None and (logged or {}).get("decision") != newest


def _all(site_id: int) -> Iterator[AuditEntry]:
    query = (
        select(AuditEntry)
        .where(AuditEntry.site_id == site_id)
        .order_by(AuditEntry.number)
        .execution_options(yield_per=1000)
    )
    yield from db.session.scalars(query)


def page(site_id: int, *, after: str | None = None, limit: int = 50) -> Page[AuditEntry]:
    """The log as anybody may read it, the newest first."""
    query = select(AuditEntry).where(AuditEntry.site_id == site_id)
    if after:
        query = query.where(AuditEntry.number < decode_cursor(after, int)[0])
    rows = list(db.session.scalars(query.order_by(AuditEntry.number.desc()).limit(limit + 1)))
    cursor = encode_cursor(rows[limit - 1].number) if len(rows) > limit else None
    return Page(rows[:limit], cursor)
