"""Words written without the spaces between them: “youareanidiot”."""

from __future__ import annotations

import re
from functools import cache

from ...core.remembering import remembered
from ..language import english_words
from ..lookalikes import KNOWN
from .words import HIDDEN, SHORT, Alternative, first, known_words, split

# A word without spaces.
_GLUED = re.compile(r"(?<![\w@./:\-])[A-Za-z]{10,120}(?![\w@/\-]|\.\w)")
SHORTEST, _MOST_LETTERS = 10, 120
_LETTERS_A_WORD = 2.5
# A word that only ends in other words (“intoxicating”) has none of these, and none that people
# hide.
_SPEAKS = frozenset("you your youre they them all should will are he she".split())  # noqa: SIM905
_FEWEST_GLUED, _FEWEST_IN_NAME = 3, 4


def apart(text: str) -> tuple[Alternative, ...]:
    """The text with spaces put back between glued words; empty if it has none."""
    order: list[int] = []
    parts: list[str] = []
    at = spaces = 0
    glued = 0
    for found in first(_GLUED.finditer(text)):
        for begin in begins(found[0]):
            here = found.start() + begin
            parts += text[at:here], " "
            order += [*range(at, here), here]
            at, spaces = here, spaces + 1
        glued += len(found[0]) if at > found.start() else 0
    if not spaces:
        return ()
    parts.append(text[at:])
    order += range(at, len(text))
    letters = sum(map(str.isalpha, text))
    return (Alternative("".join(parts), order, 2 * glued > letters),)


@cache
def _pieces() -> frozenset[str]:
    """Words that a glued one may consist of."""
    words = {*english_words(), *KNOWN}
    several = (f"{each}s" for each in words if len(each) >= HIDDEN)
    return frozenset(each for each in (*words, *several) if len(each) > 2) | SHORT


@remembered(1024, longest=64)
def begins(written: str) -> tuple[int, ...]:
    """Where the words after the first begin, for the fewest words that use up all letters."""
    word, known = written.lower(), _pieces()
    if not SHORTEST <= len(word) <= _MOST_LETTERS or word in known_words():
        return ()
    places = split(word, known)
    least = _FEWEST_IN_NAME if written.istitle() else _FEWEST_GLUED
    if not least <= len(places) <= len(word) / _LETTERS_A_WORD:
        return ()
    pieces = {word[begin:end] for begin, end in zip(places, [*places[1:], len(word)], strict=True)}
    says = not _SPEAKS.isdisjoint(pieces) or any(len(each) >= HIDDEN for each in pieces & KNOWN)
    return places[1:] if says else ()
