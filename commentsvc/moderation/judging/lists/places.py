"""A text's words, and where thousands of strings occur in it.

A place is the position before a character; the last place is after the text.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from ....toxicity.points import ByPoint, points

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ....toxicity.points import Numbers, Truths
    from .literals import Literals

GAP = 4  # how many characters a `*` between letters may stand for
CUT = "\U0010ffff"  # between words; occurs in no text
_NO_CUT = "\U0010fffe"

# Scripts without spaces between words, and Korean, whose words carry suffixes.
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u0f00-\u0fff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u2e80-\u9fff"
    "\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\uff66-\uffdc\U00020000-\U0003ffff]"
)
_LONG = 2000  # characters; shorter texts are read word by word, since most words are known
_SPACE, _OTHER, _DIGIT, _LETTER = 1, 2, 3, 4  # only the last two form words of several characters
_ASCII_WORD = re.compile("[A-Za-z]+|[0-9]+|.", re.DOTALL)


class Places:
    """A text's words, where they begin and end, and its spaces; all of it computed lazily."""

    def __init__(self, text: str) -> None:
        self.text = text.replace(CUT, _NO_CUT)

    @cached_property
    def words(self) -> list[str]:
        """The words of the text; any character but a letter or digit is a word by itself."""
        if self.text.isascii():
            return _ASCII_WORD.findall(self.text)
        return [self.text[begin:end] for begin, end in pairwise([0, *self.behind.tolist()])]

    @cached_property
    def _kinds(self) -> NDArray[np.uint8]:
        return _KINDS[points(self.text)]

    @cached_property
    def cuts(self) -> Truths:
        """For each place: whether it is between two words or at an end of the text."""
        kinds = self._kinds
        cuts = np.ones(len(kinds) + 1, np.bool_)
        cuts[1:-1] = (kinds[1:] != kinds[:-1]) | (kinds[1:] < _DIGIT)
        return cuts

    @cached_property
    def behind(self) -> Numbers:
        """The place after each word."""
        return np.flatnonzero(self.cuts)[1:]

    @cached_property
    def before(self) -> Numbers:
        """For each place: where the word of the character at it begins."""
        at = np.arange(len(self.cuts))
        return np.maximum.accumulate(np.where(self.cuts, at, 0))

    @cached_property
    def after(self) -> Numbers:
        """For each place: where the word of the character before it ends."""
        at = np.arange(len(self.cuts))
        return np.minimum.accumulate(np.where(self.cuts, at, len(self.text))[::-1])[::-1]

    @cached_property
    def solid(self) -> tuple[int, int]:
        """The places before one character that is not a space, and before two, as bit sets."""
        one = as_bits(np.append(self._kinds != _SPACE, False))
        return one, one & one >> 1

    def gap_after(self, places: int) -> int:
        """These places (a bit set), and those up to `GAP` (4) characters on with no space
        between."""
        one, two = self.solid
        places |= (places & one) << 1
        places |= (places & two) << 2
        return places | (places & one) << 1


def marked(literal: str, *, begins: bool, ends: bool) -> str:
    """A string as it occurs in a marked text. `begins`, `ends`: at a word boundary."""
    one_word = literal.isascii() and (literal.isalpha() or literal.isdigit())
    inner = literal if one_word else CUT.join(Places(literal).words)
    return f"{CUT if begins else ''}{inner}{CUT if ends else ''}"


