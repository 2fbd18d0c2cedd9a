"""The nearest earlier decisions on similar texts: found through two indexes, by rare words and by
the same rule at a similar score; then measured one by one."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, or_, select

from ...accounts.models import User
from ...core import clock
from ...core.db import Among, db, execute, is_sqlite
from ...core.rows import table_of
from ...threads import text as texts
from ...threads.models import Comment, Revision
from ..judging.reasons import kept_private
from ..models import Decision
from . import nearby
from .measure import FAR, NEAREST, Facts, distance, facts_from, facts_of
from .models import Precedent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import TextClause

    from ..desk.card import Card

_BY_WORDS = 24  # candidates that share most words
_EXCERPT = 160
_LATEST = 2**31 - 1


@dataclass(frozen=True)
class Asked:
    """A text to find precedents for; they must be older than the decision `before`."""

    site_id: int
    comment_id: int
    facts: Facts
    before: int = _LATEST


@dataclass(frozen=True)
class Near:
    """A decision that stands on a comment similar to the given one, by row ids."""

    comment_id: int
    decision_id: int
    approved: bool
    distance: float


@dataclass(frozen=True)
class Shown:
    """The same as shown to staff."""

    id: str
    approved: bool
    by: str | None
    at: datetime
    reason: str | None
    excerpt: str
    scores: Mapping[str, float] | None
    site_id: int


@dataclass(frozen=True)
class Tally:
    """How many of the nearest were approved."""

    near: int
    approved: int


def nearest(asked: Sequence[Asked]) -> dict[int, list[Near]]:
    """Up to three decisions for each comment, the nearest first. One query for the words
    of all, one for all rules and scores, and one for the candidates."""
    shared = _by_words(asked)
    beside = _beside(asked)
    wanted = {row for found in (*shared.values(), *beside.values()) for row in found}
    known = _facts(sorted(wanted))
    return {each.comment_id: _nearest(each, shared, beside, known) for each in asked}


def _nearest(
    asked: Asked,
    shared: Mapping[int, Mapping[int, int]],
    beside: Mapping[int, Iterable[int]],
    known: Mapping[int, tuple[Near, Facts]],
) -> list[Near]:
    words = shared[asked.comment_id]
    found = []
    for row in {*words, *beside[asked.comment_id]} - {asked.comment_id}:
        if row not in known or known[row][0].decision_id >= asked.before:
            continue
        near, facts = known[row]
        apart = distance(asked.facts, facts, words.get(row, 0))
        if apart <= FAR:
            found.append(Near(row, near.decision_id, near.approved, apart))
    return sorted(found, key=lambda each: (each.distance, -each.decision_id))[:NEAREST]


def _by_words(asked: Sequence[Asked]) -> dict[int, dict[int, int]]:
    """By comment, the comments that share most of its words, and how many."""
    keys = {(each.site_id, key) for each in asked for key in each.facts.keys}
    with_key = defaultdict[tuple[int, int], list[int]](list)
    for row in _each_of(nearby.with_words, sorted(keys)):
        with_key[row.site, row.key].append(row.comment_id)
    found = {}
    for each in asked:
        counted = Counter(
            row for key in each.facts.keys for row in with_key.get((each.site_id, key), ())
        )
        most = sorted(counted, key=lambda row: (counted[row], row), reverse=True)[:_BY_WORDS]
        found[each.comment_id] = {row: counted[row] for row in most}
    return found


def _beside(asked: Sequence[Asked]) -> dict[int, list[int]]:
    """By comment, the comments with the same rule and a similar score."""
    places = [(each.site_id, each.facts.rule, round(each.facts.level, 2)) for each in asked]
    numbers = {place: number for number, place in enumerate(dict.fromkeys(places))}
    found = defaultdict[int, list[int]](list)
    for row in _each_of(nearby.beside, [(number, *place) for place, number in numbers.items()]):
        found[row.number].append(row.comment_id)
    return {
        each.comment_id: found[numbers[place]] for each, place in zip(asked, places, strict=True)
    }


def _each_of(sql: Callable[..., TextClause], asked: Sequence[tuple[Any, ...]]) -> Iterable[Any]:
    return execute(sql(sqlite=is_sqlite()), {"asked": json.dumps(asked)}) if asked else ()


def _facts(comment_ids: Sequence[int]) -> dict[int, tuple[Near, Facts]]:
    """The final precedents among these: not withdrawn or edited since, and no longer undoable."""
    if not comment_ids:
        return {}
    rows = execute(_KNOWN, {"comments": comment_ids, "now": clock.now()})
    return {
        row.comment_id: (
            Near(row.comment_id, row.decision_id, row.approved, 0.0),
            facts_from(row.facts, row.rule),
        )
        for row in rows
    }


_precedents = table_of(Precedent)
_comments, _decisions = table_of(Comment), table_of(Decision)
#: By subquery: in a join of tables that PostgreSQL has not analyzed yet, it would read an index of all
#: comments or decisions up to the last one asked for.
_OF_NOW = (
    select(_comments.c.revision_id)
    .where(_comments.c.id == _precedents.c.comment_id, _comments.c.status != "withdrawn")
    .scalar_subquery()
)
_FINAL = (
    select(_decisions.c.id)
    .where(_decisions.c.id == _precedents.c.decision_id)
    .where(or_(_decisions.c.tell_after.is_(None), _decisions.c.tell_after <= bindparam("now")))
    .scalar_subquery()
)
_KNOWN = (
    select(
        *(_precedents.c.comment_id, _precedents.c.decision_id, _precedents.c.approved),
        *(_precedents.c.rule, _precedents.c.facts),
    )
    .where(Among(_precedents.c.comment_id, "comments"))
    .where(_precedents.c.revision_id == _OF_NOW, _FINAL.is_not(None))
)


def of_cards(cards: Sequence[Card]) -> dict[str, list[Shown]]:
    """By comment id, what staff decided before on comments like each of these pending or appealed
    ones. A comment whose author may hurt themselves has none: it is decided on its own."""
    asked = [
        Asked(
            each.site_id,
            each.row_id,
            _facts_of_card(each),
        )
        for each in cards
        if kept_private(each.findings) is None
    ]
    found = nearest(asked)
    read = _read([near for some in found.values() for near in some])
    return {
        each.id: [
            read[near.comment_id] for near in found.get(each.row_id, ()) if near.comment_id in read
        ]
        for each in cards
    }


def _facts_of_card(card: Card) -> Facts:
    """The facts when the text was judged: the model's own scores, without later findings."""
    scores = {each.label: each.value if each.said is None else each.said for each in card.scores}
    findings = [each for each in card.findings if each.get("rule") not in ("reported", "revised")]
    return facts_of(card.text, scores, findings)


