"""A text's words, and where thousands of strings stand in it.

A place is the one before a character; the last place is behind the text.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from .literals import Literals

    Numbers = NDArray[np.int64]
    Truths = NDArray[np.bool_]

GAP = 4  # how many characters a `*` between letters may stand for
CUT = "\U0010ffff"  # stands between words; in no text
_NO_CUT = "\U0010fffe"

# Scripts that set no spaces between words, and Korean, whose words carry their endings.
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u0f00-\u0fff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u2e80-\u9fff"
    "\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\uff66-\uffdc\U00020000-\U0003ffff]"
)
_LETTER, _DIGIT, _SPACE, _OTHER = "L", "D", " ", "."


class Places:
    """A text: where words begin and end, and where spaces are."""

    def __init__(self, text: str) -> None:
        self.text = text.replace(CUT, _NO_CUT)
        kinds = text.translate({ord(each): _kind(each) for each in set(text)}).encode()
        self._kinds = np.frombuffer(kinds, np.uint8)
        alike = self._kinds[1:] == self._kinds[:-1]
        inside = alike & ((self._kinds[1:] == ord(_LETTER)) | (self._kinds[1:] == ord(_DIGIT)))
        #: Between two words, and at both ends of the text.
        self.cuts: Truths = np.concatenate(([True], ~inside, [True])) if text else np.array([True])
        at = np.arange(len(text) + 1)
        #: Where the word begins that the character at a place belongs to.
        self.before: Numbers = np.maximum.accumulate(np.where(self.cuts, at, 0))
        #: Where the word ends that the character before a place belongs to.
        self.after: Numbers = np.minimum.accumulate(np.where(self.cuts, at, len(text))[::-1])[::-1]

    def marked(self) -> tuple[str, Numbers]:
        """The text with a `CUT` wherever there is one, and the place behind each of its characters."""
        cuts = np.flatnonzero(self.cuts)
        codes = np.frombuffer(self.text.encode("utf-32-le", "surrogatepass"), "<u4")
        marked = np.insert(codes, cuts, ord(CUT))
        text = marked.astype("<u4").tobytes().decode("utf-32-le", "surrogatepass")
        return text, np.cumsum(marked != ord(CUT))

    @cached_property
    def solid(self) -> tuple[int, int]:
        """The places before one character that is no space, and before two, as bits of numbers."""
        one = as_bits(np.append(self._kinds != ord(_SPACE), False))
        return one, one & one >> 1

    def gap_after(self, places: int) -> int:
        """These places, and those up to `GAP` (4) characters on without a space between."""
        one, two = self.solid
        places |= (places & one) << 1
        places |= (places & two) << 2
        return places | (places & one) << 1


def marked(literal: str, *, begins: bool, ends: bool) -> str:
    """A string as it stands in a marked text: `begins` and `ends` where a word does."""
    one_word = literal.isascii() and (literal.isalpha() or literal.isdigit())
    inner = literal if one_word else Places(literal).marked()[0][1:-1]
    return f"{CUT if begins else ''}{inner}{CUT if ends else ''}"


class Found:
    """The strings that stand in a text; how often is never more than the text has places."""

    def __init__(self, literals: Literals, places: Places) -> None:
        self._literals = literals
        self._size = len(places.text) + 1
        text, behind = places.marked()
        states = literals.states(text)
        ending = literals.ending[states]
        self._states, self._ends = states[ending], behind[ending]
        self._after = places.after[self._ends]
        self._bits: dict[int, int] = {}

    def once_a_word(self, kept: Truths | None = None) -> Standing:
        """Each string once for each word that it ends in, if that is one of those to be kept."""
        states, ends, after = self._states, self._ends, self._after
        if kept is not None:
            chosen = kept[after]
            states, ends, after = states[chosen], ends[chosen], after[chosen]
        keys, at = np.unique(states * self._size + after, return_index=True)
        return Standing(self._literals, keys // self._size, ends[at])

    @cached_property
    def everywhere(self) -> Standing:
        """Each string as often as it stands there."""
        order = np.argsort(self._states, kind="stable")
        return Standing(self._literals, self._states[order], self._ends[order])

    def bits(self, number: int) -> int:
        """The places behind a string, as the bits of a number."""
        if number not in self._bits:
            places = np.zeros(self._size, np.bool_)
            places[self.everywhere.ends(number)] = True
            self._bits[number] = as_bits(places)
        return self._bits[number]


class Standing:
    """The places behind each string, all of one string in a row."""

    def __init__(self, literals: Literals, states: Numbers, ends: Numbers) -> None:
        self._ends = ends
        self._low = np.searchsorted(states, literals.first)
        self._high = np.searchsorted(states, literals.last)
        #: How many there are of each string.
        self.counts: Numbers = self._high - self._low

    def ends(self, number: int) -> Numbers:
        """The places behind one of them, in no order."""
        return self._ends[self._low[number] : self._high[number]]


class _Step:
    """A run of literals up to one of them: the places behind it."""

    __slots__ = ("ends", "next", "reached")

    def __init__(self, ends: int) -> None:
        self.ends = ends
        self.next: dict[int, _Step] = {}
        self.reached = -1  # and those a gap behind them, when somebody first asks


class Sequences:
    """Runs of strings with gaps between them, in one text; what begins alike is found once.

    All places are asked at once: a search costs a few operations on long numbers for each string.
    """

    def __init__(self, places: Places, found: Found) -> None:
        self._places, self._found = places, found
        self._first: dict[int, _Step] = {}

    def ends(self, numbers: Sequence[int], lengths: Sequence[int]) -> int:
        """The places behind the whole run."""
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
        """Where the run begins that ends at `end`; the first place of several."""
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
    """The first of some places."""
    return (places & -places).bit_length() - 1


def as_bits(truths: Truths) -> int:
    """The places where something is true, as the bits of a number."""
    return int.from_bytes(np.packbits(truths, bitorder="little").tobytes(), "little")


@lru_cache(maxsize=4096)
def _kind(character: str) -> str:
    """Neighbouring letters are of one word, neighbouring digits of one number, and nothing else is."""
    if character.isdigit():
        return _DIGIT
    if (character.isalpha() or is_mark(character)) and not _UNSPACED.match(character):
        return _LETTER
    return _SPACE if character == " " else _OTHER


def is_mark(character: str) -> bool:
    """Whether it is drawn upon the letter before it."""
    return character >= "\u0300" and unicodedata.category(character)[0] == "M"
