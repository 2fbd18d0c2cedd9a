"""Languages besides the network's own: each has a linear head over hashed words and pieces of
words, which scores toxicity alone."""

from __future__ import annotations

import math
import unicodedata
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..core.remembering import remembered
from . import tokens
from .language_words import SILENT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

LABEL = "toxicity"
_NOT_LATIN, _SYLLABLES, _HANGUL = "\u0370", "\u0e00", "\uac00\ud7a3"
_FEW = 20
"""A text counts as that many rows longer than it is: one rude word alone is not yet everything."""


@dataclass(frozen=True)
class Head:
    """The rows' weights, in steps, and the curve that turns their sum into a probability."""

    table: NDArray[np.int8]
    step: float
    slope: float
    offset: float

    def logit(self, names: Sequence[str]) -> float:
        """The calibrated logit of a text from its tokens."""
        return self._logit(*rows(names))

    def _logit(self, found: NDArray[np.int32], length: float) -> float:
        raw = float(self.table[found].sum(dtype=np.int64)) * self.step * length
        return raw * self.slope + self.offset

    def of_text(self, text: str) -> float:
        """The probability that a text is toxic."""
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, self._logit(*_rows_of(text))))))


def words(names: Sequence[str]) -> list[str]:
    """The tokens that a head reads: all but those of addresses."""
    return [name for name in names if name not in SILENT]


@remembered(2048, longest=64)
def _rows_of_token(name: str) -> NDArray[np.int32]:
    found = tokens.token_rows(name, tokens.WORD_ROWS, tokens.PIECE_ROWS)
    return np.array(found + _longer_pieces(name), np.int32)


def _longer_pieces(name: str) -> list[int]:
    """Rows of two to four neighboring letters of a word in a non-Latin script: the pieces of
    `tokens.rows` are cut by bytes, and hold only one or two of these letters. A Korean syllable is one
    character that consists of two or three letters, so two to six of these letters are pieces too."""
    if name[0] < _NOT_LATIN:
        return []
    found = [
        name[i : i + size]
        for size in ((2, 3) if name[0] >= _SYLLABLES else (3, 4))
        for i in range(len(name) - size + 1)
    ]
    if _HANGUL[0] <= name[0] <= _HANGUL[1]:
        found += [f"1{each}" for each in name]  # the prefixes tell the kinds of pieces apart
        letters = f"<{unicodedata.normalize('NFD', name)}>"
        found += [
            f"j{letters[i : i + size]}"
            for size in range(2, 7)
            for i in range(len(letters) - size + 1)
        ]
    return [
        tokens.WORD_ROWS + (zlib.crc32(each.encode("utf-8", "replace")) & (tokens.PIECE_ROWS - 1))
        for each in found
    ]


def rows(names: Sequence[str]) -> tuple[NDArray[np.int32], float]:
    """The rows of a text from its tokens, each once, and the factor of their sum."""
    if not (read := words(names)):
        return np.empty(0, np.int32), 0.0
    found = np.unique(np.concatenate([*map(_rows_of_token, read)]))
    return found, 1 / math.sqrt(len(found) + _FEW)


@remembered(16, longest=2000, few=2)
def _rows_of(text: str) -> tuple[NDArray[np.int32], float]:
    """The rows of a text, cached because several heads may need them."""
    return rows(tokens.tokenise(text))