class Found:
    """The strings that occur in a text, each at most once per place."""

    def __init__(self, literals: Literals, places: Places) -> None:
        self._literals = literals
        self._places = places
        self._size = len(places.text) + 1
        found = None
        if len(places.text) >= _LONG:
            found = literals.ends_in(points(places.text), places.cuts, CUT)
        self._states, self._ends = found or literals.ends(places.words, lambda: places.behind, CUT)
        self._bits: dict[int, int] = {}

    def __bool__(self) -> bool:
        return len(self._ends) > 0

    def once_a_word(self, kept: Truths | None = None) -> Standing:
        """Each string once for each word that it ends in, if that word is `kept`."""
        states, ends = self._states, self._ends
        after = self._places.after[ends]
        if kept is not None:
            chosen = kept[after]
            states, ends, after = states[chosen], ends[chosen], after[chosen]
        keys, at = np.unique(states * self._size + after, return_index=True)
        return Standing(self._literals, keys // self._size, ends[at])

    @cached_property
    def everywhere(self) -> Standing:
        """Every occurrence of each string."""
        order = np.argsort(self._states, kind="stable")
        return Standing(self._literals, self._states[order], self._ends[order])

    def bits(self, number: int) -> int:
        """The places after a string, as a bit set."""
        if number not in self._bits:
            places = np.zeros(self._size, np.bool_)
            places[self.everywhere.ends(number)] = True
            self._bits[number] = as_bits(places)
        return self._bits[number]


class Standing:
    """The places after each string, grouped by string."""

    def __init__(self, literals: Literals, states: Numbers, ends: Numbers) -> None:
        self._ends = ends
        self._low = np.searchsorted(states, literals.first)
        self._high = np.searchsorted(states, literals.last)
        #: How many places each string has.
        self.counts: Numbers = self._high - self._low

    def ends(self, number: int) -> Numbers:
        """The places after one string, in no order."""
        return self._ends[self._low[number] : self._high[number]]


class _Step:
    """A run of literals up to one of them: the places after it."""

    __slots__ = ("ends", "next", "reached")

    def __init__(self, ends: int) -> None:
        self.ends = ends
        self.next: dict[int, _Step] = {}
        self.reached = -1  # `ends` and places up to a gap later; computed lazily


class Sequences:
    """Runs of strings with gaps between them in one text; common prefixes are searched once.

    All places are handled at once: a search costs a few operations on bit sets for each string.
    """

    def __init__(self, places: Places, found: Found) -> None:
        self._places, self._found = places, found
        self._first: dict[int, _Step] = {}

    def ends(self, numbers: Sequence[int], lengths: Sequence[int]) -> int:
        """The places after the whole run, as a bit set."""
        steps, behind, step = self._first, -1, None
        for number, length in zip(numbers, lengths, strict=True):
            if step is not None:
                if step.reached < 0:
                    step.reached = self._places.gap_after(step.ends)
                steps, behind = step.next, step.reached
            step = steps.get(number)
            if step is None:
                step = steps[number] = _Step(self._found.bits(number) & behind << length)
            if not step.ends:
                return 0
        return step.ends if step else 0

    def start(self, numbers: Sequence[int], lengths: Sequence[int], end: int) -> int:
        """Where the run that ends at `end` begins; the first of several places."""
        low = max(0, end - sum(lengths) - GAP * (len(lengths) - 1))
        solid = self._places.solid[0] >> low & ((2 << end - low) - 1)
        here = 1 << end - low
        for number, length in zip(reversed(numbers), reversed(lengths), strict=True):
            starts = (here & self._found.bits(number) >> low) >> length
            here = before = starts
            for _ in range(GAP):
                before = before >> 1 & solid
                here |= before
        return low + lowest(starts)


def lowest(places: int) -> int:
    """The first place of a bit set."""
    return (places & -places).bit_length() - 1


def as_bits(truths: Truths) -> int:
    """The true places as a bit set."""
    return int.from_bytes(np.packbits(truths, bitorder="little").tobytes(), "little")


def _kind(character: str) -> int:
    """The class of a character: adjacent letters form a word, adjacent digits a number."""
    if character.isdigit():
        return _DIGIT
    if (character.isalpha() or is_mark(character)) and not _UNSPACED.match(character):
        return _LETTER
    return _SPACE if character == " " else _OTHER


_KINDS = ByPoint(_kind, np.uint8)


def is_mark(character: str) -> bool:
    """Whether a character is a combining mark."""
    return character >= "\u0300" and unicodedata.category(character)[0] == "M"
