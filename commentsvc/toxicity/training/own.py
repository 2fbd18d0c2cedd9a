"""Our own comments and words in languages that have little labeled data."""

from __future__ import annotations

import unicodedata
from pathlib import Path

from .data import Spoken

DOMAIN = "own"
_FOLDER = Path(__file__).with_name("texts")
_WORDS = "words.txt"


def comments(code: str) -> list[Spoken]:
    """Comments as readers write them, toxic and clean; each set is a source of its own."""
    return [
        Spoken(code, line[2:], line[0] == "+", f"{DOMAIN} {path.stem}", DOMAIN)
        for path in _files(code)
        for line in path.read_text("utf-8").splitlines()
    ]


def words(code: str) -> dict[str, list[str]]:
    """Words that say something against a comment, by their kind, each also without accents."""
    found: dict[str, list[str]] = {}
    path = _FOLDER / code / _WORDS
    for line in path.read_text("utf-8").splitlines() if path.exists() else ():
        if line.startswith("["):
            kind = found.setdefault(line.strip("[]"), [])
        else:
            kind += [each for word in line.split() for each in (word, without_accents(word))]
    return {kind: list(dict.fromkeys(each)) for kind, each in found.items()}


def without_accents(word: str) -> str:
    """A word as those write it who have no time for accents."""
    letters = unicodedata.normalize("NFD", word)
    return "".join(each for each in letters if not unicodedata.combining(each))


def _files(code: str) -> list[Path]:
    return sorted(p for p in (_FOLDER / code).glob("*.txt") if p.name != _WORDS)
