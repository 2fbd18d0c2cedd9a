"""Learn vectors of words from the texts alone, by which words are near which, before any label.

Skip-grams with negative samples (Mikolov 2013) on words and pieces of words (Bojanowski 2017). A
word that is rare in the labeled comments then starts near words that are used like it.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .fit import paced
from .net import Encoded, RowAdam, Words, batch

if TYPE_CHECKING:
    from collections.abc import Callable

_NEAR = 4
"""Places to either side; the farther, the less it counts."""
_SIZE = 96
_RATE = 5e-3
_STRANGERS = 256
"""Words drawn for a whole batch, that do not stand there; together they count as `_AGAINST` for each
word that does."""
_AGAINST = 5
_LEAST = 3
"""A word is a neighbour from so many places on."""
_OFTEN = 2e-4
"""What is a larger share of all words is read less often (Mikolov 2013, section 2.3)."""


@dataclass(frozen=True)
class _Counted:
    """Facts about the distinct tokens of all texts."""

    neighbour: Tensor
    """[tokens] -> row of the neighbours' table, -1 where it is too rare for one."""
    read: Tensor
    """[tokens]: the chance to be read at a place."""
    drawn: Tensor
    """[neighbours]: how often each is drawn as a stranger."""


def _counted(data: Encoded) -> _Counted:
    counts = np.bincount(np.concatenate(data.ids), minlength=len(data.starts) - 1)
    kept = np.flatnonzero(counts >= _LEAST)
    neighbour = np.full(len(counts), -1, np.int64)
    neighbour[kept] = np.arange(len(kept))
    share = np.maximum(counts / counts.sum(), 1e-12)
    read = np.minimum(1, np.sqrt(_OFTEN / share)).astype(np.float32)
    drawn = torch.from_numpy(counts[kept].astype(np.float64) ** 0.75)
    return _Counted(torch.from_numpy(neighbour), torch.from_numpy(read), drawn)


def acquaint(
    words: Words,
    data: Encoded,
    *,
    epochs: int,
    seed: int,
    tell: Callable[[str], None] = lambda _: None,
) -> None:
    """Move the vectors of `words` so that those of neighbors become similar."""
    torch.manual_seed(seed)
    counted = _counted(data)
    if not len(counted.drawn):
        return
    near = nn.Embedding(len(counted.drawn), words.table.shape[1], sparse=True)
    nn.init.zeros_(near.weight)
    table, others = RowAdam(words), torch.optim.SparseAdam(near.parameters(), lr=_RATE)
    begun = time.monotonic()
    words.train()
    pace = paced(data, _SIZE, epochs=epochs, seed=seed, warm=100, least=0.02)
    for epoch, made in enumerate(pace):
        total, pairs = 0.0, 0.0
        for which, factor in made:
            others.param_groups[0]["lr"] = _RATE * factor
            loss, count = _loss(words, near, data, which, counted)
            others.zero_grad()
            (loss / (40 * _SIZE)).backward()  # a constant: short texts come in larger batches
            table.step(2 * _RATE * factor)
            others.step()
            total, pairs = total + float(loss.detach()), pairs + count
        tell(
            f"epoch {epoch + 1}: loss {total / max(pairs, 1):.4f}, {time.monotonic() - begun:.0f} s"
        )


def _loss(
    words: Words, near: nn.Embedding, data: Encoded, which: np.ndarray, counted: _Counted
) -> tuple[Tensor, float]:
    """The sum over all pairs of neighbors in a batch, and how many they are."""
    b = batch(data, which)
    each = words(b)[b.place]
    token = torch.zeros(b.place.shape, dtype=torch.int64)
    token[b.mask] = torch.from_numpy(np.concatenate([data.ids[i] for i in which]).astype(np.int64))
    here = b.mask & (torch.rand(token.shape) < counted.read[token])
    row = counted.neighbour[token]
    there = here & (row >= 0)
    other = near(row.clamp(min=0))
    loss, count = torch.zeros(()), torch.zeros(token.shape)
    for far in range(1, min(_NEAR, token.shape[1] - 1) + 1):
        weight = 1 - (far - 1) / _NEAR
        first, second = slice(None, -far), slice(far, None)
        for at, beside in ((first, second), (second, first)):
            pair = (here[:, at] & there[:, beside]) * weight
            loss = loss + (F.softplus(-(each[:, at] * other[:, beside]).sum(-1)) * pair).sum()
            count[:, at] += pair
    drawn = torch.multinomial(counted.drawn, _STRANGERS, replacement=True)
    paired = count > 0
    strange = F.softplus(each[paired] @ near(drawn).T).mean(1)
    return loss + _AGAINST * (strange * count[paired]).sum(), float(count.sum())
