"""Train the language detector on snippets of the comments and on lists of common words."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from .. import tokens
from ..language_words import SCRIPTS, SILENT, WORDS
from .data import other_languages

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

ROWS = 1 << 14
_REAL = ("en", "de", "fr", "pt", "ar")


@dataclass(frozen=True)
class Detector:
    """The detector's part of `modelfile.Model`."""

    languages: tuple[str, ...]
    table: NDArray[np.int8]
    bias: NDArray[np.float32]
    step: float


def names() -> tuple[str, ...]:
    """All languages that the detector knows, including those known by script alone."""
    return tuple(dict.fromkeys((*_REAL, *WORDS, *(code for code, _, _ in SCRIPTS))))


def snippets(
    folder: Path, english: list[str], *, count: int, seed: int
) -> list[tuple[list[str], int]]:
    """Token lists of one to sixteen words, each with the index of its language."""
    pick = random.Random(seed)
    order = names()
    texts: dict[str, list[list[str]]] = {"en": [tokens.tokenise(t) for t in english]}
    for each in other_languages(folder):
        if each.language not in _REAL and each.language not in WORDS:
            continue  # recognized by its script
        texts.setdefault(each.language, []).append(tokens.tokenise(each.text))
    made: list[tuple[list[str], int]] = []
    for code, lists in texts.items():
        for _ in range(count * (6 if code == "en" else 1)):
            words = [t for t in pick.choice(lists) if t[0].isalpha() and t not in SILENT]
            size = min(pick.choice((1, 2, 3, 4, 6, 9, 16)), len(words))
            if size:
                at = pick.randrange(len(words) - size + 1)
                made.append((words[at : at + size], order.index(code)))
    for code, listed in WORDS.items():
        words = [t for w in listed.split() for t in tokens.tokenise(w)]
        made += [
            (pick.choices(words, k=pick.choice((2, 3, 4, 6, 9))), order.index(code))
            for _ in range(count)
        ]
    return made


class _Evidence(nn.Module):
    """Sums the tokens' evidence, as `language.evidence` and `language.detect` do."""

    def __init__(self, languages: int) -> None:
        super().__init__()
        self.table = nn.EmbeddingBag(ROWS, languages, mode="sum")
        nn.init.zeros_(self.table.weight)
        self.bias = nn.Parameter(torch.zeros(languages))

    def forward(
        self, rows: torch.Tensor, offsets: torch.Tensor, shares: torch.Tensor
    ) -> torch.Tensor:
        return self.table(rows, offsets, per_sample_weights=shares) + self.bias


def _features(words: list[str]) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    rows, starts, counts = tokens.rows(words)
    half = ROWS // 2
    folded = (rows & (half - 1)) + half * (rows >= tokens.WORD_ROWS)
    shares = np.repeat(1 / (counts - 1), counts).astype(np.float32)
    shares[starts] = 1
    return folded.astype(np.int64), shares


def train(folder: Path, english: list[str], *, count: int = 9000, seed: int = 1) -> Detector:
    """Train the detector. `english` are comments known to be English."""
    torch.manual_seed(seed)
    languages = names()
    made = snippets(folder, english, count=count, seed=seed)
    features = [_features(words) for words, _ in made]
    targets = torch.tensor([code for _, code in made])
    net = _Evidence(len(languages))
    optimiser = torch.optim.Adam(net.parameters(), lr=0.02)
    pick = np.random.default_rng(seed)
    epochs, size = 4, 256
    for epoch in range(epochs):
        optimiser.param_groups[0]["lr"] = 0.02 * (1 - epoch / epochs)
        for which in np.array_split(pick.permutation(len(made)), max(1, len(made) // size)):
            rows = torch.from_numpy(np.concatenate([features[i][0] for i in which]))
            shares = torch.from_numpy(np.concatenate([features[i][1] for i in which]))
            lengths = np.array([len(features[i][0]) for i in which])
            offsets = torch.from_numpy(np.cumsum(lengths) - lengths)
            loss = F.cross_entropy(net(rows, offsets, shares), targets[which])
            loss = loss + 2e-6 * (net.table.weight**2).sum()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    weights = net.table.weight.detach().numpy()
    step = float(np.abs(weights).max() / 127) or 1.0
    bias = net.bias.detach().numpy()
    bias[len(_REAL) + len(WORDS) :] = bias[0] - 4  # recognized by their script, or not at all
    return Detector(languages, np.round(weights / step).astype(np.int8), bias, step)
