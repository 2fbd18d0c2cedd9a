"""`gather`, the only bridge from tables to a Submission. Few queries, no writes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ...sites.policy import KNOBS, Policy
from ...threads import text as texts
from ...threads.rules import waits
from ...toxicity.normalise import Normalised, normalise
from ...toxicity.readings.every import readings
from ...toxicity.scorer import Scores, Unscored
from .authors import Standing, author_of, standing_of
from .curves import calibrated
from .finders.contacts import Contacts, contacts_of
from .finders.help_lines import help_lines
from .finders.spotting import spotted, without
from .lists.insults import any_insults, insults_of
from .lists.words import Match, WordList
from .meant import stretches
from .rules import BASELINE
from .spam.gathered import hosts_in, promotion_facts
from .spam.lessons import learned_of
from .spam.model import Reading, reading_of
from .traits import shouting
from .verdict import Found, Listed, Meant, Sentence, Spot, Submission

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...accounts.models import User
    from ...sites.models import Site
    from ...threads.models import Comment, Thread
    from ...toxicity.readings.words import Alternative
    from .spam.learning import Learned

_NOTABLE = 0.2  # sentences below this for every label are ignored
_MOST_FOUND = 50  # per list; more adds nothing


@dataclass(frozen=True)
class Read:
    """The facts of a text alone, whoever wrote it, wherever. Finding them takes longest, so it is
    done before the unit of work. `lists` are the word lists that were searched for."""

    text: str
    plain: str
    lists: tuple[WordList, WordList]
    banned: tuple[Found, ...]
    suspect: tuple[Found, ...]
    links: tuple[str, ...]
    disguised: tuple[str, ...]
    spotted: tuple[Spot, ...]
    shouting: float
    insults: tuple[Match, ...]  # in any language
    promotion: Reading  # its words and traits, for the spam models
    locale: str  # the site's language
    meant: tuple[str, ...] = ()  # other readings of it
    name: str | None = None  # of a new guest

    @cached_property
    def placed(self) -> texts.Placed:
        return texts.Placed(self.text)

    @property
    def said(self) -> str:
        """The plain text with all its readings."""
        return "\n".join((self.plain, *self.meant))


def read_text(site_id: int, policy: Policy, text: str, *, name: str | None = None) -> Read:
    """Find everything that rules need to know about a text. No queries."""
    lists = word_lists(site_id, policy)
    undisguised = normalise(text)
    found = _look(lists, text, undisguised)
    others = readings(text)
    for reading in others:
        more = _look(lists, reading.text, normalise(reading.text))
        found = tuple(_with(*pair, reading) for pair in zip(found, more, strict=True))
    banned, suspect, spots, insults = found
    return Read(
        text=text,
        plain=texts.plain(text),
        lists=lists,
        banned=banned,
        suspect=suspect,
        links=hosts_in(text),
        disguised=tuple(texts.disguised(text)),
        spotted=spots,
        shouting=shouting(text),
        insults=insults,
        promotion=reading_of(text, undisguised),
        locale=policy.locale,
        meant=tuple(each.text for each in others),
        name=name,
    )


def _look(
    lists: tuple[WordList, WordList], text: str, undisguised: Normalised
) -> tuple[tuple[Any, ...], ...]:
    """What the lists, the finders and the common insults find in one reading of a text."""
    return (
        *(found_in(words, text, undisguised) for words in lists),
        spotted(text, undisguised),
        any_insults(text, undisguised),
    )


def _with(found: tuple[Any, ...], more: tuple[Any, ...], reading: Alternative) -> tuple[Any, ...]:
    """`found` plus what only another reading has, placed in the original text."""
    names = {_name(each) for each in found}
    return found + tuple(
        replace(each, start=start, end=end)
        for each in more
        if _name(each) not in names
        for start, end in (reading.place(each.start, each.end),)
    )


def _name(each: Spot | Found | Match) -> str:
    return f"{each.rule} {each.kind}" if isinstance(each, Spot) else each.entry


def prepare() -> None:
    """Load the phrases and lists, so that neither the first text nor the first long one, which is
    read with tables of its own, has to wait."""
    for text in ("Hello", "Hello " * 400):
        read_text(0, Policy(), text)
    stretches("Hello")


@dataclass(frozen=True)
class Asked:
    """What a request has queried: a known author's standing, and what the site has learned."""

    standing: Standing | None
    learned: Learned | None
    like: str = ""  # whose first name a new guest borrows (`authors.first_name_of`)


def gather(
    *,
    site: Site,
    policy: Policy,
    thread: Thread | None,
    author: User | None,
    read: Read,
    scores: Scores | Unscored,
    is_edit: bool = False,
    comment: Comment | None = None,
    asked: Asked | None = None,
) -> Submission:
    """The facts about a text to be judged. At most 3 queries (1 with `asked`), plus 2 if it has
    links. `author` is None for an unknown guest, `thread` where it does not matter. `comment` is
    the one being edited or rescored; it does not count against its author."""
    if read.lists != word_lists(site.id, policy):  # the owner has just changed them
        read = read_text(site.id, policy, read.text, name=read.name)
    asked = asked or _asked(site, policy, author, comment)
    given = _given(site, scores)
    return Submission(
        text=read.text,
        plain=read.said,
        scores=given,
        sentences=_sentences(site, scores, read) if given is not None else (),
        meant=_meant(site, scores, read) if given is not None else None,
        **_scored(scores, given),
        author=author_of(
            author, asked.standing, site, policy, read, comment, scores.language, asked.like
        ),
        is_edit=is_edit,
        **waits(thread, policy, comment.created_at if comment and not is_edit else None),
        banned=read.banned,
        suspect=read.suspect,
        insults=listed_insults(read, scores, policy),
        **promotion_facts(site, policy, author, read, asked.learned),
        spotted=without(contacts(site, policy), read.spotted, read.text),
        help_lines=_help_lines(policy, read),
        shouting=read.shouting,
        limits=limits_of(policy),
    )


