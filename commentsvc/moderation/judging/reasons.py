"""Reason codes of people's decisions and of rules' findings, and their words per audience."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from ...core.errors import Invalid
from ...core.locale import number, say
from ...toxicity.labels import LABELS
from .evidence import FOUND, VALUES, as_found, label_name
from .own import Own
from .own import find as find_own
from .rules import RULES, fits, standing, strength
from .verdict import Action, Finding


@dataclass(frozen=True)
class Reason:
    """Why something was done or reported. Codes are stored and public; words are in catalogs.

    `key` chooses it in the list of reasons: a digit, while there are digits. `automated` marks
    reasons that only rules give.
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
    # Separate, so that disagreeing never hides anything.
    Reason("disagree", None, for_readers=True, weight=0.0),
)
#: Rules whose reason has another name; moderators give two of these reasons as well.
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


def given_by_people(code: str, *sites: int, begun: bool = False) -> Reason | Own:
    """The reason a moderator chose: built in, or one of these sites' (row ids). Raises `Invalid` if
    it cannot be given, or is retired, unless its act had `begun` before."""
    if own := find_own(code):
        if (own.active or begun) and own.site_id in sites:
            return own
        raise Invalid("invalid.reason", field="reason")
    reason = REASONS.get(code)
    if reason is None or not reason.for_people:
        raise Invalid("invalid.reason", field="reason")
    return reason


def site_of(code: str | None) -> int | None:
    """The one site (row id) on which a reason can be given; None for a built-in one."""
    own = find_own(code) if code else None
    return own.site_id if own else None


def is_known(code: str) -> bool:
    """Whether it is built in or a site's own, and not from an import."""
    return code in REASONS or find_own(code) is not None


def given_by_readers(code: str) -> Reason:
    """The reason of a report. Raises `Invalid` for one that readers cannot give."""
    reason = REASONS.get(code)
    if reason is None or not reason.for_readers:
        raise Invalid("invalid.report_reason", field="reason")
    return reason


def title(code: str, locale: str | None = None) -> str:
    """A word or two for a code; an unknown code, as from an import, stands for itself."""
    known = REASONS.get(code) or find_own(code)
    return known.title_in(locale) if known else code.replace("_", " ")


def rule_title(rule: str, locale: str | None = None) -> str:
    """A word or two for a rule: the title of its reason."""
    return title(_OTHERWISE.get(rule, rule), locale)


def author_text(code: str, locale: str | None = None) -> str:
    """What an author reads about a code; an unknown one reads as “other”."""
    return (REASONS.get(code) or find_own(code) or REASONS["other"]).author_text_in(locale)


_Told = Finding | Mapping[str, Any]  # or as `Verdict.as_dict` stored it
_Parts = tuple[str, str, Mapping[str, Any]]  # reason, action and evidence

_HOSTILE = ("toxicity", "severe_toxicity", "sentence")
#: Reasons that an author need not read after the sentence for this one, which covers them.
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
#: Reasons that apply to a text against one person, but not to an attack on a group.
_HOSTILE_TO_ONE = frozenset(
    (*_HOSTILE, "insult", "threat", "threats", "common_insult", "self_harm_urged")
)
#: Why a moderator reads first; authors read only one of these.
_READ_FIRST = (
    *("premoderated_site", "premoderated_thread", "outside_hours", "premoderated_user"),
    "new_commenter",
)


def sentence(finding: _Told, locale: str | None = None) -> str:
    """A finding for moderators, with its numbers: "insult 0.91; your limit is 0.80"."""
    reason, action, evidence = _cut(finding)
    if reason in LABELS:
        return _score_sentence(
            "score_flag" if action == Action.REVIEW.name else "score", evidence, locale
        )
    if reason in ("sentence", "swearing_besides"):
        return _score_sentence(reason, evidence, locale)
    try:
        values = VALUES.get(reason, as_found)(evidence, locale)
        return say(f"reasons.moderator.{reason}", locale, **values)
    except KeyError:  # a code of an import, or evidence of an older version
        return say("reasons.moderator.other", locale, title=title(reason, locale))


def author_sentences(findings: Iterable[_Told], locale: str | None = None) -> list[str]:
    """Findings for their author: without numbers, and one sentence per kind. The strongest score
    stands for all scores, since "an insult" and "rude" say the same; word lists say it more
    exactly."""
    found = _once([_cut(each) for each in findings])
    scores = [each for each in found if each[0] in LABELS]
    strongest = max(
        scores, key=lambda each: strength(each[0], _weight(each), each[2]), default=None
    )
    told = [each for each in found if each is strongest or each[0] not in LABELS]
    if strongest is not None:  # it is about the whole text, so no single sentence is named
        told = [each for each in told if each[0] != "sentence"]
    if any(each[0] == "self_harm" for each in told):  # people in despair are not scolded as well
        told = [each for each in told if each[0] in FOUND]
    told.sort(key=lambda each: (-_weight(each), standing(each[0])))
    return list(dict.fromkeys(_author_sentence(each[0], each[2], locale) for each in told))


def sentences_before(findings: Iterable[Finding], locale: str | None = None) -> list[str]:
    """The same before posting: nobody will read the text, so nothing is promised, and the help
    lines follow as a list."""
    found = list(findings)
    if not any(each.reason == "self_harm" for each in found):
        return author_sentences(found, locale)
    private = [each for each in found if each.reason == "private_data"]
    return [*author_sentences(private, locale), say("reasons.before.self_harm", locale)]


def _once(found: list[_Parts]) -> list[_Parts]:
    """Without reasons that another finding covers more exactly."""
    reasons = {each[0] for each in found}
    said = {also for reason in reasons for also in _ALSO_SAYS.get(reason, ())}
    first = next((each for each in _READ_FIRST if each in reasons), None)
    return [
        each
        for each in found
        if each[0] not in said
        and (each[0] not in _READ_FIRST or each[0] == first)
        and (fits(each[2]) or reasons.isdisjoint(_HOSTILE_TO_ONE))
    ]


def kept_private(findings: Iterable[_Told], locale: str | None = None) -> str | None:
    """What the author of a text written in despair reads instead of any reason, with the help
    lines; None for other texts."""
    for reason, _, evidence in map(_cut, findings):
        if reason == "self_harm":
            return _author_sentence("care", evidence, locale)
    return None


def _author_sentence(reason: str, evidence: Mapping[str, Any], locale: str | None) -> str:
    if not evidence.get(FOUND.get(reason, "")):
        return author_text(reason, locale)
    return say(f"reasons.found.{reason}", locale, **VALUES[reason](evidence, locale))


def _cut(finding: _Told) -> _Parts:
    """Reason, action and evidence."""
    if isinstance(finding, Finding):
        return finding.reason, finding.action.name, finding.evidence
    return (
        str(finding.get("reason")),
        str(finding.get("action")),
        finding.get("evidence") or {},
    )


def _weight(found: _Parts) -> Action:
    return Action.__members__.get(found[1], Action.PASS)


def _score_sentence(key: str, evidence: Mapping[str, Any], locale: str | None) -> str:
    return say(
        f"reasons.moderator.{key}",
        locale,
        label=label_name(str(evidence.get("label")), locale),
        score=number(evidence.get("score", 0), locale, digits=2),
        limit=number(evidence.get("limit", 0), locale, digits=2),
    )
