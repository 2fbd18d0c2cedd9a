"""A text that says something only backwards, upside down, in pieces or by its sound is read that way."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commentsvc.moderation.judging.scored import reading, verdict_on
from commentsvc.moderation.judging.verdict import Action
from commentsvc.sites.policy import Policy
from commentsvc.toxicity.backends.embedded import EmbeddedScorer
from commentsvc.toxicity.readings.every import readings
from commentsvc.toxicity.scorer import Scores, Unscored
from tests.tables import every_row

GROSS = (
    "you are a fucking idiot",
    "kill yourself you worthless piece of shit",
    "shut up you stupid bitch",
    "I will find you and break your legs",
    "your mother is a dirty whore",
)
_TURNED = str.maketrans("abcdefghijklmnopqrtuvwy", "ɐqɔpǝɟƃɥᴉɾʞlɯuodbɹʇnʌʍʎ")
DISGUISES = {
    "backwards": lambda text: text[::-1],
    "word by word": lambda text: " ".join(word[::-1] for word in text.split()),
    "override": lambda text: f"\u202e{text[::-1]}\u202c",
    "upside down": lambda text: text.lower().translate(_TURNED)[::-1],
    "turned in place": lambda text: " ".join(
        word[::-1] for word in text.lower().translate(_TURNED).split()
    ),
    "glued": lambda text: text.replace(" ", ""),
    "behind a calm one": lambda text: f"Thanks for this article. {text[::-1]}",
}
BY_SOUND = (
    "phuk u azzhole",
    "yoo arr uh phuking idyut",
    "shut yer mowth u dum kunt",
    "yew ar a phat stoopid biyatch",
    "yu phukkin looser",
    "u idyut",
    "you complete eejit",
)
HARMLESS = (
    "Otto and Anna read the paper at noon, and Bob did too.",
    "Sarah told Bob that stressed desserts live evil.",
    "This intoxicating smell of wikipedia administered nevertheless.",
    "Penistone and Scunthorpe are lovely, so is Cockburnspath.",
    "It is pronounced /ˈɹʌɪtɪŋ/, with ɹ and ʌ.",
    "The beaches of Phuket are nice, and phở and nasi goreng are cheap.",
    "Ich finde den Artikel sehr gut, danke an die Redaktion.",
    "Zawsze czytam wasze artykuły, dziękuję bardzo.",
)


@pytest.fixture(scope="module")
def shipped() -> EmbeddedScorer:
    return EmbeddedScorer()


@every_row("text", GROSS)
@every_row("disguise", DISGUISES)
def test_a_disguised_insult_is_held(shipped: EmbeddedScorer, disguise: str, text: str) -> None:
    _is_held(shipped, DISGUISES[disguise](text))


@pytest.mark.parametrize("text", BY_SOUND)
def test_so_is_one_that_is_spelled_as_it_sounds(shipped: EmbeddedScorer, text: str) -> None:
    _is_held(shipped, text)


def _is_held(shipped: EmbeddedScorer, text: str) -> None:
    [said] = shipped.score([text])
    assert isinstance(said, Scores) and not said.doubted
    assert verdict_on(Policy(), reading(Policy(), text), said).action >= Action.HOLD


@every_row("text", HARMLESS)
def test_harmless_texts_are_read_as_they_stand(shipped: EmbeddedScorer, text: str) -> None:
    assert shipped.score([text]) == [shipped._plainly(text, None, ())]


def test_what_says_nothing_on_its_head_either_has_no_score(shipped: EmbeddedScorer) -> None:
    [said] = shipped.score(["ʇqɹʌ ɹǝʇʞ ʌʎʞɯ ɥɟƃʌ ʎʞɹʌ ɟɹʌʞ ʎɥɯʇ"])
    assert isinstance(said, Unscored) and said.reason == "language"


def test_the_words_that_weigh_stand_in_the_text(shipped: EmbeddedScorer) -> None:
    text = "Thanks for this article. toidi gnikcuf a era uoy"
    weights = shipped.explain(text, "insult")
    assert text[weights[0].start : weights[0].end] in ("toidi", "gnikcuf")
    [said] = shipped.score([text])
    assert isinstance(said, Scores) and (worst := said.worst("insult"))
    assert "toidi" in text[worst.start : worst.end]


def test_lists_and_finders_read_it_too() -> None:
    text = "oot daed eb lliw uoy dna ,sgel ruoy kaerb lliw I"
    found = reading(Policy(banned_words=("legs",)), text)
    assert [text[each.start : each.end] for each in found.banned] == ["sgel"]
    assert {"threats"} == {each.rule for each in found.spotted}


@given(st.text(max_size=60))
def test_each_character_of_a_reading_stands_in_the_text(text: str) -> None:
    for each in readings(text):
        assert len(each.text) == len(each.places)
        assert all(0 <= place < len(text) for place in each.places)
