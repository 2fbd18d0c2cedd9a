"""Views of a text (case-folded, without punctuation, undisguised) that map back to it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from ....toxicity.points import points, text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ....toxicity.points import Numbers, Truths

    Joints = Mapping[str, tuple[str, ...]]

Span = tuple[int, int]

_SHARP_S = re.compile("[ßẞ]")
_SPACES = re.compile(r"\s{2,}|[^\S ]")
# Between the words of a phrase: anything but a letter, digit, mark or single space.
_BETWEEN = re.compile(r"(?:[^\w\s]|_)[\W_]*|\s[\W_]+")
_LEET = dict(zip("0134578@$€£!|+", "oieastbaseliit", strict=True))
_LEET_HINT = re.compile(r"[0134578@$€£!|+]")
# Signs that can end a sentence count as letters only before a letter.
_LEET_SIGN = re.compile(r"[!|+](?=[^\W_])")
_LEET_LETTERS = str.maketrans({sign: to for sign, to in _LEET.items() if sign not in "!|+"})
_LETTER = re.compile(r"[^\W\d_]")
_RUN = re.compile(r"([^\W\d_])\1\1")


@dataclass(frozen=True, eq=False)
class View:
    """A text and, for each character, where it begins and ends in the original (None: the same
    place)."""

    text: str
    starts: Numbers | None = None
    ends: Numbers | None = None

    def origin(self, start: int, end: int) -> Span:
        """The span of the original for a span of this view."""
        if self.starts is None or self.ends is None:
            return start, end
        return int(self.starts[start]), int(self.ends[end - 1])

    def origins(self) -> tuple[Numbers, Numbers]:
        """Where each character begins and ends in the original."""
        if self.starts is None or self.ends is None:
            starts = np.arange(len(self.text))
            return starts, starts + 1
        return self.starts, self.ends

    def of(self, text: str, firsts: Numbers, lasts: Numbers) -> View:
        """A view of this view, whose characters stand for those from `firsts` to `lasts`."""
        starts, ends = self.origins()
        return View(text, starts[firsts], ends[lasts])


def folded(view: View) -> View:
    """Case-folded, with one space for any whitespace. ß stays one letter."""
    text = _caseless(view.text)
    if len(text) == len(view.text):
        # Folding only ever adds characters, so equal lengths mean a one-to-one mapping.
        view = View(text, view.starts, view.ends)
    else:
        view = _lengthened(view, text)
    if view.text.isprintable() and "  " not in view.text:
        return view  # `isprintable`: no whitespace but spaces
    return _with_spaces(view, _SPACES)


def _lengthened(view: View, text: str) -> View:
    """Folded to `text`, if some characters, such as ligatures, become several; each maps to the
    original."""
    codes = points(view.text)
    sizes = np.ones(len(codes), np.int64)
    for each in set(view.text):
        if (size := _size(each)) > 1:
            sizes[codes == ord(each)] = size
    from_where = np.repeat(np.arange(len(codes)), sizes)
    return view.of(text, from_where, from_where)


@lru_cache(maxsize=4096)
def _size(character: str) -> int:
    return len(_caseless(character))


def _caseless(text: str) -> str:
    if text.isascii():
        return text.lower()
    return "ß".join(part.casefold() for part in _SHARP_S.split(text))


def spaced(view: View) -> View:
    """With one space for punctuation between words."""
    return _with_spaces(view, _BETWEEN)


def joints(phrases: Iterable[str]) -> Joints:
    """The letters around each space of these phrases: at most two before, and each two after it.
    Not beyond another space, where a text may have punctuation too."""
    found: dict[str, set[str]] = {}
    for phrase in phrases:
        for at in (at for at, letter in enumerate(phrase) if letter == " "):
            before = phrase[max(0, at - 2) : at].rpartition(" ")[2]
            found.setdefault(before, set()).add(phrase[at + 1 : at + 3].partition(" ")[0])
    return {before: tuple(each) for before, each in found.items()}


def is_joined(view: View, at: Joints) -> bool:
    """Whether punctuation stands where a phrase with these joints has a space: only then can a text
    with spaces for punctuation have a phrase that the text itself has not."""
    text = view.text
    for found in _BETWEEN.finditer(text):
        begin, end = found.span()
        for before in (text[max(0, begin - 2) : begin], text[begin - 1 : begin], ""):
            if before in at and text.startswith(at[before], end):
                return True
    return False


def unleeted(view: View) -> View:
    """With letters for look-alike digits and signs."""
    if not _LEET_HINT.search(view.text):
        return view
    text = _LEET_SIGN.sub(lambda found: _LEET[found[0]], view.text)
    return View(text.translate(_LEET_LETTERS), view.starts, view.ends)


def squeezed(view: View) -> View:
    """With one letter for three or more in a row."""
    if not _RUN.search(view.text):
        return view
    codes = points(view.text)
    again = np.flatnonzero(codes[1:] == codes[:-1])
    inside = again[:-1][np.diff(again) == 1] + 1  # places with the same character on both sides
    inside = inside[_are_letters(codes[inside])]
    drawn = np.zeros(len(codes), np.bool_)
    drawn[inside - 1] = drawn[inside] = drawn[inside + 1] = True
    repeats = np.zeros(len(codes), np.bool_)
    repeats[1:] = drawn[1:] & drawn[:-1] & (codes[1:] == codes[:-1])
    return _joined(view, text_of(codes[~repeats]), repeats)


def _are_letters(codes: Numbers) -> Truths:
    kinds, which = np.unique(codes, return_inverse=True)
    letters = [bool(_LETTER.match(chr(each))) for each in kinds.tolist()]
    found: Truths = np.array(letters, np.bool_)[which]
    return found


def _with_spaces(view: View, what: re.Pattern[str]) -> View:
    """Each match replaced by one space that maps to all of it."""
    found = [each for match in what.finditer(view.text) for each in match.span()]
    if not found:
        return view
    begins, ends = np.array(found, np.int64).reshape(-1, 2).T
    change = np.zeros(len(view.text) + 1, np.int8)
    change[begins + 1] += 1
    change[ends] -= 1
    return _joined(view, what.sub(" ", view.text), np.cumsum(change[:-1], dtype=np.int8) > 0)


def _joined(view: View, text: str, more: Truths) -> View:
    """A view with the characters in `more` joined to the one before them."""
    firsts = np.flatnonzero(~more)
    return view.of(text, firsts, np.append(firsts[1:], len(more)) - 1)
