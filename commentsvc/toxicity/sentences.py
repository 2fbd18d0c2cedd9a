"""Where the sentences of a text are, and offsets in the units that a client counts in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

Span = tuple[int, int]

MOST = 60
"""A text of more sentences gets its rest as one: each costs a score."""

# The end of a sentence: its marks, what closes behind them, and a gap; or a line break.
_END = re.compile(r"[.!?…]+[\"'”’»)\]]*(?=\s|$)|[。！？｡]+[」』”’）]*|\n+")
_BEFORE = re.compile(r"(?:^|[\s(\"'“])((?:[^\W\d_]\.)*[^\W\d_]+)$")
#: Words whose dot ends no sentence, in the languages the model reads.
_WITH_A_DOT = """mr mrs ms dr prof st sr jr vs etc e.g i.e nr bzw ca z.b d.h u.a usw evtl sra dra
    pág mme mlle p.ej approx dept"""
_SHORT = frozenset(_WITH_A_DOT.split())


def spans(text: str) -> list[Span]:
    """The sentences as half-open ranges of characters, without the space around them."""
    found: list[Span] = []
    begin = 0
    for end in _END.finditer(text):
        if end[0] == "." and _is_short(text, begin, end.start()):
            continue
        _add(found, text, begin, end.end())
        begin = end.end()
        if len(found) == MOST - 1:
            break
    _add(found, text, begin, len(text))
    return found


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
    """What turns an index of a Python string into an offset in `UTF8`, `UTF16` or `UTF32` units.

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
