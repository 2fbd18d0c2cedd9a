"""Words learn what they stand near, from texts without labels."""

from __future__ import annotations

import random

import numpy as np
import pytest
import torch

from commentsvc.toxicity import tokens
from commentsvc.toxicity.training import net as training_net
from commentsvc.toxicity.training import words as training_words


@pytest.fixture(autouse=True)
def few_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of twelve words is too large a share of all to be read often; few texts need large steps."""
    monkeypatch.setattr(training_words, "_OFTEN", 1.0)
    monkeypatch.setattr(training_words, "_RATE", 0.05)


WEATHER = ["rain", "wind", "snow", "cloud", "storm", "glost"]
TRAINS = ["station", "platform", "ticket", "driver", "carriage", "brimp"]


def texts(seed: int) -> list[str]:
    """Weather and trains, each told in words of its own."""
    pick = random.Random(seed)
    return [
        " ".join(pick.choice(words) for _ in range(8))
        for words in (WEATHER, TRAINS)
        for _ in range(150)
    ]


def alike(net: training_net.Small) -> np.ndarray:
    """Cosines of all words with each other, without what all have in common."""
    rows = [tokens.rows([word])[0] for word in WEATHER + TRAINS]
    table = net.words.table.numpy()
    vectors = np.array([table[r[0]] + table[r[1:]].mean(0) for r in rows])
    vectors -= vectors.mean(0)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors @ vectors.T


def acquainted(seed: int = 1, epochs: int = 60) -> training_net.Small:
    torch.manual_seed(seed)
    net = training_net.Small(width=16)
    data = training_net.encode(texts(seed))
    training_words.acquaint(net.words, data, epochs=epochs, seed=seed)
    return net


def test_words_of_the_same_texts_become_alike() -> None:
    cosines, half = alike(acquainted()), len(WEATHER)
    assert cosines[:half, :half].min() > 0.3 and cosines[half:, half:].min() > 0.3
    assert cosines[:half, half:].max() < 0
    assert abs(alike(training_net.Small(width=16))[:half, :half].mean()) < 0.3


def test_a_seed_gives_the_same_words() -> None:
    assert torch.equal(acquainted(3, 3).words.table, acquainted(3, 3).words.table)


def test_texts_of_one_word_teach_nothing_and_break_nothing() -> None:
    net = training_net.Small(width=16)
    before = net.words.table.clone()
    training_words.acquaint(net.words, training_net.encode(["one"] * 8), epochs=1, seed=1)
    assert torch.equal(net.words.table, before)
