"""Reason codes, for people's decisions and for the rules' findings, and their words for each audience."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from ...core.errors import Invalid
from ...core.locale import all_of, direction, number, say
from ...toxicity.labels import LABELS
from .rules import RULES
from .verdict import Action, Finding


@dataclass(frozen=True)
class Reason:
    """Why something was done or asked for. Codes are stored and public; words are in catalogues.

    `key` chooses it in the list of reasons: a digit, as far as there are digits. `automated` marks what
    only rules say.
    """

    code: str
    key: str | None = None
    for_people: bool = False  # a moderator may give it
    for_readers: bool = False  # a reader may report with it
    automated: bool = False
    weight: float = 1.0  # of a reader's flag with this reason

    @property
    def title(self) -> str:
        """A word or two, in English."""
        return self.title_in("en")

    def title_in(self, locale: str | None) -> str:
        return say(f"reasons.title.{self.code}", locale)

    def author_text_in(self, locale: str | None) -> str:
        return say(f"reasons.author.{self.code}", locale)


_PEOPLE = (
    Reason("offensive", "1", for_people=True, for_readers=True),
    Reason("abusive", "2", for_people=True, for_readers=True),
    Reason("spam", "3", for_people=True, for_readers=True),
    Reason("advertising", "4", for_people=True),
    Reason("hate", "5", for_people=True, for_readers=True, weight=1.5),
    Reason("harassment", "6", for_people=True, for_readers=True),
    Reason("off_topic", "7", for_people=True, for_readers=True, weight=0.5),
    Reason("misinformation", "8", for_people=True, for_readers=True, weight=0.5),
    Reason("illegal", "9", for_people=True, for_readers=True, weight=2.0),
    Reason("banned_word", "-", for_people=True),
    Reason("care", "+", for_people=True),
    Reason("other", "0", for_people=True, for_readers=True),
    # Kept apart, so that disagreeing never hides anything.
    Reason("disagree", None, for_readers=True, weight=0.0),
)
#: Rules whose reason is not called as they are; moderators give two of these reasons as well.
_OTHERWISE = {
    "banned_words": "banned_word",
    "suspect_words": "suspect_word",
    "spam": "spam_like",
}
_AUTOMATED = (
    *(_OTHERWISE.get(rule.__name__, rule.__name__) for rule in RULES),
    *("revised", "reported", "audit"),
)

_EVERY = {each.code: each for each in _PEOPLE}
REASONS: Mapping[str, Reason] = MappingProxyType(
    _EVERY | {code: Reason(code, automated=True) for code in _AUTOMATED if code not in _EVERY}
)
PEOPLE: tuple[Reason, ...] = tuple(each for each in REASONS.values() if each.for_people)
READERS: tuple[Reason, ...] = tuple(each for each in REASONS.values() if each.for_readers)


def given_by_people(code: str) -> Reason:
    """The reason a moderator chose. Raises `Invalid` for one that is not theirs to give."""
    reason = REASONS.get(code)
    if reason is None or not reason.for_people:
        raise Invalid("invalid.reason", field="reason")
    return reason


def given_by_readers(code: str) -> Reason:
    """The reason of a report. Raises `Invalid` for one that readers cannot give."""
    reason = REASONS.get(code)
    if reason is None or not reason.for_readers:
        raise Invalid("invalid.report_reason", field="reason")
    return reason


def title(code: str, locale: str | None = None) -> str:
    """A word or two for a code; the code itself for one that only an import knows."""
    return REASONS[code].title_in(locale) if code in REASONS else code.replace("_", " ")


def rule_title(rule: str, locale: str | None = None) -> str:
    """A word or two for a rule: those of the reason that it gives."""
    return title(_OTHERWISE.get(rule, rule), locale)


def author_text(code: str, locale: str | None = None) -> str:
    """What an author is told about a code; an unknown one reads as “other”."""
    return REASONS.get(code, REASONS["other"]).author_text_in(locale)


_Told = Finding | Mapping[str, Any]  # or as `Verdict.as_dict` stored it
_Parts = tuple[str, str, Mapping[str, Any]]  # reason, action and evidence

_HOSTILE = ("toxicity", "severe_toxicity", "sentence")
#: What an author need not read as well, after the sentence for this reason.
_ALSO_SAYS: Mapping[str, tuple[str, ...]] = {
    "threats": ("threat", *_HOSTILE),
    "self_harm_urged": ("threat", "threats", *_HOSTILE),
    "dehumanizing": ("identity_attack", *_HOSTILE),
    "common_insult": ("insult", "obscene", "swearing", *_HOSTILE),
    "swearing": ("obscene", "toxicity", "severe_toxicity"),
    "banned_word": ("suspect_word",),
    "spam_like": ("spam_here", "spam_again"),
    "spam_here": ("spam_again",),
    "sentence": ("swearing",),
}
#: Why a moderator reads first: one of these is enough.
_READ_FIRST = ("premoderated_site", "premoderated_thread", "premoderated_user", "new_commenter")


def sentence(finding: _Told, locale: str | None = None) -> str:
    """A finding for moderators, with its numbers: "insult 0.91 is over your limit of 0.80"."""
    reason, action, evidence = _cut(finding)
    if reason in LABELS:
        return _score_sentence(
            "score_flag" if action == Action.REVIEW.name else "score", evidence, locale
        )
    if reason in ("sentence", "swearing_besides"):
        return _score_sentence(reason, evidence, locale)
    try:
        values = _VALUES.get(reason, _as_found)(evidence, locale)
        return say(f"reasons.moderator.{reason}", locale, **values)
    except KeyError:  # a code of an import, or evidence of an older version
        return say("reasons.moderator.other", locale, title=title(reason, locale))


def author_sentences(findings: Iterable[_Told], locale: str | None = None) -> list[str]:
    """Findings for their author: without numbers, and one sentence for each kind. That of the strongest
    score stands for all scores, since "an insult" and "rude" say one thing; words say it more exactly."""
    found = _once([_cut(each) for each in findings])
    scores = [each for each in found if each[0] in LABELS]
    strongest = max(scores, key=_strength, default=None)
    told = [each for each in found if each is strongest or each[0] not in LABELS]
    if strongest is not None:  # of the whole text, so nothing is left to say of a sentence
        told = [each for each in told if each[0] != "sentence"]
    if any(each[0] == "self_harm" for each in told):  # who is in despair is not scolded as well
        told = [each for each in told if each[0] in _FOUND]
    return list(dict.fromkeys(_author_sentence(each[0], each[2], locale) for each in told))


def sentences_before(findings: Iterable[Finding], locale: str | None = None) -> list[str]:
    """The same before anything is posted: nobody will read it, so nothing is promised, and the help lines
    follow as a list."""
    found = list(findings)
    if not any(each.reason == "self_harm" for each in found):
        return author_sentences(found, locale)
    private = [each for each in found if each.reason == "private_data"]
    return [*author_sentences(private, locale), say("reasons.before.self_harm", locale)]


def _once(found: list[_Parts]) -> list[_Parts]:
    """Without what another finding says as well, and more exactly."""
    reasons = {each[0] for each in found}
    said = {also for reason in reasons for also in _ALSO_SAYS.get(reason, ())}
    first = next((each for each in _READ_FIRST if each in reasons), None)
    return [
        each
        for each in found
        if each[0] not in said and (each[0] not in _READ_FIRST or each[0] == first)
    ]


def kept_private(findings: Iterable[_Told], locale: str | None = None) -> str | None:
    """What the author of a text out of despair reads instead of any reason, with the help lines; None
    for other texts."""
    for reason, _, evidence in map(_cut, findings):
        if reason == "self_harm":
            return _author_sentence("care", evidence, locale)
    return None


def _author_sentence(reason: str, evidence: Mapping[str, Any], locale: str | None) -> str:
    if not evidence.get(_FOUND.get(reason, "")):
        return author_text(reason, locale)
    return say(f"reasons.found.{reason}", locale, **_VALUES[reason](evidence, locale))


def _cut(finding: _Told) -> _Parts:
    """Reason, action and evidence."""
    if isinstance(finding, Finding):
        return finding.reason, finding.action.name, finding.evidence
    return (
        str(finding.get("reason")),
        str(finding.get("action")),
        finding.get("evidence") or {},
    )


def _strength(found: _Parts) -> tuple[int, bool, float]:
    """What was done about it, whether it says more than “toxic”, and by how much it is over."""
    reason, action, evidence = found
    over = evidence.get("score", 0) - evidence.get("limit", 0)
    return Action.__members__.get(action, Action.PASS), reason != "toxicity", over


def label_name(label: str, locale: str | None = None) -> str:
    """A score's label in words."""
    return say(f"reasons.label.{label}", locale) if label in LABELS else label


