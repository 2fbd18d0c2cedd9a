"""Second looks: a share of people's decisions is shown blind to another moderator, to measure how
far people agree. The second answer is stored here and changes nothing by itself.
"""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import exists, func, select, update
from sqlalchemy.orm import aliased

from ..accounts.models import User
from ..core import clock
from ..core.bands import Band, wilson
from ..core.db import any_of, changed, db, unit_of_work
from ..core.errors import Conflict, Invalid, NotFound
from ..core.locale import named
from ..core.rows import insert_row
from ..sites.queries import by_id, can
from ..threads import text as texts
from ..threads.models import Comment, Revision, Thread
from .desk.card import is_severe_on
from .models import Decision, SecondLook
from .record import Case, findings_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ..sites.models import Site

ACTIONS = ("approve", "reject")
KEPT = timedelta(days=30)  # unanswered ones expire after this
SPAN = timedelta(days=180)
AT_ONCE = 10
FEWEST = 20  # pairs; with fewer, no agreement is reported
MOST = 20_000

# Made once: to make an alias takes longer than to ask with it, and every page of the desk asks.
_Own, _Counter = aliased(Decision), aliased(Decision)
_Parent, _Said = aliased(Comment), aliased(Revision)


def draw(made: Iterable[tuple[Case, Decision]]) -> None:
    """Sample people's decisions, each with its policy's probability. In the unit that made them."""
    drawn = [
        (case, decision)
        for case, decision in made
        if decision.action in ACTIONS and random.random() < case.policy.double_check_share
    ]
    if not drawn:
        return
    findings = findings_of([case.comment for case, _ in drawn])
    for case, decision in drawn:
        weighed_most = next(iter(findings[case.comment.id]), None)
        insert_row(
            SecondLook,
            site_id=case.site.id,
            decision_id=decision.id,
            comment_id=case.comment.id,
            revision_id=decision.revision_id,
            rule=weighed_most["rule"] if weighed_most else None,
            first_id=decision.by_id,
            first_action=decision.action,
            created_at=clock.now(),
        )


# --- the queue ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Blind:
    """A comment as the second moderator sees it: nothing reveals the first decision."""

    id: str
    site_id: int
    text: str
    html: str
    language: str | None
    scores: Mapping[str, float]
    findings: list[Mapping[str, Any]]
    author: str
    article: str
    href: str
    parent: str | None
    severe: bool  # it or its parent
    written_at: datetime


def count_open(by: User, site_ids: Sequence[int]) -> Any:
    """How many second looks wait for this moderator, as a subquery."""
    return select(func.count()).select_from(_open(by, site_ids).subquery()).scalar_subquery()


def waiting(by: User, sites: Sequence[Site], *, limit: int = AT_ONCE) -> list[Blind]:
    """Some second looks that wait for this moderator, in arbitrary order: one query."""
    rows = db.session.execute(
        _open(by, [site.id for site in sites])
        .join(Revision, Revision.id == SecondLook.revision_id)
        .join(Thread, Thread.id == Comment.thread_id)
        .join(User, User.id == Comment.author_id)
        .outerjoin(_Parent, _Parent.id == Comment.parent_id)
        .outerjoin(_Said, _Said.id == _Parent.revision_id)
        .with_only_columns(
            SecondLook.public_id,
            SecondLook.site_id,
            Revision.text,
            Revision.html,
            Revision.language,
            Revision.scores,
            Revision.verdict,
            User.name,
            Thread.title,
            Thread.href,
            _Said.text.label("parent"),
            _Said.scores.label("parent_scores"),
            Revision.created_at,
        )
        .order_by(SecondLook.public_id)
        .limit(limit)
    )
    return [_blind(row) for row in rows]


def _blind(row: Any) -> Blind:
    return Blind(
        id=row.public_id,
        site_id=row.site_id,
        text=row.text,
        html=row.html,
        language=row.language,
        scores=row.scores or {},
        findings=list((row.verdict or {}).get("findings", ())),
        author=row.name,
        article=row.title or row.href,
        href=row.href,
        parent=row.parent,
        severe=any(is_severe_on(row.site_id, each) for each in (row.scores, row.parent_scores)),
        written_at=row.created_at,
    )


def _open(by: User, site_ids: Sequence[int]) -> Any:
    """Looks open to this moderator: not the author, nor anybody who has decided on the comment
    before; and only while the text and the decision stand."""
    return (
        select(SecondLook.id)
        .join(Comment, Comment.id == SecondLook.comment_id)
        .where(any_of(SecondLook.site_id, site_ids), SecondLook.answered_at.is_(None))
        .where(SecondLook.created_at > clock.now() - KEPT)
        .where(Comment.revision_id == SecondLook.revision_id, Comment.status != "withdrawn")
        .where(Comment.author_id != by.id)
        .where(~exists().where(_Own.comment_id == Comment.id, _Own.by_id == by.id))
        .where(~exists().where(_Counter.undoes_id == SecondLook.decision_id))
    )


