"""The rules based on scores: a limit per label, swearing, a single sentence, no score."""

from __future__ import annotations

import math
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from ...toxicity.labels import LABELS
from .inward import INWARD, inward
from .swearing import SWEARING, at_one_alone, untargeted
from .verdict import Action, Finding, Rule, Sentence, Submission

if TYPE_CHECKING:
    from collections.abc import Mapping

#: The policy's limits and their actions, the most severe first.
_LISTS = (
    ("reject_at", Action.REJECT),
    ("hold_at", Action.HOLD),
    ("flag_at", Action.REVIEW),
)

#: Limits at which a single sentence holds a text that would pass as a whole. A site's own limit
#: counts where it is higher. An attack on a group counts only in a sentence that is toxic as well.
SENTENCE_AT: Mapping[str, float] = MappingProxyType(
    {"toxicity": 0.90, "threat": 0.30, "identity_attack": 0.40}
)
_SENTENCE_TOXIC_FROM = 0.60
#: A whole text that attacks a group without being toxic is flagged at most: to a model, kind words
#: about a group often look like an attack.
_ATTACK_TOXIC_FROM = 0.50

_SLUR = 3  # severity
#: Languages scored for toxicity alone, and so roughly that a slur must not be left to the score.
_ROUGH = frozenset({"fr"})
_ACTIONS = {"hold": Action.HOLD, "flag": Action.REVIEW, "publish": Action.PASS}


def numbers_of(submission: Submission) -> Mapping[str, float] | None:
    """The scores to use, or None if any is not finite: that voids the whole answer."""
    scores = submission.scores
    if not scores or not all(math.isfinite(value) for value in scores.values()):
        return None
    return scores


def misses_slurs(submission: Submission) -> bool:
    """Whether a slur cannot be left to the scores: there are none, or only rough ones."""
    scores = numbers_of(submission)
    return not scores or (len(scores) == 1 and submission.language in _ROUGH)


def over_limit(label: str) -> Rule:
    """The rule for one label."""

    def rule(submission: Submission) -> Finding | None:
        scores = numbers_of(submission)
        if scores is None or label not in scores:
            return None
        if label in SWEARING and _swears(submission, scores):
            return None
        scores = as_meant(submission).scores or scores
        over = _over(submission, label, scores[label])
        if over is None:
            return None
        if label in INWARD and inward(submission.plain):
            return None
        action, limit = over
        if submission.doubted or (label == "identity_attack" and not _is_toxic(submission, scores)):
            action = min(action, Action.REVIEW)
        evidence = {"label": label, "score": round(scores[label], 4), "limit": limit}
        if label == "identity_attack" and _is_at_one(submission):
            evidence["group"] = False
        return Finding(label, action, label, evidence)

    rule.__name__ = label
    rule.__doc__ = f"How likely it reads as {label}, against the site's limits for this label."
    return rule


def _is_at_one(submission: Submission) -> bool:
    """Whether an apparent attack on a group targets one person instead, without any slur."""
    slurs = any(each.severity == _SLUR for each in submission.insults)
    known = submission.language in (None, "en")  # group names are known in English only
    return known and not slurs and at_one_alone(submission.plain)


def _over(submission: Submission, label: str, score: float) -> tuple[Action, float] | None:
    """The most severe action whose limit the score reaches, and that limit."""
    for name, action in _LISTS:
        limit = submission.limits[name].get(label)
        if limit is not None and score >= limit:
            return action, limit
    return None


def _is_toxic(submission: Submission, scores: Mapping[str, float]) -> bool:
    """Whether a text is toxic enough for an attack on a group to count; true without a score."""
    own: float = submission.limits["hold_at"].get("toxicity", _ATTACK_TOXIC_FROM)
    return scores.get("toxicity", 1.0) >= min(own, _ATTACK_TOXIC_FROM)


def _swears(submission: Submission, scores: Mapping[str, float]) -> bool:
    """Whether the site treats swearing separately, and this is nothing worse."""
    return submission.limits["swearing"] != "hold" and untargeted(scores, submission.plain)


