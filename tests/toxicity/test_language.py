"""Languages are told apart by words and by scripts; in doubt a text is English."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from commentsvc.toxicity import language
from commentsvc.toxicity.backends.spoken import detect
from commentsvc.toxicity.language import known_share
from commentsvc.toxicity.scorer import Scores, Unscored
from tests.tables import every_row

if TYPE_CHECKING:
    from commentsvc.toxicity.backends.embedded import EmbeddedScorer

TEXTS = {
    "en": "The mayor said that nobody would have to pay for the new bridge.",
    "de": "Das ist doch alles nicht wahr, was hier geschrieben wird.",
    "fr": "Je ne comprends pas pourquoi les gens disent des choses pareilles.",
    "pt": "Eu não entendo por que as pessoas falam essas coisas.",
    "es": "No entiendo por qué la gente dice esas cosas todos los días.",
    "it": "Non capisco perché tutti dicono queste cose della nostra gente.",
    "nl": "Ik begrijp niet waarom mensen dat altijd weer zeggen over ons land.",
    "pl": "Nie wiem, dlaczego wszyscy mówią o tym, że ludzie są źli.",
    "tr": "Ben bunun neden böyle olduğunu gerçekten bilmiyorum ama çok kötü.",
    "hi": "yeh log kya bol rahe hain, mujhe kuch samajh nahi aa raha hai",
    "ru": "Я не понимаю, почему люди так говорят.",
    "el": "Δεν καταλαβαίνω γιατί το λένε αυτό.",
    "ar": "لا أفهم لماذا يقول الناس هذا الكلام",
    "zh": "我不明白人们为什么这么说",
    "ja": "なぜそんなことを言うのか分かりません",
    "ko": "사람들이 왜 그런 말을 하는지 모르겠어요",
}


@every_row("code", TEXTS)
def test_it_works(code: str, shipped: EmbeddedScorer) -> None:
    assert shipped.model is not None and shipped._vectors is not None
    found, evidence = shipped._vectors.of_text(TEXTS[code])
    assert language.detect(shipped.model, evidence, len(found)) == code


@pytest.mark.parametrize("text", ["死ね、馬鹿野郎", "日本語は難しい", "东京、この馬鹿"])
def test_one_kana_makes_it_japanese(text: str, shipped: EmbeddedScorer) -> None:
    assert shipped.score([text])[0].language == "ja"


@pytest.mark.parametrize(
    "text, code",
    [
        ("Kurwa, ale z ciebie debil", "pl"),
        ("Sen ne aptal bir adamsın", "tr"),
        ("Sei proprio un cretino", "it"),
        ("Eres un idiota", "es"),
        ("du er en idiot", "da"),
        ("Ești un prost", "ro"),
    ],
)
def test_a_short_insult_is_not_read_as_english(
    text: str, code: str, shipped: EmbeddedScorer
) -> None:
    assert shipped.score([text])[0].language == code


@pytest.mark.parametrize(
    "text",
    ["ok", "lol", "no", "I love 北京 so much", "Mr. García wrote it", "@user1 https://t.co/x yes"],
)
def test_in_doubt_it_is_english(text: str, shipped: EmbeddedScorer) -> None:
    assert shipped.model is not None and shipped._vectors is not None
    found, evidence = shipped._vectors.of_text(text)
    assert language.detect(shipped.model, evidence, len(found)) == "en"


@pytest.mark.parametrize(
    ("token", "script"),
    [("привет", "ru"), ("שלום", "he"), ("abc", None), ("é", None), ("…", None), ("😀", None)],
)
def test_scripts(token: str, script: str | None) -> None:
    assert language.script_of(token) == script


@every_row(
    ("text", "code"),
    [
        ("死ね", "ja"), ("殺すぞ", "ja"), ("ばか", "ja"), ("去死", "zh"), ("죽어", "ko"), ("ตาย", "th"),
        ("כלב", "he"), ("Умри", "ru"), ("ขอ", "th"), ("မသေ", "my"), ("ਕੁੱਤਾ", "pa"), ("കഴുത", "ml"),
        ("ຕາຍ", "lo"),
        ("死ね馬鹿 lol", "ja"), ("(ばか)", "ja"), ("ｼﾈ", "ja"), ("ⴰⵙ", "und"), ("Σκάσε", "el"), ("كلب", "ar"),
    ],
)  # fmt: skip
def test_letters_that_english_never_uses_are_not_english(
    text: str, code: str, shipped: EmbeddedScorer
) -> None:
    said = shipped.score([text])[0]
    assert said.language == code
    assert isinstance(said, Scores) is (code in shipped.status().reads)
    assert detect(text) == code


@pytest.mark.parametrize(
    "text", ["ⓕⓤⓒⓚ ⓨⓞⓤ", "уоu аrе аn іdіоt", "ｉｄｉｏｔ", "𝗶𝗱𝗶𝗼𝘁", "you 死ね idiot moron"]
)
def test_disguised_english_is_english(text: str, shipped: EmbeddedScorer) -> None:
    said = shipped.score([text])[0]
    assert isinstance(said, Scores) and said.language == "en" and said.values["toxicity"] > 0.5


@every_row(
    "text",
    ["Sales juifs dehors", "Vaffanculo stronzo", "Kuolisit jo pois", "Jebem ti mater", "Curva proasta",
     "Crève connard",
     "Chcípni", "Kretén", "Zdechni"],
)  # fmt: skip
def test_a_short_text_in_doubt_is_unscored(text: str, shipped: EmbeddedScorer) -> None:
    said = shipped.score([text])[0]
    assert isinstance(said, Unscored) and said.reason == "language"
    assert said.language not in ("en", "da", "ro")


@every_row(
    "text",
    ["ok", "lol", "Thanks Zelensky", "Nice one mate", "Trump Putin Macron", "idiots", "Great article",
     "Café Müller", "Beyoncé rocks",
     "Gracias amigo mío", "du er en idiot", "Danke schön", "Hahaha"],
)  # fmt: skip
def test_a_short_text_beyond_doubt_is_scored(text: str, shipped: EmbeddedScorer) -> None:
    assert isinstance(shipped.score([text])[0], Scores)


@every_row(
    "text",
    ["Mampus kau", "Kanker jood", "Muori", "Spierdalaj", "Spierdalaj stad", "Anjing lu", "Klootzak",
     "Putang ina mo", "Jebem ti mater", "Vaffanculo", "Connard", "KANKER JOOD", "Mampus kau!!!"],
)  # fmt: skip
@every_row("likely", [(), ("en",)])
def test_a_short_foreign_text_in_plain_letters_never_scores_nothing(
    text: str, likely: tuple[str, ...], shipped: EmbeddedScorer
) -> None:
    said = shipped.score([text], likely=likely)[0]
    assert isinstance(said, Unscored) and said.reason == "language"


@every_row(
    "text",
    ["Ditto. Anna Lincoln", "Kudos to Linda Maier", "RIP Giovanni", "Thanks Piotr", "Sarah Palin!",
     "Ronaldo or Messi?", "Congratulations Sofia Rossi!", "Sarashi? 192.0.2.10", "Ur right m8"],
)  # fmt: skip
def test_english_with_names_is_english(text: str, shipped: EmbeddedScorer) -> None:
    said = shipped.score([text])[0]
    assert isinstance(said, Scores) and said.language == "en"


def test_words_tell_english_only_where_the_letters_do_not() -> None:
    assert known_share("Thanks, a good read") > 0.5 > known_share("Mampus kau")
    assert known_share("Thanks Marulić") == known_share("2026") == 1.0
