"""All readings of a text. Only unknown words are examined, so that most texts take no time."""

from __future__ import annotations

from functools import lru_cache

from ...core.remembering import remembered
from .apart import SHORTEST, apart, begins
from .hangul import hangul
from .heard import as_heard, meant
from .turned import backwards, overridden, upside_down
from .words import WORD, Alternative, Word, first, known_words


@remembered(32, longest=5_000, few=1)
def readings(text: str) -> tuple[Alternative, ...]:
    """What a text may be meant to say, besides what it says; empty for nearly all texts. The last
    ones are kept: rules and scores read the same texts."""
    if not text.isascii() and (found := overridden(text) or upside_down(text) or hangul(text)):
        return found
    known, low = known_words(), text.lower()
    if len(low) != len(text):  # “İ” becomes two characters
        low = "".join(each if len(each.lower()) > 1 else each.lower() for each in text)
    unknown = {*WORD.findall(low)} - known
    odd = [each for each in unknown if len(each) <= _LONGEST and _is_odd(each)]
    if not odd:
        return ()
    glued = apart(text) if any(map(_has_glued, unknown)) else ()
    if all(each[::-1] not in known and meant(each) is None for each in odd):
        return glued
    words = [Word(word[0], *word.span(), word[0] in known) for word in first(WORD.finditer(low))]
    return (*backwards(text, words), *glued, *as_heard(text, words))


_LONGEST = 120  # letters; a longer word hides no other, and must not fill the cache


def _has_glued(word: str) -> bool:
    """Whether an unknown word, or what it has before or behind an apostrophe, is several in one."""
    return len(word) >= SHORTEST and any(map(begins, word.replace("\u2019", "'").split("'")))


@lru_cache(maxsize=8192)
def _is_odd(word: str) -> bool:
    """Whether an unknown word says something backwards, in pieces or by its sound."""
    return word[::-1] in known_words() or bool(begins(word)) or meant(word) is not None
