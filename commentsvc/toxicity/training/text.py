"""Variations of training texts: disguised words, parts of comments, two comments in one."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

from ..lookalikes import KNOWN

_SWAPS = {"a": "@4а", "e": "3еé", "i": "1!í", "o": "0о", "s": "$5", "t": "7+", "u": "vü", "c": "kс"}
_SENTENCE = re.compile(r"(?<=[.!?\n])\s+")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_LETTERS = re.compile(r"[^\W\d_]{3,}")
_LONG = "ᵮ294543525234u7435535345345c235235234234234234k"


def bit_of(text: str, pick: random.Random, around: frozenset[str] | None = None) -> str | None:
    """One to three consecutive words as a comment, one of them from `around`; None without any."""
    words = _WORD.findall(text[:2000]) if pick.random() < 0.5 else text[:2000].split()
    places = [i for i, w in enumerate(words) if around is None or names_any(w, around)]
    if not places:
        return None
    size = pick.choice((1, 1, 1, 2, 2, 3))
    first = max(0, pick.choice(places) - (pick.randrange(size) if around else 0))
    bit = " ".join(words[first : first + size])
    return (
        bit[0].upper() + bit[1:] + pick.choice(("", "", ".", "!")) if pick.random() < 0.4 else bit
    )


def words_of(text: str) -> list[str]:
    """The words of three or more letters, in lowercase."""
    return _LETTERS.findall(text.lower())


def names_any(text: str, words: frozenset[str]) -> bool:
    """Whether one of the words is in the text."""
    return not words.isdisjoint(words_of(text))


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


def _spaced(word: str, _pick: random.Random) -> str:
    return " ".join(word)


def _dotted(word: str, pick: random.Random) -> str:
    return pick.choice(".-_*").join(word)


def _split(word: str, pick: random.Random) -> str:
    at = pick.randrange(1, len(word))
    return word[:at] + pick.choice((" ", ".", "-", "\u200b")) + word[at:]


def _invisible(word: str, _pick: random.Random) -> str:
    return "\u200b".join(word)


def _lookalike(word: str, pick: random.Random) -> str:
    return "".join(_ALIKE.get(c, c) if pick.random() < 0.6 else c for c in word)


def _accented(word: str, pick: random.Random) -> str:
    return "".join(c + pick.choice(("\u0301", "\u0308", "\u0336", "")) for c in word)


def _mathematical(word: str, _pick: random.Random) -> str:
    return "".join(chr(0x1D400 + ord(c) - 97 + 26) if "a" <= c <= "z" else c for c in word)


Way = Callable[[str, random.Random], str]
_ALIKE = dict(zip("aceiopsxyABEHKMOPT", "асеіорѕхуАВЕНКМОРТ", strict=True))
DISGUISES: dict[str, Way] = {
    "leet": _leet,
    "zero width": _invisible,
    "look-alikes": _lookalike,
    "accents": _accented,
    "mathematical": _mathematical,
    "spaced": _spaced,
    "dotted": _dotted,
    "repeated": _doubled,
    "masked": _masked,
    "swapped": _transposed,
    "dropped": _dropped,
}
_TRAINED: tuple[Way, ...] = (
    *(_leet, _masked, _doubled, _transposed, _transposed, _dropped, _dropped),
    *(_dotted, _spaced, _split, _lookalike),
)


def disguised(text: str, pick: random.Random) -> str:
    """The text with some words written as people write them to slip past filters.

    Often hidden words are hidden first, but never only those: a disguise alone must not become a
    sign of guilt.
    """
    words = [m.span() for m in _LETTERS.finditer(text)]
    hidden = [s for s in words if text[slice(*s)].lower() in KNOWN]
    chosen = [s for s in hidden if pick.random() < 0.7]
    chosen += pick.sample(words, min(len(words), 1 + len(words) // 20))
    text = _rewritten(text, chosen, pick.choice(_TRAINED), pick)
    return text.replace(" ", "", 1) if pick.random() < 0.1 else text


def glued(text: str, pick: random.Random) -> str:
    """The text with most spaces left out, as some type to slip past filters."""
    return "".join(c for c in text if c != " " or pick.random() < 0.1)


def as_first_read(text: str) -> str:
    """The text with the words that the shipped model's first stage read: a very long one in a Jigsaw
    comment was shortened then, and is cut in two today. Spaces keep the text as long as it is."""
    return text.replace(_LONG, _LONG[:24] + _LONG[-8:] + " " * (len(_LONG) - 32))


def disguised_toxic(text: str, way: Way | None, pick: random.Random) -> str:
    """The text with its telling words disguised, all in one way or each in its own (None).

    In a text without such words the two longest are disguised.
    """
    words = [m.span() for m in _LETTERS.finditer(text)]
    hidden = [s for s in words if text[slice(*s)].lower() in KNOWN]
    chosen = hidden or sorted(words, key=lambda s: s[0] - s[1])[:2]
    return _rewritten(text, chosen, way, pick)


def _rewritten(
    text: str, words: list[tuple[int, int]], way: Way | None, pick: random.Random
) -> str:
    for start, end in sorted(set(words), reverse=True):
        change = way or pick.choice(list(DISGUISES.values()))
        text = text[:start] + change(text[start:end], pick) + text[end:]
    return text


def part_of(text: str, pick: random.Random) -> str | None:
    """One to three neighboring sentences of a longer text; None if it has only one."""
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