def _score_sentence(key: str, evidence: Mapping[str, Any], locale: str | None) -> str:
    return say(
        f"reasons.moderator.{key}",
        locale,
        label=label_name(str(evidence.get("label")), locale),
        score=number(evidence.get("score", 0), locale, digits=2),
        limit=number(evidence.get("limit", 0), locale, digits=2),
    )


_Values = Callable[[Mapping[str, Any], str | None], dict[str, Any]]


def _as_found(evidence: Mapping[str, Any], locale: str | None) -> dict[str, Any]:
    return {
        name: number(value, locale) if isinstance(value, float) else value
        for name, value in evidence.items()
    }


def _why(evidence: Mapping[str, Any], locale: str | None) -> dict[str, Any]:
    why = str(evidence.get("why"))
    known = ("language", "no_text", "model_missing", "model_broken", "slow", "failed")
    return {"why": say(f"reasons.unscored.{why if why in known else 'unknown'}", locale)}


def _label(evidence: Mapping[str, Any], locale: str | None) -> dict[str, Any]:
    score = number(evidence.get("score", 0), locale, digits=2)
    return {"label": label_name(str(evidence.get("label")), locale), "score": score}


def _word_list(evidence: Mapping[str, Any], _locale: str | None) -> dict[str, Any]:
    found: dict[str, str] = {}  # each once, whatever its case, without a list's mark for endings
    for word in evidence.get("words", ()):
        found.setdefault(word.casefold().strip("*"), word.strip("*"))
    return {"count": len(found), "words": ", ".join(f"“{word}”" for word in found.values())}