def _read(near: Sequence[Near]) -> dict[int, Shown]:
    if not near:
        return {}
    ids, decided = {each.comment_id for each in near}, {each.decision_id for each in near}
    rows: Any = db.session.execute(
        select(Precedent.comment_id, Comment.public_id, Precedent.approved, User.name)
        .add_columns(Decision.created_at, Decision.reason, Revision.text, Revision.scores)
        .add_columns(Precedent.site_id)
        .join(Comment, Comment.id == Precedent.comment_id)
        .join(Decision, Decision.id == Precedent.decision_id)
        .join(Revision, Revision.id == Precedent.revision_id)
        .outerjoin(User, User.id == Decision.by_id)
        .where(Precedent.comment_id.in_(ids), Comment.id.in_(ids), Decision.id.in_(decided))
    ).all()
    return {
        row.comment_id: Shown(
            id=row.public_id,
            approved=row.approved,
            by=row.name,
            at=row.created_at,
            reason=row.reason,
            excerpt=texts.excerpt(row.text, _EXCERPT),
            scores=row.scores,
            site_id=row.site_id,
        )
        for row in rows
    }


def tally_of(decision: Decision) -> Tally | None:
    """How earlier decisions on texts like this decision's went: counts only, for the comment's
    author. None if there are too few."""
    revision = db.session.get(Revision, decision.revision_id)
    findings = ((revision.verdict if revision else None) or {}).get("findings", ())
    if revision is None or kept_private(findings) is not None:
        return None
    facts = facts_of(revision.text, revision.scores, findings)
    asked = Asked(decision.site_id, decision.comment_id, facts, before=decision.id)
    found = nearest([asked])[decision.comment_id]
    if len(found) < NEAREST:
        return None
    return Tally(len(found), sum(each.approved for each in found))
