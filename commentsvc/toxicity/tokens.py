"""Words into rows of the model's tables: one tokeniser and one hash for training and scoring."""

from __future__ import annotations

import re
import unicodedata
import zlib
from collections.abc import Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from .lookalikes import EMOJI_WORDS
from .normalise import fold, plain_word

WORD_ROWS = 1 << 15
PIECE_ROWS = 1 << 15
HEAD, TAIL = 160, 80
"""Of a longer text the first HEAD and the last TAIL tokens are read."""
MAX_CHARS = 6000
"""No more of a text is looked at: two thirds from its start, a third from its end."""

WORD_SIGNS = tuple(EMOJI_WORDS)
"""Signs that are read as words although they have no letter."""

T = TypeVar("T")
_TOKEN = re.compile(r"[^\W_]+(?:'[^\W_]+)*|([^\w\s])\1*|_+")
_A, _B, _C = np.uint32(0x9E3779B1), np.uint32(0x85EBCA6B), np.uint32(0x7FEB352D)


def window(text: str) -> str:
    """The part of a text that is looked at at all."""
    if len(text) <= MAX_CHARS:
        return text
    return text[: MAX_CHARS * 2 // 3] + " " + text[-MAX_CHARS // 3 :]


def split_spans(word: str) -> list[tuple[str, int, int]]:
    """The tokens of one normalised word with their places in it: letters apart from punctuation,
    runs of punctuation and very long words shortened."""
    found = []
    for match in _TOKEN.finditer(word):
        token = match[0]
        if match[1] is not None or token[0] == "_":
            token = token[:2]
        elif len(token) > 32:
            token = token[:24] + token[-8:]
        found.append((token, match.start(), match.end()))
    return found


def split(word: str) -> list[str]:
    """The tokens of one normalised word."""
    return [word] if word.isalpha() and len(word) <= 32 else [t for t, _, _ in split_spans(word)]


def chunks(text: str) -> tuple[list[str], bool]:
    """The folded words of the part of a text that is looked at, and how to read look-alikes."""
    folded, latin = fold(window(text))
    return folded[: 2 * MAX_CHARS].split(), latin


def tokenise(text: str) -> list[str]:
    """All tokens that the model reads of a text, in order."""
    found, latin = chunks(text)
    return ends([token for chunk in found for token in split(plain_word(chunk, latin))])


def shape(text: str, count: int) -> tuple[float, float, float]:
    """What the tokens do not tell: share of capitals, exclamation marks, length."""
    data = np.frombuffer(text.encode("utf-8", "replace"), np.uint8)
    capitals = int(np.count_nonzero(data - np.uint8(65) < 26))
    return (
        capitals / (len(text) + 1),
        min(text.count("!"), 10) / 10,
        min(count, HEAD + TAIL) / (HEAD + TAIL),
    )


def word_hash(token: str) -> int:
    """32 bits of one token, the same on every machine."""
    return zlib.crc32(token.encode("utf-8", "replace"))


def names(token: str) -> list[str]:
    """What an emoji is called, so that two pigs are both a pig; nothing for other tokens."""
    if token[0].isascii() or unicodedata.category(token[0]) != "So":
        return []
    return unicodedata.name(token[0], "").lower().split()


def rows(
    tokens: Sequence[str], word_rows: int = WORD_ROWS, piece_rows: int = PIECE_ROWS
) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Rows of the tables for each token, one after the other, and where each token's begin.

    The first row of a token is that of the whole word; the others, at least one, are its pieces:
    three, four and five letters of `<token>`, or the words of an emoji's name. Sizes of tables
    are powers of two.
    """
    lengths = np.fromiter((len(t) + 2 for t in tokens), np.int64, len(tokens))
    joined = "<" + "><".join(tokens) + ">"
    codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), np.uint32)
    first = np.cumsum(lengths) - lengths
    left = np.repeat(first + lengths, lengths) - np.arange(len(codes))
    table = np.full((len(codes), 4), -1, np.int64)
    hashed = codes * _A
    for n in range(2, 6):
        if len(hashed) < 2:
            break
        hashed = (hashed[:-1] ^ (hashed[:-1] >> np.uint32(15))) * _B + codes[n - 1 :] * _A
        if n > 2:
            mixed = (hashed ^ (hashed >> np.uint32(16))) * _C
            mixed = mixed ^ (mixed >> np.uint32(15))
            fits = left[: len(mixed)] >= n
            table[: len(mixed), n - 2][fits] = word_rows + (mixed[fits] & np.uint32(piece_rows - 1))
    words = np.fromiter((word_hash(t) for t in tokens), np.uint32, len(tokens))
    table[first, 0] = words & np.uint32(word_rows - 1)
    for i, token in enumerate(tokens):
        if not token[0].isascii() and (called := names(token)):
            table[first[i], 1:] = -1
            found = [word_hash(name) & (word_rows - 1) for name in called[:3]]
            table[first[i], 1 : 1 + len(found)] = found
    used = table >= 0
    starts = np.add.reduceat(used.sum(1), first).cumsum()
    return table[used].astype(np.int32), np.concatenate(([0], starts[:-1]))


def ends(items: list[T]) -> list[T]:
    """The part of a token list that is read: all of it, or its first HEAD and last TAIL."""
    return items if len(items) <= HEAD + TAIL else items[:HEAD] + items[-TAIL:]
