"""The small network in NumPy: the forward pass, for one text or for several parts of one."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from .modelfile import Floats, Model
    from .sentences import Span

# OpenBLAS splits larger products over all cores, where its threads wait longer than they work and
# take the cores from other requests. So no product is larger than this.
_SMALL_MATRIX = 1 << 18
_SMALL_VECTOR = 9000

_FEW_PARTS, _FEW_TOKENS = 7, 160
"""Up to so many are computed with few steps, as steps then cost more than numbers."""
_WASTE, _ROWS = 400, 1300
"""Tokens: how many parts of a group may lack together of the longest one's, and how many it has at most."""


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
    vectors: Floats,
    order: NDArray[np.intp],
    ranges: Sequence[Span],
    shapes: Sequence[tuple[float, float, float]],
) -> Floats:
    """`logits` of several parts of a text at once: [parts, labels]. `vectors` are those of the
    text's distinct tokens, `order` says which of them each token has, and `ranges` where each part,
    of one token at least, begins and ends in it."""
    nothing = np.full(1, len(vectors))  # the row of zeros around each part
    laid = np.concatenate([nothing, *(x for a, b in ranges for x in (order[a:b], nothing))])
    counts = np.array([end - begin for begin, end in ranges])
    starts = (counts + 1).cumsum() - counts
    filtered = _filtered(model, vectors)
    if len(counts) <= _FEW_PARTS and len(laid) <= _FEW_TOKENS:
        pooled = _pooled_of_few(model, vectors, filtered, laid, counts)
        pooled[:, -3:] = shapes
        return _last(model, pooled @ model.mix)
    few = max(1, _SMALL_MATRIX // model.mix.size)
    hidden = np.empty((len(counts), len(model.mix_bias)), np.float32)
    for group in _groups(counts):
        pooled = _pooled(model, vectors, filtered, laid, starts[group], counts[group])
        pooled[:, -3:] = [shapes[at] for at in group.tolist()]
        for at in range(0, len(group), few):
            hidden[group[at : at + few]] = pooled[at : at + few] @ model.mix
    return _last(model, hidden)


def _last(model: Model, hidden: Floats) -> Floats:
    """The logits, from what the last layer but one is given; changes it."""
    hidden += model.mix_bias
    np.maximum(hidden, 0, out=hidden)
    said: Floats = hidden @ model.out + model.out_bias
    return said


def _filtered(model: Model, vectors: Floats) -> Floats:
    """What each token adds to the filters' outputs at the token after it, at itself and at the one
    before it: three rows for each token, and three of zeros. The bias is in every second row."""
    count, size = len(vectors), model.conv_by_place.shape[1]
    made = np.zeros((count + 1, size), np.float32)
    block = max(1, _SMALL_MATRIX // model.conv_by_place.size)
    for at in range(0, count, block):
        end = min(at + block, count)
        np.matmul(vectors[at:end], model.conv_by_place, out=made[at:end])
    flat = made.reshape(3 * (count + 1), -1)
    flat[1::3] += model.conv_bias
    return flat


def _groups(counts: NDArray[np.int64]) -> Iterator[NDArray[np.int64]]:
    """Parts of similar length, computed together as if they all had the longest one's: a group costs
    as much as some hundred tokens."""
    order = np.argsort(-counts, kind="stable")
    begin = waste = rows = 0
    for at, count in enumerate(counts[order].tolist()):
        longest = int(counts[order[begin]])
        waste += longest - count
        rows += longest
        if at > begin and (waste > _WASTE or rows > _ROWS):
            yield order[begin:at]
            begin, waste, rows = at, 0, count
    yield order[begin:]


def _pooled_of_few(
    model: Model,
    vectors: Floats,
    filtered: Floats,
    laid: NDArray[np.intp],
    counts: NDArray[np.int64],
) -> Floats:
    """What the last layers read of each of a few parts, all but its shape: [parts, features]. Sums are
    one product with a matrix of which tokens are whose."""
    threes = 3 * laid
    seen = filtered.take(threes[:-2], 0)
    seen += filtered[1:].take(threes[1:-1], 0)
    seen += filtered[2:].take(threes[2:], 0)
    np.maximum(seen, 0, out=seen)
    # the row of zeros between two parts is nobody's, and may be any
    alone = vectors.take(laid[1:-1], 0, mode="clip")
    weights = seen @ model.look
    lengths = counts + 1
    ends = lengths.cumsum() - 1
    filters, width, looks = seen.shape[1], vectors.shape[1], weights.shape[1]
    parts = len(counts)
    whose = np.zeros((1 + looks, parts, len(seen)), np.float32)
    seen_most = np.empty((parts, filters), np.float32)
    most = np.empty((parts, width), np.float32)
    for row, (end, count) in enumerate(zip(ends.tolist(), counts.tolist(), strict=True)):
        here = slice(end - count, end)
        np.maximum.reduce(seen[here], out=seen_most[row])
        np.maximum.reduce(alone[here], out=most[row])
        whose[0, row, here] = 1
        look = weights[here]
        np.exp(look - np.maximum.reduce(look), out=look)
        whose[1:, row, here] = look.T
    sums = whose @ seen
    looked = sums[1:] / np.add.reduce(whose[1:], 2)[:, :, None]
    return _joined(counts, seen_most, [*looked], whose[0] @ alone, most, sums[0])


def _pooled(
    model: Model,
    vectors: Floats,
    filtered: Floats,
    laid: NDArray[np.intp],
    starts: NDArray[np.int64],
    counts: NDArray[np.int64],
) -> Floats:
    """What the last layers read of each part, all but its shape: [parts, features]. Tokens are the
    first axis, so that the highest ones are found fast; a part's last token stands for those that a
    shorter part lacks."""
    step = np.arange(counts[0])[:, None]
    before = np.minimum(step, counts - 1)
    before += starts - 1
    threes = 3 * laid
    seen = filtered.take(threes.take(before), 0)
    seen += filtered[1:].take(threes[1:].take(before), 0)
    seen += filtered[2:].take(threes[2:].take(before), 0)
    np.maximum(seen, np.zeros(seen.shape[1:], np.float32), out=seen)
    alone = vectors.take(laid[1:].take(before), 0)
    shares = np.empty((*before.shape, 1 + model.look.shape[1]), np.float32)
    inside = shares[:, :, 0]
    np.less(step, counts, out=inside, casting="unsafe")
    weights = (seen.reshape(-1, seen.shape[2]) @ model.look).reshape(*before.shape, -1)
    weights -= np.maximum.reduce(weights, 0)
    np.exp(weights, out=weights)
    np.multiply(weights, inside[:, :, None], out=shares[:, :, 1:])
    sums = shares.transpose(1, 2, 0) @ seen.transpose(1, 0, 2)
    total = (inside.T[:, None] @ alone.transpose(1, 0, 2))[:, 0]
    looked = sums[:, 1:] / np.add.reduce(shares[:, :, 1:], 0)[:, :, None]
    looked = looked.reshape(len(counts), -1)
    seen_most, most = np.maximum.reduce(seen, 0), np.maximum.reduce(alone, 0)
    return _joined(counts, seen_most, [looked], total, most, sums[:, 0])


def _joined(
    counts: NDArray[np.int64],
    seen_most: Floats,
    looked: list[Floats],
    total: Floats,
    most: Floats,
    seen_total: Floats,
) -> Floats:
    """The features of parts in the order of the last layers, with three empty columns for the shape."""
    often = np.array([*map(root, counts.tolist())], np.float32)[:, None]
    size = counts.astype(np.float32)[:, None]
    shape = np.empty((len(counts), 3), np.float32)
    pooled: Floats = np.concatenate(
        (seen_most, *looked, total / size, most, total * often, seen_total * often, shape), 1
    )
    return pooled


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
