"""How urgently a comment needs a moderator: one number that orders the queue, and its explanation.

Every hour of waiting is worth one point. The stored number is the case's points minus the time it
began to wait, in hours, so the order stays right as time passes without updating any row.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from ...core import clock
from ...core.locale import say
from .evidence import label_name
from .verdict import Action

_EPOCH = datetime(2025, 1, 1, tzinfo=UTC)
_ASKED = {Action.REVIEW.name: 8.0, Action.HOLD.name: 20.0, Action.REJECT.name: 20.0}
_OVER_LIMIT, _FAR_OVER = 15.0, 30.0
_HEAVY = frozenset(("threat", "identity_attack", "severe_toxicity"))
_HEAVIER = 1.5
#: Rules that cannot wait, whatever the scores: somebody may be in danger.
_AT_ONCE = {"self_harm": 1000.0, "threats": 30.0, "self_harm_urged": 20.0}
_FLAG, _FLAGS_AT_MOST, _ILLEGAL = 6.0, 30.0, 15.0

Flags = Iterable[tuple[str, float]]  # reason and weight of each open flag
Findings = Iterable[Mapping[str, Any]]  # as Verdict.as_dict() has them


def waiting_since(created_at: datetime, flagged: Sequence[datetime]) -> datetime:
    """When a comment began to wait: at its first open flag, or else when it was created."""
    return min(flagged, default=created_at)


def urgency(since: datetime, findings: Findings, flags: Flags = ()) -> float:
    """The stored number; larger comes first. `since` is when the comment began to wait."""
    hours = (since - _EPOCH).total_seconds() / 3600
    return round(points(findings, flags) - hours, 7)  # to a fraction of a millisecond


def points(findings: Findings, flags: Flags = ()) -> float:
    """The points of the case itself, without its waiting time."""
    asked = score = 0.0
    for finding in findings:
        asked = max(asked, _ASKED.get(str(finding.get("action")), 0.0))
        score = max(score, _score_points(finding))
    flagged = [(reason, weight) for reason, weight in flags if weight > 0]
    reported = min(_FLAGS_AT_MOST, _FLAG * sum(weight for _, weight in flagged))
    illegal = _ILLEGAL if any(reason == "illegal" for reason, _ in flagged) else 0.0
    return asked + score + reported + illegal


def explained(
    since: datetime, findings: Findings, flags: Flags = (), *, locale: str | None = None
) -> list[str]:
    """The urgency in words, the heaviest part first: why this card is on top."""
    parts: list[tuple[float, str]] = []
    over = max(findings, key=_score_points, default=None)
    if over is not None and (weight := _score_points(over)) > 0:
        parts.append((weight, _over(over, locale)))
    flagged = [(reason, weight) for reason, weight in flags if weight > 0]
    if any(reason == "illegal" for reason, _ in flagged):
        parts.append((_ILLEGAL + _FLAG, say("reasons.urgency.illegal", locale)))
    elif flagged:
        weight = min(_FLAGS_AT_MOST, _FLAG * sum(weight for _, weight in flagged))
        parts.append((weight, say("reasons.urgency.flags", locale, count=len(flagged))))
    parts.append(_waiting(since, locale))
    return [words for _, words in sorted(parts, key=lambda each: -each[0])]


def _over(finding: Mapping[str, Any], locale: str | None) -> str:
    if finding.get("rule") in _AT_ONCE:
        return say("reasons.urgency.at_once", locale)
    key = "score" if _far(finding) >= 0.5 else "score_over"
    label = label_name(str(finding["evidence"]["label"]), locale)
    return say(f"reasons.urgency.{key}", locale, label=label)


def _waiting(since: datetime, locale: str | None) -> tuple[float, str]:
    hours = max(0.0, (clock.now() - since).total_seconds() / 3600)
    unit, count = clock.age(since)
    key = f"waiting_{unit}s" if count else "waiting_now"
    return hours, say(f"reasons.urgency.{key}", locale, count=count)


def _far(finding: Mapping[str, Any]) -> float:
    """How far the score is from its limit (0) to certainty (1); -1 without a score."""
    evidence = finding.get("evidence") or {}
    score, limit = evidence.get("score"), evidence.get("limit")
    if score is None or limit is None or "label" not in evidence:
        return -1.0
    return float((score - limit) / (1 - limit)) if limit < 1 else 1.0


def _score_points(finding: Mapping[str, Any]) -> float:
    if at_once := _AT_ONCE.get(str(finding.get("rule"))):
        return at_once
    far = _far(finding)
    if far < 0:
        return 0.0
    over = _OVER_LIMIT + (_FAR_OVER - _OVER_LIMIT) * far
    if finding.get("action") == Action.REVIEW.name:
        over /= 2
    return over * (_HEAVIER if finding["evidence"]["label"] in _HEAVY else 1.0)
