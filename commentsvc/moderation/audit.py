"""The public log: append-only rows without personal data, each bound to the one before by its hash.

Changing, removing or reordering a row breaks the chain from there on. Rows name nobody: a comment
appears under a keyed pseudonym, so erasing a person later leaves the chain intact. An hourly row
anchors the chain of staff acts (accounts/chain.py), which is not public itself.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, select

from ..accounts import chain
from ..accounts.chain import FIRST, Broken, Link, digest
from ..accounts.models import StaffAct
from ..core import clock
from ..core.db import db, execute, is_sqlite, micros, unit_of_work
from ..core.jobs import periodic
from ..core.paging import Page, decode_cursor, encode_cursor
from ..core.rows import insert_row, table_of
from ..settings import settings
from ..sites.models import Site
from ..threads.models import Comment
from .models import AuditEntry, Decision
from .taxonomy import logged

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from sqlalchemy import Select

__all__ = ["FIRST", "Broken"]

_CLOCK_SET_BACK = timedelta(days=1)  # between a decision and its row, at most
STAFF = "staff"  # the kind of the rows that anchor the chain of staff acts


def hash_of(*, number: int, at: datetime, kind: str, data: dict[str, Any], previous: str) -> str:
    """SHA-256 over the row's canonical JSON (sorted keys, no spaces) and the hash before it."""
    body = {"number": number, "at": micros(at), "kind": kind, "data": data, "previous": previous}
    return digest(body)


def append(site_id: int, kind: str, data: dict[str, Any]) -> None:
    """Add a row at the end of the site's chain. Inside the unit of the event it describes."""
    append_each(site_id, kind, [data])


def append_each(site_id: int, kind: str, several: Iterable[dict[str, Any]]) -> None:
    """Add rows of one kind, in this order. Inside the unit of the events they describe."""
    if not is_sqlite():  # one writer per chain at a time; SQLite has only one anyway
        # `key_share` does not block rows that refer to the site; else two writers that each have
        # added one would deadlock
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
    for site_id in sorted(of_site):  # always in this order, against deadlocks
        append_each(site_id, "decision", of_site[site_id])


def _public(decision: Decision, comment_public_id: str) -> dict[str, Any]:
    """The public facts of a decision: what, for what reason, by a person or by rules."""
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
        **logged(decision.reason),
    }


def pseudonym(public_id: str) -> str:
    """A stable pseudonym for an id, which cannot be reversed without this installation's key."""
    key = settings().secret_key.encode()
    return hmac.new(key, f"audit|{public_id}".encode(), hashlib.sha256).hexdigest()[:16]


def verify(site_id: int) -> tuple[int, Broken | None]:
    """How many rows of the site's chain are valid, and the first that is not."""
    held, _, broken = chain.follow(map(_link, _all(site_id)))
    if broken is None and _cut_off(site_id):
        broken = Broken(held + 1, "rows are missing at the end")
    return held, broken


def _link(entry: AuditEntry) -> Link:
    wanted = hash_of(
        number=entry.number,
        at=entry.at,
        kind=entry.kind,
        data=entry.data,
        previous=entry.previous,
    )
    return Link(entry.number, entry.previous, entry.hash, wanted)


@periodic("anchor_staff_acts", minutes=60)
def anchor() -> None:
    """Write the head of the chain of staff acts into the public log of each site with new acts:
    rewriting that chain would then mean rewriting the copies of the log that others hold."""
    newest = (
        select(StaffAct.site_id, func.max(StaffAct.number))
        .where(StaffAct.site_id.is_not(None))
        .group_by(StaffAct.site_id)
        .order_by(StaffAct.site_id)
    )
    with unit_of_work():
        number, hash_ = chain.head()
        for site_id, last in db.session.execute(newest).all():
            if site_id is not None and last is not None and last > _anchored(site_id):
                append(site_id, STAFF, {"acts": number, "hash": hash_})


def _anchored(site_id: int) -> int:
    query = _anchors().where(AuditEntry.site_id == site_id).order_by(AuditEntry.number.desc())
    found = db.session.scalar(query.limit(1))
    return int(found["acts"]) if found else 0


def _anchors() -> Select[tuple[dict[str, Any]]]:
    return select(AuditEntry.data).where(AuditEntry.kind == STAFF)


def verify_staff() -> tuple[int, Broken | None]:
    """How many rows of the chain of staff acts are valid, and the first that is not, by itself or
    by the anchors in the public logs."""
    held, broken = chain.verify()
    if broken is not None:
        return held, broken
    for said in db.session.scalars(_anchors().order_by(AuditEntry.id)):
        if chain.hash_at(said["acts"]) != said["hash"]:
            return held, Broken(said["acts"], "row differs from what the public log says about it")
    return held, None


def _cut_off(site_id: int) -> bool:
    """Whether the newest decision made here is missing from the log: a chain cannot detect its own
    missing end. Decisions on imported comments do not count, as they may come from files and not be
    logged."""
    newest = db.session.execute(
        select(Decision.public_id, Decision.created_at)
        .join(Comment, Comment.id == Decision.comment_id)
        .where(Decision.site_id == site_id, Comment.source.is_(None))
        .order_by(Decision.id.desc())
        .limit(1)
    ).first()
    if newest is None:
        return False
    since = newest.created_at - _CLOCK_SET_BACK
    logged = (
        select(AuditEntry.data)
        .where(AuditEntry.site_id == site_id, AuditEntry.kind == "decision", AuditEntry.at > since)
        .order_by(AuditEntry.number.desc())
        .execution_options(yield_per=100)
    )
    return all(data.get("decision") != newest.public_id for data in db.session.scalars(logged))


def _all(site_id: int) -> Iterator[AuditEntry]:
    query = (
        select(AuditEntry)
        .where(AuditEntry.site_id == site_id)
        .order_by(AuditEntry.number)
        .execution_options(yield_per=1000)
    )
    yield from db.session.scalars(query)


def page(site_id: int, *, after: str | None = None, limit: int = 50) -> Page[AuditEntry]:
    """The log as anybody may read it, newest first."""
    query = select(AuditEntry).where(AuditEntry.site_id == site_id)
    if after:
        query = query.where(AuditEntry.number < decode_cursor(after, int)[0])
    rows = list(db.session.scalars(query.order_by(AuditEntry.number.desc()).limit(limit + 1)))
    cursor = encode_cursor(rows[limit - 1].number) if len(rows) > limit else None
    return Page(rows[:limit], cursor)
