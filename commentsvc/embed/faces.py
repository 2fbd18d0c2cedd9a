"""What stands where somebody has no picture: the letters of the name, on a color that is always the same.
`static/embed/parts/face.js` draws the same in the browser."""

from __future__ import annotations

from ..core.ids import ALPHABET

TINTS = 8  # read.css has as many


def initials(name: str) -> str:
    """The first letters of the first and of the last word; the first character alone where there is one
    word, or no capitals in the script."""
    words = name.split()
    letters = [each[:1] for each in (words[:1] + words[1:][-1:])]
    if not all(map(_has_capital, letters)):
        del letters[1:]
    return "".join(each.upper()[:1] for each in letters)


def _has_capital(letter: str) -> bool:
    return letter.upper() != letter.lower()


def tint(author_id: str | None) -> int:
    """Which of the colors an author has."""
    first, second = (ALPHABET.find(each) for each in f"{author_id or ''}22"[:2])
    return (3 * first + second) % TINTS
