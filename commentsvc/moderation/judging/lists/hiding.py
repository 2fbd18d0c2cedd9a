"""What a writer hid: where an undisguised reading differs from the text as written."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from ....toxicity.lookalikes import KNOWN
from .folded import View, folded
from .places import is_mark

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .places import Numbers, Places, Truths

_LATIN_WORD = re.compile("[a-z]{3,40}")
_APART = " \n "  # between unrelated pieces: no word, phrase or gap spans it


class Hiding:
    """An undisguised reading, cut down to where it hides something."""

    def __init__(self, view: View, differs: Truths, original: str) -> None:
        self.view = view
        self._differs, self._original = differs, original
        self._known: dict[tuple[int, int, bool], bool] = {}

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
            first, last = self.view.origin(start, end)
            plain = folded(View(self._original[first:last], None)).text
            self._known[key] = _was_disguised(plain, self.view.text[start:end], bare=bare)
        return self._known[key]


def _was_disguised(plain: str, read: str, *, bare: bool) -> bool:
    if plain == read or not any(map(str.isalpha, plain)):
        return False
    if plain.replace("ß", "ss") == read:
        return len(read) > 4  # Scheiße may be written with ss, but “aß” is not “ass”
    return without_accents(plain) != read or (not bare and read in KNOWN)


class Original:
    """A text as written, to compare readings with."""

    def __init__(self, text: str) -> None:
        self._text = text
        table = {ord(each): _plainly(each) for each in set(text)}
        self._bare = _codes(text.translate(table))

    def hidden(self, view: View, reach: int) -> Hiding | None:
        """Where a reading differs, with up to `reach` words of context; None if nowhere."""
        size = len(view.text)
        spans = np.fromiter(chain.from_iterable(view.origins(0, size)), np.int64, 2 * size)
        differs = self._differs(view, spans[::2], spans[1::2])
        if not differs.any():
            return None
        kept = _stretches(view.text, differs, reach)
        if len(kept) > 1 or kept[0] != (0, len(view.text)):
            view, differs = _cut(view, differs, kept)
        return Hiding(view, differs, self._text)

    def _differs(self, view: View, starts: Numbers, ends: Numbers) -> Truths:
        codes = _codes(view.text)
        differs: Truths = (self._bare[starts] != codes) | (ends - starts > 1)
        apart = ends[:-1] != starts[1:]
        differs[:-1] |= apart
        differs[1:] |= apart
        differs &= codes != ord(" ")
        if not self._text.isascii():
            for word in _LATIN_WORD.finditer(view.text):
                if word[0] in KNOWN:
                    differs[word.start() : word.end()] = True
        return differs


def _stretches(text: str, differs: Truths, reach: int) -> list[tuple[int, int]]:
    """Space-separated pieces that differ, with `reach` more on both sides."""
    spaces = np.flatnonzero(_codes(text) == ord(" "))
    starts = np.concatenate(([0], spaces + 1))
    ends = np.append(spaces, len(text))
    totals = np.concatenate(([0], np.cumsum(differs)))
    hides = np.flatnonzero(totals[ends] > totals[starts]).tolist()
    kept: list[tuple[int, int]] = []
    for piece in hides:
        first, last = max(0, piece - reach), min(len(starts) - 1, piece + reach)
        if kept and first <= kept[-1][1] + 1:
            kept[-1] = kept[-1][0], last
        else:
            kept.append((first, last))
    return [(int(starts[first]), int(ends[last])) for first, last in kept]


def _cut(view: View, differs: Truths, kept: list[tuple[int, int]]) -> tuple[View, Truths]:
    spans: list[tuple[int, int]] = []
    parts: list[Truths] = []
    for start, end in kept:
        if spans:
            spans += [spans[-1]] * len(_APART)
            parts.append(np.zeros(len(_APART), np.bool_))
        spans += view.origins(start, end)
        parts.append(differs[start:end])
    text = _APART.join(view.text[start:end] for start, end in kept)
    return View(text, spans), np.concatenate(parts)


def _codes(text: str) -> NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")


@lru_cache(maxsize=4096)
def _plainly(character: str) -> str:
    """A character without case and accents, or U+FFFF if that is not one character."""
    plain = without_accents(folded(View(character, None)).text)
    return plain if len(plain) == 1 else "\uffff"


def without_accents(text: str) -> str:
    """The text without combining marks."""
    if text.isascii():
        return text
    return "".join(c for c in unicodedata.normalize("NFD", text) if not is_mark(c))
