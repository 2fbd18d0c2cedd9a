"""Texts turned around: by a control character, upside down, or letter by letter."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ..lookalikes import KNOWN
from .words import HIDDEN, WORD, Alternative, known_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ..sentences import Span
    from .words import Word

_OVERRIDE, _POPS = "\u202e", "\u202c\u2069\n"

# Upside-down letters. Those of the first line make a text likely to be upside down.
_SIGNS = dict(zip("ɐǝɟƃɥᴉɾʞɯɹʇʌʍʎ", "aefghijkmrtvwy", strict=True))
_TURNED = str.maketrans(
    _SIGNS
    | dict(zip("ɔıᵷɓʃןꞁʅ", "cigglllj", strict=True))
    | dict(zip("bdnpquBDNMWPC\u0186\u018e\u2132∀∩Λ⅄⊥ԀƖſ", "qpudbnqpuWMdCCEFAUVYTPIJ", strict=True))
    | dict(zip("69¡¿˙,'", "96!?.',", strict=True))
)
_FEWEST_SIGNS, _SIGNS_IN_WORDS = 2, 4


def overridden(text: str) -> tuple[Alternative, ...]:
    """The text with everything after a right-to-left override reversed."""
    if _OVERRIDE not in text:
        return ()
    order: list[int] = []
    turned: list[int] | None = None
    for at, each in enumerate(text):
        if each == _OVERRIDE or (turned is not None and each in _POPS):
            order += reversed(turned or ())
            turned = [] if each == _OVERRIDE else None
        elif turned is not None:
            turned.append(at)
        else:
            order.append(at)
    order += reversed(turned or ())
    return (_in_order(text, order, most=False),)


def _in_order(text: str, order: Sequence[int], *, most: bool) -> Alternative:
    return Alternative("".join(text[at] for at in order), order, most)


def upside_down(text: str) -> tuple[Alternative, ...]:
    """The text upright, read from its end, word by word from their ends, or in place."""
    if len(_SIGNS.keys() & set(text)) < _FEWEST_SIGNS:
        return ()
    upright = text.translate(_TURNED)
    words = [(each.start(), each.end()) for each in re.finditer(r"\S+", text)]
    whole = list(range(len(text)))
    orders = (whole[::-1], _turned_words(whole, words), whole)
    found = [_in_order(upright, order, most=True) for order in orders]
    told = [_told(each.text) for each in found]
    signs = sum(each in _SIGNS for each in text)
    if max(told) <= _told(text) and _SIGNS_IN_WORDS * signs < sum(map(str.isalpha, text)):
        return ()  # a pronunciation
    return tuple(each for each, say in zip(found, told, strict=True) if say == max(told))


def _told(text: str) -> int:
    """How many letters of a text belong to known words."""
    return sum(len(word) for word in WORD.findall(text.lower()) if word in known_words())


def _turned_words(order: list[int], words: Sequence[Span]) -> list[int]:
    """The same order, with each of these words reversed."""
    turned = order.copy()
    for start, end in words:
        turned[start:end] = order[start:end][::-1]
    return turned


def backwards(text: str, words: Sequence[Word]) -> tuple[Alternative, ...]:
    """Stretches that make sense only backwards: each reversed as a whole, or word by word."""
    known = known_words()
    turned = [not each.known and each.text[::-1] in known for each in words]
    if not any(turned):
        return ()
    stretches = [each for each in _stretches(words, turned) if _is_backwards(words, turned, *each)]
    if not stretches:
        return ()
    whole = list(range(len(text)))
    letters = sum(
        words[at].end - words[at].start for each in stretches for at in range(each[0], each[1] + 1)
    )
    most = 2 * letters > sum(each.end - each.start for each in words)
    spans = [(words[first].start, words[last].end) for first, last in stretches]
    if len(stretches) == 1 and spans[0][0] < 3 and len(text) - spans[0][1] < 3:
        spans = [(0, len(text))]
    inside = [
        (each.start, each.end) for first, last in stretches for each in words[first : last + 1]
    ]
    orders = (_turned_words(whole, spans), _turned_words(whole, inside))
    return tuple(_in_order(text, order, most=most) for order in orders)


def _stretches(words: Sequence[Word], turned: Sequence[bool]) -> Iterator[Span]:
    """First and last word of each run without a word that is known only forwards."""
    known = known_words()
    begin = None
    for at, word in enumerate(words):
        forward = word.known and word.text[::-1] not in known
        if not forward:
            begin = at if begin is None else begin
        elif begin is not None and not (any(turned[begin:at]) and any(turned[at + 1 : at + 2])):
            if any(turned[begin:at]):
                yield begin, at - 1
            begin = None
    if begin is not None and any(turned[begin:]):
        yield begin, len(words) - 1


def _is_backwards(words: Sequence[Word], turned: Sequence[bool], first: int, last: int) -> bool:
    """Whether most letters of a run are in words known only backwards: two, or a bad one."""
    found = [words[at].text for at in range(first, last + 1) if turned[at]]
    letters = sum(map(len, found))
    if 2 * letters < sum(len(each.text) for each in words[first : last + 1]):
        return False
    bad = any(len(each) >= HIDDEN and each[::-1] in KNOWN for each in found)
    return bad or (len(found) > 1 and letters > 7)
