"""Train a network on encoded texts, and predict with it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from .net import Encoded, Floats, Network, RowAdam, batch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray


def predict(net: Network, data: Encoded, *, size: int = 128) -> Floats:
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


def batches(data: Encoded, size: int, pick: np.random.Generator) -> list[NDArray[np.int64]]:
    """Random batches of texts of similar length, with about the same number of tokens in each."""
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


def paced(
    data: Encoded, size: int, *, epochs: int, seed: int, warm: int, least: float
) -> Iterator[list[tuple[NDArray[np.int64], float]]]:
    """The batches of each epoch, each with its learning rate as a share of the full one: it rises
    over `warm` steps and falls linearly over all of them, at the end to no less than `least`."""
    pick = np.random.default_rng(seed)
    steps = epochs * len(batches(data, size, np.random.default_rng(0)))
    step = 0
    for _ in range(epochs):
        made = batches(data, size, pick)
        at = range(step, step + len(made))
        yield [
            (which, min(1.0, (i + 1) / warm) * max(least, 1 - i / steps))
            for which, i in zip(made, at, strict=True)
        ]
        step += len(made)


def fit(
    net: Network,
    data: Encoded,
    targets: Floats,
    weights: Floats,
    plan: Plan,
    *,
    tell: Callable[[str], None] = lambda _: None,
) -> None:
    """Train on targets (probabilities; NaN is unknown) with a weight for each text."""
    torch.manual_seed(plan.seed)
    dense = list(net.parameters())
    table = RowAdam(net.words)
    others = torch.optim.AdamW(dense, lr=plan.rate, weight_decay=1e-2)
    label_weights = torch.tensor(plan.label_weights)
    begun = time.monotonic()
    pace = paced(data, plan.size, epochs=plan.epochs, seed=plan.seed, warm=300, least=0.01)
    for epoch, made in enumerate(pace):
        net.train()
        total = 0.0
        for which, factor in made:
            others.param_groups[0]["lr"] = plan.rate * factor
            wanted = torch.from_numpy(targets[which])
            known = ~torch.isnan(wanted)
            loss = F.binary_cross_entropy_with_logits(
                net(batch(data, which)), torch.nan_to_num(wanted), reduction="none"
            )
            each = known * label_weights * torch.from_numpy(weights[which])[:, None]
            # a constant, not the batch's size: short texts come in larger batches
            loss = (loss * each).sum() / (4 * plan.size)
            others.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(dense, 1.0)
            table.step(plan.table_rate * factor)
            others.step()
            total += float(loss.detach())
        tell(f"epoch {epoch + 1}: loss {total / len(made):.4f}, {time.monotonic() - begun:.0f} s")
