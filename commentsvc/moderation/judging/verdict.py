"""One abstraction: rules look at a frozen Submission; the most severe Finding wins."""

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
    """Words of a list that were found in the text: offsets count characters of the source."""

    entry: str
    start: int
    end: int


@dataclass(frozen=True)
class Spot:
    """What a finder came upon in the text: for which rule, what it is, where in the source, and whether
    the writer only repeats it."""

    rule: str
    kind: str
    start: int
    end: int
    quoted: bool = False


@dataclass(frozen=True)
class Listed(Found):
    """A common insult: 1 is swearing, 2 an insult, 3 a slur; `sure` that it is of the text's language, or
    of that of the stretch that it is in, which is `foreign` to the rest."""

    severity: int = 2
    sure: bool = True
    foreign: bool = False


@dataclass(frozen=True)
class Sentence:
    """What one sentence of the text scores alone: offsets count characters of the source, None where it
    cannot be told which they are."""

    scores: Mapping[str, float]
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True)
class Meant:
    """What is left of the scores without what the writer does not mean. `why` it is not meant: `figure`,
    `swearing` at nobody, or `quoted`, with the `places` in the source."""

    scores: Mapping[str, float]
    why: str
    sentences: tuple[Sentence, ...] = ()
    places: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True)
class Outside:
    """What the site's own judge, a program elsewhere, said of the text: `none`, `flag`, `hold` or `reject`,
    why, and in which words; or `failed`, and what the site wants then."""

    host: str
    said: str
    flags: tuple[str, ...] = ()  # toxic | spam
    reasons: tuple[str, ...] = ()
    failure: str = "publish"  # publish | hold


@dataclass(frozen=True)
class Author:
    """What is known of who wrote, on this site, at the time of writing."""

    kind: str = "guest"  # guest | reader | trusted | moderator | owner | admin
    approved: int = 0  # comments published after a person or the rules let them
    recent_published: int = 0  # last 7 days
    recent_rejected: int = 0
    recent_posts: int = 0  # within the policy's flood window, this one not counted
    premoderated: bool = False  # a moderator's standing wish
    resembles: str = ""  # the staff's name for which readers would take the author's
    repeats: bool = False  # says again what the author said shortly before


@dataclass(frozen=True)
class Submission:
    """The frozen facts about a revision that is to be judged. Stored with it, so that the judgement
    can be replayed under other limits (`limits` is the part of the policy that rules look at)."""

    text: str  # source
    plain: str
    language: str | None = None
    scores: Mapping[str, float] | None = None  # None: there is no score
    sentences: tuple[Sentence, ...] = ()  # the worst, where there are several
    meant: Meant | None = None  # where the writer does not mean all of it
    unscored: str | None = None  # why not
    doubted: bool = False  # perhaps in another language, in which it would score less
    scorer: str | None = None
    author: Author = field(default_factory=Author)
    is_edit: bool = False
    thread_premoderated: bool = False
    outside_hours: bool = False  # written when the site holds everything
    banned: tuple[Found, ...] = ()
    suspect: tuple[Found, ...] = ()
    insults: tuple[Listed, ...] = ()
    links: tuple[str, ...] = ()  # hosts, those that the site allows left out
    denied: tuple[str, ...] = ()  # of them, those that it does not want
    disguised: tuple[str, ...] = ()  # of them, those of links that pretend to lead elsewhere
    new_hosts: tuple[str, ...] = ()  # of them, those that nobody vouches for
    spam: float = 0.0  # how much it reads like an advertisement
    spam_signs: tuple[Found, ...] = ()  # what speaks for it most
    spam_here: float | None = None  # the same by what the site has learned; None: not enough yet
    spam_here_signs: tuple[Found, ...] = ()  # what it rejected before that speaks for it
    spam_again: bool = False  # the site rejected the same text as spam
    spotted: tuple[Spot, ...] = ()
    outside: Outside | None = None  # where the site has a judge of its own
    help_lines: tuple[str, ...] = ()  # where the writer may need them
    shouting: float = 0.0  # share of capitals among letters; 0 for short texts
    limits: Mapping[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """For storing beside the revision: only what differs from the defaults, without the text,
        which the revision holds itself. `submission_from` is the way back."""
        return {
            each.name: _plain_value(value)
            for each in fields(self)
            if each.name not in ("text", "plain")
            and (value := getattr(self, each.name)) != _DEFAULT[each.name]
        }


_DEFAULT = asdict(Submission(text="", plain="")) | {"author": Author()}


def submission_from(stored: Mapping[str, Any], *, text: str, plain: str) -> Submission:
    """The facts again, from what `Submission.as_dict` stored; what is not known any more is left out."""
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
    values["author"] = Author(
        **{each.name: given[each.name] for each in fields(Author) if each.name in given}
    )
    return Submission(text=text, plain=plain, **values)


def outside_from(stored: Mapping[str, Any] | None) -> Outside | None:
    """What the site's own judge said, out of stored facts."""
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
    """One rule's opinion. `evidence` holds what a sentence about it needs: words, number, limit."""

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
        """Whether nobody is to read the text before a moderator has."""
        return self.action >= Action.HOLD

    def as_dict(self) -> dict[str, Any]:
        """For storing; `Action` by its name."""
        findings = [{**asdict(each), "action": each.action.name} for each in self.findings]
        return {"action": self.action.name, "findings": findings}


def verdict_from(stored: Mapping[str, Any]) -> Verdict:
    """The verdict again, from what `Verdict.as_dict` stored."""
    findings = tuple(
        Finding(each["rule"], Action[each["action"]], each["reason"], each.get("evidence") or {})
        for each in stored.get("findings", ())
    )
    return Verdict(Action[stored.get("action", "PASS")], findings)


Rule = Callable[[Submission], Finding | None]
