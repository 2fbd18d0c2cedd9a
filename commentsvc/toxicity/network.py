"""The small network in NumPy: token vectors, cached for known words, and the forward pass."""

from __future__ import annotations

import math
from itertools import accumulate, chain, islice
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np

from . import language, tokens
from .language import mean_of_pieces
from .normalise import plain_word

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from .modelfile import Floats, Model

# OpenBLAS splits larger products over all cores, where its threads wait longer than they work and
# take the cores from other requests. So no product is larger than this.
_SMALL_MATRIX = 1 << 18
_SMALL_VECTOR = 9000

KEPT_TOKENS = 32768
KEPT_WORDS = 40960


class Vectors:
    """Vectors and language evidence of tokens, in a bounded cache.

    Thread-safe: rows are looked up and copied out under one lock.
    """

    def __init__(self, model: Model) -> None:
        self._model = model
        self._width = model.table.shape[1]
        # Integers halve the memory and are read faster than half floats. A token is at most twice a
        # row of a table: its own row, plus the mean of its pieces' rows.
        most = 2 * 127 * float(np.abs(model.scale).max()), 2 * 127 * model.language_step
        limit = np.iinfo(np.int16).max
        self._step = np.float32(most[0] / limit or 1.0)
        self._evidence_step = np.float32(max(most[1], language.STRONGEST) / limit)
        width = self._width + len(model.languages)
        self._rows = np.zeros((KEPT_TOKENS, width), np.int16)
        self._nothing = np.zeros((1, width), np.int16)
        self._token_row: dict[str, int] = {}
        self._word_rows: dict[str, tuple[int, ...]] = {}
        self._latin_rows: dict[str, tuple[int, ...]] = {}
        self._lock = Lock()

    def of_text(self, text: str) -> tuple[Floats, Floats]:
        """Vectors of the tokens that are read of a text, and their summed language evidence."""
        chunks, latin = tokens.chunks(text)
        with self._lock:
            kept = self._rows.take(self._which(chunks, latin), 0)
        said = np.add.reduce(kept[:, self._width :], 0, np.float32) * self._evidence_step
        return np.multiply(kept[:, : self._width], self._step), said

    def of_parts(self, texts: Iterable[str]) -> tuple[Floats, list[int]]:
        """Vectors of the tokens of several texts, with a row of zeros between any two that have
        tokens, and the number of tokens of each."""
        kept = self._rows_of(texts)
        # a row of zeros after each text that has tokens, but not after the last
        spaced = [rows for each in kept if len(each) for rows in (each, self._nothing)][:-1]
        found = np.concatenate(spaced) if spaced else self._nothing[:0]
        return np.multiply(found[:, : self._width], self._step), [*map(len, kept)]

    def evidence_of_parts(self, texts: Iterable[str]) -> list[tuple[Floats, int]]:
        """The summed language evidence and the number of tokens of each of several texts."""
        return [
            (np.add.reduce(rows[:, self._width :], 0, np.float32) * self._evidence_step, len(rows))
            for rows in self._rows_of(texts)
        ]

    def _rows_of(self, texts: Iterable[str]) -> list[NDArray[np.int16]]:
        """The cached rows of the tokens of each text."""
        read = [*map(tokens.chunks, texts)]
        kept = []
        with self._lock:
            self._learn_together(read)
            for chunks, latin in read:
                which = self._which(chunks, latin)
                # now: the next text may evict these rows
                kept.append(self._rows.take(which, 0) if which else self._nothing[:0])
        return kept

    def _learn_together(self, read: Sequence[tuple[list[str], bool]]) -> None:
        """Learn the new words of several texts at once: a computation costs far more than a word.
        Too many for half of the cache are left to be learned text by text."""
        for latin in (False, True):
            words = chain.from_iterable(chunks for chunks, same in read if same is latin)
            known = self._known(latin)
            new = [word for word in dict.fromkeys(words) if word not in known]
            if new and sum(map(len, new)) <= KEPT_TOKENS // 2:
                self._learn(new, latin)

    def of_tokens(self, names: Sequence[str]) -> Floats:
        """Vectors of ready-made tokens."""
        with self._lock:
            self._make_room(len(names))
            self._add(names)
            kept = self._rows.take([self._token_row[name] for name in names], 0)
        return np.multiply(kept[:, : self._width], self._step)

    def _which(self, chunks: Sequence[str], latin: bool) -> list[int]:
        """The row numbers of a text's tokens."""
        rows: Iterable[tuple[int, ...]]
        try:
            rows = map((self._latin_rows if latin else self._word_rows).__getitem__, chunks)
            return tokens.ends([*chain.from_iterable(rows)])
        except KeyError:
            return tokens.ends([*chain.from_iterable(self._learn(chunks, latin))])

    def _learn(self, chunks: Sequence[str], latin: bool) -> list[tuple[int, ...]]:
        """Rows of all chunks; new ones are computed together."""
        known = self._known(latin)
        new = [c for c in dict.fromkeys(chunks) if c not in known]
        if self._make_room(sum(map(len, new))):
            known = self._known(latin)
            new = [c for c in dict.fromkeys(chunks) if c not in known]
        cut = [tokens.split(plain_word(chunk, latin)) for chunk in new]
        self._add([token for names in cut for token in names])
        row_of = self._token_row.__getitem__
        known.update(zip(new, [tuple(map(row_of, names)) for names in cut], strict=True))
        return list(map(known.__getitem__, chunks))

    def _known(self, latin: bool) -> dict[str, tuple[int, ...]]:
        return self._latin_rows if latin else self._word_rows

    def _make_room(self, count: int) -> bool:
        """Evict the newest rows if those left might not suffice for `count` more tokens: the first
        ones in the cache are the frequent words."""
        kept = len(self._word_rows) + len(self._latin_rows)
        if len(self._token_row) + count <= KEPT_TOKENS and kept <= KEPT_WORDS:
            return False
        first = KEPT_TOKENS // 2  # more than any text has tokens
        self._token_row = {name: row for name, row in self._token_row.items() if row < first}
        self._word_rows, self._latin_rows = (
            {
                word: rows
                for word, rows in islice(known.items(), KEPT_WORDS // 4)
                if max(rows, default=0) < first
            }
            for known in (self._word_rows, self._latin_rows)
        )
        return True

    def _add(self, names: Sequence[str]) -> None:
        """Ensure that all these tokens have a row."""
        new = [name for name in dict.fromkeys(names) if name not in self._token_row]
        if new:
            at = len(self._token_row)
            self._compute(new, self._rows[at : at + len(new)])
            self._token_row.update(zip(new, range(at, at + len(new)), strict=True))

    def _compute(self, names: Sequence[str], out: NDArray[np.int16]) -> None:
        """Fill the rows of tokens; a vector is the word's row plus the mean of its pieces' rows."""
        model = self._model
        rows, starts, counts = tokens.rows(names)
        values = model.table.take(rows, 0) * (model.scale.take(rows) / self._step)[:, None]
        out[:, : self._width] = np.rint(mean_of_pieces(values, starts, counts))
        said = language.evidence(model, names, rows, starts, counts)
        out[:, self._width :] = np.rint(said / self._evidence_step)


def logits(model: Model, vectors: Floats, shape: tuple[float, float, float]) -> Floats:
    """The six raw logits of one text from the vectors of its tokens (at least one)."""
    seen = _convolved(model, vectors)
    weights = seen @ model.look
    weights -= np.maximum.reduce(weights)
    np.exp(weights, out=weights)
    weights /= np.add.reduce(weights)
    count = len(vectors)
    total, often = np.add.reduce(vectors), np.float32(root(count))
    pooled = np.concatenate(
        (
            np.maximum.reduce(seen),
            (weights.T @ seen).ravel(),
            total / np.float32(count),
            np.maximum.reduce(vectors),
            total * often,
            np.add.reduce(seen) * often,
            np.array(shape, np.float32),
        )
    )
    hidden = model.mix_bias.copy()
    part = _SMALL_VECTOR // len(hidden)
    for at in range(0, len(pooled), part):
        hidden += pooled[at : at + part] @ model.mix[at : at + part]
    np.maximum(hidden, 0, out=hidden)
    return hidden @ model.out + model.out_bias


def logits_of_parts(
    model: Model,
    spaced: Floats,
    counts: Sequence[int],
    shapes: Sequence[tuple[float, float, float]],
) -> Floats:
    """`logits` of several texts at once: [parts, labels]. `spaced` are the vectors of their tokens,
    `counts` of them for each text, with a row of zeros between any two texts."""
    seen = _convolved(model, spaced)
    weights = seen @ model.look
    made: list[Floats] = []
    first = begin = 0
    for last, end in _groups(counts, seen.shape[1]):
        here = slice(begin, end)
        made.append(
            _pooled(spaced[here], seen[here], weights[here], counts[first:last], shapes[first:last])
        )
        first, begin = last, end + 1
    few = max(1, _SMALL_MATRIX // model.mix.size)
    blocks = [each[at : at + few] @ model.mix for each in made for at in range(0, len(each), few)]
    hidden = np.maximum(np.concatenate(blocks) + model.mix_bias, 0)
    said: Floats = hidden @ model.out + model.out_bias
    return said


def _groups(counts: Sequence[int], width: int) -> Iterator[tuple[int, int]]:
    """For parts whose products are small enough to be summed together: the number of the part after
    the last, and of the row after its last."""
    rows = begin = first = 0
    for at, count in enumerate(counts):
        if at > first and (at + 1 - first) * (rows + count - begin) * width > _SMALL_MATRIX:
            yield at, rows - 1
            first, begin = at, rows
        rows += count + 1
    yield len(counts), rows - 1


def _pooled(
    vectors: Floats,
    seen: Floats,
    weights: Floats,
    counts: Sequence[int],
    shapes: Sequence[tuple[float, float, float]],
) -> Floats:
    """What the last layers read of each part. Sums are products with a matrix of which rows are
    whose: for so few rows, that is faster than sums by place."""
    lengths = [1] * (2 * len(counts) - 1)  # a row of zeros between two parts
    lengths[::2] = counts
    bounds = [0, *accumulate(lengths)]
    places = [*zip(bounds[::2], bounds[1::2], strict=True)]
    inside = np.zeros((len(counts), bounds[-1]), np.float32)
    for row, (begin, end) in enumerate(places):
        inside[row, begin:end] = 1
    del bounds[-1]
    shares = np.exp(weights - np.maximum.reduceat(weights, bounds).repeat(lengths, 0))
    total = inside @ vectors
    size = np.array(counts, np.float32)[:, None]
    often = np.array([*map(root, counts)], np.float32)[:, None]
    pooled: Floats = np.concatenate(
        (
            _highest(seen, places),
            *((inside * each) @ seen / (inside @ each)[:, None] for each in shares.T),
            total / size,
            _highest(vectors, places),
            total * often,
            (inside @ seen) * often,
            np.array(shapes, np.float32),
        ),
        1,
    )
    return pooled


def _highest(values: Floats, places: Sequence[tuple[int, int]]) -> Floats:
    """The highest value of each column in each of these ranges of rows. For so many columns, a loop
    is faster than `reduceat`."""
    made = np.empty((len(places), values.shape[1]), np.float32)
    for row, (begin, end) in enumerate(places):
        np.maximum.reduce(values[begin:end], out=made[row])
    return made


def root(count: int) -> float:
    """The factor of sums over `count` tokens: twice is more than once, but not double."""
    return 0.5 / math.sqrt(count + 4)


def _convolved(model: Model, vectors: Floats) -> Floats:
    """The filters' outputs at each token, from the token and its neighbors, computed in blocks."""
    count, width = vectors.shape
    blocks = -(-count * model.conv.size // _SMALL_MATRIX)
    block = -(-count // blocks)
    padded = np.empty((blocks * block + 2, width), np.float32)
    padded[0] = 0
    padded[1 : count + 1] = vectors
    padded[count + 1 :] = 0
    row = 4 * width
    triples = np.ndarray((blocks, block, 3 * width), np.float32, padded, 0, (block * row, row, 4))
    seen = (triples.copy() @ model.conv).reshape(-1, model.conv.shape[1])[:count]
    seen += model.conv_bias
    return np.maximum(seen, 0, out=seen)


def probabilities(model: Model, raw: Floats) -> list[float]:
    """Calibrated probabilities from raw logits; NaN stays NaN."""
    said = []
    for value, (slope, offset) in zip(raw.tolist(), model.curve_pairs, strict=True):
        z = value * slope + offset
        said.append(1 / (1 + math.exp(-z)) if abs(z) < 30 else z if z != z else float(z > 0))
    return said