def answer(public_id: str, action: str, *, by: User) -> None:
    """Store what `by` would have decided. Raises `NotFound` for a look that is not open to them,
    `Conflict` if somebody else has answered, and `Invalid` for an unknown action."""
    if action not in ACTIONS:
        raise Invalid("invalid.choose", names=named("action", ACTIONS), field="action")
    with unit_of_work():
        look = db.session.scalar(select(SecondLook).where(SecondLook.public_id == public_id))
        if look is None or not can(by, "moderate", by_id(look.site_id)):
            raise NotFound("not_found.second_look")
        if look.answered_at is not None and look.first_id != by.id:
            raise Conflict("conflict.second_look")
        mine = _open(by, [look.site_id]).where(SecondLook.id == look.id)
        if db.session.scalar(mine) is None:
            raise NotFound("not_found.second_look")
        done = changed(
            update(SecondLook)
            .where(SecondLook.id == look.id, SecondLook.answered_at.is_(None))
            .values(second_id=by.id, second_action=action, answered_at=clock.now())
        )
        if not done:
            raise Conflict("conflict.second_look")


# --- agreement ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Pair:
    """One text judged by two people."""

    rule: str | None
    first: int | None
    second: int | None
    approved: tuple[bool, bool]


@dataclass(frozen=True)
class Agreement:
    """How often two people agreed; `kappa` is the agreement beyond chance (Cohen 1960,
    https://doi.org/10.1177/001316446002000104), 1 if nobody ever differs. `share` and `kappa` are
    None if there are too few pairs."""

    name: str | None  # a rule's or a person's; None: all, or no rule
    pairs: int
    agreed: int
    share: Band | None
    kappa: float | None


@dataclass(frozen=True)
class Disagreement:
    """A text on which two moderators disagreed."""

    comment_id: str
    site_id: int
    excerpt: str
    severe: bool
    first: str | None
    first_action: str
    second: str | None
    second_action: str | None
    at: datetime | None


@dataclass(frozen=True)
class Agreements:
    """Agreement on some sites: overall, by rule, and by person (as first or second)."""

    all: Agreement
    rules: list[Agreement]
    people: list[Agreement]


def agreements(sites: Sequence[Site]) -> Agreements:
    """How far people agree on these sites, over the last half year: two queries."""
    rows = db.session.execute(
        select(
            SecondLook.rule,
            SecondLook.first_id,
            SecondLook.second_id,
            SecondLook.first_action,
            SecondLook.second_action,
        )
        .where(any_of(SecondLook.site_id, [site.id for site in sites]))
        .where(SecondLook.answered_at > clock.now() - SPAN)
        .order_by(SecondLook.answered_at.desc())
        .limit(MOST)
    ).all()
    pairs = [
        Pair(row[0], row[1], row[2], (row[3] == "approve", row[4] == "approve")) for row in rows
    ]
    rules: dict[str | None, list[Pair]] = defaultdict(list)
    people: dict[int, list[Pair]] = defaultdict(list)
    for pair in pairs:
        rules[pair.rule].append(pair)
        for person in (pair.first, pair.second):
            if person is not None:
                people[person].append(pair)
    names = dict(db.session.execute(select(User.id, User.name).where(User.id.in_(people))).all())
    return Agreements(
        all=agreement(None, pairs),
        rules=_most_first(agreement(rule, some) for rule, some in rules.items()),
        people=_most_first(agreement(names.get(key), some) for key, some in people.items()),
    )


def _most_first(found: Iterable[Agreement]) -> list[Agreement]:
    return sorted(found, key=lambda each: (-each.pairs, each.name or ""))


def agreement(name: str | None, pairs: Sequence[Pair]) -> Agreement:
    """The agreement of some pairs."""
    total, agreed = len(pairs), sum(pair.approved[0] == pair.approved[1] for pair in pairs)
    if total < FEWEST:
        return Agreement(name, total, agreed, None, None)
    first = sum(pair.approved[0] for pair in pairs) / total
    second = sum(pair.approved[1] for pair in pairs) / total
    chance = first * second + (1 - first) * (1 - second)
    kappa = 1.0 if agreed == total else (agreed / total - chance) / (1 - chance)
    return Agreement(name, total, agreed, wilson(agreed, total), kappa)


def disagreements(sites: Sequence[Site], *, of: User, limit: int = 50) -> list[Disagreement]:
    """The newest texts on which this person and another disagreed: one query."""
    first, second = aliased(User), aliased(User)
    rows = db.session.execute(
        select(SecondLook, Comment.public_id, Revision.text, first.name, second.name)
        .add_columns(Revision.scores)
        .join(Comment, Comment.id == SecondLook.comment_id)
        .join(Revision, Revision.id == SecondLook.revision_id)
        .outerjoin(first, first.id == SecondLook.first_id)
        .outerjoin(second, second.id == SecondLook.second_id)
        .where(any_of(SecondLook.site_id, [site.id for site in sites]))
        .where(SecondLook.first_action != SecondLook.second_action)
        .where((SecondLook.first_id == of.id) | (SecondLook.second_id == of.id))
        .order_by(SecondLook.answered_at.desc(), SecondLook.id.desc())
        .limit(limit)
    )
    return [
        Disagreement(
            comment_id=row[1],
            site_id=row[0].site_id,
            excerpt=texts.excerpt(row[2], 100),
            severe=is_severe_on(row[0].site_id, row.scores),
            first=row[3],
            first_action=row[0].first_action,
            second=row[4],
            second_action=row[0].second_action,
            at=row[0].answered_at,
        )
        for row in rows
    ]
