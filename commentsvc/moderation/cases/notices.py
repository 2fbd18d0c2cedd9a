"""Notices of illegal content: from anybody, without an account; both sides learn the decision.

The Digital Services Act, Article 16 (Regulation (EU) 2022/2065) says what a notice must contain (an
explanation, the exact location, name and address unless it is about child abuse, a statement of
good faith) and what its sender gets: a receipt without delay, and the decision with means of
redress.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import and_, case, select, update

from ...accounts.acts import record
from ...accounts.commands import clean_email
from ...accounts.models import User
from ...core import clock
from ...core.db import changed, db, unit_of_work
from ...core.errors import Conflict, Invalid, NotAllowed, NotFound
from ...core.jobs import enqueue
from ...core.locale import named
from ...core.paging import Page, decode_cursor, encode_cursor
from ...core.typed import clean, clean_name
from ...sites.models import Site
from ...sites.queries import by_id, can, policy_of, require
from ...threads import text as texts
from ...threads.models import Comment, Revision, Thread
from ...threads.views import permalink
from ..audit import append, pseudonym
from ..commands import decide
from ..desk.card import is_severe_on
from ..record import open_case
from ..taxonomy import kind_of_notice
from .models import Notice

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..models import Decision

Outcome = Literal["illegal", "not_illegal", "void"]
OUTCOMES: tuple[Outcome, ...] = ("illegal", "not_illegal", "void")
MOST_WORDS = 5000
MOST_SHOWN = 1000  # characters of the text, in the list


def give_notice(
    comment_public_id: str,
    *,
    law: str,
    explanation: str,
    good_faith: bool,
    name: str = "",
    email: str = "",
    network: str | None = None,
    kind: str = "",
) -> Notice:
    """File a notice about a published comment. `kind` is its category, or category and keyword
    (taxonomy.py). Notices from a trusted flagger's address come first. Raises `NotFound`, or
    `Invalid` for a missing or wrong field."""
    said = _checked(law, explanation, name=name, email=email, kind=kind)
    if not good_faith:
        raise Invalid("invalid.good_faith", field="good_faith")
    with unit_of_work():
        comment = open_case(comment_public_id).comment
        if comment.status != "published" or comment.revision_id is None:
            raise NotFound("not_found.not_public")
        made = Notice(
            site_id=comment.site_id,
            comment_id=comment.id,
            revision_id=comment.revision_id,
            trusted=_is_trusted(comment.site_id, said["email"]),
            network=network,
            state="received",
            created_at=clock.now(),
            **said,
        )
        db.session.add(made)
        db.session.flush()
        _log(made, comment)
        if made.email:
            enqueue("on_notice", notice_id=made.id)
    return made


def _checked(
    law: str, explanation: str, *, name: str, email: str, kind: str
) -> dict[str, str | None]:
    """The sender's fields, as stored. Raises `Invalid`."""
    category, keyword = kind_of_notice(kind)
    return {
        "law": clean(law, max_length=300, of="law"),
        "explanation": clean(explanation, max_length=MOST_WORDS, min_length=20, of="explanation"),
        "name": clean_name(name) if name.strip() else None,
        "email": clean_email(email) if email.strip() else None,
        "category": category,
        "keyword": keyword,
    }


def _is_trusted(site_id: int, email: str | None) -> bool:
    trusted = policy_of(by_id(site_id)).trusted_flaggers
    return email is not None and email.casefold() in {each.strip().casefold() for each in trusted}


def forget_sender(receipt: str) -> None:
    """Delete the sender's address, so that no more emails are sent; the receipt still works."""
    with unit_of_work():
        db.session.execute(update(Notice).where(Notice.receipt == receipt).values(email=None))


def by_receipt(receipt: str) -> Notice:
    """The notice with this receipt number. Raises `NotFound`."""
    found = db.session.scalar(select(Notice).where(Notice.receipt == receipt.strip().lower()))
    if found is None:
        raise NotFound("not_found.notice")
    return found


def take_up(receipt: str, *, by: User, note: str | None = None) -> Notice:
    """Put a notice under review by this moderator. Idempotent; a note replaces the previous one."""
    with unit_of_work():
        notice = _of_moderator(receipt, by)
        if notice.decided_at is not None:
            raise Conflict("already_decided.notice")
        notice.state, notice.reviewer_id = "under_review", by.id
        if note is not None:
            notice.note = clean(note, max_length=MOST_WORDS, of="note") if note.strip() else None
        db.session.flush()
        record("notice_reviewed", site_id=notice.site_id, by=by, thread_id=_thread_of(notice))
    return notice


