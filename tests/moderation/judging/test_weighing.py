"""Marks stand on the words that weighed for the reasons a card gives, and on no others."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from commentsvc.moderation.judging import weighing
from commentsvc.toxicity.backends.embedded import EmbeddedScorer

if TYPE_CHECKING:
    from collections.abc import Iterator

TEXT = "Four metres gone for nothing, you morons. I will kill whoever had that idea."
THREAT = {"reason": "threats", "evidence": {"kinds": ["open"], "spans": [[42, 61]]}}
INSULT = {"reason": "insult", "evidence": {"label": "insult", "score": 0.64, "limit": 0.6}}
OVER = {"reason": "threat", "evidence": {"label": "threat", "score": 0.4, "limit": 0.1}}
SENTENCE = {"reason": "sentence", "evidence": {"label": "threat", "spans": [[42, 76]]}}


@pytest.fixture(scope="module", autouse=True)
def shipped() -> Iterator[None]:
    scorer = EmbeddedScorer()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(weighing, "scorer", lambda: scorer)
        yield


def marked(findings: list, scores: dict | None = None, **how: object) -> list[tuple[str, str]]:
    until = time.monotonic() + 60
    found = weighing.marks_of(TEXT, findings, scores or {}, **{"until": until, **how})
    return [(TEXT[each.start : each.end], each.label) for each in found]


SPOTTED = ("I will kill whoever", "spot")
MORONS = ("morons", "insult")


@pytest.mark.parametrize(
    ("findings", "scores", "marks"),
    [
        ([THREAT, INSULT], {}, [MORONS, SPOTTED]),
        ([THREAT, SENTENCE, INSULT], {}, [MORONS, SPOTTED]),
        ([SENTENCE, INSULT], {}, [MORONS, ("kill", "threat")]),
        ([OVER, INSULT, SENTENCE], {"toxicity": 0.93}, [MORONS, ("kill", "threat")]),
        ([THREAT], {"insult": 0.64, "obscene": 0.3}, [MORONS, SPOTTED]),
    ],
)
def test_every_reason_has_its_words(findings: list, scores: dict, marks: list) -> None:
    words = [each for each in marked(findings, scores) if each not in [("will", "threat")]]
    assert words == marks
    stored = weighing.explained(TEXT, weighing.to_explain(findings, scores))
    assert marked(findings, scores, stored=stored, until=0.0) == marked(findings, scores)


def test_a_sentence_is_marked_whole_where_its_words_are_unknown() -> None:
    assert marked([SENTENCE], stored=[]) == [(TEXT[42:], "threat")]
    assert marked([OVER, SENTENCE], stored=[]) == [(TEXT[42:], "threat")]
    assert marked([SENTENCE, THREAT], stored=[]) == [SPOTTED]
