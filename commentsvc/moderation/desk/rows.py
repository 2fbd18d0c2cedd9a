"""The queries behind cards: one each for comments, flags, decisions, texts and authors' records."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import func, literal, select, union_all
from sqlalchemy.orm import aliased

from ...accounts.models import User
from ...core.db import db
from ...sites.models import Membership
from ...threads.models import Comment, Revision, Thread
from ..judging.reasons import title
from ..models import Decision, Flag
from .card import Decided, Earlier, Report

# Made once: to make an alias takes longer than to ask with it.
_Parent, _Answered, _Said = aliased(Comment), aliased(User), aliased(Revision)


def comments(row_ids: Sequence[int], site_ids: Collection[int]) -> Sequence[Any]:
    """The comments, with their text, thread, author and parent."""
    return db.session.execute(
        select(
            Comment.id.label("row_id"),
            Comment.public_id.label("id"),
            Comment.site_id,
            Comment.status,
            Comment.version,
            Comment.depth,
            Comment.created_at,
            Comment.edited_at,
            Comment.reviewed,
            Comment.featured,
            Comment.pinned,
            Comment.like_count,
            Comment.reactions,
            Comment.flag_count,
            Comment.unscored,
            Revision.number,
            Revision.text,
            Revision.html,
            Revision.language,
            Revision.scores,
            Revision.verdict,
            Revision.facts,
            Thread.public_id.label("thread_id"),
            Thread.title.label("thread_title"),
            Thread.href,
            Thread.address,
            Thread.tags,
            User.id.label("author_row"),
            User.public_id.label("author_id"),
            User.name.label("author_name"),
            User.kind.label("author_kind"),
            User.created_at.label("author_since"),
            Membership.role,
            Membership.until,
            _Parent.public_id.label("parent_id"),
            _Answered.name.label("parent_author"),
            _Said.text.label("parent_text"),
            _Said.scores.label("parent_scores"),
        )
        .join(Thread, Thread.id == Comment.thread_id)
        .join(User, User.id == Comment.author_id)
        .join(Revision, Revision.id == Comment.revision_id)
        .outerjoin(
            Membership,
            (Membership.user_id == Comment.author_id) & (Membership.site_id == Comment.site_id),
        )
        .outerjoin(_Parent, _Parent.id == Comment.parent_id)
        .outerjoin(_Answered, _Answered.id == _Parent.author_id)
        .outerjoin(_Said, _Said.id == _Parent.revision_id)
        .where(Comment.id.in_(row_ids), Comment.on_sites(site_ids))
    ).all()


def flags(row_ids: Sequence[int], locale: str | None) -> Mapping[int, list[Report]]:
    """The open flags with a weight on each comment."""
    found: dict[int, list[Report]] = defaultdict(list)
    for row in db.session.execute(
        select(Flag, User.public_id, User.name)
        .outerjoin(User, User.id == Flag.user_id)
        .where(Flag.comment_id.in_(row_ids), Flag.closed_at.is_(None), Flag.weight > 0)
        .order_by(Flag.id)
    ):
        flag = row[0]
        found[flag.comment_id].append(
            Report(
                reason=flag.reason,
                title=title(flag.reason, locale),
                note=flag.note,
                by_id=row[1],
                by=row[2],
                rule=flag.rule,
                weight=flag.weight,
                at=flag.created_at,
            )
        )
    return found


def decisions(row_ids: Sequence[int], locale: str | None) -> Mapping[int, list[Decided]]:
    """The log of each comment, the newest first."""
    found: dict[int, list[Decided]] = defaultdict(list)
    rows = db.session.execute(
        select(Decision, User.public_id, User.name)
        .outerjoin(User, User.id == Decision.by_id)
        .where(Decision.comment_id.in_(row_ids))
        .order_by(Decision.id.desc())
    ).all()
    undone = {row[0].undoes_id for row in rows}
    for decision, by_id, name in rows:
        found[decision.comment_id].append(
            Decided(
                id=decision.public_id,
                action=decision.action,
                by=name,
                by_id=by_id,
                reason=decision.reason,
                title=title(decision.reason, locale) if decision.reason else None,
                note=decision.note,
                message=decision.message,
                at=decision.created_at,
                undone=decision.id in undone,
                undoes=decision.undoes_id is not None,
                findings=list(decision.evidence.get("findings", ())),
            )
        )
    return found


def revisions(row_ids: Sequence[int]) -> Mapping[int, list[Earlier]]:
    """The texts of each comment, the newest first."""
    found: dict[int, list[Earlier]] = defaultdict(list)
    if row_ids:
        for row in db.session.execute(
            select(Revision.comment_id, Revision.number, Revision.text, Revision.created_at)
            .where(Revision.comment_id.in_(row_ids))
            .order_by(Revision.number.desc())
        ):
            found[row.comment_id].append(Earlier(row.number, row.text, row.created_at))
    return found


Record = Mapping[str, int]

COUNTED = ("published", "pending", "rejected")
#: Open reports by readers; a rule's own flag is not a report.
OPEN_REPORT = (Flag.closed_at.is_(None), Flag.weight > 0, Flag.rule.is_(None))


def records(rows: Iterable[Any]) -> Mapping[tuple[int, int], Record]:
    """For each author and site: comments by status in `COUNTED`, and readers' open reports on them
    (`flags`)."""
    pairs = {(row.author_row, row.site_id) for row in rows}
    mine = (
        Comment.author_id.in_({author for author, _ in pairs}),
        Comment.on_sites({site for _, site in pairs}),
    )
    whose = (Comment.author_id, Comment.site_id)
    # few are reported: only those are looked up
    reported = (
        select(*whose, *(literal(0) for _ in COUNTED), func.count())
        .join(Flag, Flag.comment_id == Comment.id)
        .where(*mine, Comment.flag_count > 0, *OPEN_REPORT)
        .group_by(*whose)
    )
    counted = select(*whose, *counts_by_status(), literal(0)).where(*mine).group_by(*whose)
    found: dict[tuple[int, int], Record] = defaultdict(dict)
    both: Sequence[Any] = db.session.execute(union_all(counted, reported)).all()
    for row in both:
        new = zip((*COUNTED, "flags"), row[2:], strict=True)
        before = found[row[0], row[1]]
        found[row[0], row[1]] = {name: n + before.get(name, 0) for name, n in new}
    return found


def counts_by_status() -> list[Any]:
    """How many comments of a group have each status in `COUNTED`: grouping by the status too, an
    engine would sort all of them, as the index has them by time."""
    return [func.count().filter(Comment.status == name).label(name) for name in COUNTED]
