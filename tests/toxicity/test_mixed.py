"""A few words in another script or language hide nothing of the rest."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commentsvc.moderation.judging.scored import held
from commentsvc.sites.policy import Policy
from commentsvc.toxicity import mixed
from commentsvc.toxicity.backends.embedded import EmbeddedScorer
from commentsvc.toxicity.scorer import Scores, Unscored

INSULT = "You disgusting worthless pig"
PADS = (
    "안녕하세요 여러분 감사합니다",
    "東京東京東京東京東京",
    "Здравствуйте дорогие друзья спасибо",
    "مرحبا بالجميع شكرا جزيلا لكم",
    "สวัสดีครับทุกคน",
    "שלום לכולם תודה רבה",
    "नमस्ते दोस्तों धन्यवाद",
)


@pytest.fixture(scope="module")
def shipped() -> EmbeddedScorer:
    return EmbeddedScorer()


@pytest.mark.parametrize("pad", PADS)
@pytest.mark.parametrize("text", ["{0} {1}", "{1} {0}", "{1} {0} {1}", "{0}{1}"])
def test_it_works(shipped: EmbeddedScorer, text: str, pad: str) -> None:
    text = text.format(INSULT, pad)
    [said] = shipped.score([text])
    assert isinstance(said, Scores) and said.language == "en" and held(Policy(), text, said)


@pytest.mark.parametrize(
    "text",
    ["ⓨⓞⓤ ⓐⓡⓔ ⓐ ⓢⓣⓤⓟⓘⓓ ⓘⓓⓘⓞⓣ", "🅸 🆆🅸🅻🅻 🅺🅸🅻🅻 🆈🅾🆄", "🇾\u200b🇴\u200b🇺 🇮\u200b🇩\u200b🇮\u200b🇴\u200b🇹"],
)
def test_letters_in_circles_and_squares_are_words(shipped: EmbeddedScorer, text: str) -> None:
    [said] = shipped.score([text])
    assert held(Policy(), text, said)


def test_a_sentence_among_others_in_a_language_that_is_not_read(shipped: EmbeddedScorer) -> None:
    calm = "Kiitos paljon kaikille ja hyvää päivää teille. "
    text = f"{calm}{INSULT}, nobody wants you. {calm * 3}"
    [said] = shipped.score([text])
    assert isinstance(said, Scores) and said.doubted and held(Policy(), text, said)
    [worst] = said.passages
    assert text[worst.start : worst.end].startswith(INSULT)


@pytest.mark.parametrize(
    "text",
    [
        "iPhone 15 Pro Max は素晴らしいです。とても気に入りました",
        "Спасибо, отличная статья про Windows и Linux",
        "Kiitos paljon kaikille. Hyvää päivää teille kaikille.",
    ],
)
def test_names_among_other_words_are_no_reading(shipped: EmbeddedScorer, text: str) -> None:
    [said] = shipped.score([text])
    assert isinstance(said, Unscored) and said.reason == "language"


def test_what_weighed_in_a_mixed_text_is_explained_too(shipped: EmbeddedScorer) -> None:
    text = f"{PADS[0]} {INSULT}"
    words = shipped.explain(text, "toxicity")
    assert "pig" in {text[each.start : each.end] for each in words}


@given(st.text(max_size=200))
def test_what_is_left_stands_where_it_stood(text: str) -> None:
    latin = mixed.latin_of(text)
    if latin is not None:
        assert len(latin.text) == len(text)
        assert all(one in (other, " ") for one, other in zip(latin.text, text, strict=True))
