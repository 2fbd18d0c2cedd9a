"""The core types: rules read a frozen Submission; the most severe Finding wins."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields
from enum import IntEnum
from typing import Any


class Action(IntEnum):
    """What a rule wants done, from harmless to severe."""

    PASS = 0
    REVIEW = 1  # publish, and show it to a moderator
    HOLD = 2  # a moderator decides first
    REJECT = 3


@dataclass(frozen=True)
class Found:
    """Words of a list found in the text. Offsets count characters of the source."""

    entry: str
    start: int
    end: int


@dataclass(frozen=True)
class Spot:
    """What a finder found in the text: its rule, its kind, its place in the source, and whether the
    writer only quotes it."""

    rule: str
    kind: str
    start: int
    end: int
    quoted: bool = False


@dataclass(frozen=True)
class Listed(Found):
    """A common insult. Severity 1 is swearing, 2 an insult, 3 a slur. `sure`: it belongs to the
    language of the text or passage; `foreign`: its passage is in another language than the rest."""

    severity: int = 2
    sure: bool = True
    foreign: bool = False


@dataclass(frozen=True)
class Sentence:
    """The scores of one sentence. Offsets count characters of the source; None if unknown."""

    scores: Mapping[str, float]
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True)
class Meant:
    """The scores without what the writer does not mean. `why` it is not meant: `figure` (of
    speech), `swearing` (at nobody) or `quoted`; `places` are its spans in the source."""

    scores: Mapping[str, float]
    why: str
    sentences: tuple[Sentence, ...] = ()
    places: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True)
class Outside:
    """The answer of the site's own judge, an external program, about the text: `none`, `flag`,
    `hold` or `reject`, with reasons; or `failed`, and what the site wants then."""

    host: str
    said: str
    flags: tuple[str, ...] = ()  # toxic | spam
    reasons: tuple[str, ...] = ()
    failure: str = "publish"  # publish | hold


@dataclass(frozen=True)
class Author:
    """What is known about the author on this site at the time of writing."""

    kind: str = "guest"  # guest | reader | trusted | moderator | owner | admin
    approved: int = 0  # published comments
    recent_published: int = 0  # last 7 days
    recent_rejected: int = 0
    recent_posts: int = 0  # within the policy's flood window, without this one
    premoderated: bool = False  # set by a moderator
    resembles: str = ""  # the staff name that the author's looks like
    repeats: bool = False  # repeats a recent comment of the author's
    name_banned: tuple[str, ...] = ()  # entries of the site's banned words in a guest's name
    name_others: tuple[str, ...] = ()  # its suspect words and common insults there


@dataclass(frozen=True)
class Submission:
    """The frozen facts about a revision to be judged. Stored with it, so that the verdict can be
    replayed under other limits (`limits` is the part of the policy that rules read)."""

    text: str  # source
    plain: str
    language: str | None = None
    scores: Mapping[str, float] | None = None  # None: there is no score
    sentences: tuple[Sentence, ...] = ()  # the worst ones, if there are several
    meant: Meant | None = None  # if the writer does not mean all of it
    unscored: str | None = None  # why there is no score
    doubted: bool = False  # may be in another language, where it would score lower
    scorer: str | None = None
    author: Author = field(default_factory=Author)
    is_edit: bool = False
    thread_premoderated: bool = False
    outside_hours: bool = False  # written while the site holds everything
    banned: tuple[Found, ...] = ()
    suspect: tuple[Found, ...] = ()
    insults: tuple[Listed, ...] = ()
    links: tuple[str, ...] = ()  # hosts, without those the site allows
    denied: tuple[str, ...] = ()  # of `links`: hosts the site denies
    disguised: tuple[str, ...] = ()  # of `links`: hosts of links that pretend to lead elsewhere
    new_hosts: tuple[str, ...] = ()  # of `links`: hosts that nobody vouches for
    spam: float = 0.0  # probability that it is an advertisement
    spam_signs: tuple[Found, ...] = ()  # the strongest evidence for it
    spam_here: float | None = None  # the same, as learned by the site; None: not enough decisions
    spam_here_signs: tuple[Found, ...] = ()  # what the site rejected before
    spam_again: bool = False  # the site rejected the same text as spam
    spotted: tuple[Spot, ...] = ()
    outside: Outside | None = None  # if the site has a judge of its own
    help_lines: tuple[str, ...] = ()  # if the writer may need them
    shouting: float = 0.0  # share of capitals among letters; 0 for short texts
    limits: Mapping[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """For storing with the revision: only what differs from the defaults, without the text,
        which the revision has. `submission_from` is the inverse."""
        return {
            each.name: _plain_value(value)
            for each in fields(self)
            if each.name not in ("text", "plain")
            and (value := getattr(self, each.name)) != _DEFAULT[each.name]
        }


_DEFAULT = asdict(Submission(text="", plain="")) | {"author": Author()}


def submission_from(stored: Mapping[str, Any], *, text: str, plain: str) -> Submission:
    """The inverse of `Submission.as_dict`; fields that no longer exist are dropped."""
    known = {each.name for each in fields(Submission)} - {"text", "plain"}
    values = {name: value for name, value in stored.items() if name in known}
    for name in ("banned", "suspect", "spam_signs", "spam_here_signs"):
        values[name] = tuple(Found(**each) for each in values.get(name, ()))
    values["insults"] = tuple(Listed(**each) for each in values.get("insults", ()))
    values["sentences"] = tuple(Sentence(**each) for each in values.get("sentences", ()))
    values["meant"] = _meant_from(values.get("meant"))
    values["outside"] = outside_from(values)
    for name in ("links", "denied", "disguised", "new_hosts", "help_lines"):
        values[name] = tuple(values.get(name, ()))
    values["spotted"] = tuple(Spot(**each) for each in values.get("spotted", ()))
    given = values.get("author", {})
    known_of_author = {each.name: given[each.name] for each in fields(Author) if each.name in given}
    for name in ("name_banned", "name_others"):
        known_of_author[name] = tuple(known_of_author.get(name, ()))
    values["author"] = Author(**known_of_author)
    return Submission(text=text, plain=plain, **values)


def outside_from(stored: Mapping[str, Any] | None) -> Outside | None:
    """The answer of the site's own judge, from stored facts."""
    given = (stored or {}).get("outside")
    if not given:
        return None
    named = {each.name: given[each.name] for each in fields(Outside) if each.name in given}
    for name in ("flags", "reasons"):
        named[name] = tuple(named.get(name, ()))
    return Outside(**named)


