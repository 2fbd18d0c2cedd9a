"""The networks to train (torch): the small one that ships and the larger teachers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from .. import tokens

if TYPE_CHECKING:
    from collections.abc import Sequence

Floats = NDArray[np.float32]
ROWS = tokens.WORD_ROWS + tokens.PIECE_ROWS


@dataclass(frozen=True)
class Encoded:
    """Texts as numbers: for each text its token ids and its shape; for each id its table rows."""

    ids: list[NDArray[np.int32]]
    shapes: Floats
    rows: NDArray[np.int32]
    starts: NDArray[np.int64]


def encode(
    texts: Sequence[str],
    word_rows: int = tokens.WORD_ROWS,
    piece_rows: int = tokens.PIECE_ROWS,
    *,
    longest: int = tokens.HEAD + tokens.TAIL,
) -> Encoded:
    """Tokenize once, for all epochs. Of texts with more than `longest` tokens, the first three
    quarters and the last quarter of that many are kept."""
    tail = longest // 4
    vocabulary: dict[str, int] = {}
    ids: list[NDArray[np.int32]] = []
    shapes = np.zeros((len(texts), 3), np.float32)
    for i, text in enumerate(texts):
        found = tokens.tokenise(text) or ["."]
        count = len(found)
        if count > longest:
            found = found[: longest - tail] + found[-tail:]
        ids.append(np.array([vocabulary.setdefault(t, len(vocabulary)) for t in found], np.int32))
        shapes[i] = tokens.shape(text, count)
    flat, starts = [], []
    size = 0
    names = list(vocabulary)
    for at in range(0, len(names), 20000):
        part, begin, _ = tokens.rows(names[at : at + 20000], word_rows, piece_rows)
        flat.append(part)
        starts.append(begin + size)
        size += len(part)
    bounds = np.concatenate([*starts, [size]])
    return Encoded(ids, shapes, np.concatenate(flat), bounds)


@dataclass(frozen=True)
class Batch:
    """Some texts as numbers, with each distinct row and word once."""

    rows: Tensor
    """The distinct rows of the table that the batch needs; the next two count in them."""
    words: Tensor
    """The whole word, for each distinct token of the batch."""
    pieces: Tensor
    offsets: Tensor
    place: Tensor
    """[texts, tokens] -> index of the distinct token."""
    mask: Tensor
    shapes: Tensor


def batch(data: Encoded, which: NDArray[np.int64]) -> Batch:
    """A batch of these texts."""
    lengths = [len(data.ids[i]) for i in which]
    distinct, inverse = np.unique(np.concatenate([data.ids[i] for i in which]), return_inverse=True)
    place = np.zeros((len(which), max(lengths)), np.int64)
    mask = np.arange(place.shape[1])[None, :] < np.array(lengths)[:, None]
    place[mask] = inverse
    begin, end = data.starts[distinct], data.starts[distinct + 1]
    counts = end - begin - 1
    offsets = np.cumsum(counts) - counts
    take = np.arange(counts.sum()) + np.repeat(begin + 1 - offsets, counts)
    needed, at = np.unique(np.concatenate([data.rows[begin], data.rows[take]]), return_inverse=True)
    return Batch(
        torch.from_numpy(needed.astype(np.int64)),
        torch.from_numpy(at[: len(begin)]),
        torch.from_numpy(at[len(begin) :]),
        torch.from_numpy(offsets),
        torch.from_numpy(place),
        torch.from_numpy(mask),
        torch.from_numpy(data.shapes[which]),
    )


class Words(nn.Module):
    """Vectors of tokens: the whole word's plus the mean of its pieces'.

    The table is a buffer: a batch touches few of its many rows, and `RowAdam` moves only those.
    """

    def __init__(self, width: int, rows: int) -> None:
        super().__init__()
        self.table: Tensor
        self.register_buffer("table", torch.empty(rows, width).normal_(0, 0.08))
        self.touched: tuple[Tensor, Tensor] | None = None

    def forward(self, b: Batch) -> Tensor:
        near = self.table.index_select(0, b.rows)
        if self.training:
            self.touched = b.rows, near.requires_grad_()
        whole = F.embedding(b.words, near)
        if self.training:  # unknown words must be readable from their pieces
            whole = whole * (torch.rand(len(whole), 1) > 0.1) / 0.9
        return whole + F.embedding_bag(b.pieces, near, b.offsets, mode="mean")


class RowAdam:
    """Adam (Kingma and Ba 2015) for the rows of a table that the last batch touched."""

    def __init__(self, words: Words) -> None:
        self.words = words
        self.mean = torch.zeros_like(words.table)
        self.square = torch.zeros_like(words.table)
        self.steps = 0

    def step(self, rate: float) -> None:
        """One step with the gradient that `backward` left at the touched rows."""
        assert self.words.touched is not None
        rows, near = self.words.touched
        gradient = near.grad
        assert gradient is not None
        self.steps += 1
        mean = self.mean.index_select(0, rows).lerp_(gradient, 0.1)
        square = self.square.index_select(0, rows).mul_(0.999)
        square.addcmul_(gradient, gradient, value=0.001)
        self.mean.index_copy_(0, rows, mean)
        self.square.index_copy_(0, rows, square)
        down = square.div_(1 - 0.999**self.steps).sqrt_().add_(1e-8)
        moved = near.detach().addcdiv_(mean, down, value=-rate / (1 - 0.9**self.steps))
        self.words.table.index_copy_(0, rows, moved)


class Network(nn.Module):
    """A network to train: any module that reads words through one table."""

    words: Words


class Small(Network):
    """The network that ships: words -> convolution over three -> maximum, attention, means, sums
    divided by the root of their number -> six labels."""

    def __init__(
        self, width: int = 64, filters: int = 96, hidden: int = 64, rows: int = ROWS
    ) -> None:
        super().__init__()
        self.words = Words(width, rows)
        self.conv = nn.Linear(3 * width, filters)
        self.look = nn.Linear(filters, 2)
        self.mix = nn.Linear(filters * 4 + width * 3 + 3, hidden)
        self.out = nn.Linear(hidden, 6)

    def forward(self, b: Batch) -> Tensor:
        x = self.words(b)[b.place]
        if self.training:
            x = F.dropout(x, 0.2) * (torch.rand(*x.shape[:2], 1) > 0.07)
        m = b.mask[..., None]
        x = x * m
        before = F.pad(x, (0, 0, 1, 0))[:, :-1]
        after = F.pad(x, (0, 0, 0, 1))[:, 1:]
        c = torch.relu(self.conv(torch.cat([before, x, after], 2))) * m
        a = torch.softmax(self.look(c).masked_fill(~m, -1e4), 1)
        seen = torch.einsum("blk,blf->bkf", a, c).flatten(1)
        n, total = m.sum(1), x.sum(1)
        often = 0.5 / (n + 4).sqrt()
        top = x.masked_fill(~m, -1e4).max(1).values
        sums = [total / n, top, total * often, c.sum(1) * often]
        p = torch.cat([c.max(1).values, seen, *sums, b.shapes], 1)
        if self.training:
            p = F.dropout(p, 0.25)
        return self.out(torch.relu(self.mix(p)))


def mean(nets: Sequence[Small]) -> Small:
    """One network with the mean weights of several with a common start (Wortsman 2022)."""
    states = [net.state_dict() for net in nets]
    state = {name: torch.stack([s[name] for s in states]).mean(0) for name in states[0]}
    nets[0].load_state_dict(state)
    return nets[0]


def stored_table(net: Small) -> tuple[NDArray[np.int8], Floats]:
    """The words' table as stored: a byte per entry, a half float per row."""
    table = net.words.table.numpy()
    scale = np.abs(table).max(1) / 127
    scale[scale < 1e-4] = 1e-4
    scale = scale.astype(np.float16).astype(np.float32)
    return np.clip(np.round(table / scale[:, None]), -127, 127).astype(np.int8), scale


def round_as_stored(net: Small) -> None:
    """Set all weights to the values that reading the stored file gives back."""
    table, scale = stored_table(net)
    with torch.no_grad():
        net.words.table.copy_(torch.from_numpy(table * scale[:, None]))
        for value in net.parameters():
            value.copy_(value.half().float())


def dense_arrays(net: Small) -> dict[str, Floats]:
    """The other weights under the names and in the shapes of `modelfile.Model`."""

    def array(value: Tensor) -> Floats:
        found: Floats = value.detach().numpy().astype(np.float32)
        return found

    return {
        "conv": array(net.conv.weight.T),
        "conv_bias": array(net.conv.bias),
        "look": array(net.look.weight.T),
        "mix": array(net.mix.weight.T),
        "mix_bias": array(net.mix.bias),
        "out": array(net.out.weight.T),
        "out_bias": array(net.out.bias),
    }
