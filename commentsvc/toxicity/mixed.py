"""Texts in several scripts or languages: the parts that can be read separately."""

from __future__ import annotations

import re
from itertools import accumulate
from operator import or_
from typing import NamedTuple

from . import sentences
from .language import english_words
from .lookalikes import only_latin

_WORD = re.compile(r"[^\W\d_]+")
_WORDS_APART = re.compile(r"([^\W\d_]+)")
#: Scripts written without spaces between words, none of whose signs look like Latin letters.
_NEVER_LATIN = re.compile("[\u0e00-\u0eff\u1000-\u109f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")
_LATIN = re.compile("[A-Za-z\u00c0-\u024f\u1e00-\u1eff]")
_FEWEST = 2  # Latin words that are worth reading
_SENTENCE = 3  # words of a sentence whose language can be detected
_APART, _CLAUSE = re.compile(r"[.!?\n]"), re.compile(r"[.!?\n,;:()\u2013\u2014]")
_MOST = 40  # stretches of a text that are checked, longest first


class Latin(NamedTuple):
    """A text reduced to its words in Latin letters, in place, and whether they are most of it."""

    text: str
    most: bool


def latin_of(text: str) -> Latin | None:
    """The text's words in Latin letters, with the others blanked, so that offsets stay; None for a
    text in one script, or with hardly a word in Latin letters."""
    if text.isascii() or only_latin(text):
        return None
    kept = _WORD.sub(_blanked, _NEVER_LATIN.sub(_spaces, text))
    if kept == text or len(words := _WORD.findall(kept)) < _FEWEST:
        return None
    letters = sum(map(len, words))
    return Latin(kept, 2 * letters >= sum(map(str.isalpha, text)))


def _blanked(word: re.Match[str]) -> str:
    return word[0] if _LATIN.search(word[0]) else _spaces(word)


def _spaces(found: re.Match[str]) -> str:
    return " " * len(found[0])


def parts(text: str) -> list[sentences.Span]:
    """The sentences of a text that may be in a language of their own."""
    return [
        (begin, end)
        for begin, end in sentences.alone(text)
        if len(_WORD.findall(text[begin:end])) >= _SENTENCE
    ]


def not_english(text: str) -> list[sentences.Span]:
    """Stretches of two or more words, each within a sentence, none of which is surely English."""
    english = english_words()
    pieces = _WORDS_APART.split(text)  # gaps, and words between them
    words = pieces[1::2]
    told = [*map(english.__contains__, map(str.lower, words))]
    if "I" in words:
        told = [*map(or_, told, map("I".__eq__, words))]
    if all(map(or_, told, told[1:])):
        return []  # no two such words in a row
    ends = [*accumulate(map(len, pieces))]
    found: list[sentences.Span] = []
    count = first = last = 0  # words of the stretch, and where it begins and ends among the pieces
    for at in (2 * word + 1 for word, known in enumerate(told) if not known):
        apart = _APART if count < _FEWEST else _CLAUSE
        if count and at == last + 2 and not apart.search(pieces[at - 1]):
            count, last = count + 1, at
            continue
        found += [(ends[first - 1], ends[last])] * (count >= _FEWEST)
        count, first, last = 1, at, at
    found += [(ends[first - 1], ends[last])] * (count >= _FEWEST)
    return sorted(sorted(found, key=lambda each: each[0] - each[1])[:_MOST])
