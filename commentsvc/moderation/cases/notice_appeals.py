"""A notifier's appeal against leaving a comment up, decided once, by somebody else (Digital
Services Act, Article 20(1)). Anybody with the receipt number may appeal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from ...core import clock
from ...core.db import any_of, db, unit_of_work
from ...core.errors import Conflict, NotAllowed, NotFound
from ...core.jobs import enqueue
from ...sites.queries import by_id, require, sites_of
from ...threads.models import Comment
from ..audit import append, pseudonym
from ..commands import decide
from .appeals import answer_to, appealing, settle, words_of
from .models import Notice, NoticeAppeal
from .notices import by_receipt

if TYPE_CHECKING:
    from sqlalchemy import Select

    from ...accounts.models import User
    from ...sites.models import Site
    from ..models import Decision

_LEFT_UP = ("not_illegal", "void")


def appeal_of(notice: Notice) -> NoticeAppeal | None:
    """The appeal against the decision on a notice, if any."""
    return db.session.scalar(select(NoticeAppeal).where(NoticeAppeal.notice_id == notice.id))


def can_appeal(notice: Notice) -> bool:
    """Whether the comment was left up, and nobody has appealed yet."""
    return notice.outcome in _LEFT_UP and appeal_of(notice) is None


def appeal(receipt: str, text: str) -> NoticeAppeal:
    """Appeal against leaving the comment up, once. Raises `NotFound`, `Conflict` if there is
    nothing to appeal, and `Invalid` for an empty or too long text."""
    text = words_of(text)
    with appealing():
        notice = by_receipt(receipt)
        if not can_appeal(notice):
            raise Conflict("nothing_to_appeal")
        made = NoticeAppeal(
            site_id=notice.site_id,
            notice_id=notice.id,
            text=text,
            created_at=clock.now(),
        )
        db.session.add(made)
        db.session.flush()
        append(notice.site_id, "appeal", _public(made, notice, None))
    return made


def hear(public_id: str, *, outcome: str, answer: str = "", by: User) -> NoticeAppeal:
    """Decide an appeal: `upheld` leaves the comment up, `overturned` rejects it as illegal. Not by
    the person who decided the notice or wrote the comment. Raises `NotFound`, `NotAllowed`, and
    `Conflict` if it is already decided."""
    answer = answer_to(outcome, answer)
    with unit_of_work():
        made, notice = _mine(public_id, by)
        comment = db.session.get_one(Comment, notice.comment_id)
        if by.id in (notice.reviewer_id, comment.author_id):
            raise NotAllowed("own_decision")
        settle(made, outcome=outcome, answer=answer, by=by)
        decision = None
        if outcome == "overturned" and comment.status in ("published", "pending"):
            said = answer or None
            decision = decide(
                comment.public_id, action="reject", reason="illegal", message=said, by=by
            )
            made.decision_id = decision.id
            db.session.flush()
        append(made.site_id, "appeal", _public(made, notice, decision))
        if notice.email:
            enqueue("on_notice_appeal", appeal_id=made.id)
    return made


def _mine(public_id: str, by: User) -> tuple[NoticeAppeal, Notice]:
    made = db.session.scalar(select(NoticeAppeal).where(NoticeAppeal.public_id == public_id))
    if made is None or made.site_id not in {site.id for site in sites_of(by)}:
        raise NotFound("not_found.appeal")
    require(by, "moderate", by_id(made.site_id))
    return made, db.session.get_one(Notice, made.notice_id)


def waiting(by: User, sites: list[Site], *, limit: int = 20) -> list[tuple[NoticeAppeal, Notice]]:
    """The appeals that this moderator may decide, the oldest first, each with its notice."""
    query = select(NoticeAppeal, Notice).order_by(NoticeAppeal.created_at, NoticeAppeal.id)
    rows = db.session.execute(open_to(query, by, sites).limit(limit))
    return [(row[0], row[1]) for row in rows]


def open_to(query: Select, by: User, sites: list[Site]) -> Select:  # type: ignore[type-arg]
    """Narrow a query about appeals to open ones that this moderator may decide."""
    return (
        query.join(Notice, Notice.id == NoticeAppeal.notice_id)
        .join(Comment, Comment.id == Notice.comment_id)
        .where(any_of(NoticeAppeal.site_id, [site.id for site in sites]))
        .where(NoticeAppeal.decided_at.is_(None), Comment.author_id != by.id)
        .where(Notice.reviewer_id.is_distinct_from(by.id))
    )


def _public(
    made: NoticeAppeal, notice: Notice, decision: Decision | None
) -> dict[str, str | bool | None]:
    return {
        "appeal": made.public_id,
        "notice": pseudonym(notice.receipt),
        "trusted": notice.trusted,
        "outcome": made.outcome,
        "decision": decision.public_id if decision else None,
    }
