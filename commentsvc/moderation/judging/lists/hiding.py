"""What a writer hid: where an undisguised reading differs from the text as written."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ....toxicity.lookalikes import KNOWN
from ....toxicity.points import ByPoint, points, stretched, text_of
from .folded import View, folded
from .places import is_mark

if TYPE_CHECKING:
    from ....toxicity.points import Numbers, Points, Truths
    from .places import Places

_LATIN_WORD = re.compile("[a-z]{3,40}")
_APART = " \n "  # between unrelated pieces: no word, phrase or gap spans it
_APART_POINTS = points(_APART)
_SPACE = ord(" ")


class _Written(NamedTuple):
    """A part of the text as it was written."""

    plain: str  # case-folded
    says: bool  # has letters
    sharp: str  # with ss for ß
    bare: str  # without accents


class Hiding:
    """An undisguised reading, cut down to where it hides something."""

    def __init__(self, view: View, differs: Truths, original: str) -> None:
        self.view = view
        self._differs, self._original = differs, original
        self._known: dict[tuple[int, int, bool], bool] = {}
        self._written: dict[tuple[int, int], _Written] = {}

    def words(self, places: Places, reach: int) -> Truths:
        """By the place after each word: whether it or one of `reach` before hides something."""
        behind = np.flatnonzero(places.cuts)
        hides = np.add.reduceat(np.append(self._differs, False), behind)[:-1] > 0
        near = hides.copy()
        for step in range(1, min(reach, len(hides)) + 1):
            near[step:] |= hides[:-step]
        by_place = np.zeros(len(places.cuts), np.bool_)
        by_place[behind[1:]] = near
        return by_place

    def hides(self, start: int, end: int, *, bare: bool) -> bool:
        """Whether a span of words was disguised. Plain text is judged as it is: neither numbers
        that could be letters nor another language's accents turn a word into an entry."""
        key = start, end, bare
        if key not in self._known:
            written = self._as_written(*self.view.origin(start, end))
            self._known[key] = _was_disguised(written, self.view.text[start:end], bare=bare)
        return self._known[key]

    def _as_written(self, start: int, end: int) -> _Written:
        """A span of the original. Many words may come from one, all that were rewritten together."""
        place = start, end
        if place not in self._written:
            plain = folded(View(self._original[start:end])).text
            self._written[place] = _Written(
                plain,
                any(map(str.isalpha, plain)),
                plain.replace("ß", "ss"),
                without_accents(plain),
            )
        return self._written[place]


def _was_disguised(written: _Written, read: str, *, bare: bool) -> bool:
    if written.plain == read or not written.says:
        return False
    if written.sharp == read:
        return len(read) > 4  # Scheiße may be written with ss, but “aß” is not “ass”
    return written.bare != read or (not bare and read in KNOWN)


class Original:
    """A text as written, to compare readings with."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._bare = _PLAINLY[points(text)]

    def hidden(self, view: View, reach: int) -> Hiding | None:
        """Where a reading differs, with up to `reach` words of context; None if nowhere."""
        codes = points(view.text)
        differs = self._differs(view, codes)
        if not differs.any():
            return None
        starts, ends = _stretches(codes, differs, reach)
        if len(starts) > 1 or (starts[0], ends[0]) != (0, len(codes)):
            view, differs = _cut(view, codes, differs, starts, ends)
        return Hiding(view, differs, self._text)

    def _differs(self, view: View, codes: Points) -> Truths:
        starts, ends = view.origins()
        differs: Truths = (self._bare[starts] != codes) | (ends - starts > 1)
        apart = ends[:-1] != starts[1:]
        differs[:-1] |= apart
        differs[1:] |= apart
        differs &= codes != _SPACE
        if not self._text.isascii():
            for word in _LATIN_WORD.finditer(view.text):
                if word[0] in KNOWN:
                    differs[word.start() : word.end()] = True
        return differs


def _stretches(codes: Points, differs: Truths, reach: int) -> tuple[Numbers, Numbers]:
    """Where space-separated pieces that differ, with `reach` more on both sides, begin and end."""
    spaces = np.flatnonzero(codes == _SPACE)
    starts = np.concatenate(([0], spaces + 1))
    ends = np.append(spaces, len(codes))
    totals = np.concatenate(([0], np.cumsum(differs)))
    hides = np.flatnonzero(totals[ends] > totals[starts])
    firsts = np.maximum(0, hides - reach)
    lasts = np.minimum(len(starts) - 1, hides + reach)
    apart = firsts[1:] > lasts[:-1] + 1
    return starts[firsts[np.append(True, apart)]], ends[lasts[np.append(apart, True)]]


def _cut(
    view: View, codes: Points, differs: Truths, starts: Numbers, ends: Numbers
) -> tuple[View, Truths]:
    """The view's stretches with `_APART` between them."""
    size = len(_APART)
    each = stretched(starts, ends - starts + size)[:-size]
    behind = np.repeat(ends, ends - starts + size)[:-size]
    between = each - behind  # below 0 within a stretch
    within = between < 0
    where = np.minimum(each, behind - 1)
    text = text_of(np.where(within, codes[where], _APART_POINTS[between.clip(0)]))
    return view.of(text, where, where), differs[where] & within


def _plainly(character: str) -> int:
    """A character without case and accents, or U+FFFF if that is not one character."""
    plain = without_accents(folded(View(character)).text)
    return ord(plain) if len(plain) == 1 else 0xFFFF


_PLAINLY = ByPoint(_plainly, np.uint32)


def without_accents(text: str) -> str:
    """The text without combining marks."""
    if text.isascii():
        return text
    return "".join(c for c in unicodedata.normalize("NFD", text) if not is_mark(c))
