"""The rules: pure functions over a frozen Submission. Adding one is a function and a line in RULES.

A rule sees nothing but the submission, returns one Finding or None, and never raises. The order of
RULES has no meaning; `judge` takes the most severe.
"""

from __future__ import annotations

import math
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from ...toxicity.labels import LABELS
from .swearing import SWEARING, untargeted
from .verdict import Action, Finding, Found, Rule, Sentence, Submission

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

#: What the lists of the policy ask for, the most severe first.
_LISTS = (
    ("reject_at", Action.REJECT),
    ("hold_at", Action.HOLD),
    ("flag_at", Action.REVIEW),
)

#: What rules go by where a submission says nothing else. Stored facts leave out what equals this, so
#: it never changes: when a default of the policy does, the difference is stored.
BASELINE: Mapping[str, Any] = MappingProxyType(
    {
        "hold_at": {
            "toxicity": 0.80,
            "severe_toxicity": 0.50,
            "obscene": 0.90,
            "threat": 0.50,
            "insult": 0.80,
            "identity_attack": 0.60,
        },
        "flag_at": {"toxicity": 0.60},
        "reject_at": {},
        "unscored": "hold",
        "unscored_language": "hold",
        "swearing": "hold",
        "banned_words_action": "reject",
        "private_data": "hold",
        "common_insults": "hold",
        "self_harm": "hold",
        "self_harm_urged": "hold",
        "threats": "hold",
        "dehumanizing": "hold",
        "links": "hold",
        "max_links": 2,
        "hold_repeats": True,
        "flood_count": 10,
        "flood_minutes": 10,
        "premoderate_first": 0,
        "history_share": 0.3,
        "history_minimum": 3,
        "shouting_share": 0.8,
        "premoderate_all": False,
    }
)

#: What holds a text for one sentence alone, where the whole of it would pass. Higher than the limits for
#: the whole, since a text has many sentences; a site's own limit counts where it is higher still. An
#: attack on a group counts only in a sentence that is toxic as well.
SENTENCE_AT: Mapping[str, float] = MappingProxyType(
    {"toxicity": 0.95, "threat": 0.30, "identity_attack": 0.50}
)
_SENTENCE_TOXIC_FROM = 0.60
#: A whole text that attacks a group but is not toxic either is flagged at most: warm words about a group
#: often look like an attack to a model.
_ATTACK_TOXIC_FROM = 0.50

#: What finders look for in the text itself, each a rule and a field of the policy.
SPOTTED: Mapping[str, str] = MappingProxyType(
    {
        "private_data": "Numbers and addresses that whoever they belong to may not want published.",
        "self_harm": "The writer wants to die or to hurt themselves: somebody should look soon.",
        "self_harm_urged": "Somebody is told to kill or to hurt themselves.",
        "dehumanizing": "Groups of people are called vermin or a disease.",
        "threats": "Violence against people, announced, wished, called for or hinted at.",
    }
)

_ACTIONS = {"hold": Action.HOLD, "flag": Action.REVIEW, "publish": Action.PASS}
_SPOTTED = {"hold": Action.HOLD, "flag": Action.REVIEW}
_INSULT, _SLUR = 2, 3  # severities
_SHOWN_NAME = 120
_SHOWN_WORDS = 20  # evidence is for reading, and is stored with every revision


def _numbers(submission: Submission) -> Mapping[str, float] | None:
    """The scores to go by. One that is not a number makes the whole answer void."""
    scores = submission.scores
    if not scores or not all(math.isfinite(value) for value in scores.values()):
        return None
    return scores


def _over_limit(label: str) -> Rule:
    def rule(submission: Submission) -> Finding | None:
        scores = _numbers(submission)
        if scores is None or label not in scores:
            return None
        over = _over(submission, label, scores[label])
        if over is None or (label in SWEARING and _swears(submission, scores)):
            return None
        action, limit = over
        if submission.doubted or (label == "identity_attack" and not _is_toxic(submission, scores)):
            action = min(action, Action.REVIEW)
        evidence = {"label": label, "score": round(scores[label], 4), "limit": limit}
        return Finding(label, action, label, evidence)

    rule.__name__ = label
    rule.__doc__ = f"How likely it reads as {label}, against the site's limits for this label."
    return rule


def _over(submission: Submission, label: str, score: float) -> tuple[Action, float] | None:
    """The most severe list whose limit the score reaches, and that limit."""
    for name, action in _LISTS:
        limit = _limit(submission, name).get(label)
        if limit is not None and score >= limit:
            return action, limit
    return None


