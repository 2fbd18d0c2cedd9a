"""A few words in another script or language hide nothing of the rest."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commentsvc.moderation.judging.scored import held, reading, verdict_on
from commentsvc.moderation.judging.verdict import Action
from commentsvc.sites.policy import Policy
from commentsvc.toxicity import language, mixed
from commentsvc.toxicity.backends.embedded import EmbeddedScorer
from commentsvc.toxicity.lookalikes import only_latin
from commentsvc.toxicity.scorer import Scores, Unscored
from tests.tables import every_row

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


@every_row("pad", PADS)
@every_row("text", ["{0} {1}", "{1} {0}", "{1} {0} {1}", "{0}{1}"])
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


CALM = "The ferry was late and the mayor was not there, so we walked home in the rain. "


@every_row("before", ["", CALM * 7, CALM * 58])
@every_row(
    ("text", "code", "action"),
    [
        ("Halt dein Maul du dreckige Fotze, the news is good for you", "de", Action.HOLD),
        ("Hijo de puta maricón, this is good news for you", "es", Action.HOLD),
        ("Ferme ta gueule sale pute, this is good news for you", "fr", Action.HOLD),
        ("Negro de mierda vete a tu país, the news is good for you", "es", Action.HOLD),
        ("Sale arabe rentre chez toi, the news is good for you", "fr", Action.HOLD),
        ("Scheiß Kanake verpiss dich, the news is good for you", "de", Action.HOLD),
        ("Vaffanculo stronzo, the news is good for you", "it", Action.REVIEW),
        ("Kurwa jebany pedał the nice man", "pl", Action.HOLD),
        ("Du Hurensohn the and is very", "de", Action.HOLD),
        ("The news is good, ta gueule connard, and the mayor is nice", "fr", Action.HOLD),
        ("Arschloch verpiss dich, I really liked the article", "de", Action.HOLD),
    ],
)
def test_a_stretch_in_another_language_is_read_in_its_own(
    shipped: EmbeddedScorer, text: str, code: str, action: Action, before: str
) -> None:
    [said] = shipped.score([before + text])
    assert isinstance(said, Scores) and [each.language for each in said.foreign] == [code]
    assert verdict_on(Policy(), reading(Policy(), before + text), said).action == action


@pytest.mark.parametrize(
    "text",
    [
        "We say mucho gusto and de nada amigo in the shop, and this is good.",
        "C'est la vie, as they say in the shop.",
        "The Straße der Republik in Müllerstadt was closed this morning.",
        "I ordered a café au lait and a crème brûlée at the shop, very nice.",
        "Guten Morgen zusammen, the news is good for you.",
        "Peter Müller and José García López spoke at the meeting this morning.",
    ],
)
def test_calm_words_of_another_language_are_nothing(shipped: EmbeddedScorer, text: str) -> None:
    [said] = shipped.score([text])
    assert verdict_on(Policy(), reading(Policy(), text), said).findings == ()


@given(st.text(max_size=200))
def test_what_is_left_stands_where_it_stood(text: str) -> None:
    latin = mixed.latin_of(text)
    if latin is not None:
        assert len(latin.text) == len(text)
        assert all(one in (other, " ") for one, other in zip(latin.text, text, strict=True))


def test_what_looks_only_latin_has_no_other_letters() -> None:
    """A text that passes the quick look is neither blanked nor read as another script."""
    passed = [each for each in map(chr, range(0x11000)) if only_latin(each)]
    assert {"e", "é", "ẞ", "’", "…"} <= {*passed} and not {"ª", "я", "あ"} & {*passed}
    for each in passed:
        assert not each.isalpha() or mixed._LATIN.match(each)
        assert language._foreign(each) is None or not each.isalpha()
