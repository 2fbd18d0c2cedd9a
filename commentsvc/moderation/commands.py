"""Entry points of moderation: verdicts of the rules, and decisions of people and their undo.

Readers' flags (flags.py) and undo (undoing.py) are offered here as well. Status and log are always
written in one unit; a job notifies the people concerned.
"""

from __future__ import annotations

from contextlib import suppress
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from ..core import clock
from ..core.db import db, unit_of_work
from ..core.errors import DomainError, Invalid
from ..core.jobs import enqueue
from ..core.locale import named
from ..sites.queries import can
from ..threads.status import move
from .as_read import ACTIONS, AlreadyDecided, check_unchanged
from .featuring import FEATURING, mark
from .flags import flag
from .judging.reasons import given_by_people, site_of
from .judging.verdict import Action, Finding, Verdict
from .judging.weighing import to_explain
from .models import Decision, Flag
from .record import (
    Case,
    case_of,
    close_flags,
    draft,
    latest_decision,
    open_case,
    open_cases,
    require_moderator,
    settle_flags,
    short,
    write,
    write_all,
    write_findings,
)
from .second import draw
from .settling import answer_flags, settle
from .undoing import undo

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ..accounts.models import User
    from ..threads.models import Comment, Revision

__all__ = [
    "ACTIONS",
    "AlreadyDecided",
    "admit",
    "admit_again",
    "decide",
    "decide_each",
    "flag",
    "status_of",
    "undo",
]

_MOST_WORDS = 2000


# --- the rules' verdict ---------------------------------------------------------------------------


def status_of(verdict: Verdict) -> str:
    """The status for a verdict: PASS and REVIEW publish, HOLD waits, REJECT rejects."""
    return {Action.HOLD: "pending", Action.REJECT: "rejected"}.get(verdict.action, "published")


def admit(comment: Comment, revision: Revision, verdict: Verdict) -> Decision | None:
    """Record the verdict on a new comment: findings, flags for a moderator, and a log row if it is
    not published. Inside the unit that added the comment."""
    if not verdict.findings:
        return None
    _keep_findings(comment, revision, verdict, anew=False)
    if verdict.action == Action.REVIEW:
        settle_flags(comment, verdict.as_dict()["findings"])
    if verdict.action < Action.HOLD:
        return None
    return _log_verdict(comment, verdict, "pending", present=True)


def admit_again(
    comment: Comment, revision: Revision, verdict: Verdict, *, present: bool = True
) -> Decision | None:
    """Turn the verdict on an edited or rescored text into a status.

    `present`: the author sees the outcome in the response (an edit); otherwise (rescoring) a job
    notifies them. Every change of status is logged. Inside the unit that changed the revision.
    """
    close_flags([(comment, clock.now())], outcome=None, rules_only=True)
    if verdict.action < Action.HOLD and not _rules_may_publish(comment):
        again = Finding("revised", Action.HOLD, "revised")
        verdict = Verdict(Action.HOLD, (again, *verdict.findings))
    before = comment.status
    move(comment, status_of(verdict))
    _keep_findings(comment, revision, verdict, anew=True)
    settle_flags(comment, verdict.as_dict()["findings"])
    if verdict.action < Action.HOLD and before == "published":
        return None
    return _log_verdict(comment, verdict, before, present=present)


def _keep_findings(comment: Comment, revision: Revision, verdict: Verdict, *, anew: bool) -> None:
    findings = verdict.as_dict()["findings"]
    write_findings(comment, revision, findings, anew=anew)
    if verdict.action == Action.REVIEW:
        _flag_by_rules(comment, revision, verdict)
    if verdict.action != Action.PASS and to_explain(findings, None):
        enqueue("explain_revision", revision_id=revision.id)


def _log_verdict(comment: Comment, verdict: Verdict, before: str, *, present: bool) -> Decision:
    names = {Action.HOLD: "hold", Action.REJECT: "reject"}
    top = verdict.findings[0] if verdict.action >= Action.HOLD else None
    tell = verdict.action == Action.REJECT or not present
    return write(
        case_of(comment),
        names.get(verdict.action, "approve"),
        status_before=before,
        reason=top.reason if top else None,
        rule=top.rule if top else None,
        evidence=verdict.as_dict(),
        delay=0 if tell else None,
    )


