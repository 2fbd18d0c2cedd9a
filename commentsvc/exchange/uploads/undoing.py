"""Undo an import: delete what it added, unless somebody here has acted on it since."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, delete, exists, func, or_, select, update
from sqlalchemy.orm import aliased

from ...accounts.acts import record as record_act
from ...accounts.models import Identity, StaffAct, User
from ...core import clock
from ...core.db import Base, changed, db, release, unit_of_work
from ...core.errors import Conflict
from ...core.jobs import enqueue, handler
from ...moderation.cases.models import Notice
from ...moderation.models import Decision, Flag
from ...sites.queries import require
from ...threads.models import Comment, Reaction, Revision, Thread, ThreadMove, ThreadReaction
from ...threads.recount import settle_many
from ...threads.status import count_thread, lock
from ..reacting import remove_page_reactions
from .models import AT_WORK, REMEMBERED, Import, ImportUnit
from .recording import require_none

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from ...sites.models import Site

UNDOABLE = ("done", "cancelled", "failed")
_AT_ONCE = 200  # comments per unit

_Reply = aliased(Comment)


@dataclass(frozen=True)
class Plan:
    """How many of an import's comments would be deleted, and how many stay because somebody has
    replied to, liked, reported, changed or decided on them since."""

    gone: int
    kept: int


def can_undo(row: Import) -> bool:
    """Whether it has recorded additions and has ended."""
    found = exists().where(ImportUnit.import_id == row.id)
    return row.standing in UNDOABLE and bool(db.session.scalar(select(found)))


def whose(row: Import) -> str | None:
    """The name of whoever imported or, once undone, undid it; None for the command line."""
    by = db.session.get(User, row.by_id) if row.by_id else None
    return by.name if by else None


def plan(row: Import) -> Plan:
    """What an undo would do now. Read-only."""
    above: dict[int, int | None] = {}  # id of an import's comment that still exists -> its parent
    stays: set[int] = set()
    for unit in _units(row.id):
        for some in _parts(unit.comments):
            rows = db.session.execute(
                select(Comment.id, Comment.parent_id).where(Comment.id.in_(some))
            )
            above.update({each.id: each.parent_id for each in rows})
            stays.update(db.session.scalars(_touched(some, unit.created_at)))
    for some in _parts(sorted(above)):
        replies = select(Comment.id, Comment.parent_id).where(Comment.parent_id.in_(some))
        stays.update(each.parent_id for each in db.session.execute(replies) if each.id not in above)
    release()
    kept: set[int] = set()
    for each in stays:
        at: int | None = each
        while at is not None and at in above and at not in kept:  # and all its ancestors
            kept.add(at)
            at = above[at]
    return Plan(gone=len(above) - len(kept), kept=len(kept))


def facts(row: Import) -> dict[str, Any]:
    """The report of an import as JSON, with its state."""

    def at(moment: datetime | None) -> str | None:
        return moment.isoformat() if moment else None

    return {
        "id": row.public_id,
        "file": row.name,
        "state": row.standing,
        "started_at": at(row.started_at),
        "finished_at": at(row.finished_at),
        **row.report,
    }


def start(site: Site, public_id: str, *, by: User) -> Import:
    """Queue the undo of an import. Raises `NotFound`, `Conflict` if it cannot be undone (any more)
    or while a file is imported."""
    from .commands import find

    require(by, "manage_site", site)
    with unit_of_work():
        row = _begin(find(site, public_id))
        row.by_id = by.id
        enqueue("undo_import", import_id=row.id)
    return row


def undo_now(site: Site, public_id: str) -> Plan:
    """Undo it in this process, for the command line."""
    from .commands import find

    with unit_of_work():
        row = _begin(find(site, public_id))
        row.by_id = None
    return _undo(row.id)


def _begin(row: Import) -> Import:
    require_none(row.site_id, but=row.id)
    db.session.refresh(row, with_for_update=True)
    if row.state in AT_WORK:
        raise Conflict("conflict.import_running")
    if row.state != "undoing" and not can_undo(row):
        raise Conflict("conflict.not_undoable", n=REMEMBERED.days)
    row.state, row.seen = "undoing", 0
    row.total = row.report.get("taken", {}).get("comments", 0)  # not the whole file
    return row


@handler("undo_import")
def undo_import(import_id: int) -> None:
    """Undo an import; if a worker died, the next one resumes."""
    _undo(import_id)


def _undo(import_id: int) -> Plan:
    """Unit by unit, deepest comments first, so that any comment with a reply left must stay."""
    row = db.session.get(Import, import_id)
    if row is None or row.state != "undoing":
        return Plan(0, 0)
    units = _units(import_id)
    of = {each: unit for unit in units for each in unit.comments}
    for ids in _deepest_first(units):
        with unit_of_work():
            _hold(import_id)
            many = _remove(ids, of)
            changed(update(Import).where(Import.id == import_id).values(seen=Import.seen + many))
    for unit in units:
        with unit_of_work():
            _remove_threads(unit.threads)
            _remove_people(unit.people)
    return _end(import_id, units)


def _end(import_id: int, units: Sequence[_Unit]) -> Plan:
    left = 0
    for unit in units:
        for some in _parts(unit.comments):
            left += db.session.scalar(select(func.count()).where(Comment.id.in_(some))) or 0
    with unit_of_work():
        row = db.session.get_one(Import, import_id, populate_existing=True)
        done = Plan(gone=row.seen, kept=left)
        if row.state == "undoing":
            row.state, row.finished_at = "undone", clock.now()
            row.report = {**row.report, "kept": done.kept}
            by = db.session.get(User, row.by_id) if row.by_id else None
            record_act(
                "import_undone", site_id=row.site_id, by=by, comments=done.gone, kept=done.kept
            )
            db.session.execute(delete(ImportUnit).where(ImportUnit.import_id == import_id))
    return done


def _hold(import_id: int) -> None:
    """Lock the row, so that two workers on the same import take turns."""
    db.session.get_one(Import, import_id, with_for_update=True, populate_existing=True)


# --- rows -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Unit:
    comments: list[int]
    threads: list[int]
    people: list[int]
    created_at: datetime


def _units(import_id: int) -> list[_Unit]:
    rows = db.session.scalars(
        select(ImportUnit).where(ImportUnit.import_id == import_id).order_by(ImportUnit.number)
    )
    found = [_Unit(each.comments, each.threads, each.people, each.created_at) for each in rows]
    release()
    return found


def _parts(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), _AT_ONCE):
        yield ids[start : start + _AT_ONCE]


def _deepest_first(units: Sequence[_Unit]) -> Iterator[list[int]]:
    """Lists of its remaining comments, deepest first, each for one unit."""
    found: list[tuple[int, int]] = []
    for unit in units:
        for some in _parts(unit.comments):
            rows = db.session.execute(select(Comment.id, Comment.depth).where(Comment.id.in_(some)))
            found.extend((row.depth, row.id) for row in rows)
    release()
    found.sort(key=lambda each: -each[0])
    for some in _parts([each for _, each in found]):
        yield list(some)


def _touched(ids: Sequence[int], since: datetime) -> Any:
    """Those that somebody here has acted on since; what came with the export is older."""

    def on(table: Any, *more: ColumnElement[bool]) -> ColumnElement[bool]:
        return exists().where(table.comment_id == Comment.id, table.created_at > since, *more)

    return select(Comment.id).where(
        Comment.id.in_(ids),
        or_(
            on(Reaction),
            on(Flag, Flag.rule.is_(None)),
            on(Decision, Decision.automated.is_(False)),
            on(Revision),
            on(Notice),
        ),
    )


def _remove(ids: list[int], of: Mapping[int, _Unit]) -> int:
    """Delete these comments, deepest first, if nobody has acted on them and they have no replies
    left. Inside a unit. Returns how many."""
    inside = select(Comment.id, Comment.thread_id, Comment.parent_id).where(Comment.id.in_(ids))
    lock(*{row.thread_id for row in db.session.execute(inside)})
    stays = _held_fast(ids, of)
    here = {row.id: row for row in db.session.execute(inside)}
    going = {}
    for each in ids:
        row = here.get(each)
        if row is None:
            continue
        if each in stays:
            stays.add(row.parent_id)
        else:
            going[each] = row
    if not going:
        return 0
    # an undo refers to its decision, so it goes first
    db.session.execute(
        delete(Decision).where(Decision.comment_id.in_(going), Decision.undoes_id.is_not(None))
    )
    db.session.execute(delete(Comment).where(Comment.id.in_(going)))
    db.session.expire_all()
    parents = {row.parent_id for row in going.values()}
    settle_many(each for each in parents if each is not None and each not in going)
    for thread_id in sorted({row.thread_id for row in going.values()}):
        count_thread(thread_id)
    return len(going)


def _held_fast(ids: Sequence[int], of: Mapping[int, _Unit]) -> set[int | None]:
    """Those that somebody has acted on since, or that have replies outside these."""
    together: dict[datetime, list[int]] = {}
    for each in ids:
        together.setdefault(of[each].created_at, []).append(each)
    replied = select(_Reply.parent_id).where(_Reply.parent_id.in_(ids), _Reply.id.not_in(ids))
    held: set[int | None] = set(db.session.scalars(replied.distinct()))
    for since, some in together.items():
        held.update(db.session.scalars(_touched(some, since)))
    return held


def _remove_threads(ids: Sequence[int]) -> None:
    """Delete the import's empty conversations that no reader's reaction, move, other conversation
    or act of staff refers to: the chain of staff acts is valid only while its rows stay unchanged."""
    remove_page_reactions(ids)
    other = aliased(Thread)
    used = or_(
        exists().where(ThreadReaction.thread_id == Thread.id),
        exists().where(Comment.thread_id == Thread.id),
        exists().where(other.merged_into_id == Thread.id),
        exists().where(or_(ThreadMove.thread_id == Thread.id, ThreadMove.into_id == Thread.id)),
        exists().where(StaffAct.thread_id == Thread.id),
    )
    db.session.execute(delete(Thread).where(Thread.id.in_(ids), ~used))


def _remove_people(ids: Sequence[int]) -> None:
    """Delete the import's people whom no other table refers to."""
    used = [
        exists().where(column == User.id)
        for table in Base.metadata.sorted_tables
        if table.name != Identity.__tablename__
        for column in table.columns
        if any(key.column.table.name == User.__tablename__ for key in column.foreign_keys)
    ]
    db.session.execute(delete(User).where(User.id.in_(ids), ~or_(*used)))
