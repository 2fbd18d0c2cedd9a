"""The networks that are trained (torch): the small one that ships and the larger teachers."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from . import tokens

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
) -> Encoded:
    """Tokenise once, for all epochs."""
    vocabulary: dict[str, int] = {}
    ids: list[NDArray[np.int32]] = []
    shapes = np.zeros((len(texts), 3), np.float32)
    for i, text in enumerate(texts):
        found = tokens.tokenise(text) or ["."]
        ids.append(np.array([vocabulary.setdefault(t, len(vocabulary)) for t in found], np.int32))
        shapes[i] = tokens.shape(text, len(found))
    flat, starts = [], []
    size = 0
    names = list(vocabulary)
    for at in range(0, len(names), 20000):
        part, begin = tokens.rows(names[at : at + 20000], word_rows, piece_rows)
        flat.append(part)
        starts.append(begin + size)
        size += len(part)
    bounds = np.concatenate([*starts, [size]])
    return Encoded(ids, shapes, np.concatenate(flat), bounds)


@dataclass(frozen=True)
class Batch:
    words: Tensor
    """Row of the whole word, for each distinct token of the batch."""
    pieces: Tensor
    offsets: Tensor
    place: Tensor
    """[texts, tokens] -> index of the distinct token."""
    mask: Tensor
    shapes: Tensor


def batch(data: Encoded, which: NDArray[np.int64]) -> Batch:
    lengths = [len(data.ids[i]) for i in which]
    distinct, inverse = np.unique(np.concatenate([data.ids[i] for i in which]), return_inverse=True)
    place = np.zeros((len(which), max(lengths)), np.int64)
    mask = np.arange(place.shape[1])[None, :] < np.array(lengths)[:, None]
    place[mask] = inverse
    begin, end = data.starts[distinct], data.starts[distinct + 1]
    counts = end - begin - 1
    offsets = np.cumsum(counts) - counts
    take = np.arange(counts.sum()) + np.repeat(begin + 1 - offsets, counts)
    return Batch(
        torch.from_numpy(data.rows[begin].astype(np.int64)),
        torch.from_numpy(data.rows[take].astype(np.int64)),
        torch.from_numpy(offsets),
        torch.from_numpy(place),
        torch.from_numpy(mask),
        torch.from_numpy(data.shapes[which]),
    )


class Words(nn.Module):
    """Vectors of tokens: that of the whole word plus the mean of its pieces."""

    def __init__(self, width: int, rows: int) -> None:
        super().__init__()
        self.table = nn.EmbeddingBag(rows, width, mode="mean", sparse=True)
        nn.init.normal_(self.table.weight, 0, 0.08)

    def forward(self, b: Batch) -> Tensor:
        whole = F.embedding(b.words, self.table.weight, sparse=True)
        if self.training:  # unknown words must be readable from their pieces
            whole = whole * (torch.rand(len(whole), 1) > 0.1) / 0.9
        return whole + self.table(b.pieces, b.offsets)


class Small(nn.Module):
    """What ships: words -> convolution over three -> maximum, attention, means -> six labels."""

    def __init__(
        self, width: int = 64, filters: int = 96, hidden: int = 64, rows: int = ROWS
    ) -> None:
        super().__init__()
        self.words = Words(width, rows)
        self.conv = nn.Linear(3 * width, filters)
        self.look = nn.Linear(filters, 2)
        self.mix = nn.Linear(filters * 3 + width * 2 + 3, hidden)
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
        n = m.sum(1)
        top = x.masked_fill(~m, -1e4).max(1).values
        p = torch.cat([c.max(1).values, seen, x.sum(1) / n, top, b.shapes], 1)
        if self.training:
            p = F.dropout(p, 0.25)
        return self.out(torch.relu(self.mix(p)))


class Reader(nn.Module):
    """A teacher: words -> recurrent layer both ways -> maximum, attention, mean -> six labels."""

    def __init__(self, width: int = 96, cells: int = 96, rows: int = ROWS) -> None:
        super().__init__()
        self.words = Words(width, rows)
        self.gru = nn.GRU(width, cells, batch_first=True, bidirectional=True)
        self.look = nn.Linear(2 * cells, 1)
        self.mix = nn.Linear(6 * cells + width + 3, 96)
        self.out = nn.Linear(96, 6)

    def forward(self, b: Batch) -> Tensor:
        x = self.words(b)[b.place]
        if self.training:
            x = F.dropout(x, 0.25) * (torch.rand(*x.shape[:2], 1) > 0.07)
        m = b.mask[..., None]
        x = x * m
        lengths = b.mask.sum(1)
        packed = nn.utils.rnn.pack_padded_sequence(
            x, lengths, batch_first=True, enforce_sorted=False
        )
        c, _ = nn.utils.rnn.pad_packed_sequence(self.gru(packed)[0], batch_first=True)
        a = torch.softmax(self.look(c).masked_fill(~m, -1e4), 1)
        n = m.sum(1)
        p = torch.cat(
            [
                c.masked_fill(~m, -1e4).max(1).values,
                (a * c).sum(1),
                c.sum(1) / n,
                x.sum(1) / n,
                b.shapes,
            ],
            1,
        )
        if self.training:
            p = F.dropout(p, 0.3)
        return self.out(torch.relu(self.mix(p)))


class Deep(nn.Module):
    """A teacher: words -> three gated convolutions with residuals -> pools -> six labels."""

    def __init__(self, width: int = 128, filters: int = 160, rows: int = ROWS) -> None:
        super().__init__()
        self.words = Words(width, rows)
        self.enter = nn.Linear(width, filters)
        self.gates = nn.ModuleList(
            nn.Conv1d(filters, 2 * filters, 3, padding=d, dilation=d) for d in (1, 2, 4)
        )
        self.look = nn.Linear(filters, 1)
        self.mix = nn.Linear(filters * 3 + width + 3, 96)
        self.out = nn.Linear(96, 6)

    def forward(self, b: Batch) -> Tensor:
        x = self.words(b)[b.place]
        if self.training:
            x = F.dropout(x, 0.25) * (torch.rand(*x.shape[:2], 1) > 0.07)
        m = b.mask[..., None]
        x = x * m
        c = self.enter(x) * m
        for gate in self.gates:
            step = F.glu(gate(c.transpose(1, 2)), 1).transpose(1, 2)
            if self.training:
                step = F.dropout(step, 0.1)
            c = (c + step) * m
        a = torch.softmax(self.look(c).masked_fill(~m, -1e4), 1)
        n = m.sum(1)
        p = torch.cat(
            [
                c.masked_fill(~m, -1e4).max(1).values,
                (a * c).sum(1),
                c.sum(1) / n,
                x.sum(1) / n,
                b.shapes,
            ],
            1,
        )
        if self.training:
            p = F.dropout(p, 0.3)
        return self.out(torch.relu(self.mix(p)))


def predict(net: nn.Module, data: Encoded, *, size: int = 128) -> Floats:
    """Logits of all texts."""
    net.eval()
    order = np.argsort([len(i) for i in data.ids], kind="stable")
    out = np.zeros((len(order), 6), np.float32)
    with torch.no_grad():
        for at in range(0, len(order), size):
            which = order[at : at + size]
            out[which] = net(batch(data, which)).numpy()
    return out


@dataclass(frozen=True)
class Plan:
    """How one network is trained."""

    epochs: int
    rate: float = 2e-3
    table_rate: float = 4e-3
    size: int = 96
    seed: int = 1
    label_weights: tuple[float, ...] = (1.0, 1.5, 1.0, 2.5, 1.0, 1.5)
    average: float = 0.0
    """Share of the last steps over which the dense weights and the tables are averaged."""


def _batches(data: Encoded, size: int, pick: np.random.Generator) -> list[NDArray[np.int64]]:
    """Random batches of texts of similar length, about the same number of tokens in each."""
    lengths = np.array([len(i) for i in data.ids])
    order = np.argsort(lengths + pick.random(len(lengths)) * 0.2 * lengths, kind="stable")
    made, at = [], 0
    while at < len(order):
        longest = lengths[order[min(at + size * 20, len(order)) - 1]]
        count = int(np.clip(size * 80 / max(longest, 1), size // 3, size * 2))
        block = pick.permutation(order[at : at + count * 20])
        made += [block[i : i + count] for i in range(0, len(block), count)]
        at += count * 20
    pick.shuffle(made)
    return made


def fit(
    net: nn.Module,
    data: Encoded,
    targets: Floats,
    weights: Floats,
    plan: Plan,
    *,
    tell: Callable[[str], None] = lambda _: None,
    after_epoch: Callable[[int], None] = lambda _: None,
    project: Callable[[nn.Module], None] | None = None,
) -> nn.Module:
    """Train on targets (probabilities; NaN is unknown) with a weight for each text."""
    torch.manual_seed(plan.seed)
    random.seed(plan.seed)
    pick = np.random.default_rng(plan.seed)
    sparse = [p for n, p in net.named_parameters() if ".table." in n]
    dense = [p for n, p in net.named_parameters() if ".table." not in n]
    tables = torch.optim.SparseAdam(sparse, lr=plan.table_rate)
    others = torch.optim.AdamW(dense, lr=plan.rate, weight_decay=1e-2)
    label_weights = torch.tensor(plan.label_weights)
    steps = plan.epochs * len(_batches(data, plan.size, np.random.default_rng(0)))
    step, begun = 0, time.monotonic()
    for epoch in range(plan.epochs):
        net.train()
        total, count = 0.0, 0
        for which in _batches(data, plan.size, pick):
            factor = min(1.0, (step + 1) / 300) * max(0.01, 1 - step / steps)
            tables.param_groups[0]["lr"] = plan.table_rate * factor
            others.param_groups[0]["lr"] = plan.rate * factor
            wanted = torch.from_numpy(targets[which])
            known = ~torch.isnan(wanted)
            loss = F.binary_cross_entropy_with_logits(
                net(batch(data, which)), torch.nan_to_num(wanted), reduction="none"
            )
            each = known * label_weights * torch.from_numpy(weights[which])[:, None]
            loss = (loss * each).sum() / known.sum().clamp(min=1)
            tables.zero_grad()
            others.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(dense, 1.0)
            tables.step()
            others.step()
            step += 1
            total, count = total + float(loss.detach()), count + 1
        if project is not None:
            project(net)
        tell(f"epoch {epoch + 1}: loss {total / count:.4f}, {time.monotonic() - begun:.0f} s")
        after_epoch(epoch)
    return net
