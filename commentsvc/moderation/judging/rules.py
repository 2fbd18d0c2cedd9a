"""The rules: pure functions over a frozen Submission. To add one, write it and list it in RULES.

A rule sees nothing but the submission, returns one Finding or None, and never raises. The order of
RULES has no meaning; `judge` takes the most severe.
"""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from ...toxicity.labels import LABELS
from .outside import outside_judge
from .scores import misses_slurs, numbers_of, over_limit, quoted, sentence, swearing, unscored
from .spam.promoting import (
    denied_host,
    disguised_link,
    first_link,
    links,
    spam,
    spam_again,
    spam_here,
)
from .verdict import Action, Finding, Found, Rule, Submission, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

#: The limits of a submission that does not set its own. Stored facts omit what equals these, so
#: they never change: when a policy default does, the difference is stored.
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
        "spam": "hold",
        "spam_at": 0.9,
        "spam_learning": True,
        "links": "hold",
        "max_links": 2,
        "denied_hosts_action": "hold",
        "first_link": "flag",
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

#: What finders look for in the text itself; each is a rule and a policy field.
SPOTTED: Mapping[str, str] = MappingProxyType(
    {
        "private_data": "Numbers and addresses that whoever they belong to may not want published.",
        "self_harm": "The writer wants to die or to hurt themselves: somebody should look soon.",
        "self_harm_urged": "Somebody is told to kill or to hurt themselves.",
        "dehumanizing": "Groups of people are called vermin or a disease.",
        "threats": "Violence against people, announced, wished, called for or hinted at.",
    }
)

#: Reasons that come first among findings of the same action.
_FIRST = ("self_harm", "self_harm_urged", "threats", "threat")

_SPOTTED = {"hold": Action.HOLD, "flag": Action.REVIEW}
_TRUSTED = frozenset(("trusted", "moderator", "owner", "admin"))
_INSULT, _SLUR = 2, 3  # severities
_SHOWN_NAME = 120
_SHOWN_WORDS = 20  # evidence is meant to be read, and is stored with every revision


def _spotted(name: str) -> Rule:
    def rule(submission: Submission) -> Finding | None:
        action = _SPOTTED.get(submission.limits[name])
        found = [each for each in submission.spotted if each.rule == name]
        if action is None or not found:
            return None
        if all(each.quoted for each in found):
            action = Action.REVIEW
        kinds = list(dict.fromkeys(each.kind for each in found))
        spans = [[each.start, each.end] for each in found[:_SHOWN_WORDS]]
        evidence: dict[str, Any] = {"kinds": kinds, "spans": spans}
        if name == "self_harm":
            evidence["lines"] = list(submission.help_lines)
        return Finding(name, action, name, evidence)

    rule.__name__ = name
    rule.__doc__ = SPOTTED[name]
    return rule


def banned_words(submission: Submission) -> Finding | None:
    """The text has words that the site does not publish."""
    reject = submission.limits["banned_words_action"] == "reject"
    action = Action.REJECT if reject else Action.HOLD
    return _words("banned_words", "banned_word", action, submission.banned)


def suspect_words(submission: Submission) -> Finding | None:
    """The text has words that are published but shown to a moderator."""
    return _words("suspect_words", "suspect_word", Action.REVIEW, submission.suspect)


_MODELS_OWN = "en"  # the language scored for all labels


def common_insult(submission: Submission) -> Finding | None:
    """Insults that every speaker of a language knows. In a scored text a single insult is left to
    the score, unless the text is not in English and has only a toxicity score. A slur is held if it
    certainly belongs to its language and the text has no score that finds slurs, or the passage is
    in another language than the rest; other insults are flagged. Swearing alone does not count."""
    wanted, found = submission.limits["common_insults"], submission.insults
    grave = {each.entry: each.severity for each in found}
    scores = numbers_of(submission) or {}
    known = bool(scores) and (len(scores) > 1 or submission.language in (None, _MODELS_OWN))
    enough = _SLUR if known and not any(each.foreign for each in found) else _INSULT
    if wanted == "off" or sum(grave.values()) < enough:
        return None
    slurs = [each for each in found if each.severity == _SLUR and each.sure]
    holds = wanted == "hold" and any(each.foreign or misses_slurs(submission) for each in slurs)
    action = Action.HOLD if holds else Action.REVIEW
    return _words("common_insult", "common_insult", action, found)


def repeat(submission: Submission) -> Finding | None:
    """The author repeats themselves. Edits are exempt: they resemble what they replace."""
    wanted = submission.limits["hold_repeats"]
    if not wanted or submission.is_edit or not submission.author.repeats:
        return None
    return Finding("repeat", Action.HOLD, "repeat")


def flood(submission: Submission) -> Finding | None:
    """Too many comments by one author in a short time."""
    limit = submission.limits["flood_count"]
    written = submission.author.recent_posts
    if submission.is_edit or written < limit:
        return None
    evidence = {
        "count": written + 1,
        "limit": limit,
        "minutes": submission.limits["flood_minutes"],
    }
    return Finding("flood", Action.HOLD, "flood", evidence)


def new_commenter(submission: Submission) -> Finding | None:
    """An author's first comments are reviewed before publication, if the site wants that."""
    wanted = submission.limits["premoderate_first"]
    if submission.author.approved >= wanted:
        return None
    evidence = {"approved": submission.author.approved, "limit": wanted}
    return Finding("new_commenter", Action.HOLD, "new_commenter", evidence)


