"""Words into rows of the model's tables: one tokenizer and one hash for training and scoring."""

from __future__ import annotations

import re
import unicodedata
import zlib
from itertools import chain, pairwise
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import numpy as np

from .lookalikes import EMOJI_WORDS
from .normalise import fold, may_be_spelled, plain_word, unmoved

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from .sentences import Span

WORD_ROWS = 1 << 15
PIECE_ROWS = 1 << 15
HEAD, TAIL = 160, 80
"""Of a longer text the first HEAD and the last TAIL tokens are read."""
MOST = HEAD + TAIL
MAX_CHARS = 3000
"""No more of a text is looked at: two thirds from its start, a third from its end."""

WORD_SIGNS = tuple(EMOJI_WORDS)
"""Signs that are read as words although they have no letter."""

_PIECES = (3, 4, 5)
_FEW = 10  # tokens that are hashed faster one by one
_SEAM = 60  # characters on either side of a cut, more than letters that are spelled apart take
_CAPITALS = bytes(range(65, 91))
_NO_SPACES_FROM = "\u0e00"
T = TypeVar("T")
_TOKEN = re.compile(r"[^\W_]+(?:'[^\W_]+)*|([^\w\s])\1*|_+")


def window(text: str) -> str:
    """The part of a text that is read at all."""
    if len(text) <= MAX_CHARS:
        return text
    return text[: MAX_CHARS * 2 // 3] + " " + text[-MAX_CHARS // 3 :]


def split_spans(word: str) -> list[tuple[str, int, int]]:
    """The tokens of one normalized word with their places in it: letters apart from punctuation,
    runs of punctuation and very long words shortened."""
    found = []
    for match in _TOKEN.finditer(word):
        token = match[0]
        if match[1] is not None or token[0] == "_":
            token = token[:2]
        elif len(token) > 32 and token[0] >= _NO_SPACES_FROM:  # words without spaces between
            begin = match.start()
            found += [
                (token[at : at + 24], begin + at, begin + min(at + 24, len(token)))
                for at in range(0, len(token), 24)
            ]
            continue
        elif len(token) > 32:
            token = token[:24] + token[-8:]
        found.append((token, match.start(), match.end()))
    return found


def split(word: str) -> list[str]:
    """The tokens of one normalized word."""
    if word.isalpha() and len(word) <= 32:
        return [word]
    if word[:-1].isalpha() and len(word) <= 32 and word[-1] in ".,!?:;":
        return [word[:-1], word[-1]]
    return [t for t, _, _ in split_spans(word)]


def chunks(text: str) -> tuple[list[str], bool]:
    """The folded words of a text that are read, and whether to read look-alikes as Latin.

    Each has at least one token, so no more words than tokens are needed from either end.
    """
    folded, latin = fold(window(text))
    return ends(folded[: 2 * MAX_CHARS].split()), latin


class Apart(NamedTuple):
    """The folded words of a text between the bounds of its parts."""

    pieces: list[list[str]]
    places: list[Span]
    """For each part its first piece, and the one after its last."""
    whole: list[str] | None
    """The words that are read of a long text as a whole; None if those are all words."""


def words_apart(text: str, places: Sequence[Span]) -> Apart | None:
    """The words of a text from which those of these parts can be told; None if a part begins or ends
    within a word, or if its words are others than alone."""
    if (folded := unmoved(text, places)) is None:
        return None
    if any(end - begin > MAX_CHARS for begin, end in places):
        return None
    bounds = sorted({0, len(text), *chain.from_iterable(places)})
    if not all(folded[at - 1] == " " or folded[at] == " " for at in bounds[1:-1]):
        return None
    at = {bound: piece for piece, bound in enumerate(bounds)}
    return Apart(
        [folded[begin:end].split() for begin, end in pairwise(bounds)],
        [(at[begin], at[end]) for begin, end in places],
        None if len(text) <= MAX_CHARS else _words_of_window(text, folded),
    )


def _words_of_window(text: str, folded: str) -> list[str]:
    """`chunks` of a longer text that is folded already, if its characters stand where they stood."""
    head, tail = folded[: MAX_CHARS * 2 // 3], folded[-MAX_CHARS // 3 :]
    if may_be_spelled(head[-_SEAM:] + " " + tail[:_SEAM]):
        return chunks(text)[0]
    return ends([*head.split(), *tail.split()])


def tokenise(text: str) -> list[str]:
    """All tokens that the model reads of a text, in order."""
    found, latin = chunks(text)
    return ends([token for chunk in found for token in split(plain_word(chunk, latin))])


def shape(text: str, count: int) -> tuple[float, float, float]:
    """What the tokens do not show: share of capitals, exclamation marks, length."""
    data = text.encode("utf-8", "replace")
    capitals = len(data) - len(data.translate(None, _CAPITALS))
    return (
        capitals / (len(text) + 1),
        min(text.count("!"), 10) / 10,
        min(count, HEAD + TAIL) / (HEAD + TAIL),
    )


def word_hash(token: str) -> int:
    """32 bits of one token, the same on every machine."""
    return zlib.crc32(token.encode("utf-8", "replace"))


def names(token: str) -> list[str]:
    """The words of an emoji's name, so that two pigs are both a pig; empty for other tokens."""
    if token[0].isascii() or unicodedata.category(token[0]) != "So":
        return []
    return unicodedata.name(token[0], "").lower().split()


def token_rows(token: str, word_rows: int, piece_rows: int) -> list[int]:
    """Rows of the tables for one token: first the whole word's, then at least one piece's.

    Pieces are three, four and five bytes of `<token>`, or the words of an emoji's name, which share
    the rows of those words. Sizes of tables are powers of two.
    """
    called = () if token[0].isascii() else names(token)
    if called:
        return [word_hash(t) & (word_rows - 1) for t in (token, *called[:3])]
    data = f"<{token}>".encode("utf-8", "replace")
    size, mask, crc = len(data), piece_rows - 1, zlib.crc32
    found = [
        word_rows + (crc(data[i:end]) & mask)
        for i in range(size - 4)
        for end in (i + 3, i + 4, i + 5)
    ]
    shorter = [
        word_rows + (crc(data[i:end]) & mask)
        for i in range(max(0, size - 4), size - 2)
        for end in range(i + 3, size + 1)
    ]
    return [crc(data[1:-1]) & (word_rows - 1), *found, *shorter]


def rows(
    tokens: Sequence[str], word_rows: int = WORD_ROWS, piece_rows: int = PIECE_ROWS
) -> tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.int64]]:
    """Rows of all tokens, concatenated; where each token's begin, and how many they are."""
    if len(tokens) < _FEW or any(not t[0].isascii() and names(t) for t in tokens):
        found = [token_rows(token, word_rows, piece_rows) for token in tokens]
        counts = np.array([len(r) for r in found], np.int64)
        flat = np.array([row for part in found for row in part], np.int32)
        return flat, np.cumsum(counts) - counts, counts
    return _rows_of_many([t.encode("utf-8", "replace") for t in tokens], word_rows, piece_rows)


