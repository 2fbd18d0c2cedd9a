"""An author's appeal against a decision, decided once, by somebody else.

Every restriction of a comment can be appealed: a rejection by a person or by the rules, and the
hold of a published comment. A comment whose restriction is overturned is published.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select, update

from ...accounts.acts import record
from ...accounts.models import User
from ...core import clock
from ...core.db import IntegrityError, any_of, changed, db, unit_of_work
from ...core.errors import Conflict, Invalid, NotAllowed, NotFound
from ...core.jobs import enqueue
from ...core.locale import named
from ...core.typed import clean
from ...sites.queries import sites_of
from ...threads.models import Comment
from ..audit import append, pseudonym
from ..commands import decide
from ..models import Appeal, Decision
from ..outcomes import may_be_undone
from ..record import latest_decision, open_case, require_moderator
from .models import NoticeAppeal, SanctionAppeal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Select

    from ...sites.models import Site

OUTCOMES = ("upheld", "overturned")
MOST_WORDS = 2000


def appealable(comment: Comment) -> Decision | None:
    """The decision that restricts the comment now, if its author may know of it and has not
    appealed it yet. None otherwise."""
    if comment.status not in ("rejected", "pending"):
        return None
    decision = latest_decision(comment, on_status=True)
    if decision is None or decision.status_after != comment.status or decision.action == "undo":
        return None
    if may_be_undone(decision):
        return None  # this would reveal a decision that can still be undone
    if comment.status == "pending" and decision.status_before != "published":
        return None  # it is waiting for its first review anyway
    if db.session.scalar(select(Appeal.id).where(Appeal.decision_id == decision.id)):
        return None
    return decision


def appeal(comment_public_id: str, text: str, *, by: User | None) -> Appeal:
    """Appeal the decision about one's own comment, once. Raises `NotFound`, `NotAllowed`,
    `Conflict` if there is nothing to appeal, and `Invalid` for an empty or too long text."""
    text = words_of(text)
    with appealing():
        comment = open_case(comment_public_id).comment
        if by is None or comment.author_id != by.id:
            raise NotAllowed("not_the_author.appeal")
        decision = appealable(comment)
        if decision is None:
            raise Conflict("nothing_to_appeal")
        made = Appeal(
            site_id=comment.site_id,
            decision_id=decision.id,
            comment_id=comment.id,
            user_id=by.id,
            text=text,
            created_at=clock.now(),
        )
        db.session.add(made)
        db.session.flush()
        append(comment.site_id, "appeal", _public(made, decision, comment))
    return made


def words_of(text: str) -> str:
    """An appeal's text as stored. Raises `Invalid` for an empty or too long text."""
    return clean(text, max_length=MOST_WORDS, of="appeal", field="text")


@contextmanager
def appealing() -> Iterator[None]:
    """The unit of work in which somebody appeals. Raises `Conflict` if two appeals race."""
    try:
        with unit_of_work():
            yield
    except IntegrityError as error:
        raise Conflict("nothing_to_appeal.twice") from error


def hear(appeal_public_id: str, *, outcome: str, answer: str = "", by: User) -> Appeal:
    """Decide an appeal: `upheld` keeps the decision, `overturned` publishes the comment.

    Not by the person who made the decision or the appeal. Raises `NotFound`, `NotAllowed`, and
    `Conflict` if it is already decided or the comment has changed.
    """
    answer = answer_to(outcome, answer)
    with unit_of_work():
        made = by_public_id(appeal_public_id)
        comment = db.session.get_one(Comment, made.comment_id)
        case = open_case(comment.public_id)
        require_moderator(case, by)
        decision = db.session.get_one(Decision, made.decision_id)
        if by.id in (decision.by_id, made.user_id):
            raise NotAllowed("own_decision")
        settle(made, outcome=outcome, answer=answer, by=by)
        if outcome == "overturned" and comment.status in ("rejected", "pending"):
            note = f"appeal {made.public_id}"
            decide(comment.public_id, action="approve", by=by, note=note, tell=False)
        append(made.site_id, "appeal", _public(made, decision, comment))
        enqueue("on_appeal", appeal_id=made.id)
    return made


