"""What all moderation commands share: locked comments, rows of the log, settled flags."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sqlalchemy import ScalarResult, bindparam, delete, select, update

from ..core import clock
from ..core.db import Among, db, execute
from ..core.errors import Invalid, NotAllowed, NotFound
from ..core.rows import insert_all, table_of, taken, whole
from ..core.typed import tidy
from ..sites.queries import by_id, can
from ..threads.models import Comment, Revision
from ..threads.rules import policy_around
from ..threads.status import lock_threads_of, now_is
from .audit import append_decisions
from .following_up import follow_up
from .judging.urgency import urgency, waiting_since
from .models import Decision, Flag, RuleFinding

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ..accounts.models import User
    from ..sites.models import Site
    from ..sites.policy import Policy


@dataclass(frozen=True)
class Case:
    """A comment that nobody else can change during the unit of work, and its site."""

    comment: Comment
    site: Site

    @cached_property
    def policy(self) -> Policy:
        """The policy in force where the comment is."""
        return policy_around(self.comment, self.site)


def case_of(comment: Comment) -> Case:
    """The case of a comment whose row this unit has already locked."""
    return Case(comment, by_id(comment.site_id))


def open_case(comment_public_id: str) -> Case:
    """Lock and reread the comment's row until the unit ends. Raises `NotFound`. In a unit only."""
    cases = open_cases([comment_public_id])
    if not cases:
        raise NotFound("not_found.comment")
    return cases[0]


def open_cases(public_ids: Sequence[str]) -> list[Case]:
    """Lock the rows of the comments that exist; cases in the order given. In a unit only."""
    lock_threads_of(public_ids)
    found = [taken(Comment, row) for row in execute(_HELD, {"public_ids": public_ids})]
    cases = {comment.public_id: case_of(comment) for comment in found if comment is not None}
    return [cases[each] for each in public_ids if each in cases]


_HELD = (
    whole(Comment)
    .where(Among(Comment.public_id, "public_ids"))
    .order_by(Comment.id)  # lock rows in this order everywhere
    .with_for_update(key_share=True)  # replies and notifications may still refer to it
)


def short(words: str | None, name: str, *, most: int) -> str | None:
    """Tidied text that staff typed into the field `name`; None if empty. Raises `Invalid`."""
    words = tidy(words or "").strip()
    if len(words) > most:
        raise Invalid("invalid.too_long", field=name, n=most)
    return words or None


def require_moderator(case: Case, by: User) -> None:
    """Raises `NotAllowed`, or `NotFound` if this person may not know that the comment exists."""
    if can(by, "moderate", case.site):
        return
    if case.comment.status == "published":
        raise NotAllowed("may_not_moderate")
    raise NotFound("not_found.comment")


def revision_of(comment: Comment) -> Revision | None:
    """The comment's current revision."""
    return db.session.get(Revision, comment.revision_id) if comment.revision_id else None


def decision_by_public_id(public_id: str) -> Decision:
    """The decision with this public id. Raises `NotFound`."""
    found = db.session.scalar(select(Decision).where(Decision.public_id == public_id))
    if found is None:
        raise NotFound("not_found.decision")
    return found


def latest_decision(comment: Comment, *, on_status: bool = False) -> Decision | None:
    """The newest row of the comment's log; with `on_status`, the newest about its status."""
    query = select(Decision).where(Decision.comment_id == comment.id)
    if on_status:
        query = query.where(Decision.action.in_(("approve", "reject", "hold", "undo")))
    return db.session.scalar(query.order_by(Decision.id.desc()).limit(1))


def write(case: Case, action: str, *, status_before: str, **said: Any) -> Decision:
    """Add a row to the log, with the arguments of `draft`."""
    made = draft(case, action, status_before=status_before, **said)
    write_all([(case, made)])
    return made


