"""Statements of reasons: what a decision did to a comment, with the content that Art. 17(3) of the
Digital Services Act requires (Regulation (EU) 2022/2065)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from ..core.db import db
from ..core.locale import all_of, day, say
from ..moderation.judging.reasons import author_text, kept_private
from ..moderation.models import Decision, Flag
from ..moderation.precedents.reading import tally_of
from ..sites.queries import by_id, policy_of
from ..threads.models import Comment, Revision, Thread
from ..toxicity.labels import LABELS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..sites.policy import Policy


#: Automated means that may take part: a model here or elsewhere, the spam filter, the policy's
#: rules.
_MEANS = ("scores", "remote", "spam", "rules")
_SCORED = frozenset((*LABELS, "sentence", "swearing", "quoted"))
_SPAM = frozenset(("spam_like", "spam_here"))


@dataclass(frozen=True)
class Statement:
    """What an author reads about a decision: each field is a sentence or two, ready to show."""

    restriction: str  # (a) what was done
    scope: str  # (a) where, for how long
    facts: str  # (b) on what facts
    automated: str  # (c) which automated means were used, in detecting and in deciding
    ground: str  # (d), (e) the rule or law, and why it applies
    message: str | None  # the moderator's own words
    precedents: str | None  # how many earlier comments like it were decided the same way
    redress: str  # (f) what can be done about it
    caring: bool = False  # the ground is that its author may be in despair, and no rule was broken

    def lines(self) -> list[str]:
        """The sentences in order."""
        every = (
            self.restriction,
            self.scope,
            self.facts,
            self.automated,
            self.ground,
            self.message,
            self.precedents,
            self.redress,
        )
        return [each for each in every if each]


def statement(decision: Decision, locale: str | None = None) -> Statement:
    """The statement of reasons for a decision to hold, reject or take down a comment."""
    site = by_id(decision.site_id)
    policy = policy_of(site)
    row = db.session.execute(
        select(Comment.created_at, Thread.title, Revision.verdict, Revision.scorer)
        .join(Thread, Thread.id == Comment.thread_id)
        .join(Revision, Revision.id == decision.revision_id)
        .where(Comment.id == decision.comment_id)
    ).one()
    reported = _was_reported(decision)
    facts = "facts.reported" if reported else "facts"
    title = row.title or say("emails.untitled", locale)
    return Statement(
        restriction=say(f"emails.statement.restriction.{_restriction(decision)}", locale),
        scope=say("emails.statement.scope", locale, site=site.name),
        facts=say(
            f"emails.statement.{facts}", locale, day=day(row.created_at, locale), title=title
        ),
        automated=_automated(decision, row.verdict, row.scorer, locale),
        ground=_ground(decision, row.verdict, policy, locale),
        message=_message(decision, locale),
        precedents=_precedents(decision, locale),
        redress=_redress(decision, policy, locale),
        caring=decision.reason == "care" or _despairs(row.verdict),
    )


def _despairs(verdict: Mapping[str, Any] | None) -> bool:
    return kept_private((verdict or {}).get("findings", ())) is not None


def _restriction(decision: Decision) -> str:
    if decision.status_after == "published":
        return "approved"
    was_visible = decision.status_before == "published"
    if decision.status_after == "rejected":
        return "removed" if was_visible else "rejected"
    return "hidden" if was_visible else "pending"


def _was_reported(decision: Decision) -> bool:
    if decision.rule == "reported":
        return True
    return bool(
        db.session.scalar(
            select(Flag.id)
            .where(Flag.comment_id == decision.comment_id, Flag.rule.is_(None), Flag.weight > 0)
            .where(Flag.created_at <= decision.created_at)
            .limit(1)
        )
    )


def _automated(
    decision: Decision,
    verdict: Mapping[str, Any] | None,
    scorer: str | None,
    locale: str | None,
) -> str:
    """Art. 17(3)(c) requires both: whether automated means detected the content, and whether they
    decided."""
    shown = decision.evidence if decision.by_id is None else (verdict or {})
    found = [
        str(each.get("reason"))
        for each in shown.get("findings", ())
        if each.get("action") in ("REVIEW", "HOLD", "REJECT")
    ]
    if decision.by_id is not None and not found:
        return say("emails.statement.automated.none", locale)
    key = "decided" if decision.by_id is None else "detected"
    means = [say(f"emails.statement.what.{each}", locale) for each in _means(found, scorer)]
    return say(f"emails.statement.automated.{key}", locale, what=all_of(means, locale))


def _means(reasons: list[str], scorer: str | None) -> list[str]:
    """The automated means behind these findings: each once, in the order of `_MEANS`."""
    model = "remote" if (scorer or "").startswith("remote/") else "scores"
    found = {model if each in _SCORED else "spam" if each in _SPAM else "rules" for each in reasons}
    return [each for each in _MEANS if each in found]


def _ground(
    decision: Decision, verdict: Mapping[str, Any] | None, policy: Policy, locale: str | None
) -> str:
    if kept := kept_private((verdict or {}).get("findings", ()), locale):
        return kept
    reason = author_text(decision.reason or "other", locale)
    if decision.reason == "care":  # breaks no rule
        return reason
    if decision.reason == "illegal":
        return say("emails.statement.ground.illegal", locale, reason=reason)
    if policy.rules_url:
        return say("emails.statement.ground.rules", locale, reason=reason, url=policy.rules_url)
    return say("emails.statement.ground", locale, reason=reason)


def _message(decision: Decision, locale: str | None) -> str | None:
    if not decision.message:
        return None
    return say("emails.statement.message", locale, message=decision.message)


def _precedents(decision: Decision, locale: str | None) -> str | None:
    """Only counts: the author must not see other people's texts."""
    tally = tally_of(decision) if decision.status_after == "rejected" else None
    if tally is None:
        return None
    rejected = tally.near - tally.approved
    return say("emails.statement.precedents", locale, count=tally.near, rejected=rejected)


def _redress(decision: Decision, policy: Policy, locale: str | None) -> str:
    key = "redress.pending" if decision.status_after == "pending" else "redress"
    parts = [say(f"emails.statement.{key}", locale)]
    if policy.redress:
        parts.append(say("emails.statement.redress.more", locale, redress=policy.redress))
    return " ".join(parts)
