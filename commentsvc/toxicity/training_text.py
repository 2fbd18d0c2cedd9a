"""Variations of training texts: disguised words, parts of comments, two comments in one."""

from __future__ import annotations

import random
import re

from .lookalikes import KNOWN

_SWAPS = {"a": "@4а", "e": "3еé", "i": "1!í", "o": "0о", "s": "$5", "t": "7+", "u": "vü", "c": "kс"}
_SENTENCE = re.compile(r"(?<=[.!?\n])\s+")
_LETTERS = re.compile(r"[^\W\d_]{3,}")


def _leet(word: str, pick: random.Random) -> str:
    out = [
        pick.choice(_SWAPS[c.lower()]) if c.lower() in _SWAPS and pick.random() < 0.45 else c
        for c in word
    ]
    return "".join(out)


def _masked(word: str, pick: random.Random) -> str:
    at = pick.randrange(1, len(word))
    stop = min(len(word), at + pick.choice((1, 1, 1, 2, 3)))
    return word[:at] + pick.choice("**#-_.") * (stop - at) + word[stop:]


def _doubled(word: str, pick: random.Random) -> str:
    at = pick.randrange(len(word))
    return word[:at] + word[at] * pick.choice((1, 2, 3, 5)) + word[at:]


def _transposed(word: str, pick: random.Random) -> str:
    at = pick.randrange(len(word) - 1)
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def _dropped(word: str, pick: random.Random) -> str:
    at = pick.randrange(1, len(word))
    return word[:at] + word[at + 1 :]


def _gapped(word: str, pick: random.Random) -> str:
    if pick.random() < 0.5:
        return pick.choice((" ", ".", "-", "_", "*")).join(word)
    at = pick.randrange(1, len(word))
    return word[:at] + pick.choice((" ", ".", "-", "\u200b")) + word[at:]


_WAYS = (_leet, _masked, _doubled, _transposed, _transposed, _dropped, _dropped, _gapped)


def disguised(text: str, pick: random.Random) -> str:
    """The text with some words written as people write them to slip past filters.

    Words that are often hidden are hidden first, but never only those: a disguise alone must
    not become a sign of guilt.
    """
    words = [m.span() for m in _LETTERS.finditer(text)]
    if not words:
        return text
    hidden = [s for s in words if text[slice(*s)].lower() in KNOWN]
    chosen = [s for s in hidden if pick.random() < 0.7]
    chosen += pick.sample(words, min(len(words), 1 + len(words) // 20))
    way = pick.choice(_WAYS)
    for start, end in sorted(set(chosen), reverse=True):
        text = text[:start] + way(text[start:end], pick) + text[end:]
    if pick.random() < 0.1:
        text = text.replace(" ", "", 1)
    return text


def part_of(text: str, pick: random.Random) -> str | None:
    """One to three neighbouring sentences of a longer text, None where it has only one."""
    sentences = [s for s in _SENTENCE.split(text) if len(s) > 8]
    if len(sentences) < 2:
        return None
    count = pick.randint(1, min(3, len(sentences) - 1))
    at = pick.randrange(len(sentences) - count + 1)
    return " ".join(sentences[at : at + count])


def joined(one: str, other: str, pick: random.Random) -> str:
    """Two texts as one comment, in either order."""
    first, second = (one, other) if pick.random() < 0.5 else (other, one)
    return f"{first} {second}"