def _rules_may_publish(comment: Comment) -> bool:
    """Whether rules may publish it: not after a person rejected it or reports took it down."""
    if comment.status == "published":
        return True
    last = latest_decision(comment, on_status=True)
    return last is None or (last.by_id is None and last.rule not in ("reported", "revised"))


def _flag_by_rules(comment: Comment, revision: Revision, verdict: Verdict) -> None:
    for finding in verdict.findings:
        if finding.action == Action.REVIEW:
            db.session.add(
                Flag(
                    comment_id=comment.id,
                    revision_id=revision.id,
                    site_id=comment.site_id,
                    rule=finding.rule,
                    reason=finding.reason,
                    weight=1.0,
                    created_at=clock.now(),
                )
            )


# --- people's decisions ---------------------------------------------------------------------------


def decide(
    comment_public_id: str,
    *,
    action: str,
    by: User,
    reason: str | None = None,
    note: str | None = None,
    message: str | None = None,
    seen_version: int | None = None,
    batch: str | None = None,
    tell: bool = True,
) -> Decision:
    """Decide as a moderator about the comment as they saw it. Nobody is notified before the undo
    time has passed (nor at all without `tell`: an appeal notifies by itself).

    Raises `AlreadyDecided` ("Approved by NAME, HH:MM") if somebody was faster, `Conflict` if the
    author changed or withdrew it, `Invalid` for a rejection without a reason. Sending the same
    decision again returns the first.
    """
    if action not in ACTIONS:
        raise Invalid("invalid.choose", names=named("action", ACTIONS), field="action")
    note = short(note, "note", most=_MOST_WORDS)
    message = short(message, "message", most=_MOST_WORDS)
    with unit_of_work():
        case = open_case(comment_public_id)
        require_moderator(case, by)
        if action == "reject":
            reason = given_by_people(reason or "", case.site.id).code
        repeated = check_unchanged(case, action, reason, by, seen_version)
        if repeated is not None:
            return repeated
        said: dict[str, Any] = {"reason": reason, "note": note, "message": message, "batch": batch}
        if action not in FEATURING:
            given = {case.comment.public_id: said.pop("message")}
            return _carry_out([case], action, by=by, messages=given, tell=tell, **said)[0]
        mark(case.comment, action)
        evidence = {"before": {"reviewed": case.comment.reviewed}}
        before = case.comment.status
        return write(case, action, status_before=before, by=by, evidence=evidence, **said)


def decide_each(
    seen: Mapping[str, int | None],
    *,
    action: str,
    by: User,
    reason: str | None,
    batch: str | None,
    messages: Mapping[str, str] = MappingProxyType({}),
) -> list[Decision]:
    """Approve or reject many comments (id -> version seen) in few queries, with `messages` (id ->
    text) to their authors. What `decide` would refuse, or answer with an earlier decision, is left
    out. The caller has checked `reason`, which may have been retired since."""
    only = site_of(reason)
    with unit_of_work():
        cases = []
        allowed = cache(lambda site: can(by, "moderate", site))
        for case in open_cases(list(seen)):
            version = seen[case.comment.public_id]
            if only not in (None, case.site.id):
                continue
            with suppress(DomainError):
                if allowed(case.site) and not check_unchanged(case, action, reason, by, version):
                    cases.append(case)
        return _carry_out(cases, action, by=by, messages=messages, reason=reason, batch=batch)


def _carry_out(
    cases: Sequence[Case],
    action: str,
    *,
    by: User,
    messages: Mapping[str, str | None],
    tell: bool = True,
    **said: Any,
) -> list[Decision]:
    """Set status, log and consequences of a decision on comments that are locked and unchanged;
    `messages`: public ID -> message to the author."""
    if not cases:
        return []
    comments = [case.comment for case in cases]
    before = [(each.status, {"before": {"reviewed": each.reviewed}}) for each in comments]
    settle(comments, str(ACTIONS[action]))
    decisions = [
        draft(
            case,
            action,
            status_before=status,
            by=by,
            evidence=evidence,
            delay=case.policy.undo_seconds if tell else None,
            message=messages.get(case.comment.public_id),
            **said,
        )
        for case, (status, evidence) in zip(cases, before, strict=True)
    ]
    made = list(zip(cases, decisions, strict=True))
    write_all(made)
    answer_flags(made)
    draw(made)
    return decisions
