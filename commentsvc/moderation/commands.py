"""The doors of judgement: what the rules admit, what people decide and take back.

Readers' flags (flags.py) and taking back (undoing.py) are offered here as well. Status and log are always
written in one unit; whoever is concerned is told by a job.
"""

from __future__ import annotations

from ..accounts.models import User
from ..core import clock
from ..core.db import db, unit_of_work
from ..core.errors import Conflict, Invalid
from ..core.jobs import enqueue
from ..core.locale import say
from ..threads.models import Comment, Revision
from ..threads.status import move
from .featuring import FEATURING, is_marked, mark, raise_version
from .flags import flag
from .models import Decision, Flag
from .reasons import given_by_people
from .record import (
    Case,
    case_of,
    close_flags,
    latest_decision,
    open_case,
    require_moderator,
    settle_flags,
    write,
    write_findings,
)
from .second import draw
from .undoing import undo
from .verdict import Action, Finding, Verdict
from .weighing import label_to_explain

__all__ = [
    "ACTIONS",
    "AlreadyDecided",
    "admit",
    "admit_again",
    "decide",
    "flag",
    "status_of",
    "undo",
]

#: What a moderator may do, and the status it leads to (None: the status stays).
ACTIONS: dict[str, str | None] = {
    "approve": "published",
    "reject": "rejected",
    "feature": None,
    "unfeature": None,
    "pin": None,
    "unpin": None,
}
_MOST_WORDS = 2000


class AlreadyDecided(Conflict):
    """Somebody was faster; the detail says who and when."""

    code = "already_decided"


# --- the rules' verdict ---------------------------------------------------------------------------


def status_of(verdict: Verdict) -> str:
    """Where a verdict puts a comment: PASS and REVIEW publish, HOLD waits, REJECT rejects."""
    return {Action.HOLD: "pending", Action.REJECT: "rejected"}.get(verdict.action, "published")


def admit(comment: Comment, revision: Revision, verdict: Verdict) -> Decision | None:
    """Write down the verdict with which a new comment was added: findings, calls for a moderator, and
    the log where it is not published. Inside the unit that added it."""
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
    """Turn the verdict on an edited or newly scored text into a status.

    `present`: the author is there and hears it in the answer (an edit); otherwise (scored again
    later) the outcome is told by a job. Every change of status is written to the log.
    Inside the unit that changed the revision.
    """
    close_flags(comment, outcome=None, at=clock.now(), rules_only=True)
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
    if verdict.action != Action.PASS and label_to_explain(findings, None):
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
    """What a person rejected, or readers' reports took down, waits for a person to come back."""
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
    """A moderator's decision about the comment as they saw it. Nobody is told before the undo time
    (and not by this at all without `tell`: an appeal's outcome is told by the appeal).

    Raises `AlreadyDecided` ("Approved by NAME, HH:MM") when somebody was faster, `Conflict` when the
    author changed or withdrew it meanwhile, `Invalid` for a rejection without a reason. Sending the
    same decision again answers with the first.
    """
    if action not in ACTIONS:
        raise Invalid(f"Choose one of: {', '.join(ACTIONS)}.", field="action")
    if action == "reject":
        reason = given_by_people(reason or "").code
    note, message = _short(note, "note"), _short(message, "message")
    with unit_of_work():
        case = open_case(comment_public_id)
        require_moderator(case, by)
        repeated = _check_unchanged(case, action, reason, by, seen_version)
        if repeated is not None:
            return repeated
        before, undoing = case.comment.status, {"reviewed": case.comment.reviewed}
        if action in FEATURING:
            mark(case.comment, action)
        else:
            _settle(case.comment, str(ACTIONS[action]), seen_version)
        decision = write(
            case,
            action,
            status_before=before,
            by=by,
            reason=reason,
            note=note,
            message=message,
            batch=batch,
            evidence={"before": undoing},
            delay=case.policy.undo_seconds if tell and action not in FEATURING else None,
        )
        if action not in FEATURING:
            _answer_flags(case.comment, decision)
            draw(case, decision)
        return decision


def _check_unchanged(
    case: Case, action: str, reason: str | None, by: User, seen_version: int | None
) -> Decision | None:
    """None to go on; the first decision when this one is sent again; else raises `Conflict`."""
    comment, locale = case.comment, by.locale
    last = latest_decision(comment)
    done = (
        is_marked(comment, action)
        if action in FEATURING
        else comment.status == ACTIONS[action] and comment.reviewed
    )
    sent_again = last is not None and (last.by_id, last.action, last.reason) == (
        by.id,
        action,
        reason,
    )
    if done and sent_again:
        return last
    if comment.status == "withdrawn":
        raise Conflict(say("reasons.done.withdrawn", locale), code="withdrawn")
    changed = seen_version is not None and comment.version != seen_version
    if not changed and not (done and action not in FEATURING):
        return None
    decided = latest_decision(comment, on_status=True)
    if decided is not None and decided.revision_id == comment.revision_id and comment.reviewed:
        raise AlreadyDecided(_who_was_faster(decided, locale))
    if changed:
        raise Conflict(say("reasons.done.edited", locale), code="changed")
    return None


def _who_was_faster(decision: Decision, locale: str | None) -> str:
    other = db.session.get(User, decision.by_id) if decision.by_id else None
    name = other.name if other else say("reasons.done.rules", locale)
    key = decision.action if decision.action in ("approve", "reject", "hold") else "hold"
    at = f"{decision.created_at:%H:%M} UTC"
    return say(f"reasons.done.{key}", locale, name=name, time=at)


def _settle(comment: Comment, to: str, seen_version: int | None) -> None:
    """Move the comment, or confirm the status it has; either way the text has been read now."""
    if not move(comment, to, seen_version=seen_version):
        raise_version(comment)
    comment.reviewed = True


def _answer_flags(comment: Comment, decision: Decision) -> None:
    """Whoever called for a moderator has one now; the moment says later which flags these were."""
    outcome = "agreed" if decision.action == "reject" else "disagreed"
    close_flags(comment, outcome=outcome, at=decision.created_at, rules_only=False)
    settle_flags(comment)


def _short(words: str | None, name: str) -> str | None:
    words = (words or "").replace("\x00", "").strip()
    if len(words) > _MOST_WORDS:
        raise Invalid(f"Use at most {_MOST_WORDS:,} characters.", field=name)
    return words or None