def _link_list(evidence: Mapping[str, Any], _locale: str | None) -> dict[str, Any]:
    hosts = ", ".join(evidence.get("hosts", ()))
    return {"count": evidence.get("count", 0), "limit": evidence.get("limit", 0), "hosts": hosts}


def _hosts(evidence: Mapping[str, Any], _locale: str | None) -> dict[str, Any]:
    return {"hosts": ", ".join(evidence.get("hosts", ()))}


def _signs(evidence: Mapping[str, Any], locale: str | None) -> dict[str, Any]:
    numbers = {name: number(evidence.get(name, 0), locale, digits=2) for name in ("score", "limit")}
    return numbers | _word_list(evidence, locale)


def _kinds(evidence: Mapping[str, Any], locale: str | None) -> dict[str, Any]:
    """What pieces of private data there are, each with its name."""
    names = [say(f"reasons.private.{each}", locale) for each in evidence["kinds"]]
    return {"kinds": all_of(names, locale)}


def _lines(evidence: Mapping[str, Any], locale: str | None) -> dict[str, Any]:
    lines = evidence.get("lines", ())
    if direction(locale) == "rtl":  # each keeps its own order
        lines = [f"\u2068{line}\u2069" for line in lines]
    return {"lines": "; ".join(lines)}


def _percent(*names: str) -> _Values:
    def values(evidence: Mapping[str, Any], locale: str | None) -> dict[str, Any]:
        shares = {"share": evidence.get("share", 0), "limit": evidence.get("limit", 0)}
        percents = {name: number(100 * value, locale, digits=0) for name, value in shares.items()}
        return percents | {name: evidence.get(name, 0) for name in names}

    return values


def _weights(evidence: Mapping[str, Any], locale: str | None) -> dict[str, Any]:
    return {name: number(evidence.get(name, 0), locale) for name in ("weight", "limit")}


#: Reasons whose sentence wants something else than the numbers of the evidence.
_VALUES: Mapping[str, _Values] = {
    "unscored": _why,
    "swearing": _label,
    "quoted": _label,
    "banned_word": _word_list,
    "suspect_word": _word_list,
    "common_insult": _word_list,
    "spam_like": _signs,
    "spam_here": _signs,
    "links": _link_list,
    "denied_host": _hosts,
    "disguised_link": _hosts,
    "first_link": _hosts,
    "private_data": _kinds,
    "self_harm": _lines,
    "care": _lines,
    "history": _percent("rejected", "total"),
    "shouting": _percent(),
    "reported": _weights,
}
#: Reasons of which the author is shown what was found.
_FOUND = {"private_data": "kinds", "self_harm": "lines", "care": "lines"}
