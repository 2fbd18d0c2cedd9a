"""Word lists: owners' words, phrases and wildcards, found in any script, even disguised."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import chain, islice
from typing import TYPE_CHECKING

import numpy as np

from ....toxicity.normalise import Normalised, normalise
from .folded import View, folded, is_joined, joints, spaced, squeezed, unleeted
from .hiding import Original, without_accents
from .literals import Literals
from .places import CUT, Found, Places, Sequences, is_mark, lowest, marked

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .folded import Joints
    from .hiding import Hiding
    from .places import Numbers, Standing, Truths


_MOST_PARTS = 8  # an entry with more wildcards between letters matches nearly anything
_MOST_PLACES = 50  # of one entry in one text; more add nothing
_MOST_FOUND = 1000  # of all entries


@dataclass(frozen=True)
class Match:
    """One entry found: as the owner wrote it, and its place in the original text."""

    entry: str
    start: int
    end: int


@dataclass(frozen=True)
class _Pattern:
    entry: str
    parts: tuple[str, ...]  # the strings between the wildcards
    open_start: bool
    open_end: bool
    phrase: bool  # words with spaces between, which punctuation may replace
    bare: bool  # without its accents: searched for in undisguised text only
    numbers: tuple[int, ...] = ()  # of the parts among the list's literals
    lengths: tuple[int, ...] = ()

    def literals(self) -> Iterator[str]:
        """The parts as they occur in a marked text."""
        last = len(self.parts) - 1
        for at, part in enumerate(self.parts):
            begins, ends = at == 0 and not self.open_start, at == last and not self.open_end
            yield marked(part, begins=begins, ends=ends)


@dataclass(frozen=True)
class WordList:
    """A compiled list; equal lines make equal lists. Create it with `WordList.compile`.

    One entry per line. Case never matters. An entry matches whole words only, unless it has a `*`:
    `idiot*` matches the start of a word, `*wit` the end, `*ass*` anything, and between letters
    (`f*k`) a `*` stands for up to four characters of the same word. Scripts without spaces between
    words (Chinese, Japanese, Thai …) are searched regardless of words. A line that begins with `#`,
    and the rest of a line after ` #`, is a comment.
    """

    entries: tuple[str, ...]
    ignored: tuple[str, ...]  # lines that would match nearly everything, such as `*` or `a*`
    _patterns: tuple[_Pattern, ...] = field(repr=False, compare=False)
    _joints: Joints = field(repr=False, compare=False)  # of its phrases
    _reach: int = field(repr=False, compare=False)  # how many words an entry may span
    _literals: Literals = field(repr=False, compare=False)
    _numbers: Numbers = field(repr=False, compare=False)  # all patterns' literals, concatenated,
    _starts: Numbers = field(repr=False, compare=False)  # where each pattern's begin,
    _single: Truths = field(repr=False, compare=False)  # and which belong to patterns without gaps

    @staticmethod
    def compile(lines: Iterable[str]) -> WordList:
        """A list ready to search; the same lines are compiled once (the last 32 lists are kept)."""
        return _compiled(tuple(lines))

    def find(self, text: str, normalised: Normalised | None = None) -> list[Match]:
        """The entries in the (NFC) text, in text order, including disguised ones.

        Each entry at most once per word, and at most 50 times in each reading; 1000 matches in all.

        `normalised` is `normalise(text)` if the caller already has it: it is most of the cost.
        """
        if not self._patterns or not text:
            return []
        found: set[Match] = set()
        for view, hiding in self._views(text, normalised):
            found.update(islice(self._found(view, hiding), _MOST_FOUND - len(found)))
        return sorted(found, key=lambda match: (match.start, match.end, match.entry))

    def _views(
        self, text: str, normalised: Normalised | None
    ) -> Iterator[tuple[View, Hiding | None]]:
        """The text as it is, and each distinct undisguised reading where it differs."""
        raw = folded(View(text))
        yield raw, None
        if self._joints and is_joined(raw, self._joints):
            yield spaced(raw), None
        plain = normalised or normalise(text)
        view = folded(View(plain.text, plain.starts, plain.ends))
        original, seen = Original(text), {raw.text}
        for undisguised in (view, unleeted(view), squeezed(unleeted(raw))):
            if undisguised.text in seen:
                continue
            seen.add(undisguised.text)
            if hiding := original.hidden(undisguised, self._reach):
                yield hiding.view, hiding

    def _found(self, view: View, hiding: Hiding | None) -> Iterator[Match]:
        """The matches in one view. Linear in the text: all entries are searched for at once."""
        places = Places(view.text)
        found = Found(self._literals, places)
        if not found:
            return
        once = found.once_a_word(hiding.words(places, self._reach) if hiding else None)
        runs = Sequences(places, found)
        for pattern in self._likely(found, once):
            if pattern.bare and not hiding:
                continue
            spans = (_run_spans if len(pattern.parts) > 1 else _spans)(pattern, places, once, runs)
            for span in islice(spans, _MOST_PLACES):
                if hiding is None or hiding.hides(*span, bare=pattern.bare):
                    yield Match(pattern.entry, *view.origin(*span))

    def _likely(self, found: Found, once: Standing) -> Iterator[_Pattern]:
        """The patterns whose parts all occur in the text."""
        counts = once.counts[self._numbers]
        if not self._single.all():
            counts = np.where(self._single, counts, found.everywhere.counts[self._numbers])
        least = np.minimum.reduceat(counts, self._starts)
        yield from map(self._patterns.__getitem__, np.flatnonzero(least).tolist())


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
    return _made(tuple(entries), tuple(ignored), patterns)


def _made(entries: tuple[str, ...], ignored: tuple[str, ...], patterns: list[_Pattern]) -> WordList:
    sought = [tuple(pattern.literals()) for pattern in patterns]
    literals = Literals(chain.from_iterable(sought))
    numbers = [tuple(map(literals.numbers.__getitem__, each)) for each in sought]
    sizes = [len(each) for each in numbers]
    return WordList(
        entries=entries,
        ignored=ignored,
        _patterns=tuple(
            replace(pattern, numbers=each, lengths=tuple(map(len, pattern.parts)))
            for pattern, each in zip(patterns, numbers, strict=True)
        ),
        _joints=joints(part for each in patterns if each.phrase for part in each.parts),
        _reach=max((sum(part.count(CUT) for part in each) for each in sought), default=0),
        _literals=literals,
        _numbers=np.array([*chain.from_iterable(numbers)], np.int64),
        _starts=np.cumsum([0, *sizes[:-1]]),
        _single=np.repeat(np.array(sizes) == 1, sizes),
    )


def _entry(line: str) -> str:
    note = re.search(r"(?:^|\s)#", line)
    kept = line[: note.start()] if note else line
    return re.sub(r"\*+", "*", unicodedata.normalize("NFC", kept).strip())


def _patterns(entry: str) -> Iterator[_Pattern]:
    text = folded(View(entry)).text
    inner = tuple(part for part in text.strip("*").split("*") if part)
    solid = sum(map(str.isalnum, text))
    if not inner or ("*" in text and solid < 2) or not any(map(_counts, text)):
        return
    if len(inner) > _MOST_PARTS:
        return
    phrase = " " in text and all(c.isalnum() or c in " *" or is_mark(c) for c in text)
    shape = (text.startswith("*"), text.endswith("*"), phrase)
    yield _Pattern(entry, inner, *shape, bare=False)
    bare = tuple(map(without_accents, inner))
    if bare != inner and all(bare):
        yield _Pattern(entry, bare, *shape, bare=True)


def _counts(character: str) -> bool:
    return unicodedata.category(character)[0] in "LNPS" and character != "*"


# --- matching ------------------------------------------------------------------------------------


def _spans(
    pattern: _Pattern, places: Places, once: Standing, _runs: Sequences
) -> Iterator[tuple[int, int]]:
    """Spans of a pattern without gaps, once per word it ends in; open ends extend to the word's."""
    ends = once.ends(pattern.numbers[0])
    for end in sorted(ends.tolist()) if len(ends) < 200 else np.sort(ends)[:_MOST_PLACES].tolist():
        yield _whole(pattern, places, end - pattern.lengths[0], end)


def _run_spans(
    pattern: _Pattern, places: Places, _once: Standing, runs: Sequences
) -> Iterator[tuple[int, int]]:
    """The same for a pattern with gaps."""
    ends = runs.ends(pattern.numbers, pattern.lengths)
    while ends:
        end = lowest(ends)
        start = runs.start(pattern.numbers, pattern.lengths, end)
        yield _whole(pattern, places, start, end)
        word_end = int(places.after[end])
        ends = ends >> word_end + 1 << word_end + 1


def _whole(pattern: _Pattern, places: Places, start: int, end: int) -> tuple[int, int]:
    return (
        int(places.before[start]) if pattern.open_start else start,
        int(places.after[end]) if pattern.open_end else end,
    )