def decide_notice(receipt: str, *, outcome: str, ground: str, by: User) -> Notice:
    """Decide, once: `illegal` rejects the comment, `not_illegal` leaves it, `void` dismisses it.

    Both sides are shown the ground. Raises `Conflict` if somebody else was faster.
    """
    if outcome not in OUTCOMES:
        raise Invalid("invalid.choose", names=named("notice_outcome", OUTCOMES), field="outcome")
    ground = clean(ground, max_length=2000, min_length=3, of="ground")
    with unit_of_work():
        notice = _of_moderator(receipt, by)
        taken = changed(
            update(Notice)
            .where(Notice.id == notice.id, Notice.decided_at.is_(None))
            .values(
                state="decided",
                outcome=outcome,
                ground=ground,
                reviewer_id=by.id,
                decided_at=clock.now(),
            )
        )
        if not taken:
            raise Conflict("already_decided.notice")
        db.session.refresh(notice)
        comment = db.session.get_one(Comment, notice.comment_id)
        made = None
        if outcome == "illegal" and comment.status in ("published", "pending"):
            rejection: dict[str, Any] = {"action": "reject", "reason": "illegal"}
            made = decide(comment.public_id, **rejection, message=ground, by=by)
        _log(notice, comment, made)
        record(
            "notice_decided",
            site_id=notice.site_id,
            by=by,
            thread_id=comment.thread_id,
            outcome=outcome,
        )
        if notice.email:
            enqueue("on_notice", notice_id=notice.id)
    return notice


def page(
    sites: list[Site], *, state: str | None = None, after: str | None = None, limit: int = 50
) -> Page[Notice]:
    """The notices of these sites, the newest first, optionally in one `state`. Undecided notices
    from trusted flaggers come before all others."""
    first = case((and_(Notice.trusted, Notice.decided_at.is_(None)), 1), else_=0)
    query = select(Notice).where(Notice.site_id.in_([site.id for site in sites]))
    if state:
        query = query.where(Notice.state == state)
    if after:
        rank, row_id = decode_cursor(after, int, int)
        query = query.where((first < rank) | ((first == rank) & (Notice.id < row_id)))
    rows = list(db.session.scalars(query.order_by(first.desc(), Notice.id.desc()).limit(limit + 1)))
    last = rows[limit - 1] if len(rows) > limit else None
    cursor = encode_cursor(int(last.trusted and not last.decided_at), last.id) if last else None
    return Page(rows[:limit], cursor)


@dataclass(frozen=True)
class Read:
    """A notice with its comment as it is now, and the text as it was when the notice was filed."""

    notice: Notice
    site_name: str
    comment: Comment
    text: str
    severe: bool
    reviewer: str | None
    page: str
    href: str


def read(notices: Sequence[Notice]) -> list[Read]:
    """What a moderator needs to decide these notices: one query."""
    rows = db.session.execute(
        select(Notice, Site.name, Comment, Revision.text, Revision.scores, User.name)
        .add_columns(Thread.title, Thread.href)
        .join(Site, Site.id == Notice.site_id)
        .join(Comment, Comment.id == Notice.comment_id)
        .join(Thread, Thread.id == Comment.thread_id)
        .outerjoin(Revision, Revision.id == Notice.revision_id)
        .outerjoin(User, User.id == Notice.reviewer_id)
        .where(Notice.id.in_([each.id for each in notices]))
    )
    known = {
        notice.id: Read(
            notice,
            site_name,
            comment,
            texts.excerpt(text or "", MOST_SHOWN),
            is_severe_on(notice.site_id, scores),
            reviewer,
            title or href,
            permalink(href, comment.public_id),
        )
        for notice, site_name, comment, text, scores, reviewer, title, href in rows
    }
    return [known[each.id] for each in notices]


def _of_moderator(receipt: str, by: User) -> Notice:
    notice = by_receipt(receipt)
    site = db.session.get_one(Site, notice.site_id)
    if not can(by, "moderate", site):
        raise NotFound("not_found.notice")
    require(by, "moderate", site)
    comment = db.session.get_one(Comment, notice.comment_id)
    if comment.author_id == by.id:
        raise NotAllowed("own_comment.notice")
    return notice


def _thread_of(notice: Notice) -> int:
    return db.session.get_one(Comment, notice.comment_id).thread_id


def _log(notice: Notice, comment: Comment, made: Decision | None = None) -> None:
    data = {
        "notice": pseudonym(notice.receipt),
        "comment": pseudonym(comment.public_id),
        "state": notice.state,
        "outcome": notice.outcome,
        "category": notice.category,
        "keyword": notice.keyword,
        "trusted": notice.trusted,
        "decision": made.public_id if made else None,
    }
    append(notice.site_id, "notice", data)
