"""An author's answer to a decision, heard by somebody else, once.

Every restriction of a comment can be appealed: a person's rejection, the rules' own, and a published
comment that was taken down. What is overturned is put back where it was.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select, update

from ...accounts.acts import record
from ...accounts.models import User
from ...core import clock
from ...core.db import IntegrityError, changed, db, unit_of_work
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
    """The decision under which the comment is restricted now, if its author may know of it and nobody
    has appealed it yet."""
    if comment.status not in ("rejected", "pending"):
        return None
    decision = latest_decision(comment, on_status=True)
    if decision is None or decision.status_after != comment.status or decision.action == "undo":
        return None
    if may_be_undone(decision):
        return None  # to say so now would tell what may still be taken back
    if comment.status == "pending" and decision.status_before != "published":
        return None  # it waits for its first look; that is coming anyway
    if db.session.scalar(select(Appeal.id).where(Appeal.decision_id == decision.id)):
        return None
    return decision


def appeal(comment_public_id: str, text: str, *, by: User | None) -> Appeal:
    """Object to the decision about one's comment, once. Raises `NotFound`, `NotAllowed`, `Conflict`
    when there is nothing to appeal, `Invalid` for an empty or too long text."""
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
    """An appeal's words as they are kept. Raises `Invalid` for an empty or too long text."""
    return clean(text, max_length=MOST_WORDS, of="appeal", field="text")


@contextmanager
def appealing() -> Iterator[None]:
    """The unit of work in which somebody appeals. Raises `Conflict` where they do so twice in this moment."""
    try:
        with unit_of_work():
            yield
    except IntegrityError as error:
        raise Conflict("nothing_to_appeal.twice") from error


def hear(appeal_public_id: str, *, outcome: str, answer: str = "", by: User) -> Appeal:
    """Decide an appeal: `upheld` leaves the decision, `overturned` puts the comment back.

    Never by who decided first, nor by who appealed. Raises `NotFound`, `NotAllowed`, `Conflict` when it is
    decided or the comment has changed meanwhile.
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
    """The answer as it is kept. Raises `Invalid` for an unknown outcome or a text that is too long."""
    if outcome not in OUTCOMES:
        raise Invalid("invalid.choose", names=named("appeal_outcome", OUTCOMES), field="outcome")
    if not answer.strip():
        return ""
    return clean(answer, max_length=MOST_WORDS, of="answer")


_OF = {Appeal: "comment", SanctionAppeal: "sanction", NoticeAppeal: "notice"}


def settle(
    made: Appeal | SanctionAppeal | NoticeAppeal, *, outcome: str, answer: str, by: User
) -> None:
    """Write what became of an appeal. Raises `Conflict` when somebody else was faster."""
    model = type(made)
    taken = changed(
        update(model)
        .where(model.id == made.id, model.decided_at.is_(None))
        .values(decided_at=clock.now(), decided_by_id=by.id, outcome=outcome, answer=answer or None)
    )
    if not taken:
        raise Conflict("already_decided.appeal")
    db.session.refresh(made)
    # who sends a notice has no account
    author = None if isinstance(made, NoticeAppeal) else db.session.get(User, made.user_id)
    record(
        "appeal_decided", site_id=made.site_id, by=by, about=author, outcome=outcome, of=_OF[model]
    )


@dataclass(frozen=True)
class About:
    """What an appeal objects to."""

    comment_id: str
    reason: str | None
    decided_by: str | None  # None: the rules


def about(appeal: Appeal) -> About:
    """The comment of an appeal and the decision under which it is restricted now."""
    comment = db.session.get_one(Comment, appeal.comment_id)
    decision = latest_decision(comment, on_status=True)
    by = db.session.get(User, decision.by_id) if decision and decision.by_id else None
    reason = decision.reason if decision else None
    return About(comment.public_id, reason, by.name if by else None)


def by_public_id(public_id: str) -> Appeal:
    """The appeal of an address. Raises `NotFound`."""
    found = db.session.scalar(select(Appeal).where(Appeal.public_id == public_id))
    if found is None:
        raise NotFound("not_found.appeal")
    return found


def waiting(by: User, sites: list[Site] | None = None, *, limit: int = 100) -> list[Appeal]:
    """The appeals this moderator may hear, the oldest first: open, not against them, not theirs."""
    query = select(Appeal).order_by(Appeal.created_at, Appeal.id).limit(limit)
    return list(
        db.session.scalars(open_to(query, by, sites if sites is not None else sites_of(by)))
    )


def open_to(query: Select, by: User, sites: list[Site]) -> Select:  # type: ignore[type-arg]
    """Of a query about appeals, those this moderator may hear."""
    return (
        still_restricted(query)
        .join(Decision, Decision.id == Appeal.decision_id)
        .where(Appeal.site_id.in_([site.id for site in sites]), Appeal.user_id != by.id)
        .where(Decision.by_id.is_distinct_from(by.id))
    )


def still_restricted(query: Select) -> Select:  # type: ignore[type-arg]
    """Of a query about appeals, those that are open, of comments that are restricted now: not of one that
    somebody has approved since, or that its author has withdrawn."""
    return query.join(Comment, Comment.id == Appeal.comment_id).where(
        Appeal.decided_at.is_(None), Comment.status.in_(("rejected", "pending"))
    )


def of_comments(comment_ids: Sequence[int]) -> dict[int, Appeal]:
    """The newest appeal about each of these comments that has one."""
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
