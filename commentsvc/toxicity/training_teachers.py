"""A larger network that reads in both directions; only its opinions are kept, never itself."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .training_net import ROWS, Batch, Network, Words


class Reader(Network):
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
