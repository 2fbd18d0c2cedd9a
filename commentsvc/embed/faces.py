"""Replaces a missing picture: initials on a color that is always the same for a person.
`static/embed/parts/face.js` draws the same in the browser."""

from __future__ import annotations

from ..core.ids import ALPHABET

TINTS = 8  # read.css has the same number


def initials(name: str) -> str:
    """The initials of the first and last word; only the first character if there is one word, or if
    the script has no capitals."""
    words = name.split()
    letters = [each[:1] for each in (words[:1] + words[1:][-1:])]
    if not all(map(_has_capital, letters)):
        del letters[1:]
    return "".join(each.upper()[:1] for each in letters)


def _has_capital(letter: str) -> bool:
    return letter.upper() != letter.lower()


def tint(author_id: str | None) -> int:
    """The number of the author's color."""
    first, second = (ALPHABET.find(each) for each in f"{author_id or ''}22"[:2])
    return (3 * first + second) % TINTS
