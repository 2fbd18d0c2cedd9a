"""Finds the wave of a pending comment, in a job, so that posting does not wait for it."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import String, bindparam, case, delete, exists, func, or_, select, update
from sqlalchemy import cast as sql_cast
from sqlalchemy.orm import aliased

from ...core.db import Among, db, execute, is_sqlite, release, unit_of_work
from ...core.jobs import handler, periodic
from ...core.rows import table_of
from ...sites.models import Site
from ...threads.models import Comment, Revision
from ...toxicity.normalise import normalise
from .likeness import MANY, Text, Vocabulary, are_alike, keys_of, keys_of_links, words_of
from .linked import linked
from .models import Likeness, LikenessKey

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_LONGEST = 5000  # characters of a text that are read
_ADVERTISING = 0.5  # a text with this probability of being an advertisement is suspect
_MATES = 24  # texts to compare one with: those that share most keys
_OF_A_KEY = 16  # comments kept for one key
_MOST = 5000  # comments of a site to compare after an upgrade or import, the newest
_KEPT = 20_000  # per site
_UNIT = 20  # comments per unit of work, so that other writers get a turn


@handler("find_wave", at_once=True)
def find_wave(comment_ids: list[int]) -> None:
    """Find the waves of those of these comments that are pending and not yet compared."""
    with unit_of_work():
        for row in execute(_NEW if is_sqlite() else _NEW_LOCKED, {"comments": comment_ids}).all():
            _find(row)


@dataclass(frozen=True)
class _Mate:
    """A text that shares a key with another; `linked`: it links to the same page."""

    id: int
    text: Text
    wave: int | None
    linked: bool


def _find(row: Any) -> None:
    words = words_of(normalise(row.text[:_LONGEST]).text)
    facts = row.facts or {}
    suspect = facts.get("spam", 0.0) >= _ADVERTISING
    keys, links = keys_of(words), keys_of_links(linked(row.site_id, row.text))
    if row.compared:  # with an earlier text
        _forget([row.id])
    found = execute(_FOUND, {"site": row.site_id, "keys": [*keys, *links]}).all()
    text = _text(words, suspect, facts.get("links"))
    wave = _join(row.id, text, _mates(found, frozenset(links)))
    stored = {"comment_id": row.id, "site_id": row.site_id, "revision_id": row.revision_id}
    stored |= {"words": list(words), "suspect": suspect}
    if wave is not None and not is_sqlite():
        values = {f"new_{name}": value for name, value in stored.items()}
        execute(_ADD_AND_JOIN, {**values, "row": row.id, "to": wave})
    else:
        execute(_ADD, stored)
        if wave is not None:
            _put([row.id], wave)
    full = Counter(each.key for each in found)
    new = [each for each in {*keys, *links} if full[each] < _OF_A_KEY]
    if new:
        rows = [{"site_id": row.site_id, "key": key, "comment_id": row.id} for key in new]
        execute(_ADD_KEYS, rows)


def _mates(found: Sequence[Any], links: frozenset[int]) -> list[_Mate]:
    """The texts that share most keys or a link, the newest first."""
    shared = Counter(each.comment_id for each in found)
    linked_too = {each.comment_id for each in found if each.key in links}
    nearest = sorted(shared, key=lambda each: (shared[each], each), reverse=True)[:_MATES]
    chosen = {*nearest, *sorted(linked_too)[-_MATES:]}
    return [
        _Mate(
            row.id, _text(row.words, row.suspect, row.hosts), row.wave, linked=row.id in linked_too
        )
        for row in execute(_TEXTS, {"comments": sorted(chosen)})
    ]


def _text(words: Sequence[int], suspect: bool, hosts: Sequence[str] | None) -> Text:
    return Text(frozenset(words), suspect, frozenset(hosts or ()))


def _join(comment_id: int, text: Text, mates: Sequence[_Mate]) -> int | None:
    """Put the comments similar to this one into one wave: an existing one, if any. Returns the wave
    for this one, which is the newest but for an upgrade's or import's; None if it has none."""
    alike = [each for each in mates if each.linked or are_alike(text, each.text)]
    waves = {each.wave for each in alike if each.wave is not None}
    alone = {each.id for each in alike if each.wave is None}
    members = defaultdict(list)
    for each in mates:
        if each.wave is not None:
            members[each.wave].append(each.text)
    made: dict[int, set[int]] = {}  # wave -> comments without a wave that match its vocabulary
    others = any(each.wave is None and each.id not in alone for each in mates)
    for wave, some in members.items():
        if len(some) >= MANY and (others or wave not in waves):
            vocabulary = Vocabulary.of(some)
            if vocabulary.made(text):
                waves.add(wave)
            made[wave] = {e.id for e in mates if e.wave is None and vocabulary.made(e.text)}
    for wave, ids in made.items():
        if wave not in waves:
            _put(ids - alone, wave)
        else:
            alone |= ids
    if not (waves or alone):
        return None
    wave = min(waves or alone)
    _merge(waves - {wave}, wave)
    if any(each > comment_id for each in alone):
        _put({comment_id, *alone}, wave)
        return None
    _put(alone, wave)
    return wave


def _put(comment_ids: Iterable[int], wave: int) -> None:
    for each in sorted(comment_ids):  # lock rows in this order everywhere
        execute(_JOIN, {"row": each, "to": wave})


def _merge(waves: Iterable[int], into: int) -> None:
    for each in waves:
        for row in execute(_MEMBERS, {"wave": each}).all():
            execute(_JOIN, {"row": row.id, "to": into})


def _forget(comment_ids: Sequence[int]) -> None:
    """Delete what is stored about these comments, whose texts have changed."""
    execute(_NO_KEYS, {"comments": comment_ids})
    if execute(_NO_LIKENESS, {"comments": comment_ids}).rowcount:
        execute(_ALONE, {"comments": comment_ids})


_comments, _revisions = table_of(Comment), table_of(Revision)
_likeness, _keys = table_of(Likeness), table_of(LikenessKey)
_NEW = (
    select(
        *(_comments.c.id, _comments.c.site_id, _comments.c.revision_id),
        *(_revisions.c.text, _revisions.c.facts),
        _likeness.c.revision_id.is_not(None).label("compared"),
    )
    .select_from(
        _comments.join(_revisions, _revisions.c.id == _comments.c.revision_id).outerjoin(
            _likeness, _likeness.c.comment_id == _comments.c.id
        )
    )
    .where(Among(_comments.c.id, "comments"), _comments.c.status == "pending")
    .where(
        or_(_likeness.c.revision_id.is_(None), _likeness.c.revision_id != _comments.c.revision_id)
    )
    .order_by(_comments.c.id)
)
_LOCK_NUMBER = 0x77617665  # "wave" in ASCII
#: Locks the site too: two similar comments handled by two workers at once would miss each other. On
#: SQLite units of work wait for each other anyway.
_NEW_LOCKED = _NEW.add_columns(
    sql_cast(func.pg_advisory_xact_lock(_LOCK_NUMBER, _comments.c.site_id), String).label("locked")
)
_FOUND = select(_keys.c.comment_id, _keys.c.key).where(
    _keys.c.site_id == bindparam("site"), Among(_keys.c.key, "keys")
)
#: The wave by subquery: in a join of a table that PostgreSQL has not analyzed yet, it would read an
#: index of all comments up to the last one asked for.
_WAVE = select(_comments.c.wave).where(_comments.c.id == _likeness.c.comment_id).scalar_subquery()
#: The hosts it links to, as it was judged; only those of advertisements make a difference.
_HOSTS = case(
    (
        _likeness.c.suspect,
        select(_revisions.c.facts["links"])
        .where(_revisions.c.id == _likeness.c.revision_id)
        .scalar_subquery(),
    )
)
_TEXTS = (
    select(
        *(_likeness.c.comment_id.label("id"), _WAVE.label("wave")),
        *(_likeness.c.words, _likeness.c.suspect, _HOSTS.label("hosts")),
    )
    .where(Among(_likeness.c.comment_id, "comments"))
    .order_by(_likeness.c.comment_id.desc())
)
_STORED = ("comment_id", "site_id", "revision_id", "words", "suspect")
_ADD, _ADD_KEYS = _likeness.insert().inline(), _keys.insert().inline()
_NO_KEYS = delete(_keys).where(Among(_keys.c.comment_id, "comments"))
_NO_LIKENESS = delete(_likeness).where(Among(_likeness.c.comment_id, "comments"))
_JOIN = update(_comments).where(_comments.c.id == bindparam("row")).values(wave=bindparam("to"))
#: Both in one round trip, on PostgreSQL.
_ADD_AND_JOIN = (
    _likeness.insert()
    .inline()
    # other names than columns': those of the comment would be set too
    .values({each: bindparam(f"new_{each}") for each in _STORED})
    .add_cte(_JOIN.cte("joined"))
)
_ALONE = update(_comments).where(Among(_comments.c.id, "comments")).values(wave=None)
_MEMBERS = (
    select(_comments.c.id).where(_comments.c.wave == bindparam("wave")).order_by(_comments.c.id)
)


# --- what comes later -----------------------------------------------------------------------------


@periodic("gather_waves", minutes=10)
def gather_waves() -> None:
    """Compare pending comments without a job: those from before an upgrade, or imported."""
    for site_id in db.session.scalars(select(Site.id).where(Site.closed_at.is_(None))).all():
        waiting = (
            select(Comment.id)
            .where(Comment.site_id == site_id, Comment.status == "pending")
            .order_by(Comment.created_at.desc(), Comment.id.desc())
            .limit(_MOST)
            .subquery()
        )
        new = select(waiting.c.id).where(~exists().where(Likeness.comment_id == waiting.c.id))
        ids = sorted(db.session.scalars(new))
        release()
        for at in range(0, len(ids), _UNIT):
            find_wave(ids[at : at + _UNIT])
            release()


@periodic("forget_waves", minutes=60)
def forget_waves() -> None:
    """Delete what is no longer compared: decided along with the whole wave, or too old."""
    other = aliased(Comment)
    waits = exists().where(other.wave == Comment.wave, other.status == "pending")
    decided = select(Comment.id).where(
        Comment.id == Likeness.comment_id, Comment.status != "pending", ~waits
    )
    gone = select(Likeness.comment_id).where(decided.exists()).limit(_MOST)
    while ids := db.session.scalars(gone).all():
        _forget_these(ids)
    for site_id in db.session.scalars(select(Likeness.site_id).distinct()).all():
        newest = (
            select(Likeness.comment_id)
            .where(Likeness.site_id == site_id)
            .order_by(Likeness.comment_id.desc())
        )
        while ids := db.session.scalars(newest.offset(_KEPT).limit(_MOST)).all():
            _forget_these(ids)


def _forget_these(comment_ids: Sequence[int]) -> None:
    release()
    with unit_of_work():
        execute(_NO_KEYS, {"comments": comment_ids})
        execute(_NO_LIKENESS, {"comments": comment_ids})
    release()
