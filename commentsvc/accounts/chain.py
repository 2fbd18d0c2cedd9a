"""Hash chains, in which each row is bound to the one before, and the chain of all staff acts.

Changing, removing or reordering a row breaks the chain from there on. Rows name people and
conversations only by number, so erasing a person does not break the chain. The head is stored
separately, so that missing rows at the end are noticed too; if the head was set back with them,
only rows up to the last head in a public log (moderation/audit.py) are noticed.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import bindparam, func, select, update

from ..core.db import before_commit, db, execute, micros, release
from ..core.rows import insert_first, table_of
from ..core.writing.unit import is_last
from .models import StaffAct, StaffChain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

FIRST = "0" * 64  # the hash that the first row is bound to


@dataclass(frozen=True)
class Link:
    """One row of a chain: its number, its stored previous and own hashes, and the hash it should
    have."""

    number: int
    previous: str
    hash: str
    wanted: str


@dataclass(frozen=True)
class Broken:
    """Where a chain is broken, and why."""

    number: int
    why: str


def digest(body: dict[str, Any]) -> str:
    """SHA-256 over canonical JSON (sorted keys, no spaces)."""
    return hashlib.sha256(orjson.dumps(body, option=orjson.OPT_SORT_KEYS)).hexdigest()


def follow(links: Iterable[Link]) -> tuple[int, str, Broken | None]:
    """How many rows are valid, the hash of the last of them, and the first broken one."""
    held, previous = 0, FIRST
    for link in links:
        why = None
        if link.number != held + 1:
            why = "row is missing or out of order"
        elif link.previous != previous:
            why = "row does not follow from the one before"
        elif link.hash != link.wanted:
            why = "row was changed"
        if why is not None:
            return held, previous, Broken(held + 1, why)
        held, previous = link.number, link.hash
    return held, previous, None


# --- staff acts -----------------------------------------------------------------------------------


def bind_later() -> None:
    """Bind the rows of this unit at its end, so that others wait only for its commit."""
    before_commit("staff_chain", _bind)


def _bind() -> None:
    """Bind all unbound rows to the end of the chain, as the last step of this unit. Earlier, two
    units could deadlock: one holds the chain and waits for a row that the other holds."""
    if not is_last():
        bind_later()
        return
    db.session.flush()
    end = execute(_HELD, {}).first()
    if end is None:
        insert_first(StaffChain, id=1, number=0, hash=FIRST)
        end = execute(_HELD, {}).one()
    number, previous, bound = end.number, end.hash, []
    for row in execute(_UNBOUND, {}).all():
        number += 1
        made = _hash_of(row, number=number, previous=previous)
        bound.append({"row": row.id, "place": number, "before": previous, "own": made})
        previous = made
    if bound:
        execute(_BIND, bound)
        execute(_MOVE, {"place": number, "own": previous})


def verify() -> tuple[int, Broken | None]:
    """How many staff acts are valid, and the first broken row. Rows added meanwhile are left for the
    next run."""
    end = head()
    held, last, broken = follow(_links(end[0]))
    if broken is not None:
        return held, broken
    if (held, last) != end:
        return held, Broken(held + 1, "rows are missing at the end")
    release()
    if db.session.scalar(select(StaffAct.id).where(StaffAct.number.is_(None)).limit(1)):
        return held, Broken(held + 1, "row is not bound to the chain")
    beyond = db.session.scalar(select(func.max(StaffAct.number))) or 0
    if beyond > head()[0]:
        return held, Broken(held + 1, "row is beyond the end")
    return held, None


def hash_at(number: int) -> str | None:
    """The hash of the staff act with this number."""
    found: str | None = db.session.scalar(select(StaffAct.hash).where(StaffAct.number == number))
    return found


def head() -> tuple[int, str]:
    """Number and hash of the last staff act."""
    found = execute(_HEAD, {}).first()
    return (found.number, found.hash) if found else (0, FIRST)


def _links(most: int) -> Iterator[Link]:
    query = _ROWS.where(_acts.c.number <= most).order_by(_acts.c.number)
    for row in db.session.execute(query.execution_options(yield_per=1000)):
        wanted = _hash_of(row, number=row.number, previous=row.previous)
        yield Link(row.number, row.previous or "", row.hash or "", wanted)


def _hash_of(row: Any, *, number: int, previous: str | None) -> str:
    whom = {name: getattr(row, f"{name}_id") for name in ("site", "by", "about", "thread")}
    said = {"kind": row.kind, "data": row.data, "at": micros(row.created_at)}
    return digest({"number": number, "previous": previous, **whom, **said})


_acts, _chain = table_of(StaffAct), table_of(StaffChain)
_ROWS = select(_acts)
_UNBOUND = select(_acts).where(_acts.c.number.is_(None)).order_by(_acts.c.id)
_HEAD = select(_chain.c.number, _chain.c.hash).where(_chain.c.id == 1)
_HELD = _HEAD.with_for_update()  # one writer of the chain at a time
_BIND = (
    update(_acts)
    .where(_acts.c.id == bindparam("row"))
    .values(number=bindparam("place"), previous=bindparam("before"), hash=bindparam("own"))
)
_MOVE = (
    update(_chain).where(_chain.c.id == 1).values(number=bindparam("place"), hash=bindparam("own"))
)
