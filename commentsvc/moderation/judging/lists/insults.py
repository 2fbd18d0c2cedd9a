"""Common insults in many languages, with severity: for languages that no scorer reads."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from unicodedata import combining, normalize

from ....core.remembering import remembered
from ....toxicity.normalise import normalise
from ..verdict import Listed
from .words import WordList

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ....toxicity.normalise import Normalised
    from .words import Match

_FILE = Path(__file__).with_name("insults.txt")
_SECTION = re.compile(r"\[(\w\w) ([123])\]")
_FEW = 6  # words; with fewer, the language of a text is uncertain
_SWEARING, _SLUR = 1, 3
_SEVERAL = 3  # languages
# Languages that are often confused.
_ALIKE = {"ru": "uk", "uk": "ru", "no": "da", "da": "no"}
_GUESSED = "en"  # what doubtful texts are detected as
_MOST = 50
_LONG = 6  # letters; shorter words without accents may be different words
_OTHER_SCRIPTS = "\u0370"
# Slurs of one language that are names in others, or begin some: Kike Setién, Raj Babbar, Monheim.
_ALSO_NAMES = frozenset(
    (
        *("kike", "panchito*", "babbar", "babbe", "monhe*", "perker*", "buzi*", "chamar", "bhangi"),
        *("terrone", "terroni", "ibne*", "jidan*", "nikker*", "kanake*", "muian*", "ryssa*"),
        *("parch", "bambus", "katua", "жид", "хач"),
    )
)


class _Insults(NamedTuple):
    words: WordList
    known: Mapping[str, Mapping[str, int]]  # entry -> language -> severity


def languages() -> frozenset[str]:
    """The languages that have a list."""
    return frozenset(each for by_language in _insults().known.values() for each in by_language)


def any_insults(text: str, undisguised: Normalised) -> tuple[Match, ...]:
    """The insults in a text, of all languages."""
    return tuple(_insults().words.find(text, undisguised)[:_MOST])


def insults_of(
    matches: Iterable[Match],
    text: str,
    *,
    language: str | None,
    likely: str | None,
    scored: bool = True,
    foreign: Sequence[tuple[int, int, str]] = (),
) -> tuple[Listed, ...]:
    """The insults of the languages that a text may be in: the detected one and the site's own. Of
    several entries for one word, the gravest.

    A short text may be in any language if it was detected as English, the site's language or
    nothing, or is not `scored`; its matches are then `sure` only in the detected or the site's
    language, and never if it was detected as English. In a `foreign` passage all languages count,
    and its own is `sure`.
    """
    known = _insults().known
    spoken = {each[:2] for each in (language, likely) if each}
    spoken |= {_ALIKE[each] for each in spoken if each in _ALIKE}
    guessed = (None, _GUESSED, likely[:2] if likely else _GUESSED)
    open_to_all = (language in guessed or not scored) and len(text.split()) < _FEW
    found: dict[tuple[int, int], Listed] = {}
    for match in matches:
        by_language = known[match.entry]
        own = [by_language[each] for each in spoken if each in by_language]
        severity = max(own) if own else max(by_language.values())
        place = match.start, match.end
        stretch = (
            next((code for *at, code in foreign if _touch(place, at)), None) if not own else None
        )
        if not own and not (stretch or (open_to_all and severity > _SWEARING)):
            continue
        sure = bool(own) and (not open_to_all or language != _GUESSED)
        if stretch and stretch in by_language:
            severity, sure = by_language[stretch], True
        if place not in found or found[place].severity < severity:
            found[place] = Listed(match.entry, *place, severity, sure, stretch is not None)
    listed = found.values()
    return tuple(each for each in listed if not any(_belongs(each, other) for other in listed))


def insults_in_name(name: str, *spoken: str | None) -> tuple[str, ...]:
    """The listed insults, and bare swear words, in a person's name: in these languages and English,
    since in others they may be ordinary names; slurs, and what is an insult in several languages,
    in any, unless people are called so elsewhere. Surnames that only begin like a swear word do not
    count."""
    own = {each[:2] for each in spoken if each}
    found: dict[str, None] = {}
    for entry, is_bare in in_name(name):
        of = _insults().known[entry]
        is_name = entry in _ALSO_NAMES
        languages = own if is_name else own | {_GUESSED}
        severity = max((of[each] for each in languages & of.keys()), default=0)
        anywhere = not is_name and (max(of.values()) == _SLUR or len(of) >= _SEVERAL)
        if anywhere or severity > _SWEARING or (severity == _SWEARING and is_bare):
            found[entry] = None
    return tuple(found)


@remembered(1024, longest=200)
def in_name(name: str) -> tuple[tuple[str, bool], ...]:
    """The entries that a name has, of all languages, each with whether it is the whole word."""
    return tuple(
        (
            each.entry,
            sum(map(str.isalnum, name[each.start : each.end])) <= len(each.entry.strip("*")),
        )
        for each in any_insults(name, normalise(name))
    )


def foreign(text: str, *, taken_for: str) -> str | None:
    """The language of the gravest insult in a short text that was `taken_for` another language.
    None if an insult is listed in that or in English, or the text is long enough to detect its
    language."""
    if len(text.split()) >= _FEW:
        return None
    found = [_insults().known[each.entry] for each in any_insults(text, normalise(text))]
    if not found or any({_GUESSED, taken_for} & each.keys() for each in found):
        return None
    gravest = max(found, key=lambda each: max(each.values()))
    return max(gravest, key=lambda language: gravest[language])


def _belongs(one: Listed, other: Listed) -> bool:
    """Whether one insult is part of a longer one that is at least as grave."""
    longer = other.end - other.start > one.end - one.start
    inside = other.start <= one.start and one.end <= other.end
    return longer and inside and other.severity >= one.severity


def _touch(one: Sequence[int], other: Sequence[int]) -> bool:
    return one[0] < other[1] and other[0] < one[1]


@cache
def _insults() -> _Insults:
    known: dict[str, dict[str, int]] = {}
    for entry, language, severity in _read(_FILE.read_text("utf-8")):
        known.setdefault(entry, {})[language] = severity
    return _Insults(WordList.compile(known), known)


def _read(text: str) -> Iterator[tuple[str, str, int]]:
    language, severity = "", 0
    for line in text.splitlines():
        if section := _SECTION.fullmatch(line.strip()):
            language, severity = section[1], int(section[2])
        elif line.strip() and not line.startswith("#"):
            for entry in map(str.strip, line.split(",")):
                yield entry, language, severity
                plain = _without_marks(entry)
                if plain != entry and len(plain) >= _LONG:
                    yield plain, language, severity


def _without_marks(entry: str) -> str:
    """An entry as typed without accents."""
    if max(entry) >= _OTHER_SCRIPTS:
        return entry
    return "".join(each for each in normalize("NFD", entry) if not combining(each))
