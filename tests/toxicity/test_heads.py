"""Languages beside English: learnt from what there is, shipped where it ranks well enough, scored for
toxicity alone, and said so wherever all labels are expected."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from commentsvc.toxicity import heads, modelfile, tokens
from commentsvc.toxicity.backends.embedded import EmbeddedScorer
from commentsvc.toxicity.explain import explain_by_head
from commentsvc.toxicity.heads import Head
from commentsvc.toxicity.scorer import Scores, Unscored
from commentsvc.toxicity.training import data

from .conftest import random_model

if TYPE_CHECKING:
    from pathlib import Path

INSULT, GREETING = "Du bist ein dummes Arschloch", "Guten Morgen, wie geht es euch allen heute?"


def test_it_works(shipped: EmbeddedScorer) -> None:
    rude, kind, fado = shipped.score(
        [INSULT, GREETING, "vai tomar no cu seu filho da puta, você é um idiota"]
    )
    assert isinstance(rude, Scores) and isinstance(kind, Scores) and isinstance(fado, Scores)
    assert (rude.language, kind.language, fado.language) == ("de", "de", "pt")
    assert rude.values["toxicity"] > 0.9 and fado.values["toxicity"] > 0.9
    assert kind.values["toxicity"] < 0.1
    assert set(rude.values) == {"toxicity"}  # of the other labels nothing is known


def test_korean_is_scored(shipped: EmbeddedScorer) -> None:
    rude, kind = shipped.score(
        ["이 멍청한 병신 새끼야 꺼져", "오늘 경기 정말 재미있게 잘 봤습니다 감사합니다"]
    )
    assert isinstance(rude, Scores) and isinstance(kind, Scores)
    assert rude.language == kind.language == "ko"
    assert rude.values["toxicity"] > 0.6 and kind.values["toxicity"] < 0.1


def test_french_is_scored(shipped: EmbeddedScorer) -> None:
    rude, misspelt, kind, angry, neighbours = shipped.score(
        [
            "Quel gros connard ce type, qu'il aille crever avec sa bande de débiles.",
            "t'es qu'un pov abruti, degage de la sale parasite",
            "Merci pour cet article, la nouvelle ligne de bus va changer la vie du quartier.",
            "Cette réforme est une catastrophe, et le ministre devrait démissionner.",
            "Mes voisins algériens et leurs enfants nous ont invités à dîner hier soir.",
        ]
    )
    for toxic in (rude, misspelt):
        assert isinstance(toxic, Scores) and toxic.language == "fr"
        assert toxic.values["toxicity"] > 0.6 and set(toxic.values) == {"toxicity"}
    for clean in (kind, angry, neighbours):
        assert isinstance(clean, Scores) and clean.language == "fr"
        assert clean.values["toxicity"] < 0.4


def test_korean_syllables_are_read_by_their_letters() -> None:
    def of(word: str) -> set[int]:
        return set(heads.rows([word])[0].tolist())

    assert len(of("각") & of("간")) >= 2  # the same beginning
    assert len(of("각") & of("눈")) < len(of("각") & of("간"))


def test_the_card_names_the_data_and_every_language_tried(shipped: EmbeddedScorer) -> None:
    assert shipped.model is not None
    card = shipped.model.card
    assert set(data.MULTILINGUAL) <= set(card["data"])
    for code, said in card["by_language"].items():
        assert code not in shipped.model.heads or said["auc"] >= (0.78 if code == "fr" else 0.80)
    tried = {"ar", "da", "de", "es", "fi", "fr", "ja", "ko", "pl", "pt", "ro", "tr", "zh"}
    assert set(card["by_language"]) <= tried
    assert set(shipped.model.heads) == tried - {"fi", "ja"}


def test_the_status_says_what_is_known_of_which_language(shipped: EmbeddedScorer) -> None:
    assert (
        "en, and ar, da, de, es, fr, ko, pl, pt, ro, tr, zh for toxicity only"
        in shipped.status().message
    )


@pytest.mark.parametrize("hint", ["de", "de-AT", "DE"])
def test_a_hint_is_believed(shipped: EmbeddedScorer, hint: str) -> None:
    said = shipped.score(["Hello there"], language=hint)[0]
    assert isinstance(said, Scores) and (said.language, set(said.values)) == ("de", {"toxicity"})


def test_addresses_are_nothing_to_go_by() -> None:
    assert heads.words(tokens.tokenise("@user RT https://t.co/a Hallo"))[-1] == "hallo"
    assert "https" not in heads.words(tokens.tokenise("https://example.org"))


def test_disguises_are_undone(shipped: EmbeddedScorer) -> None:
    plain, hidden = shipped.score([INSULT, "Du bist ein dummes A.r.s.c.h.l.o.c.h"], language="de")
    assert isinstance(plain, Scores) and isinstance(hidden, Scores)
    assert hidden.values["toxicity"] == pytest.approx(plain.values["toxicity"], abs=0.02)


def test_the_words_that_carried_it_are_marked_where_they_stand(shipped: EmbeddedScorer) -> None:
    text = f"Ach, \u200b{INSULT}!"
    weights = shipped.explain(text, "toxicity")
    assert text[weights[0].start : weights[0].end] == "Arschloch"
    assert shipped.explain(text, "insult") == []


@given(text=st.text(max_size=200))
def test_marks_cut_any_text_at_whole_characters(shipped: EmbeddedScorer, text: str) -> None:
    assert shipped.model is not None
    for weight in explain_by_head(shipped.model.heads["de"], text):
        assert 0 <= weight.start < weight.end <= len(text) and math.isfinite(weight.share)


@given(text=st.text(max_size=300))
def test_every_text_has_a_probability(shipped: EmbeddedScorer, text: str) -> None:
    assert shipped.model is not None
    assert 0 <= shipped.model.heads["pt"].of_text(text) <= 1


def _with_head(path: Path, **spoilt: object) -> Path:
    table = np.zeros(tokens.WORD_ROWS + tokens.PIECE_ROWS, np.int8)
    head = replace(Head(table, 0.01, 1.0, 0.0), **spoilt)
    modelfile.write(path, replace(random_model(), heads={"de": head}))
    return path


def test_a_head_is_stored_and_read(tmp_path: Path) -> None:
    read = modelfile.read(_with_head(tmp_path / "m.npz", step=0.25, offset=-2.0))
    assert (read.heads["de"].step, read.heads["de"].offset) == (0.25, -2.0)
    assert (tmp_path / "m.npz").read_bytes() == _with_head(
        tmp_path / "again.npz", step=0.25, offset=-2.0
    ).read_bytes()  # no date, no chance: the same model is the same file


@pytest.mark.parametrize(
    "spoilt", [{"table": np.zeros(7, np.int8)}, {"slope": math.nan}, {"offset": math.inf}]
)
def test_a_spoilt_head_spoils_the_file(tmp_path: Path, spoilt: dict[str, object]) -> None:
    with pytest.raises(modelfile.ModelBroken, match="head"):
        modelfile.read(_with_head(tmp_path / "m.npz", **spoilt))
    said = EmbeddedScorer(tmp_path / "m.npz").score([INSULT])[0]
    assert isinstance(said, Unscored) and said.reason == "model_broken"


def test_a_file_from_before_there_were_heads_is_read(model_file: Path) -> None:
    assert modelfile.read(model_file).heads == {}