def history(submission: Submission) -> Finding | None:
    """Much of what the author wrote in recent days was rejected."""
    rejected = submission.author.recent_rejected
    total = rejected + submission.author.recent_published
    limit = submission.limits["history_share"]
    if not rejected or total < submission.limits["history_minimum"] or limit <= 0:
        return None
    if rejected / total < limit:
        return None
    evidence = {"rejected": rejected, "total": total, "share": rejected / total, "limit": limit}
    return Finding("history", Action.HOLD, "history", evidence)


def shouting(submission: Submission) -> Finding | None:
    """Mostly capital letters."""
    limit = submission.limits["shouting_share"]
    if limit <= 0 or submission.shouting < limit:
        return None
    evidence = {"share": round(submission.shouting, 4), "limit": limit}
    return Finding("shouting", Action.REVIEW, "shouting", evidence)


_HELD: Mapping[str, tuple[str, Callable[[Submission], bool]]] = {
    "premoderated_site": (
        "The site holds everything.",
        lambda each: each.limits["premoderate_all"],
    ),
    "premoderated_thread": (
        "A moderator pre-moderates this conversation.",
        lambda each: each.thread_premoderated,
    ),
    "outside_hours": (
        "Comments written outside the site's hours wait until a moderator is there.",
        lambda each: each.outside_hours,
    ),
    "premoderated_user": (
        "A moderator pre-moderates this author.",
        lambda each: each.author.premoderated,
    ),
}


def _held(name: str) -> Rule:
    why, is_held = _HELD[name]

    def rule(submission: Submission) -> Finding | None:
        return Finding(name, Action.HOLD, name) if is_held(submission) else None

    rule.__name__, rule.__doc__ = name, why
    return rule


def staff_name(submission: Submission) -> Finding | None:
    """Readers would mistake the author for staff."""
    if not submission.author.resembles:
        return None
    evidence = {"name": submission.author.resembles[:_SHOWN_NAME]}
    return Finding("staff_name", Action.HOLD, "staff_name", evidence)


def rude_name(submission: Submission) -> Finding | None:
    """A guest's name has words that the site bans or wants to see, or an insult."""
    banned, others = submission.author.name_banned, submission.author.name_others
    action = Action.HOLD if banned else Action.REVIEW
    words = [*banned, *others][:_SHOWN_WORDS]
    return Finding("rude_name", action, "rude_name", {"words": words}) if words else None


RULES: tuple[Rule, ...] = (
    *(over_limit(label) for label in LABELS),
    swearing,
    quoted,
    unscored,
    banned_words,
    suspect_words,
    common_insult,
    spam,
    spam_here,
    spam_again,
    links,
    denied_host,
    disguised_link,
    first_link,
    *(_spotted(name) for name in SPOTTED),
    repeat,
    flood,
    new_commenter,
    history,
    shouting,
    sentence,
    *(_held(name) for name in _HELD),
    staff_name,
    rude_name,
    outside_judge,
)


def judge(rules: Iterable[Rule], submission: Submission) -> Verdict:
    """The verdict of all rules. Their order has no meaning; a trusted author always passes."""
    whole = replace(submission, limits={**BASELINE, **submission.limits})
    found = [finding for rule in rules if (finding := rule(whole)) is not None]
    findings = tuple(ranked(found))
    action = findings[0].action if findings else Action.PASS
    if submission.author.kind in _TRUSTED:
        action = Action.PASS
    return Verdict(action, findings)


def ranked(found: Iterable[Finding]) -> list[Finding]:
    """The most severe first; among equals, violence, then the most telling score. The first finding
    gives the decision its reason."""
    ordered = sorted(found, key=lambda each: (-each.action, standing(each.reason), each.rule))
    scores = [each for each in ordered if each.rule in LABELS]
    scores.sort(key=lambda each: strength(each.reason, each.action, each.evidence), reverse=True)
    turn = iter(scores)
    return [next(turn) if each.rule in LABELS else each for each in ordered]


def standing(reason: str) -> int:
    """The rank of a reason among findings with the same action."""
    return _FIRST.index(reason) if reason in _FIRST else len(_FIRST)


def strength(
    reason: str, action: Action, evidence: Mapping[str, Any]
) -> tuple[int, int, bool, bool, float]:
    """Sort key of a score: its action, whether it is violence, whether it fits, whether it says
    more than “toxic”, and by how much it exceeds its limit."""
    over = evidence.get("score", 0) - evidence.get("limit", 0)
    return action, -standing(reason), fits(evidence), reason != "toxicity", over


def fits(evidence: Mapping[str, Any]) -> bool:
    """Whether a score's label fits the text: an attack on a group needs a group."""
    return evidence.get("group") is not False


def _words(rule: str, reason: str, action: Action, found: Sequence[Found]) -> Finding | None:
    if not found:
        return None
    entries = list(dict.fromkeys(each.entry for each in found))[:_SHOWN_WORDS]
    spans = [[each.start, each.end] for each in found[:_SHOWN_WORDS]]
    evidence: Mapping[str, Any] = {"count": len(entries), "words": entries, "spans": spans}
    return Finding(rule, action, reason, evidence)
