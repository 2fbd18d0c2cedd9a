"""Split a text into sentences, find the parts to be read separately, and convert offsets."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Span = tuple[int, int]

MOST = 60
"""A text of more sentences gets its rest as one: each costs a score."""

_ALONE = 96
"""So many parts of a text are read by themselves at most; in a longer one they are longer."""
_LONG, _WINDOW = 240, 120
"""Characters: a longer sentence is read through windows of this width, each half over the last."""

# The end of a sentence: its marks, what closes after them, and a gap or the next one's capital;
# marks that need no gap (Chinese, Japanese, Hindi, Arabic and Urdu, Armenian, Amharic); or a line
# break. Each begins with one set of characters, so that the search skips all others.
_MARKS, _UNSPACED, _BREAKS = ".!?…‼⁇⁈⁉", "。！？｡।॥؟۔։።፧", "\n\r\v\f\x85\u2028\u2029"
_END = re.compile(
    rf"[{_MARKS}{_UNSPACED}{_BREAKS}]"
    rf"(?:(?<=[{_MARKS}])(?<![{_MARKS}]{{2}})[{_MARKS}]*[\"'”’»)\]*_]*"
    r"(?=\s|$|(?<=[^\W\d_A-Z]{2}[.!?])[A-ZÀ-Þ][^\W\d_A-Z])"
    rf"|(?<=[{_UNSPACED}])[{_UNSPACED}]*[」』”’）»]*"
    rf"|(?<=[{_BREAKS}])[{_BREAKS}]*)"
)
_BEFORE = re.compile(r"(?:^|[\s(\"'“])((?:[^\W\d_]\.)*[^\W\d_]+)$")
#: Words whose dot ends no sentence, in the languages the model reads.
_WITH_A_DOT = """mr mrs ms dr prof st sr jr vs etc e.g i.e nr bzw ca z.b d.h u.a usw evtl sra dra
    pág mme mlle p.ej approx dept"""
_SHORT = frozenset(_WITH_A_DOT.split())


def spans(text: str) -> list[Span]:
    """The sentences as half-open ranges of characters, without surrounding space."""
    found = _all(text)
    return found if len(found) <= MOST else [*found[: MOST - 1], (found[MOST - 1][0], found[-1][1])]


def _all(text: str) -> list[Span]:
    found: list[Span] = []
    begin = 0
    for end in _END.finditer(text):
        if end[0] == "." and _is_short(text, begin, end.start()):
            continue
        _add(found, text, begin, end.end())
        begin = end.end()
    _add(found, text, begin, len(text))
    return found


def alone(text: str) -> list[Span]:
    """The parts of a text that are read separately: its sentences, and windows over long ones.
    Empty if the whole text is one such part."""
    if len(text) <= _LONG and not _END.search(text.rstrip(), 0, len(text.rstrip()) - 1):
        return []
    parts = [part for begin, end in _all(text) for part in _windows(text, begin, end)]
    if len(parts) > _ALONE:
        parts = _packed(parts, len(text) // _ALONE + 1)
    return parts if len(parts) > 1 else []


def _windows(text: str, begin: int, end: int) -> Iterator[Span]:
    if end - begin <= _LONG:
        yield begin, end
        return
    for at in range(begin, end - _WINDOW // 2, _WINDOW // 2):
        first, last = _word_start(text, at, begin), _word_start(text, at + _WINDOW, begin)
        yield first, min(last, end)


def _word_start(text: str, at: int, least: int) -> int:
    """`at`, or the nearby start of the word that `at` would cut."""
    for place in range(at, max(at - 20, least), -1):
        if place >= len(text) or text[place - 1].isspace():
            return min(place, len(text))
    return at


def _packed(parts: list[Span], size: int) -> list[Span]:
    """Neighbors merged, so that each is about `size` characters long."""
    made: list[Span] = []
    for begin, end in parts:
        if made and end - made[-1][0] <= 2 * size:
            made[-1] = made[-1][0], max(end, made[-1][1])
        else:
            made.append((begin, end))
    return made


def _is_short(text: str, begin: int, dot: int) -> bool:
    """Whether the single dot belongs to an abbreviation or an initial (J. Smith)."""
    word = _BEFORE.search(text, max(begin, dot - 12), dot)
    if word is None:
        return False
    return word[1].lower() in _SHORT or (len(word[1]) == 1 and word[1].isupper())


def _add(found: list[Span], text: str, begin: int, end: int) -> None:
    while begin < end and text[begin].isspace():
        begin += 1
    while end > begin and text[end - 1].isspace():
        end -= 1
    if begin < end:
        found.append((begin, end))


def counter(text: str, unit: str) -> Callable[[int], int]:
    """A function from an index of a Python string to an offset in `UTF8`, `UTF16` or `UTF32` units.

    KeyError for another unit.
    """
    width = _WIDTHS[unit]
    if width is None or text.isascii():
        return lambda index: index
    offsets = [0]
    for char in text:
        offsets.append(offsets[-1] + width(char))
    return offsets.__getitem__


_WIDTHS: dict[str, Callable[[str], int] | None] = {
    "UTF8": lambda char: len(char.encode("utf-8", "surrogatepass")),
    "UTF16": lambda char: 1 if char < "\U00010000" else 2,
    "UTF32": None,
}
UNITS = tuple(_WIDTHS)
