"""What became of a comment, as shown to its author: the status, and why, in words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from ..core import clock
from ..core.db import db, from_micros, micros
from ..core.paging import Page, decode_cursor, encode_cursor
from ..sites.models import Site
from ..threads.models import Comment, Revision, Thread
from ..threads.views import permalink
from .judging.reasons import author_sentences, author_text, kept_private
from .judging.verdict import Action
from .models import Decision

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from ..accounts.models import User

    _Findings = Sequence[Mapping[str, Any]]

_ASKING = (Action.HOLD.name, Action.REJECT.name)


@dataclass(frozen=True)
class Outcome:
    """`status` is what the author is shown: a rejection that may still be undone shows as pending.

    `automated`: the rules decided alone. `decision` is the public id, for the statement of reasons.
    """

    status: str
    reasons: list[str] = field(default_factory=list)
    message: str | None = None
    automated: bool = False
    decision: str | None = None
    at: datetime | None = None


def outcomes(comments: Sequence[Comment], *, locale: str | None = None) -> dict[int, Outcome]:
    """By row id, the outcome of each comment as shown to its author: two queries for all that are
    pending or rejected."""
    held = [each.id for each in comments if each.status not in ("published", "withdrawn")]
    decided, found = standing(held), _findings(held)
    return {
        each.id: _outcome(each, decided.get(each.id, ()), found.get(each.id, ()), locale)
        for each in comments
    }


def _findings(comment_ids: Sequence[int]) -> Mapping[int, _Findings]:
    """The rules' findings on the current text of each comment."""
    if not comment_ids:
        return {}
    rows = db.session.execute(
        select(Comment.id, Revision.verdict)
        .join(Revision, Revision.id == Comment.revision_id)
        .where(Comment.id.in_(comment_ids))
    ).all()
    return {comment_id: (verdict or {}).get("findings", ()) for comment_id, verdict in rows}


def standing(comment_ids: Sequence[int]) -> Mapping[int, list[Decision]]:
    """By comment, the decisions about status that were not undone, the newest first."""
    if not comment_ids:
        return {}
    rows = db.session.scalars(
        select(Decision).where(Decision.comment_id.in_(comment_ids)).order_by(Decision.id.desc())
    ).all()
    undone = {each.undoes_id for each in rows}
    found: dict[int, list[Decision]] = {}
    for each in rows:
        if each.action in ("approve", "reject", "hold") and each.id not in undone:
            found.setdefault(each.comment_id, []).append(each)
    return found


def _outcome(
    comment: Comment, decisions: Sequence[Decision], findings: _Findings, locale: str | None
) -> Outcome:
    if comment.status in ("published", "withdrawn"):
        return Outcome(comment.status)
    for decision in decisions:
        if decision.by_id is None:
            return _by_rules(comment, decision, findings, locale)
        if decision.action == "reject" and not may_be_undone(decision):
            return Outcome(
                "rejected",
                reasons=[
                    kept_private(findings, locale)
                    or author_text(decision.reason or "other", locale)
                ],
                message=decision.message,
                decision=decision.public_id,
                at=decision.created_at,
            )
    return Outcome("pending")


def _by_rules(
    comment: Comment, decision: Decision, findings: _Findings, locale: str | None
) -> Outcome:
    rejected = decision.action == "reject" and comment.status == "rejected"
    why = [*decision.evidence.get("findings", ()), *_despair(findings)]
    return Outcome(
        "rejected" if rejected else "pending",
        reasons=_why(why, locale, rejected=rejected),
        automated=True,
        decision=decision.public_id,
        at=decision.created_at,
    )


def _why(findings: _Findings, locale: str | None, *, rejected: bool) -> list[str]:
    """The reasons in words. For a rejected text, findings that only hold are left out: their
    sentences say that a moderator will read it."""
    if rejected and (kept := kept_private(findings, locale)):
        return [kept]
    if rejected:
        findings = [each for each in findings if each.get("action") == Action.REJECT.name]
    return held_for(findings, locale)


def held_for(findings: _Findings, locale: str | None = None) -> list[str]:
    """Why the rules hold a text, in words for its author, each once; `findings` as stored. An
    author in despair is shown only where to get help, whatever else holds the text."""
    asking = [each for each in findings if each.get("action") in _ASKING]
    return author_sentences([*asking, *_despair(findings)], locale)


def _despair(findings: _Findings) -> list[Mapping[str, Any]]:
    return [each for each in findings if each.get("rule") == "self_harm"]


def may_be_undone(decision: Decision) -> bool:
    """Whether a decision can still be undone, so that nobody may learn of it yet."""
    return (
        decision.told_at is None
        and decision.tell_after is not None
        and clock.now() < decision.tell_after
    )


@dataclass(frozen=True)
class OwnComment:
    """A person's own comment. `status` is the one they may know: a decision that can still be
    undone does not show. `decision` is the newest one they may know of."""

    comment: Comment
    revision: Revision
    site: Site
    thread: Thread
    status: str
    decision: Decision | None
    permalink: str

    @property
    def in_despair(self) -> bool:
        """Whether its author may want to die, and so must not be shown a rejection."""
        return bool(_despair((self.revision.verdict or {}).get("findings", ())))


def own_comments(user: User, *, after: str | None = None, limit: int = 20) -> Page[OwnComment]:
    """The person's comments on all sites, the newest first: two queries."""
    query = (
        select(Comment, Revision, Site, Thread)
        .join(Revision, Revision.id == Comment.revision_id)
        .join(Site, Site.id == Comment.site_id)
        .join(Thread, Thread.id == Comment.thread_id)
        .where(Comment.author_id == user.id)
    )
    if after:
        moment, row_id = decode_cursor(after, int, int)
        at = from_micros(moment)
        query = query.where(
            (Comment.created_at < at) | ((Comment.created_at == at) & (Comment.id < row_id))
        )
    rows = db.session.execute(
        query.order_by(Comment.created_at.desc(), Comment.id.desc()).limit(limit + 1)
    ).all()
    decisions = standing([row.Comment.id for row in rows[:limit]])
    items = [_own(*row, decisions.get(row.Comment.id, ())) for row in rows[:limit]]
    last = rows[limit - 1].Comment if len(rows) > limit else None
    return Page(items, encode_cursor(micros(last.created_at), last.id) if last else None)


def _own(
    comment: Comment, revision: Revision, site: Site, thread: Thread, decisions: Sequence[Decision]
) -> OwnComment:
    status = comment.status
    known = None
    for decision in decisions:  # the newest first
        if not may_be_undone(decision):
            known = decision
            break
        if status == decision.status_after:
            status = decision.status_before
    return OwnComment(
        comment=comment,
        revision=revision,
        site=site,
        thread=thread,
        status=status,
        decision=known,
        permalink=permalink(thread.href, comment.public_id),
    )
