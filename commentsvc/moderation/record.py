"""What the doors of judgement share: a comment held fast, rows of the log, flags closed and opened."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ScalarResult, bindparam, delete, select, update

from ..accounts.models import User
from ..core import clock
from ..core.db import db, execute, insert, table_of
from ..core.errors import NotAllowed, NotFound
from ..core.jobs import enqueue
from ..sites.models import Site
from ..sites.policy import Policy
from ..sites.queries import by_id, can, policy_of
from ..threads.models import Comment, Revision
from .audit import append_decision
from .models import Decision, Flag, RuleFinding
from .urgency import urgency


@dataclass(frozen=True)
class Case:
    """A comment that nobody else can change while the unit lasts, and where it stands."""

    comment: Comment
    site: Site
    policy: Policy


def case_of(comment: Comment) -> Case:
    """The comment's case, of a row that this unit already holds."""
    site = by_id(comment.site_id)
    return Case(comment, site, policy_of(site))


def open_case(comment_public_id: str) -> Case:
    """Hold the comment's row until the unit ends, read afresh. Raises `NotFound`. In a unit only."""
    comment = db.session.scalar(
        select(Comment)
        .where(Comment.public_id == comment_public_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if comment is None:
        raise NotFound("There is no such comment.")
    return case_of(comment)


def require_moderator(case: Case, by: User) -> None:
    """Raises `NotAllowed`; or `NotFound` where even the comment's existence is not for this person."""
    if can(by, "moderate", case.site):
        return
    if case.comment.status == "published":
        raise NotAllowed("You may not do this on this site.", code="may_not_moderate")
    raise NotFound("There is no such comment.")


def revision_of(comment: Comment) -> Revision | None:
    """The text that counts now."""
    return db.session.get(Revision, comment.revision_id) if comment.revision_id else None


def latest_decision(comment: Comment, *, on_status: bool = False) -> Decision | None:
    """The newest row of the comment's log; with `on_status`, the newest that moved or confirmed it."""
    query = select(Decision).where(Decision.comment_id == comment.id)
    if on_status:
        query = query.where(Decision.action.in_(("approve", "reject", "hold", "undo")))
    return db.session.scalar(query.order_by(Decision.id.desc()).limit(1))


def write(
    case: Case,
    action: str,
    *,
    status_before: str,
    by: User | None = None,
    delay: float | None = None,
    **columns: Any,
) -> Decision:
    """Add a row to the log. With `delay`, the people concerned are told after so many seconds."""
    moment = clock.now()
    decision = insert(
        Decision(
            site_id=case.site.id,
            comment_id=case.comment.id,
            revision_id=columns.pop("revision_id", case.comment.revision_id),
            by_id=by.id if by else None,
            action=action,
            status_before=status_before,
            status_after=case.comment.status,
            automated=by is None,
            evidence=columns.pop("evidence", {}),
            created_at=moment,
            tell_after=None if delay is None else moment + timedelta(seconds=delay),
            **columns,
        )
    )
    append_decision(decision, case.comment.public_id)
    if delay is not None:
        enqueue("on_decision", delay=delay, decision_id=decision.id)
    return decision


def write_findings(
    comment: Comment,
    revision: Revision,
    findings: Iterable[Mapping[str, Any]],
    *,
    anew: bool = False,
) -> None:
    """Keep findings as rows that queues and figures can ask for; `anew` replaces the earlier ones."""
    if anew:
        db.session.execute(delete(RuleFinding).where(RuleFinding.revision_id == revision.id))
    for finding in findings:
        evidence = finding["evidence"]
        db.session.add(
            RuleFinding(
                site_id=comment.site_id,
                comment_id=comment.id,
                revision_id=revision.id,
                rule=finding["rule"],
                reason=finding["reason"],
                action=finding["action"],
                value=next((float(evidence[k]) for k in _MEASURED if k in evidence), None),
                created_at=clock.now(),
            )
        )
    db.session.flush()


_MEASURED = ("score", "share", "weight", "count")


def open_flags(comment: Comment) -> ScalarResult[Flag]:
    """The calls for a moderator that nobody has answered."""
    return db.session.scalars(
        select(Flag).where(Flag.comment_id == comment.id, Flag.closed_at.is_(None))
    )


def close_flags(comment: Comment, *, outcome: str | None, at: datetime, rules_only: bool) -> None:
    """Answer the open flags: `agreed` with, `disagreed`, or (None) made void by another text."""
    db.session.flush()
    asked = {"comment": comment.id, "at": at, "result": outcome}
    execute(_CLOSE_RULES if rules_only else _CLOSE, asked)


_flags = table_of(Flag)
_CLOSE = (
    update(_flags)
    .where(_flags.c.comment_id == bindparam("comment"), _flags.c.closed_at.is_(None))
    .values(closed_at=bindparam("at"), outcome=bindparam("result"))
)
_CLOSE_RULES = _CLOSE.where(_flags.c.user_id.is_(None), _flags.c.rule.is_not(None))


def reopen_flags(comment: Comment, *, closed_at: datetime) -> None:
    """Take back what one decision answered."""
    db.session.execute(
        update(Flag)
        .where(Flag.comment_id == comment.id, Flag.closed_at == closed_at)
        .values(closed_at=None, outcome=None)
    )


def settle_flags(comment: Comment, findings: Iterable[Mapping[str, Any]] | None = None) -> None:
    """Set the count of open flags and the urgency, both from what is stored."""
    db.session.flush()
    rows = execute(_OPEN, {"comment": comment.id}).all()
    if findings is None:
        findings = findings_of(comment)
    comment.flag_count = len(rows)
    by_readers = [(row.reason, row.weight) for row in rows if not row.rule]
    comment.urgency = urgency(comment.created_at, list(findings), by_readers)
    db.session.flush()


_OPEN = (
    select(_flags.c.reason, _flags.c.weight, _flags.c.rule)
    .where(_flags.c.comment_id == bindparam("comment"), _flags.c.closed_at.is_(None))
    .where(_flags.c.weight > 0)
    .order_by(_flags.c.id)
)


def findings_of(comment: Comment) -> list[Mapping[str, Any]]:
    """The verdict alone: a revision is read whole only where its text is wanted."""
    return _findings(execute(_VERDICT, {"revision": comment.revision_id}).scalar())


_revisions = table_of(Revision)
_VERDICT = select(_revisions.c.verdict).where(_revisions.c.id == bindparam("revision"))


def stored_findings(revision: Revision | None) -> list[Mapping[str, Any]]:
    """The findings of a revision's verdict, as they were stored."""
    return _findings(revision.verdict if revision is not None else None)


def _findings(verdict: Mapping[str, Any] | None) -> list[Mapping[str, Any]]:
    return list((verdict or {}).get("findings", ()))
