"""Common insults in many languages, with how grave they are: for languages that no scorer reads."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from unicodedata import combining, normalize

from ....toxicity.normalise import normalise
from ..verdict import Listed
from .words import WordList

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ....toxicity.normalise import Normalised
    from .words import Match

_FILE = Path(__file__).with_name("insults.txt")
_SECTION = re.compile(r"\[(\w\w) ([123])\]")
_FEW = 6  # words; of a text with fewer, nobody can be sure which language it is in
_SWEARING = 1
# Languages that are often taken for one another.
_ALIKE = {"ru": "uk", "uk": "ru", "no": "da", "da": "no"}
_GUESSED = "en"  # what a text in doubt is taken for
_MOST = 50
_LONG = 6  # letters: shorter words without their accents may well be others
_OTHER_SCRIPTS = "\u0370"


class _Insults(NamedTuple):
    words: WordList
    known: Mapping[str, Mapping[str, int]]  # entry -> language -> severity


def languages() -> frozenset[str]:
    """The languages that have a list."""
    return frozenset(each for by_language in _insults().known.values() for each in by_language)


def any_insults(text: str, undisguised: Normalised) -> tuple[Match, ...]:
    """The insults of all languages that a text has."""
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
    """Those of the languages that a text may be in: what it was taken for, and the site's own. Of
    several entries for one word, the gravest.

    A short text that was taken for English, for the site's language, or for nothing, or that is not
    `scored`, may be in any; what is found then is `sure` only in the site's own. In a `foreign` stretch
    those of all languages count, and are `sure` in the one it was taken for.
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


def foreign(text: str, *, taken_for: str) -> str | None:
    """The language of the gravest insult in a short text that was taken for another one; none where a word
    is listed in that or in English, or the text is long enough to tell its language itself."""
    if len(text.split()) >= _FEW:
        return None
    found = [_insults().known[each.entry] for each in any_insults(text, normalise(text))]
    if not found or any({_GUESSED, taken_for} & each.keys() for each in found):
        return None
    gravest = max(found, key=lambda each: max(each.values()))
    return max(gravest, key=lambda language: gravest[language])


def _belongs(one: Listed, other: Listed) -> bool:
    """Whether it is a word of a longer insult that is at least as grave."""
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
    """As it is typed without accents."""
    if max(entry) >= _OTHER_SCRIPTS:
        return entry
    return "".join(each for each in normalize("NFD", entry) if not combining(each))
