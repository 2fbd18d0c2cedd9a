"""Sentences read by themselves: where they are, and that the worst ones carry their scores."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest

from commentsvc.toxicity import passages, sentences
from commentsvc.toxicity.scorer import Scores
from tests.tables import every_row

if TYPE_CHECKING:
    from commentsvc.toxicity.backends.embedded import EmbeddedScorer

CALM = [
    "The council met on Tuesday evening.",
    "The bus line will be kept for another year.",
    "I have read the report twice.",
    "Our street needs more trees.",
]
THREAT = "I will kill you and your family."


def read(shipped: EmbeddedScorer, text: str) -> Scores:
    [said] = shipped.score([text])
    assert isinstance(said, Scores)
    return said


@every_row("calm", [1, 3, 12, 90])
@every_row("place", [0.0, 0.5, 1.0])
def test_it_works(shipped: EmbeddedScorer, calm: int, place: float) -> None:
    parts = [CALM[i % len(CALM)] for i in range(calm)]
    parts.insert(int(place * calm), THREAT)
    text = " ".join(parts)
    worst = read(shipped, text).worst("threat")
    assert worst is not None and worst.values["threat"] > 0.5
    assert "I will kill you" in text[worst.start : worst.end]


def test_a_sentence_scores_what_it_scores_alone(shipped: EmbeddedScorer) -> None:
    text = " ".join([*CALM, THREAT, "Du bist ein Idiot.", "You are a stupid idiot!"])
    for passage in read(shipped, text).passages:
        alone = read(shipped, text[passage.start : passage.end])
        assert passage.values == pytest.approx(alone.values, abs=1e-5)


@pytest.mark.parametrize("count", [1, 3, 20, 90])
def test_the_whole_scores_what_it_scores_without_them(shipped: EmbeddedScorer, count: int) -> None:
    text = " ".join([CALM[i % len(CALM)] for i in range(count)] + ["You are a stupid idiot!"])
    model, vectors = shipped.model, shipped._vectors
    assert model is not None and vectors is not None
    whole = passages.values(model, text, vectors.laid_out(text), "en")
    assert read(shipped, text).values == pytest.approx(whole, abs=1e-6)


def test_parts_without_words_have_no_scores(shipped: EmbeddedScorer) -> None:
    model, vectors = shipped.model, shipped._vectors
    assert model is not None and vectors is not None
    places = [(3, 4), (3, 3)]
    laid = vectors.laid_out("You idiot", places)
    whole, parts = passages._by_network(model, "You idiot", laid, places)
    assert parts == () and whole["insult"] > 0.5


@pytest.mark.parametrize("text", ["You idiot", "You idiot.", "You idiot!!! ", "“No.”", "你好。"])
def test_one_sentence_has_no_passages(shipped: EmbeddedScorer, text: str) -> None:
    assert sentences.alone(text) == []
    assert read(shipped, "You are an idiot.").passages == ()


@every_row(
    "text, parts",
    [
        ("Nice.Then I left.", ["Nice.", "Then I left."]),
        ("Mr. Smith met J. Doe at 3.5 km. Fine.", ["Mr. Smith met J. Doe at 3.5 km.", "Fine."]),
        ("See example.com/A.b for more. Yes", ["See example.com/A.b for more.", "Yes"]),
        ("天气很好。你是白痴！走开", ["天气很好。", "你是白痴！", "走开"]),
        ("ما هذا؟أنت غبي. شكرا", ["ما هذا؟", "أنت غبي.", "شكرا"]),
        ("یہ اچھا ہے۔ شکریہ", ["یہ اچھا ہے۔", "شکریہ"]),
        ("यह अच्छा है। धन्यवाद", ["यह अच्छा है।", "धन्यवाद"]),
        ("one\n\n- two\r\nthree", ["one", "- two", "three"]),
        ("“Stop.” He left.", ["“Stop.”", "He left."]),
    ],
)
def test_where_sentences_end(text: str, parts: list[str]) -> None:
    assert [text[a:b] for a, b in sentences.alone(text)] == parts


def test_what_has_no_sentences_is_read_through_windows() -> None:
    for text in ("word " * 400, "字" * 2000, "a" * 3000):
        parts = sentences.alone(text)
        assert len(parts) > 5
        covered = np.zeros(len(text), bool)
        for begin, end in parts:
            assert end - begin <= 150
            covered[begin:end] = True
        assert covered[[i for i, c in enumerate(text) if not c.isspace()]].all()


def test_a_very_long_text_is_read_to_its_end() -> None:
    text = " ".join(CALM * 200)
    parts = sentences.alone(text)
    assert len(parts) <= 100
    assert parts[0][0] == 0 and parts[-1][1] == len(text)
    assert all(b <= c + 1 for (_, b), (c, _) in pairwise(parts))


@pytest.mark.parametrize("text", ["", " ", "...", "\n\n", "?!", ". . .", "🐷. 🐷. 🐷."])
def test_odd_texts_do_no_harm(shipped: EmbeddedScorer, text: str) -> None:
    shipped.score([text])
    assert all(text[a:b].strip() for a, b in sentences.alone(text))