def swearing(submission: Submission) -> Finding | None:
    """Swearing that attacks nobody, where its scores would hold it: the site chooses the action."""
    scores = numbers_of(submission)
    if scores is None:
        return None
    if not _swears(submission, scores):
        return _unmeant(submission, "swearing", _ACTIONS[submission.limits["swearing"]])
    if submission.meant is not None and submission.meant.why == "figure":
        scores = as_meant(submission).scores or scores  # a name is no swearing
    over = [_over(submission, label, scores[label]) for label in SWEARING if label in scores]
    if max((each[0] for each in over if each is not None), default=Action.PASS) < Action.HOLD:
        return None
    action = _ACTIONS[submission.limits["swearing"]]
    evidence = {"label": "obscene", "score": round(scores["obscene"], 4)}
    return Finding("swearing", action, "swearing", evidence)


def sentence(submission: Submission) -> Finding | None:
    """One sentence that a moderator should read: a threat is a threat, however calm the rest is."""
    found = _worst_sentence(submission)
    return found and _worst_sentence(as_meant(submission))


def _worst_sentence(submission: Submission) -> Finding | None:
    limits = {
        label: max(limit, own)
        for label, limit in SENTENCE_AT.items()
        if (own := submission.limits["hold_at"].get(label)) is not None
    }
    over = [
        (each.scores[label] - limit, label, each)
        for each in submission.sentences
        for label, limit in limits.items()
        if label in each.scores and each.scores[label] >= limit
        if _counts(submission, each, label)
    ]
    if not over:
        return None
    _, label, worst = max(over, key=lambda found: found[:2])
    evidence = {"label": label, "score": round(worst.scores[label], 4), "limit": limits[label]}
    if worst.start is not None:
        evidence["spans"] = [[worst.start, worst.end]]
    return Finding("sentence", Action.HOLD, "sentence", evidence)


def _counts(submission: Submission, each: Sentence, label: str) -> bool:
    if label == "identity_attack" and each.scores.get("toxicity", 0.0) < _SENTENCE_TOXIC_FROM:
        return False
    text = submission.text[each.start : each.end]
    if label in INWARD and inward(text):
        return False
    if label not in SWEARING or submission.limits["swearing"] == "hold":
        return True
    return not untargeted(each.scores, text)


def as_meant(submission: Submission) -> Submission:
    """The submission with the scores of what its writer means."""
    meant, scores = submission.meant, numbers_of(submission)
    if meant is None or scores is None:
        return submission
    if meant.why == "swearing" and submission.limits["swearing"] == "hold":
        return submission
    left = {label: min(score, meant.scores.get(label, score)) for label, score in scores.items()}
    return replace(submission, scores=left, sentences=meant.sentences, meant=None)


def quoted(submission: Submission) -> Finding | None:
    """Text held or flagged only for words that the writer quotes, denies or says of themselves."""
    return _unmeant(submission, "quoted", Action.REVIEW)


def _unmeant(submission: Submission, why: str, action: Action) -> Finding | None:
    """The finding about a text that scores lower because its writer does not mean all of it."""
    meant = submission.meant
    if meant is None or meant.why != why:
        return None
    whole = _worst(replace(submission, meant=None))
    left = _worst(as_meant(submission))
    if whole is None or whole.action <= (left.action if left else Action.PASS):
        return None
    if why == "swearing" and whole.action < Action.HOLD:
        return None
    evidence = {name: whole.evidence[name] for name in ("label", "score")}
    if meant.places and why == "quoted":
        evidence["spans"] = [list(place) for place in meant.places]
    return Finding(why, action, why, evidence)


def _worst(submission: Submission) -> Finding | None:
    """The most severe finding by scores alone."""
    found = [*(rule(submission) for rule in _BY_LABEL), sentence(submission)]
    return max((each for each in found if each), key=lambda each: each.action, default=None)


_BY_LABEL: tuple[Rule, ...] = tuple(over_limit(label) for label in LABELS)


def unscored(submission: Submission) -> Finding | None:
    """There is no score: the site chooses the action, separately for languages that the scorer does
    not read and for everything else. A text without words (an emoji, a number) needs no score."""
    if numbers_of(submission) is not None or submission.unscored == "no_text":
        return None
    why = submission.unscored or ("failed" if submission.scores else "unknown")
    name = "unscored_language" if why == "language" else "unscored"
    action = _ACTIONS.get(submission.limits[name], Action.HOLD)
    return Finding("unscored", action, "unscored", {"why": why})
