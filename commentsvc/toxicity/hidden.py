"""The word that a disguised one hides: masked with stars, written with digits, drawn out."""

from __future__ import annotations

import re

from .lookalikes import KNOWN, KNOWN_BY_FIRST, LEET, LEET_L

LONGEST = 40
"""Letters of words that are looked up."""
_MASK = re.compile(r"[*#@$%!&^~_.\-]+")
_INNER = re.compile(r"(?<=[a-z])[*._~^`|\-+']+(?=[a-z])")
_DOUBLE = re.compile(r"([a-z])\1+")


def known(word: str) -> str | None:
    """The word that `word` most likely hides, if it is one that people hide."""
    if not 2 < len(word) <= LONGEST or word in KNOWN:
        return word if word in KNOWN else None
    for table in (LEET, LEET_L):
        read = _INNER.sub("", word.translate(table))
        if read in KNOWN:
            return read
        if _DOUBLE.search(read):
            for variant in _shortened(read):
                if variant in KNOWN:
                    return variant
    return _unmasked(word)


def _shortened(word: str) -> list[str]:
    """Readings of a word with drawn-out letters: each run as two letters or as one."""
    runs = _DOUBLE.findall(word)
    if len(runs) > 4:
        return [_DOUBLE.sub(r"\1", word)]
    variants = [""]
    at = 0
    for run in _DOUBLE.finditer(word):
        before = word[at : run.start()]
        variants = [v + before + run[1] * n for v in variants for n in (2, 1)]
        at = run.end()
    return [v + word[at:] for v in variants]


def _unmasked(word: str) -> str | None:
    """`f**k`, `sh*t`, `b***h`: the first known word that fits around the mask."""
    runs = _MASK.findall(word)
    letters = len(word) - sum(map(len, runs))
    if not runs or not word[0].isalpha() or letters < 1 or (letters == 1 and len(runs[0]) < 2):
        return None
    if not any(c in "*#@$%" for run in runs for c in run) or len(word) > 16:
        return None
    pieces = _MASK.split(word)
    found = [
        each
        for each in KNOWN_BY_FIRST.get(word[0], ())
        if each.startswith(pieces[0]) and len(word) <= len(each) <= len(word) + len(runs)
        if _fits(pieces, list(map(len, runs)), each)
    ]
    return min(found, key=lambda w: len(w) != len(word), default=None)


def _fits(pieces: list[str], hidden: list[int], word: str) -> bool:
    """Whether the pieces stand in `word` in order, apart by each mask's length or one more."""
    places = {len(pieces[0])}
    for size, piece in zip(hidden, pieces[1:], strict=True):
        behind = {place + n for place in places for n in (size, size + 1)}
        places = {place + len(piece) for place in behind if word.startswith(piece, place)}
    return len(word) in places