def _is_toxic(submission: Submission, scores: Mapping[str, float]) -> bool:
    """Whether an attack on a group counts; where a scorer does not say how toxic a text is, it does."""
    own: float = _limit(submission, "hold_at").get("toxicity", _ATTACK_TOXIC_FROM)
    return scores.get("toxicity", 1.0) >= min(own, _ATTACK_TOXIC_FROM)


def _swears(submission: Submission, scores: Mapping[str, float]) -> bool:
    """Whether the site looks at swearing by itself, and this is nothing worse."""
    return _limit(submission, "swearing") != "hold" and untargeted(scores, submission.plain)


def swearing(submission: Submission) -> Finding | None:
    """Swearing that attacks nobody, where it would be held for its scores: the site says what follows."""
    scores = _numbers(submission)
    if scores is None or not _swears(submission, scores):
        return None
    over = [_over(submission, label, scores[label]) for label in SWEARING if label in scores]
    if max((each[0] for each in over if each is not None), default=Action.PASS) < Action.HOLD:
        return None
    action = _ACTIONS[_limit(submission, "swearing")]
    evidence = {"label": "obscene", "score": round(scores["obscene"], 4)}
    return Finding("swearing", action, "swearing", evidence)


def sentence(submission: Submission) -> Finding | None:
    """One sentence among others that a moderator should read first: a threat stays one however calm the
    rest is."""
    limits = {
        label: max(limit, own)
        for label, limit in SENTENCE_AT.items()
        if (own := _limit(submission, "hold_at").get(label)) is not None
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
    if label == "identity_attack":
        return each.scores.get("toxicity", 0.0) >= _SENTENCE_TOXIC_FROM
    if label not in SWEARING or _limit(submission, "swearing") == "hold":
        return True
    return not untargeted(each.scores, submission.text[each.start : each.end])


def _spotted(name: str) -> Rule:
    def rule(submission: Submission) -> Finding | None:
        action = _SPOTTED.get(_limit(submission, name))
        found = [each for each in submission.spotted if each.rule == name]
        if action is None or not found:
            return None
        kinds = list(dict.fromkeys(each.kind for each in found))
        spans = [[each.start, each.end] for each in found[:_SHOWN_WORDS]]
        evidence: dict[str, Any] = {"kinds": kinds, "spans": spans}
        if name == "self_harm":
            evidence["lines"] = list(submission.help_lines)
        return Finding(name, action, name, evidence)

    rule.__name__ = name
    rule.__doc__ = SPOTTED[name]
    return rule


def unscored(submission: Submission) -> Finding | None:
    """There is no score: the site says what follows, once for texts in languages that the scorer does not
    read and once for all else. A text without any words (an emoji, a number) needs no score."""
    if _numbers(submission) is not None or submission.unscored == "no_text":
        return None
    why = submission.unscored or ("failed" if submission.scores else "unknown")
    name = "unscored_language" if why == "language" else "unscored"
    action = _ACTIONS.get(_limit(submission, name), Action.HOLD)
    return Finding("unscored", action, "unscored", {"why": why})


def banned_words(submission: Submission) -> Finding | None:
    """Words that the site does not publish."""
    reject = _limit(submission, "banned_words_action") == "reject"
    action = Action.REJECT if reject else Action.HOLD
    return _words("banned_words", "banned_word", action, submission.banned)


def suspect_words(submission: Submission) -> Finding | None:
    """Words that a moderator should see, although they are published."""
    return _words("suspect_words", "suspect_word", Action.REVIEW, submission.suspect)


def common_insult(submission: Submission) -> Finding | None:
    """Insults that every speaker of a language knows. In a text that was scored, one alone is left to the
    score. A slur in a text that nobody could score is held, if it is certain to be of its language; the
    rest is shown to a moderator. Swearing alone is nothing."""
    wanted, found = _limit(submission, "common_insults"), submission.insults
    grave = {each.entry: each.severity for each in found}
    read = _numbers(submission) is not None
    if wanted == "off" or sum(grave.values()) < (_SLUR if read else _INSULT):
        return None
    slur = any(each.severity == _SLUR and each.sure for each in found)
    holds = wanted == "hold" and slur and not read
    action = Action.HOLD if holds else Action.REVIEW
    return _words("common_insult", "common_insult", action, found)


def links(submission: Submission) -> Finding | None:
    """More links than the site publishes unread."""
    limit = _limit(submission, "max_links")
    if _limit(submission, "links") != "hold" or len(submission.links) <= limit:
        return None
    shown = list(dict.fromkeys(submission.links))[:_SHOWN_WORDS]
    evidence = {"count": len(submission.links), "limit": limit, "hosts": shown}
    return Finding("links", Action.HOLD, "links", evidence)


def repeat(submission: Submission) -> Finding | None:
    """The author says the same again. An edit may well resemble what it replaces."""
    wanted = _limit(submission, "hold_repeats")
    if not wanted or submission.is_edit or not submission.author.repeats:
        return None
    return Finding("repeat", Action.HOLD, "repeat")


def flood(submission: Submission) -> Finding | None:
    """Too many comments of one author in a short time."""
    limit = _limit(submission, "flood_count")
    written = submission.author.recent_posts
    if submission.is_edit or written < limit:
        return None
    evidence = {
        "count": written + 1,
        "limit": limit,
        "minutes": _limit(submission, "flood_minutes"),
    }
    return Finding("flood", Action.HOLD, "flood", evidence)


def new_commenter(submission: Submission) -> Finding | None:
    """The first comments of an author are read before they are shown, where the site wants that."""
    wanted = _limit(submission, "premoderate_first")
    if submission.author.approved >= wanted:
        return None
    evidence = {"approved": submission.author.approved, "limit": wanted}
    return Finding("new_commenter", Action.HOLD, "new_commenter", evidence)


def history(submission: Submission) -> Finding | None:
    """Much of what the author wrote in the last days was rejected."""
    rejected = submission.author.recent_rejected
    total = rejected + submission.author.recent_published
    limit = _limit(submission, "history_share")
    if not rejected or total < _limit(submission, "history_minimum") or limit <= 0:
        return None
    if rejected / total < limit:
        return None
    evidence = {"rejected": rejected, "total": total, "share": rejected / total, "limit": limit}
    return Finding("history", Action.HOLD, "history", evidence)


def shouting(submission: Submission) -> Finding | None:
    """Capitals all over."""
    limit = _limit(submission, "shouting_share")
    if limit <= 0 or submission.shouting < limit:
        return None
    evidence = {"share": round(submission.shouting, 4), "limit": limit}
    return Finding("shouting", Action.REVIEW, "shouting", evidence)


def premoderated_site(submission: Submission) -> Finding | None:
    """The site holds everything."""
    if not _limit(submission, "premoderate_all"):
        return None
    return Finding("premoderated_site", Action.HOLD, "premoderated_site")


def premoderated_thread(submission: Submission) -> Finding | None:
    """A moderator holds everything under this article."""
    if not submission.thread_premoderated:
        return None
    return Finding("premoderated_thread", Action.HOLD, "premoderated_thread")


def premoderated_user(submission: Submission) -> Finding | None:
    """A moderator wants to read this author first."""
    if not submission.author.premoderated:
        return None
    return Finding("premoderated_user", Action.HOLD, "premoderated_user")


def staff_name(submission: Submission) -> Finding | None:
    """Readers would take the author for somebody of the staff."""
    if not submission.author.resembles:
        return None
    evidence = {"name": submission.author.resembles[:_SHOWN_NAME]}
    return Finding("staff_name", Action.HOLD, "staff_name", evidence)


RULES: tuple[Rule, ...] = (
    *(_over_limit(label) for label in LABELS),
    swearing,
    unscored,
    banned_words,
    suspect_words,
    common_insult,
    links,
    *(_spotted(name) for name in SPOTTED),
    repeat,
    flood,
    new_commenter,
    history,
    shouting,
    sentence,
    premoderated_site,
    premoderated_thread,
    premoderated_user,
    staff_name,
)


def _limit(submission: Submission, name: str) -> Any:
    value = submission.limits.get(name)
    return BASELINE[name] if value is None else value


def _words(rule: str, reason: str, action: Action, found: Sequence[Found]) -> Finding | None:
    if not found:
        return None
    entries = list(dict.fromkeys(each.entry for each in found))[:_SHOWN_WORDS]
    spans = [[each.start, each.end] for each in found[:_SHOWN_WORDS]]
    evidence: Mapping[str, Any] = {"count": len(entries), "words": entries, "spans": spans}
    return Finding(rule, action, reason, evidence)
