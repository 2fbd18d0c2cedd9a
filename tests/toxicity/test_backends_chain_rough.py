"""A chain: what the first scorer knows only roughly is left to a later one that reads the language."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from commentsvc.posting import scoring
from commentsvc.settings import settings
from commentsvc.toxicity.backends.chain import ChainScorer
from commentsvc.toxicity.backends.process import ProcessScorer
from commentsvc.toxicity.backends.stub import StubScorer
from commentsvc.toxicity.scorer import ScorerStatus, Scores, Unscored, scorer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flask import Flask

    from commentsvc.toxicity.backends.embedded import EmbeddedScorer
    from commentsvc.toxicity.scorer import Reason

ENGLISH = "You are a stupid idiot, and the mayor is one too."
FRENCH = "Le maire est un abruti et un menteur, comme toute sa bande."
TURKISH = "Bu adam tam bir salak, kimse onu dinlemesin artık."


class Reads(StubScorer):
    """A heavy scorer that is known to read some languages, or says nothing about it."""

    in_request = False

    def __init__(self, name: str, *languages: str, broken: Reason | None = None) -> None:
        super().__init__(None)
        self.name, self.languages, self.broken = name, languages, broken
        self.asked: list[tuple[str, str | None]] = []

    def score(
        self, texts: Sequence[str], *, language: str | None = None
    ) -> list[Scores | Unscored]:
        self.asked += [(text, language) for text in texts]
        model = f"{self.name}/{self.version}"
        if self.broken:
            return [Unscored(self.broken, model, language) for _ in texts]
        return [Scores({"toxicity": 0.7, "insult": 0.6}, model, language) for _ in texts]

    def status(self) -> ScorerStatus:
        return replace(super().status(), languages=self.languages or None)


def test_it_works(shipped: EmbeddedScorer) -> None:
    heavy = Reads("heavy", "en", "fr", "tr")
    english, french, turkish = ChainScorer([shipped, heavy]).score([ENGLISH, FRENCH, TURKISH])
    assert english.model == shipped.status().model  # all labels: nobody waits for the other
    assert (french.model, turkish.model) == ("heavy/1", "heavy/1")
    assert heavy.asked == [(FRENCH, "fr"), (TURKISH, "tr")]
    assert isinstance(french, Scores) and set(french.values) == {"toxicity", "insult"}


def test_the_rough_score_stands_where_the_other_one_fails(shipped: EmbeddedScorer) -> None:
    alone = shipped.score([FRENCH])
    for broken in ("slow", "failed", "model_missing"):
        heavy = Reads("heavy", "fr", broken=broken)
        assert ChainScorer([shipped, heavy]).score([FRENCH]) == alone
        assert heavy.asked == [(FRENCH, "fr")]
        last = Reads("last", "fr")  # whoever comes after it may still know better
        assert ChainScorer([shipped, heavy, last]).score([FRENCH])[0].model == "last/1"


def test_only_a_scorer_known_to_read_the_language_goes_first(shipped: EmbeddedScorer) -> None:
    alone = shipped.score([FRENCH])
    for other in (Reads("italian", "it"), Reads("who knows")):
        assert ChainScorer([shipped, other]).score([FRENCH]) == alone
        assert other.asked == []
    before = Reads("before", "fr")
    assert ChainScorer([before, shipped]).score([FRENCH])[0].model == "before/1"
    assert ChainScorer([shipped, Reads("italian", "it"), before]).score([FRENCH])[0] == Scores(
        {"toxicity": 0.7, "insult": 0.6}, "before/1", "fr"
    )


def test_a_text_that_may_be_in_another_language_stays_with_the_first(
    shipped: EmbeddedScorer,
) -> None:
    heavy = Reads("heavy", "pl", "de")
    doubted = ChainScorer([shipped, heavy]).score(["ty debilu"], likely=["de"])[0]
    assert isinstance(doubted, Scores) and doubted.doubted
    assert (doubted.model, heavy.asked) == (shipped.status().model, [])


def test_words_are_explained_by_the_one_whose_score_it_is(shipped: EmbeddedScorer) -> None:
    assert ChainScorer([shipped, Reads("heavy", "fr")]).explain(FRENCH, "toxicity") == []
    assert ChainScorer([shipped, Reads("heavy", "it")]).explain(FRENCH, "toxicity")
    assert ChainScorer([shipped, Reads("heavy", "fr")]).explain(ENGLISH, "toxicity")


def test_a_post_does_not_wait_longer_than_its_budget(
    app: Flask, shipped: EmbeddedScorer, tmp_path: Path
) -> None:
    command = [sys.executable, str(Path(__file__).with_name("child.py")), "well"]
    slow = ProcessScorer(
        "slow", [*command, str(tmp_path / "log")], languages=("fr",), hang_seconds=60.0
    )
    try:
        scorer.install(app, ChainScorer([shipped, slow]))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(scoring, "settings", lambda: replace(settings(), toxicity_budget_ms=200))
            said = scoring.score(f"{FRENCH} HANG")
        assert isinstance(said, Scores) and said.model == shipped.status().model
    finally:
        slow.stop()
