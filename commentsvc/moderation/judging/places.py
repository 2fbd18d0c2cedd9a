"""Places in a text as the bits of one number: each question is asked of all places at once.

Bit `i` of a number is the place before character `i`, so the last place is behind the text. A search
costs a few operations on such numbers for each letter of an entry, however often it is found.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

GAP = 4  # how many characters a `*` between letters may stand for
_BEGINS = -1  # a literal that begins its group: what it shares depends on the text
_KEY = 3  # characters of a literal that are looked up before any of it is searched

# Scripts that set no spaces between words, and Korean, whose words carry their endings.
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u0f00-\u0fff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u2e80-\u9fff"
    "\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\uff66-\uffdc\U00020000-\U0003ffff]"
)
_LETTER, _DIGIT, _SPACE, _OTHER = "L", "D", " ", "."


class _Before(dict[str, int]):
    """The places before each character, found when somebody first asks."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self._bytes = len(text) // 8 + 1
        self._positions: defaultdict[str, list[int]] = defaultdict(list)
        for at, character in enumerate(text):
            self._positions[character].append(at)

    def __missing__(self, character: str) -> int:
        bits = bytearray(self._bytes)
        for at in self._positions.get(character, ()):
            bits[at >> 3] |= 1 << (at & 7)
        found = self[character] = int.from_bytes(bits, "little")
        return found


class Places:
    """A text: where its characters are, where words begin and end, where spaces are."""

    def __init__(self, text: str) -> None:
        self.text = text
        kinds = text.translate({ord(each): _kind(each) for each in set(text)}).encode()
        letters, digits = _bits(kinds, _LETTER), _bits(kinds, _DIGIT)
        every = (1 << len(text)) - 1
        inside = (letters & letters << 1) | (digits & digits << 1)
        #: Between two words, and at both ends of the text.
        self.cuts = (every & ~inside) | 1 << len(text)
        self.solid = every & ~_bits(kinds, _SPACE)  # before a character that is no space

        #: The places before each such character.
        self.before = _Before(text)

    def runs(self, size: int) -> set[str]:
        """All that stands anywhere in the text and is `size` characters long."""
        return set(map("".join, zip(*(self.text[at:] for at in range(size)), strict=False)))

    def cut_before(self, place: int) -> int:
        """Where the word begins that the character at `place` belongs to."""
        return (self.cuts & ((2 << place) - 1)).bit_length() - 1

    def cut_after(self, place: int) -> int:
        """Where the word ends that the character before `place` belongs to."""
        return place + lowest(self.cuts >> place)

    def gap_after(self, places: int) -> int:
        """These places, and those up to `GAP` characters on without a space between."""
        reached = places
        for _ in range(GAP):
            places = (places & self.solid) << 1
            reached |= places
        return reached


class Literals:
    """Strings to be looked for all at once."""

    def __init__(self, literals: Iterable[str]) -> None:
        #: By their first characters: each with how many it shares with the one before it.
        self._groups: defaultdict[int, dict[str, list[tuple[str, int]]]] = defaultdict(dict)
        before = ""
        for literal in sorted(set(literals)):
            key = literal[:_KEY]
            group = self._groups[len(key)].setdefault(key, [])
            group.append((literal, _shared(before, literal) if group else _BEGINS))
            before = literal

    def ends(self, places: Places) -> dict[str, int]:
        """The literals that stand in the text, each with the places behind it."""
        found: dict[str, int] = {}
        for size, groups in self._groups.items():
            reached, before = [-1], ""  # behind 0, 1, 2 … characters of the literal before
            for key in sorted(groups.keys() & places.runs(size)):
                del reached[_shared(before, key) + 1 :]
                _follow(groups[key], places.before, reached, found)
                before = key
        return found


def _follow(
    group: Sequence[tuple[str, int]],
    before: Mapping[str, int],
    reached: list[int],
    found: dict[str, int],
) -> None:
    """Look for sorted literals: what one shares with the one before it is not looked for again."""
    for literal, shared in group:
        if shared == _BEGINS:
            shared = len(reached) - 1
        elif shared >= len(reached):  # what both begin with stands nowhere
            continue
        del reached[shared + 1 :]
        for character in literal[shared:]:
            here = (reached[-1] & before[character]) << 1
            if not here:
                break
            reached.append(here)
        else:
            found[literal] = reached[-1]


def _shared(one: str, other: str) -> int:
    """How many characters two strings have in common at their beginning."""
    if other.startswith(one):
        return len(one)
    return next(at for at, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1])


class _Step:
    """A run of literals up to one of them: the places behind it, with and without a gap."""

    __slots__ = ("ends", "next", "reached")

    def __init__(self, ends: int, places: Places) -> None:
        self.ends = ends
        self.reached = places.gap_after(ends) if ends else 0
        self.next: dict[str, _Step] = {}


class Sequences:
    """Runs of literals with gaps between them, in one text; what begins alike is found once."""

    def __init__(self, places: Places, found: Mapping[str, int]) -> None:
        self._places, self._found = places, found
        self._steps: tuple[dict[str, _Step], dict[str, _Step]] = {}, {}

    def ends(self, parts: tuple[str, ...], *, open_start: bool) -> int:
        """The places behind the whole run; without `open_start` it begins where a word does."""
        steps, behind = self._steps[open_start], -1 if open_start else self._places.cuts
        step = None
        for part in parts:
            step = steps.get(part)
            if step is None:
                ends = self._found.get(part, 0) & behind << len(part)
                step = steps[part] = _Step(ends, self._places)
            if not step.ends:
                return 0
            steps, behind = step.next, step.reached
        return step.ends if step else 0

    def start(self, parts: tuple[str, ...], end: int, *, open_start: bool) -> int:
        """Where the run begins that ends at `end`; the first place of several."""
        low = max(0, end - sum(map(len, parts)) - GAP * (len(parts) - 1))
        solid = self._places.solid >> low & ((2 << end - low) - 1)
        here = 1 << end - low
        for part in reversed(parts):
            starts = (here & self._found[part] >> low) >> len(part)
            here = before = starts
            for _ in range(GAP):
                before = before >> 1 & solid
                here |= before
        if not open_start:
            starts &= self._places.cuts >> low
        return low + lowest(starts)


def lowest(places: int) -> int:
    """The first of some places."""
    return (places & -places).bit_length() - 1


def _bits(kinds: bytes, kind: str) -> int:
    ones = bytes(b"01"[each == ord(kind)] for each in range(256))
    return int(kinds[::-1].translate(ones) or b"0", 2)


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
