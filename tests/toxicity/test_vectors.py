"""Tokens of a text and of its parts, looked up together: the same as one by one."""

from __future__ import annotations

from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest

from commentsvc.toxicity import network, normalise, sentences, tokens
from commentsvc.toxicity.vectors import Laid, Vectors
from tests.tables import every_row

from .conftest import random_model

if TYPE_CHECKING:
    from commentsvc.toxicity.modelfile import Model

CALM = "The council met on Tuesday, and the bus was late. I have read the report twice! "


@pytest.fixture(scope="module")
def model() -> Model:
    return random_model()


def rows(laid: Laid) -> list[np.ndarray]:
    """The vectors of the whole and of each part."""
    return [laid.vectors[laid.order[begin:end]] for begin, end in laid.ranges]


@every_row(
    "text, together",
    [
        (CALM * 2, True),
        (CALM * 20, True),  # more tokens than are read of a whole
        (CALM * 90, True),  # more characters, too
        ("“Nice”, he said… It’s true. So — what?", True),
        ("word " * 300 + "yes. No.", True),  # windows, each half over the last
        ("It's a cat. It's a dog, e.g. one.", True),  # “s a” might be spelled apart
        ("I'm a U.S. citizen. Fine.", False),  # “m a u” is
        (CALM * 40 + "You i d i o t. Go.", False),
        ("You are an i. d. i. o. t. Go. Now.", False),
        ("So, that`s it.\nThat`s what it is about.", False),
        ("So, that`s it. That`s what it is about.", True),
        ("A zero\u200bwidth. Space here.", False),
        ("Nice.Then I left. Fine.", False),  # a sentence ends within a word
        ("\U0001f1e9\U0001f1ea is here. Fine.", False),
        ("Іdiot with а look-alike. Fine.", False),
        (" " * 2100 + CALM * 3 + " " * 1100, True),  # nothing is read of the whole
        (CALM * 200, False),
        ("x" * 9000 + ". Fine.", False),  # windows cut it
    ],
)
def test_tokens_are_the_same_together_and_one_by_one(
    model: Model, text: str, together: bool
) -> None:
    places, vectors = sentences.alone(text), Vectors(model)
    assert places
    whole = len(text) <= 12_000 and tokens.words_apart(text, places) is not None
    assert whole == together
    laid = vectors.laid_out(text, places)
    alone = [vectors.of_text(each) for each in (text, *(text[a:b] for a, b in places))]
    assert len(laid.ranges) == 1 + len(places)
    for found, (expected, _) in zip(rows(laid), alone, strict=True):
        assert np.array_equal(found, expected)
    assert np.array_equal(laid.said, alone[0][1])
    assert laid.size == len(alone[0][0]) == len(laid.whole)


@every_row(
    "lengths",
    [[1], [3], [9, 4, 5], [9, 1, 1, 7], [240, *range(1, 70)], [30, 2, 200], [60] * 40, [150, 149]],
)
def test_parts_score_together_what_each_scores_alone(model: Model, lengths: list[int]) -> None:
    pick = np.random.default_rng(len(lengths))
    found = pick.normal(size=(50, 8)).astype(np.float32)
    order = pick.integers(0, 50, sum(lengths))
    shapes = [(0.1, 0.2, 0.3 * at / len(lengths)) for at in range(len(lengths))]
    ranges = [*pairwise(accumulate(lengths, initial=0))]
    said = network.logits_of_parts(model, found, order, ranges, shapes)
    alone = [
        network.logits(model, found[order[begin:end]], shape)
        for (begin, end), shape in zip(ranges, shapes, strict=True)
    ]
    assert np.allclose(said, alone, atol=2e-5)


@every_row(
    "hidden, joined",
    [
        ("you i d i o t now", "you idiot now"),
        ("i.d.i.o.t", "idiot"),
        ("!i d i o t", "!idiot"),
        ("@@ s h * t", "@@ sh*t"),
        ("it's a cat", "it's a cat"),
    ],
)
def test_letters_apart_are_found_in_long_texts_too(hidden: str, joined: str) -> None:
    for before, behind in ((0, 0), (120, 0), (0, 120), (120, 120)):
        calm = "word and word "
        text = f"{calm * before}{hidden} {calm * behind}"
        assert normalise.fold(text)[0] == f"{calm * before}{joined} {calm * behind}"