def draft(
    case: Case,
    action: str,
    *,
    status_before: str,
    by: User | None = None,
    delay: float | None = None,
    **columns: Any,
) -> Decision:
    """A row for `write_all`, with the comment's current state. With `delay`, the people concerned
    are notified after that many seconds."""
    moment = clock.now()
    return Decision(
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


def write_all(made: Sequence[tuple[Case, Decision]]) -> None:
    """Add rows to the log, in this order, and enqueue the jobs that follow from them."""
    insert_all([decision for _, decision in made])
    append_decisions((decision, case.comment.public_id) for case, decision in made)
    follow_up(made)


def write_findings(
    comment: Comment,
    revision: Revision,
    findings: Iterable[Mapping[str, Any]],
    *,
    anew: bool = False,
) -> None:
    """Store findings as rows for queues and statistics; `anew` replaces the earlier ones."""
    if anew:
        db.session.execute(delete(RuleFinding).where(RuleFinding.revision_id == revision.id))
    for finding in findings:
        db.session.add(RuleFinding(**columns_of_finding(comment, revision.id, finding)))
    db.session.flush()


def columns_of_finding(
    comment: Comment, revision_id: int, finding: Mapping[str, Any]
) -> dict[str, Any]:
    """The columns of a finding's row."""
    evidence = finding["evidence"]
    return {
        "site_id": comment.site_id,
        "comment_id": comment.id,
        "revision_id": revision_id,
        "rule": finding["rule"],
        "reason": finding["reason"],
        "action": finding["action"],
        "value": next((float(evidence[k]) for k in _MEASURED if k in evidence), None),
        "created_at": clock.now(),
    }


_MEASURED = ("score", "share", "weight", "count")


def open_flags(comment: Comment) -> ScalarResult[Flag]:
    """The comment's open flags."""
    return db.session.scalars(
        select(Flag).where(Flag.comment_id == comment.id, Flag.closed_at.is_(None))
    )


def close_flags(
    asked: Sequence[tuple[Comment, datetime]], *, outcome: str | None, rules_only: bool = False
) -> None:
    """Close the open flags of comments, each at its moment. Outcome: `agreed`, `disagreed`, or None
    if a new text made them void."""
    db.session.flush()
    rows = [{"comment": each.id, "at": at, "result": outcome} for each, at in asked]
    execute(_CLOSE_RULES if rules_only else _CLOSE, rows)


_flags = table_of(Flag)
_CLOSE = (
    update(_flags)
    .where(_flags.c.comment_id == bindparam("comment"), _flags.c.closed_at.is_(None))
    .values(closed_at=bindparam("at"), outcome=bindparam("result"))
)
_CLOSE_RULES = _CLOSE.where(_flags.c.user_id.is_(None), _flags.c.rule.is_not(None))


def reopen_flags(answered: Sequence[tuple[Comment, datetime]]) -> None:
    """Reopen the flags that decisions at these moments closed."""
    execute(_REOPEN, [{"comment": comment.id, "at": at} for comment, at in answered])


_REOPEN = (
    update(_flags)
    .where(_flags.c.comment_id == bindparam("comment"), _flags.c.closed_at == bindparam("at"))
    .values(closed_at=None, outcome=None)
)


def settle_flags(comment: Comment, findings: Iterable[Mapping[str, Any]] | None = None) -> None:
    """Recompute the count of open flags and the urgency."""
    settle_all_flags([comment], None if findings is None else {comment.id: list(findings)})


def settle_all_flags(
    comments: Sequence[Comment],
    findings: Mapping[int, Sequence[Mapping[str, Any]]] | None = None,
) -> None:
    """The same for several comments; `findings` by the comment's row id."""
    db.session.flush()
    rows: dict[int, list[Any]] = {comment.id: [] for comment in comments}
    for row in execute(_OPEN, {"comments": list(rows)}):
        rows[row.comment_id].append(row)
    if findings is None:
        findings = findings_of(comments)
    changes = []
    for comment in comments:
        by_readers = [(row.reason, row.weight) for row in rows[comment.id] if not row.rule]
        flagged = [row.created_at for row in rows[comment.id]]
        urgent = urgency(
            waiting_since(comment.created_at, flagged),
            list(findings.get(comment.id, ())),
            by_readers,
        )
        values = {"flag_count": len(flagged), "urgency": urgent}
        if (comment.flag_count, comment.urgency) != (len(flagged), urgent):
            changes.append({"row": comment.id, **values})
        now_is(comment, **values)
    if changes:
        execute(_CALLED, changes)


_comments = table_of(Comment)
_CALLED = (
    update(_comments)
    .where(_comments.c.id == bindparam("row"))
    .values(flag_count=bindparam("flag_count"), urgency=bindparam("urgency"))
)


_OPEN = (
    select(
        _flags.c.comment_id,
        _flags.c.reason,
        _flags.c.weight,
        _flags.c.rule,
        _flags.c.created_at,
    )
    .where(Among(_flags.c.comment_id, "comments"))
    .where(_flags.c.closed_at.is_(None))
    .where(_flags.c.weight > 0)
    .order_by(_flags.c.id)
)


def findings_of(comments: Sequence[Comment]) -> dict[int, list[Mapping[str, Any]]]:
    """The findings on the comments' current revisions, by row id, without loading their texts."""
    found = execute(_VERDICTS, {"revisions": [comment.revision_id for comment in comments]})
    return {row.comment_id: _findings(row.verdict) for row in found}


_revisions = table_of(Revision)
_VERDICTS = select(_revisions.c.comment_id, _revisions.c.verdict).where(
    Among(_revisions.c.id, "revisions")
)


def stored_findings(revision: Revision | None) -> list[Mapping[str, Any]]:
    """The findings of a revision's verdict, as stored."""
    return _findings(revision.verdict if revision is not None else None)


def _findings(verdict: Mapping[str, Any] | None) -> list[Mapping[str, Any]]:
    return list((verdict or {}).get("findings", ()))
