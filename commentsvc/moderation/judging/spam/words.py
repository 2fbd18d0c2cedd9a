"""The words of a text for the spam model: hashed, alone and in pairs, with their places."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING
from zlib import crc32

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ....toxicity.normalise import Normalised

SIZE = 1 << 15
#: Words per window, so that calm words around an advertisement do not dilute it.
WINDOW = 40
STEP = 20
_LEAST = 8  # words; shorter windows weigh as if they had this many
_STEM = 5
_CHUNK = re.compile(r"\S+")
_WORD = re.compile(r"[$€£₽₺]?[^\W_]+")
_ADDRESS = re.compile(r"://|^www\.|\.[a-z]{2,6}(?:[/?#:]|$)|@")
_MAYBE_ADDRESS = re.compile(r"://|www\.|\.[a-z]|@")
_DIGITS = re.compile(r"\d+")
_LONGEST_CACHED = 64  # characters; what writers choose must not fill the memory


@dataclass(frozen=True, eq=False)
class Words:
    """The words, three rows of feature numbers (the word, the pair with the previous word, its
    stem), and the span of each word in the undisguised text."""

    texts: Sequence[str]
    numbers: NDArray[np.int64]
    spans: Sequence[tuple[int, int]]
    undisguised: Normalised

    def place(self, at: int) -> tuple[int, int]:
        """The span of a word in the source."""
        first, end = self.spans[at]
        offsets = self.undisguised.offsets
        return offsets[first][0], offsets[end - 1][1]


def number_of(feature: str) -> int:
    """The index of a feature's weight."""
    return crc32(feature.encode("utf-8", "surrogatepass")) & (SIZE - 1)


def _numbers_of(word: str) -> tuple[int, int]:
    return _numbers_once(word) if len(word) <= _LONGEST_CACHED else _numbers(word)


def _numbers(word: str) -> tuple[int, int]:
    word = _DIGITS.sub("0", word)
    return number_of(word), number_of(f"{word[:_STEM]}~")


_numbers_once = lru_cache(maxsize=20_000)(_numbers)


def words_of(undisguised: Normalised) -> Words:
    """The words of an undisguised text, without those in addresses."""
    text = undisguised.text
    if _MAYBE_ADDRESS.search(text):
        found = [
            (chunk.start() + word.start(), chunk.start() + word.end())
            for chunk in _CHUNK.finditer(text)
            if not _ADDRESS.search(chunk[0])
            for word in _WORD.finditer(chunk[0])
        ]
    else:
        found = [word.span() for word in _WORD.finditer(text)]
    texts = [text[start:end] for start, end in found]
    words, stems = np.array([*map(_numbers_of, texts)], np.int64).reshape(len(found), 2).T
    before = np.roll(words, 1)
    before[:1] = _BEGINNING
    pairs = (before * 31 + words * 17 + 7) & (SIZE - 1)
    return Words(texts, np.stack((words, pairs, stems)), found, undisguised)


_BEGINNING = number_of("^")


def windows(count: int) -> NDArray[np.int64]:
    """The begins and ends of the windows over `count` words."""
    starts = np.arange(0, max(1, count - WINDOW + STEP), STEP, dtype=np.int64)
    return np.stack((starts, np.minimum(starts + WINDOW, count)))


def scale(count: int) -> float:
    """The factor of a word's weight in a window of `count` words."""
    return float(max(count, _LEAST) ** -0.5)
