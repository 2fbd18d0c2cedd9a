"""Word lists: owners' words, phrases and wildcards, found in any script and under disguises."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING

from ...toxicity.lookalikes import KNOWN
from ...toxicity.normalise import Normalised, normalise
from .folded import View, folded, spaced, squeezed, unleeted
from .places import Literals, Places, Sequences, is_mark, lowest
from .traits import scan_links, shouting, similarity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["Match", "WordList", "scan_links", "shouting", "similarity"]

_MOST_PARTS = 8  # an entry with more wildcards between letters matches nearly anything
_MOST_PLACES = 50  # of one entry in one text; more say nothing new
_MOST_FOUND = 1000  # of all entries


@dataclass(frozen=True)
class Match:
    """One entry found: as the owner wrote it, and where it stands in the original text."""

    entry: str
    start: int
    end: int


@dataclass(frozen=True)
class _Pattern:
    entry: str
    parts: tuple[str, ...]  # what stands between the wildcards
    open_start: bool
    open_end: bool
    phrase: bool  # words with spaces between, which other punctuation may replace
    bare: bool  # its accents were taken off: to be looked for in undisguised text only


@dataclass(frozen=True)
class WordList:
    """A compiled list; equal lines make equal lists. Make it with `WordList.compile`.

    One entry a line. Case never matters. An entry is found as whole words only, unless `*` says
    otherwise: `idiot*` is any word that begins so, `*wit` ends so, `*ass*` is anywhere, and between
    letters (`f*k`) a `*` stands for up to four characters of the same word. Scripts that write no
    spaces between words (Chinese, Japanese, Thai …) are searched without regard to words. A line
    that begins with `#`, and the rest of a line after ` #`, is a note.
    """

    entries: tuple[str, ...]
    ignored: tuple[str, ...]  # lines that would match nearly everything, such as `*` or `a*`
    _patterns: tuple[_Pattern, ...] = field(repr=False, compare=False)
    _has_phrases: bool = field(repr=False, compare=False)
    _literals: Literals = field(repr=False, compare=False)
    _beginning: dict[str, list[int]] = field(
        repr=False, compare=False
    )  # patterns by their first part

    @staticmethod
    def compile(lines: Iterable[str]) -> WordList:
        """A list ready to search; the same lines are compiled once (the last 32 lists are kept)."""
        return _compiled(tuple(lines))

    def find(self, text: str, normalised: Normalised | None = None) -> list[Match]:
        """The entries in the (NFC) text, in the order of the text, also where they are disguised.

        Each entry once for a word, and no more of them than a person could look at.

        `normalised` is `normalise(text)` where the caller has it already: it is most of the cost.
        """
        if not self._patterns or not text:
            return []
        found: set[Match] = set()
        for view, disguised in self._views(text, normalised):
            found.update(
                islice(self._found(view, disguised=disguised, text=text), _MOST_FOUND - len(found))
            )
        return sorted(found, key=lambda match: (match.start, match.end, match.entry))

    def _views(self, text: str, normalised: Normalised | None) -> Iterator[tuple[View, bool]]:
        """The text as it stands and out of disguise, each reading once; whether it was disguised."""
        raw = folded(View(text, None))
        yield raw, False
        if self._has_phrases and (words := spaced(raw)) is not raw:
            yield words, False
        plain = normalised or normalise(text)
        view = folded(View(plain.text, plain.offsets))
        seen = {raw.text}
        for undisguised in (view, unleeted(view), squeezed(unleeted(raw))):
            if undisguised.text not in seen:
                seen.add(undisguised.text)
                yield undisguised, True

    def _found(self, view: View, *, disguised: bool, text: str) -> Iterator[Match]:
        """Linear in the text: all places of an entry are found at once, and a word answers it once."""
        places = Places(view.text)
        ends = self._literals.ends(places)
        runs = Sequences(places, ends)
        hidden: dict[tuple[int, int, bool], bool] = {}
        likely = (index for first in ends for index in self._beginning.get(first, ()))
        for pattern in map(self._patterns.__getitem__, sorted(likely)):
            if (pattern.bare and not disguised) or not ends.keys() >= set(pattern.parts):
                continue
            for span in islice(_spans(pattern, places, runs), _MOST_PLACES):
                start, end = view.origin(*span)
                if disguised:
                    key = (*span, pattern.bare)
                    if key not in hidden:
                        hidden[key] = _was_disguised(text[start:end], view.text, span, pattern)
                    if not hidden[key]:
                        continue
                yield Match(pattern.entry, start, end)


# --- compiling -----------------------------------------------------------------------------------


@lru_cache(maxsize=32)
def _compiled(lines: tuple[str, ...]) -> WordList:
    entries: dict[str, None] = {}
    ignored: list[str] = []
    patterns: list[_Pattern] = []
    for line in lines:
        entry = _entry(line)
        if not entry or entry in entries:
            continue
        made = list(_patterns(entry))
        if made:
            entries[entry] = None
            patterns.extend(made)
        else:
            ignored.append(entry)
    beginning: dict[str, list[int]] = {}
    for index, pattern in enumerate(patterns):
        beginning.setdefault(pattern.parts[0], []).append(index)
    return WordList(
        entries=tuple(entries),
        ignored=tuple(ignored),
        _patterns=tuple(patterns),
        _has_phrases=any(pattern.phrase for pattern in patterns),
        _literals=Literals(part for pattern in patterns for part in pattern.parts),
        _beginning=beginning,
    )


def _entry(line: str) -> str:
    note = re.search(r"(?:^|\s)#", line)
    kept = line[: note.start()] if note else line
    return re.sub(r"\*+", "*", unicodedata.normalize("NFC", kept).strip())


def _patterns(entry: str) -> Iterator[_Pattern]:
    text = folded(View(entry, None)).text
    inner = tuple(part for part in text.strip("*").split("*") if part)
    solid = sum(map(str.isalnum, text))
    if not inner or ("*" in text and solid < 2) or not any(map(_counts, text)):
        return
    if len(inner) > _MOST_PARTS:
        return
    phrase = " " in text and all(c.isalnum() or c in " *" or is_mark(c) for c in text)
    shape = (text.startswith("*"), text.endswith("*"), phrase)
    yield _Pattern(entry, inner, *shape, bare=False)
    bare = tuple(map(_without_accents, inner))
    if bare != inner and all(bare):
        yield _Pattern(entry, bare, *shape, bare=True)


def _counts(character: str) -> bool:
    return unicodedata.category(character)[0] in "LNPS" and character != "*"


# --- matching ------------------------------------------------------------------------------------


def _spans(pattern: _Pattern, places: Places, runs: Sequences) -> Iterator[tuple[int, int]]:
    """Where the pattern stands, once for each word that it ends in; an open end reaches the word's."""
    ends = runs.ends(pattern.parts, open_start=pattern.open_start)
    if not pattern.open_end:
        ends &= places.cuts
    while ends:
        end = lowest(ends)
        start = runs.start(pattern.parts, end, open_start=pattern.open_start)
        word_end = places.cut_after(end)
        yield (
            places.cut_before(start) if pattern.open_start else start,
            word_end if pattern.open_end else end,
        )
        ends = ends >> word_end + 1 << word_end + 1


def _was_disguised(original: str, text: str, span: tuple[int, int], pattern: _Pattern) -> bool:
    """Whether the writer hid the word. What stands there plainly is judged as it stands: neither
    numbers that could be letters nor another language's accents make a word into an entry."""
    read = text[span[0] : span[1]]
    plain = folded(View(original, None)).text
    if plain == read or not any(map(str.isalpha, plain)):
        return False
    if plain.replace("ß", "ss") == read:
        return len(read) > 4  # Scheiße may be written with ss, but who aß is no ass
    return _without_accents(plain) != read or (not pattern.bare and read in KNOWN)


def _without_accents(text: str) -> str:
    if text.isascii():
        return text
    return "".join(c for c in unicodedata.normalize("NFD", text) if not is_mark(c))