def answer_to(outcome: str, answer: str) -> str:
    """The answer as stored. Raises `Invalid` for an unknown outcome or a text that is too long."""
    if outcome not in OUTCOMES:
        raise Invalid("invalid.choose", names=named("appeal_outcome", OUTCOMES), field="outcome")
    if not answer.strip():
        return ""
    return clean(answer, max_length=MOST_WORDS, of="answer")


_OF = {Appeal: "comment", SanctionAppeal: "sanction", NoticeAppeal: "notice"}


def settle(
    made: Appeal | SanctionAppeal | NoticeAppeal, *, outcome: str, answer: str, by: User
) -> None:
    """Store the outcome of an appeal. Raises `Conflict` if somebody else was faster."""
    model = type(made)
    taken = changed(
        update(model)
        .where(model.id == made.id, model.decided_at.is_(None))
        .values(decided_at=clock.now(), decided_by_id=by.id, outcome=outcome, answer=answer or None)
    )
    if not taken:
        raise Conflict("already_decided.appeal")
    db.session.refresh(made)
    # the sender of a notice has no account
    author = None if isinstance(made, NoticeAppeal) else db.session.get(User, made.user_id)
    record(
        "appeal_decided", site_id=made.site_id, by=by, about=author, outcome=outcome, of=_OF[model]
    )


@dataclass(frozen=True)
class About:
    """What an appeal is about."""

    comment_id: str
    reason: str | None
    decided_by: str | None  # None: the rules


def about(appeal: Appeal) -> About:
    """The comment of an appeal, and the decision that restricts it now."""
    comment = db.session.get_one(Comment, appeal.comment_id)
    decision = latest_decision(comment, on_status=True)
    by = db.session.get(User, decision.by_id) if decision and decision.by_id else None
    reason = decision.reason if decision else None
    return About(comment.public_id, reason, by.name if by else None)


def by_public_id(public_id: str) -> Appeal:
    """The appeal with this public id. Raises `NotFound`."""
    found = db.session.scalar(select(Appeal).where(Appeal.public_id == public_id))
    if found is None:
        raise NotFound("not_found.appeal")
    return found


def waiting(by: User, sites: list[Site] | None = None, *, limit: int = 100) -> list[Appeal]:
    """The open appeals that this moderator may decide, the oldest first."""
    query = select(Appeal).order_by(Appeal.created_at, Appeal.id).limit(limit)
    return list(
        db.session.scalars(open_to(query, by, sites if sites is not None else sites_of(by)))
    )


def open_to(query: Select, by: User, sites: list[Site]) -> Select:  # type: ignore[type-arg]
    """Narrow a query about appeals to those that this moderator may decide."""
    return (
        still_restricted(query)
        .join(Decision, Decision.id == Appeal.decision_id)
        .where(any_of(Appeal.site_id, [site.id for site in sites]), Appeal.user_id != by.id)
        .where(Decision.by_id.is_distinct_from(by.id))
    )


def still_restricted(query: Select) -> Select:  # type: ignore[type-arg]
    """Narrow a query about appeals to open ones of comments that are still restricted: not approved
    since, nor withdrawn by their author."""
    return query.join(Comment, Comment.id == Appeal.comment_id).where(
        Appeal.decided_at.is_(None), Comment.status.in_(("rejected", "pending"))
    )


def of_comments(comment_ids: Sequence[int]) -> dict[int, Appeal]:
    """The newest appeal about each of these comments, if any, by row id."""
    rows = db.session.scalars(
        select(Appeal).where(Appeal.comment_id.in_(comment_ids)).order_by(Appeal.id)
    )
    return {each.comment_id: each for each in rows}


def _public(made: Appeal, decision: Decision, comment: Comment) -> dict[str, str | None]:
    return {
        "appeal": made.public_id,
        "decision": decision.public_id,
        "comment": pseudonym(comment.public_id),
        "outcome": made.outcome,
    }