def _each_byte(places: int) -> NDArray[np.uint32]:
    """[places, 256]: what a byte contributes to a CRC-32 with so many bytes after it. The hash is
    the XOR of the contributions of each byte and of the length: the hash of as many zeros."""
    made = [
        [
            zlib.crc32(bytes((byte, *bytes(after)))) ^ zlib.crc32(bytes(after + 1))
            for byte in range(256)
        ]
        for after in range(places)
    ]
    return np.array(made, np.uint32)


_BYTES = _each_byte(_PIECES[-1])


def _rows_of_many(
    words: list[bytes], word_rows: int, piece_rows: int
) -> tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.int64]]:
    """`token_rows` of many tokens at once: all bytes are hashed in parallel."""
    data = np.frombuffer(b"<" + b"><".join(words) + b">", np.uint8)
    sizes = np.array([len(word) + 2 for word in words])
    ends = np.cumsum(sizes)
    left = np.repeat(ends, sizes) - np.arange(len(data))  # bytes to the end of the token
    made = np.zeros((len(data), 1 + len(_PIECES)), np.int32)
    there = np.zeros(made.shape, bool)
    first = ends - sizes
    made[first, 0] = [zlib.crc32(word) & (word_rows - 1) for word in words]
    there[first, 0] = True
    done = _BYTES.take(data, 1)
    state = done[0]
    for length in range(2, _PIECES[-1] + 1):
        state = done[length - 1, : max(0, len(data) - length + 1)] ^ state[1:]
        if length in _PIECES:
            column = 1 + length - _PIECES[0]
            hashed = (state ^ np.uint32(zlib.crc32(bytes(length)))) & np.uint32(piece_rows - 1)
            made[: len(state), column] = hashed
            there[:, column] = left >= length
    made[:, 1:] += word_rows
    counts = 1 + sum(np.maximum(sizes - (length - 1), 0) for length in _PIECES)
    return made[there], np.cumsum(counts) - counts, counts


def ends(items: list[T]) -> list[T]:
    """The part of a token list that is read: all of it, or its first HEAD and last TAIL."""
    return items if len(items) <= MOST else items[:HEAD] + items[-TAIL:]
