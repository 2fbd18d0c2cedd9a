"""Stores people's decisions as precedents; deletes those undone, changed, withdrawn or old."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from sqlalchemy import String, bindparam, delete, exists, func, select
from sqlalchemy import cast as sql_cast

from ...core.db import Among, db, execute, is_sqlite, release, unit_of_work
from ...core.jobs import handler, periodic
from ...core.rows import insert_rows, table_of
from ...sites.models import Site
from ...threads.models import Comment
from ..judging.reasons import kept_private
from ..lessons import has_decisions, said
from ..models import Decision
from .measure import Facts, facts_of
from .models import Precedent, PrecedentKey
from .reading import Asked, nearest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_AT_ONCE = 50  # comments per unit of work
OF_A_KEY = 24  # comments kept for one word, the newest
_KEPT = 20_000  # decisions of a site, the newest
_MOST = 5000  # rows per statement


@handler("keep_precedents", wanted=has_decisions)
def keep_precedents(comment_ids: list[int]) -> None:
    """Replace the precedents of these comments by people's decisions that stand."""
    for at in range(0, len(comment_ids), _AT_ONCE):
        part = comment_ids[at : at + _AT_ONCE]
        rows = [each for each in said(part) if each.revision_id == each.current]
        facts = {each.id: _facts(each) for each in rows}  # the slow part
        like = _like(rows, facts)
        release()
        with unit_of_work():
            _keep(part, facts, like)
        release()


def _facts(row: Any) -> Facts | None:
    findings = (row.verdict or {}).get("findings", ())
    return None if kept_private(findings) else facts_of(row.text, row.scores, findings)


def _like(rows: Sequence[Any], facts: Mapping[int, Facts | None]) -> dict[int, bool | None]:
    """By decision, whether most earlier decisions on similar comments were the same; None if there
    are none, or as many of either."""
    asked = [
        Asked(row.site_id, row.comment_id, known, before=row.id)
        for row in rows
        if (known := facts[row.id]) is not None
    ]
    found = nearest(asked)
    alike: dict[int, bool | None] = {}
    for row in rows:
        near = found.get(row.comment_id, [])
        same = sum(each.approved == (row.action == "approve") for each in near)
        alike[row.id] = None if 2 * same == len(near) else 2 * same > len(near)
    return alike


def _keep(
    comment_ids: Sequence[int], facts: Mapping[int, Facts | None], like: Mapping[int, bool | None]
) -> None:
    """Make these the comments' only precedents, if the decisions still stand."""
    standing = [each for each in said(comment_ids) if each.revision_id == each.current]
    _forget(comment_ids)
    kept = [(row, known) for row in standing if (known := facts.get(row.id)) is not None]
    insert_rows(
        Precedent,
        [
            {
                "comment_id": row.comment_id,
                "site_id": row.site_id,
                "decision_id": row.id,
                "revision_id": row.revision_id,
                "approved": row.action == "approve",
                "rule": known.rule,
                "level": round(known.level, 3),
                "facts": known.as_dict(),
                "same": like.get(row.id),
            }
            for row, known in kept
        ],
    )
    for row, known in kept:
        _add_keys(row.site_id, row.comment_id, known.keys)


def _add_keys(site_id: int, comment_id: int, keys: Sequence[int]) -> None:
    """Add the keys of a comment; where a key is full, drop its oldest comment."""
    if not keys:
        return
    found = execute(_WITH, {"site": site_id, "keys": list(keys)}).all()
    full = Counter(each.key for each in found)
    oldest: dict[int, int] = {}
    for each in found:
        oldest[each.key] = min(each.comment_id, oldest.get(each.key, each.comment_id))
    gone = [
        {"site": site_id, "gone": key, "row": oldest[key]} for key in keys if full[key] >= OF_A_KEY
    ]
    if gone:
        execute(_NO_KEY, gone)
    execute(
        _keys.insert().inline(),
        [{"site_id": site_id, "key": key, "comment_id": comment_id} for key in keys],
    )


def _forget(comment_ids: Sequence[int]) -> None:
    if not is_sqlite():
        execute(_LOCKED, {"comments": comment_ids})
    execute(_NO_KEYS, {"comments": comment_ids})
    execute(_NO_PRECEDENT, {"comments": comment_ids})


_comments, _precedents, _keys = table_of(Comment), table_of(Precedent), table_of(PrecedentKey)
_LOCK_NUMBER = 0x70726563  # "prec" in ASCII
_SITES = (
    select(_comments.c.site_id.label("id"))
    .where(Among(_comments.c.id, "comments"))
    .distinct()
    .order_by(_comments.c.site_id)
    .subquery()
)
#: Locks the sites of these comments: two jobs that drop the oldest comments of the same keys, each in
#: its own order, would wait for each other. On SQLite units of work wait for each other anyway.
_LOCKED = select(
    sql_cast(func.pg_advisory_xact_lock(_LOCK_NUMBER, _SITES.c.id), String).label("locked")
)
_WITH = select(_keys.c.key, _keys.c.comment_id).where(
    _keys.c.site_id == bindparam("site"), Among(_keys.c.key, "keys")
)
_NO_KEY = delete(_keys).where(
    _keys.c.site_id == bindparam("site"),
    _keys.c.key == bindparam("gone"),
    _keys.c.comment_id == bindparam("row"),
)
_NO_KEYS = delete(_keys).where(Among(_keys.c.comment_id, "comments"))
_NO_PRECEDENT = delete(_precedents).where(Among(_precedents.c.comment_id, "comments"))


@periodic("gather_precedents", minutes=30)
def gather_precedents() -> None:
    """Store the newest decisions from before an upgrade, which had no job; delete the oldest."""
    for site_id in db.session.scalars(select(Site.id).where(Site.closed_at.is_(None))).all():
        _gather(site_id)
        newest = (
            select(Precedent.comment_id)
            .where(Precedent.site_id == site_id)
            .order_by(Precedent.decision_id.desc())
        )
        while ids := db.session.scalars(newest.offset(_KEPT).limit(_MOST)).all():
            release()
            with unit_of_work():
                _forget(ids)
        release()


def _gather(site_id: int) -> None:
    """Only for a site without precedents: later decisions enqueue the job."""
    if db.session.scalar(select(Precedent.comment_id).where(Precedent.site_id == site_id).limit(1)):
        return
    decided = (
        select(Decision.comment_id)
        .where(Decision.site_id == site_id, Decision.by_id.is_not(None))
        .where(Decision.action.in_(("approve", "reject")))
        .where(exists().where(Comment.id == Decision.comment_id, Comment.status != "withdrawn"))
        .order_by(Decision.created_at.desc(), Decision.id.desc())
        .limit(_MOST)
    )
    ids = list(dict.fromkeys(db.session.scalars(decided)))
    release()
    keep_precedents(ids[::-1])