def _meant_from(stored: Mapping[str, Any] | None) -> Meant | None:
    if not stored:
        return None
    sentences = tuple(Sentence(**each) for each in stored["sentences"])
    places = tuple((start, end) for start, end in stored["places"])
    return Meant(stored["scores"], stored["why"], sentences, places)


def _plain_value(value: Any) -> Any:
    if isinstance(value, Author | Found | Meant | Outside | Sentence | Spot):
        return asdict(value)
    if isinstance(value, tuple):
        return [_plain_value(each) for each in value]
    return dict(value) if isinstance(value, Mapping) else value


@dataclass(frozen=True)
class Finding:
    """One rule's result. `evidence` has what a sentence about it needs: words, numbers, limits."""

    rule: str
    action: Action
    reason: str  # a code of reasons.py
    evidence: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Verdict:
    """The most severe action, and every finding, the most severe first."""

    action: Action
    findings: tuple[Finding, ...]

    @property
    def holds(self) -> bool:
        """Whether a moderator must decide before the text is published."""
        return self.action >= Action.HOLD

    def as_dict(self) -> dict[str, Any]:
        """For storing; `Action` by its name."""
        findings = [{**asdict(each), "action": each.action.name} for each in self.findings]
        return {"action": self.action.name, "findings": findings}


def verdict_from(stored: Mapping[str, Any]) -> Verdict:
    """The inverse of `Verdict.as_dict`."""
    findings = tuple(
        Finding(each["rule"], Action[each["action"]], each["reason"], each.get("evidence") or {})
        for each in stored.get("findings", ())
    )
    return Verdict(Action[stored.get("action", "PASS")], findings)


Rule = Callable[[Submission], Finding | None]