def _asked(site: Site, policy: Policy, author: User | None, comment: Comment | None) -> Asked:
    learns = policy.spam != "off" and policy.spam_learning
    standing = None
    if author is not None and author.id is not None:
        standing = standing_of(author, site, policy, comment)
    return Asked(standing, learned_of(site.id) if learns else None)


def _help_lines(policy: Policy, read: Read) -> tuple[str, ...]:
    """The help lines to show the writer, if they may need them."""
    languages = [each.kind for each in read.spotted if each.rule == "self_harm"]
    return tuple(help_lines(languages, policy.help_lines)) if languages else ()


def contacts(site: Site, policy: Policy) -> Contacts:
    """Contacts that may be published here: the site's list, and any email at its own hosts."""
    return contacts_of(policy.own_contacts, site.listed or "")


def _scored(scores: Scores | Unscored, given: Mapping[str, float] | None) -> dict[str, Any]:
    return {
        "language": scores.language,
        "unscored": None if given is not None else getattr(scores, "reason", "failed"),
        "doubted": given is not None and getattr(scores, "doubted", False),
        "scorer": scores.model,
    }


def listed_insults(read: Read, scores: Scores | Unscored, policy: Policy) -> tuple[Listed, ...]:
    """The common insults that count in the text's language or the site's."""
    return insults_of(
        read.insults,
        read.text,
        language=scores.language,
        likely=policy.locale or None,
        scored=isinstance(scores, Scores),
        foreign=list(_foreign(read, scores)),
    )


def _foreign(read: Read, scores: Scores | Unscored) -> Iterator[tuple[int, int, str]]:
    """The passages in other languages: start and end in the source, and language."""
    for each in scores.foreign if isinstance(scores, Scores) else ():
        if (place := read.placed.source(each.start, each.end)) is not None:
            yield *place, each.language


_LIMITS = "_limits_of"  # in the __dict__ of a policy, which never changes


def limits_of(policy: Policy) -> dict[str, Any]:
    """The policy fields that rules read, where they differ from `BASELINE`."""
    if (kept := policy.__dict__.get(_LIMITS)) is None:
        asked = {name: getattr(policy, name) for name, knob in KNOBS.items() if knob.judged}
        kept = {name: value for name, value in asked.items() if value != BASELINE[name]}
        policy.__dict__[_LIMITS] = kept
    return {key: dict(each) if isinstance(each, Mapping) else each for key, each in kept.items()}


# Compiling thousands of lines takes a tenth of a second, so each site's lists are cached until the
# lines change. The lines themselves are the key: a policy is parsed once per state of a site.
_KEPT: dict[tuple[int, str, int], tuple[tuple[str, ...], WordList]] = {}
_MOST_KEPT = 200


def word_lists(site_id: int, policy: Policy) -> tuple[WordList, WordList]:
    """The site's banned and suspect words, compiled."""
    return (
        _compiled(site_id, "banned", policy.banned_words),
        _compiled(site_id, "suspect", policy.suspect_words),
    )


def _compiled(site_id: int, name: str, lines: tuple[str, ...]) -> WordList:
    key = (site_id, name, hash(lines))  # sections have their own lists
    kept = _KEPT.get(key)
    if kept is not None and (kept[0] is lines or kept[0] == lines):
        return kept[1]
    if len(_KEPT) >= _MOST_KEPT:
        _KEPT.clear()
    compiled = WordList.compile(lines)
    _KEPT[key] = (lines, compiled)
    return compiled


def found_in(
    words: WordList, text: str, undisguised: Normalised | None = None
) -> tuple[Found, ...]:
    """What a list finds in a text, at most `_MOST_FOUND`."""
    found = words.find(text, undisguised)[:_MOST_FOUND]
    return tuple(Found(each.entry, each.start, each.end) for each in found)


def _given(site: Site, scores: Scores | Unscored) -> dict[str, float] | None:
    """The calibrated scores, or None if any is not finite: that voids the whole answer."""
    if isinstance(scores, Unscored) or not scores.values:
        return None
    values = {label: float(value) for label, value in scores.values.items()}
    if not all(math.isfinite(value) for value in values.values()):
        return None
    rounded = {label: round(value, 6) for label, value in values.items()}
    return calibrated(site, rounded, scores.model)


def _meant(site: Site, scores: Scores | Unscored, read: Read) -> Meant | None:
    """The calibrated scores without the parts that the writer does not mean."""
    if not isinstance(scores, Scores) or (rest := scores.rest) is None:
        return None
    if not all(map(math.isfinite, rest.values.values())):
        return None
    values = calibrated(site, rest.values, scores.model)
    spots = (read.placed.source(start, end) for start, end in rest.places)
    return Meant(
        {label: round(value, 6) for label, value in values.items()},
        rest.why,
        _sentences(site, replace(scores, passages=rest.passages), read),
        tuple(each for each in spots if each is not None),
    )


def _sentences(site: Site, scores: Scores | Unscored, read: Read) -> tuple[Sentence, ...]:
    """The worst sentences with calibrated scores and their places in the source, without those that
    are harmless by every label."""
    found = []
    for each in getattr(scores, "passages", ()):
        values = calibrated(site, each.values, scores.model)
        if max(values.values(), default=0.0) >= _NOTABLE and all(
            map(math.isfinite, values.values())
        ):
            rounded = {label: round(value, 4) for label, value in values.items()}
            place = read.placed.source(each.start, each.end) or (None, None)
            found.append(Sentence(rounded, *place))
    return tuple(found)
