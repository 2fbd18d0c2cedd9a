"""Word lists: owners' words, phrases and wildcards, found in any script and under disguises."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import ahocorasick

from ...toxicity.lookalikes import KNOWN
from ...toxicity.normalise import Normalised, normalise
from .folded import View, folded, spaced, squeezed, unleeted
from .traits import scan_links, shouting, similarity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["Match", "WordList", "scan_links", "shouting", "similarity"]

_GAP = 4  # how many characters a `*` between letters may stand for
_MOST_PARTS = 8  # an entry with more wildcards between letters matches nearly anything
#: How often an entry is tried in one word. No word that people write holds an entry's letters so often
#: without holding the entry; one made to keep a server busy does.
_TRIES = 32


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
    _automaton: Any = field(repr=False, compare=False)

    @staticmethod
    def compile(lines: Iterable[str]) -> WordList:
        """A list ready to search; the same lines are compiled once (the last 32 lists are kept)."""
        return _compiled(tuple(lines))

    def find(self, text: str, normalised: Normalised | None = None) -> list[Match]:
        """Every entry in the (NFC) text, in the order of the text, also where it is disguised.

        `normalised` is `normalise(text)` where the caller has it already: it is most of the cost.
        """
        if not self._patterns or not text:
            return []
        raw = folded(View(text, None))
        found = set(self._found(raw, disguised=False, text=text))
        if self._has_phrases and (words := spaced(raw)) is not raw:
            found.update(self._found(words, disguised=False, text=text))
        plain = normalised or normalise(text)
        view = folded(View(plain.text, plain.offsets))
        for undisguised in {view, unleeted(view), squeezed(unleeted(raw))}:
            if undisguised.text != raw.text:
                found.update(self._found(undisguised, disguised=True, text=text))
        return sorted(found, key=lambda match: (match.start, match.end, match.entry))

    def _found(self, view: View, *, disguised: bool, text: str) -> Iterator[Match]:
        """Linear in the text: the bounds of words are found once, and one word answers an entry once."""
        bounds = _Bounds(view.text)
        tries: Counter[tuple[int, int]] = Counter()
        hidden: dict[tuple[int, int, bool], bool] = {}
        for last, hits in self._automaton.iter(view.text):
            word = bounds.start(last)
            for index, part in hits:
                pattern, tried = self._patterns[index], (index, word)
                if (pattern.bare and not disguised) or tries[tried] >= _TRIES:
                    continue
                tries[tried] += 1
                span = _fits(pattern, part, bounds, last + 1)
                if span is None:
                    continue
                tries[tried] = _TRIES
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
    anchors: dict[str, list[tuple[int, int]]] = {}
    for index, pattern in enumerate(patterns):
        part = max(range(len(pattern.parts)), key=lambda i: len(pattern.parts[i]))
        anchors.setdefault(pattern.parts[part], []).append((index, part))
    automaton = ahocorasick.Automaton()
    for literal, hits in anchors.items():
        automaton.add_word(literal, tuple(hits))
    if anchors:
        automaton.make_automaton()
    has_phrases = any(pattern.phrase for pattern in patterns)
    return WordList(tuple(entries), tuple(ignored), tuple(patterns), has_phrases, automaton)


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
    phrase = " " in text and all(c.isalnum() or c in " *" or _is_mark(c) for c in text)
    shape = (text.startswith("*"), text.endswith("*"), phrase)
    yield _Pattern(entry, inner, *shape, bare=False)
    bare = tuple(map(_without_accents, inner))
    if bare != inner and all(bare):
        yield _Pattern(entry, bare, *shape, bare=True)


def _counts(character: str) -> bool:
    return unicodedata.category(character)[0] in "LNPS" and character != "*"


# --- matching ------------------------------------------------------------------------------------

# Scripts that set no spaces between words, and Korean, whose words carry their endings.
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u0f00-\u0fff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u2e80-\u9fff"
    "\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\uff66-\uffdc\U00020000-\U0003ffff]"
)


def _joined(one: str, other: str) -> bool:
    """Whether two neighbouring characters belong to one word, or one number."""
    if one.isdigit() or other.isdigit():
        return one.isdigit() and other.isdigit()
    if not (one.isalpha() or _is_mark(one)) or not (other.isalpha() or _is_mark(other)):
        return False
    return not (_UNSPACED.match(one) or _UNSPACED.match(other))


def _is_mark(character: str) -> bool:
    return character >= "\u0300" and unicodedata.category(character)[0] == "M"


class _Bounds:
    """Where each word of a text begins and ends, found when somebody first asks."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._cuts: list[int] = []

    def start(self, at: int) -> int:
        """Where the word begins that the character at `at` belongs to."""
        cuts = self._cuts or self._cut()
        return cuts[bisect_right(cuts, at) - 1]

    def end(self, at: int) -> int:
        """Where the word ends that the character before `at` belongs to."""
        cuts = self._cuts or self._cut()
        return cuts[bisect_left(cuts, at)]

    def _cut(self) -> list[int]:
        apart = (i for i, pair in enumerate(pairwise(self.text), 1) if not _joined(*pair))
        self._cuts = [0, *apart, len(self.text)]
        return self._cuts


def _fits(pattern: _Pattern, part: int, bounds: _Bounds, end: int) -> tuple[int, int] | None:
    """Where the whole pattern is, given that its anchor part ends at `end`; None if nowhere."""
    text = bounds.text
    starts, ends = {end - len(pattern.parts[part])}, {end}
    for each in reversed(pattern.parts[:part]):
        starts = {
            at - gap - len(each)
            for at in starts
            for gap in range(min(_GAP, at - len(each)) + 1)
            if text.startswith(each, at - gap - len(each)) and " " not in text[at - gap : at]
        }
    for each in pattern.parts[part + 1 :]:
        ends = {
            at + gap + len(each)
            for at in ends
            for gap in range(_GAP + 1)
            if text.startswith(each, at + gap) and " " not in text[at : at + gap]
        }
    places = (_place(at, bounds.start(at), pattern.open_start) for at in sorted(starts))
    start = next((at for at in places if at is not None), None)
    places = (_place(at, bounds.end(at), pattern.open_end) for at in sorted(ends))
    end_ = next((at for at in places if at is not None), None)
    return None if start is None or end_ is None else (start, end_)


def _place(at: int, bound: int, is_open: bool) -> int | None:
    """The word's bound, where the pattern may begin or end inside the word or does so at its bound."""
    return bound if is_open or at == bound else None


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
    return "".join(c for c in unicodedata.normalize("NFD", text) if not _is_mark(c))
