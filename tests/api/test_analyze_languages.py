"""Coral's request with text in many languages: a score, or Google's own error, and never a silent zero."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from commentsvc.accounts import keys
from commentsvc.toxicity.backends.chain import ChainScorer
from commentsvc.toxicity.backends.embedded import EmbeddedScorer
from commentsvc.toxicity.backends.stub import StubScorer
from commentsvc.toxicity.scorer import Scores, Unscored, scorer
from tests.tables import every_row
from tests.web.asking import browser

if TYPE_CHECKING:
    from flask import Flask

#: An insult in a sentence, one in a word or two, and a kind sentence.
TEXTS = {
    "fr": (
        "Vous êtes un imbécile et un menteur, dégagez d'ici.",
        "sale connard",
        "Merci pour cet article très intéressant sur notre ville.",
    ),
    "es": (
        "Cállate ya, hijo de puta, nadie te quiere aquí.",
        "puta madre",
        "Gracias por este artículo tan interesante sobre nuestra ciudad.",
    ),
    "it": (
        "Siete tutti dei cretini, andatevene a quel paese.",
        "vaffanculo",
        "Grazie per questo articolo molto interessante sulla nostra città.",
    ),
    "pl": (
        "Wszyscy jesteście debilami i idiotami, wynoście się stąd.",
        "ty kretynie",
        "Dziękuję za ten bardzo ciekawy artykuł o naszym mieście.",
    ),
    "ar": (
        "اخرس يا كلب يا حقير ولا تتكلم معنا هنا",
        "يا كلب",
        "شكرا على هذا المقال المهم عن مدينتنا",
    ),
    "ru": (
        "Заткнись, сука тупая, никто тебя тут не ждал.",
        "пошёл нахуй",
        "Спасибо за очень интересную статью о нашем городе.",
    ),
}
SCORED = ("fr", "es", "pl", "ar")  # by the embedded model, for toxicity alone
CORAL_KNOWS = ("en", "es", "fr", "de", "pt")

Ask = Callable[..., Any]


@pytest.fixture(scope="module")
def embedded() -> EmbeddedScorer:
    return EmbeddedScorer()


@pytest.fixture
def ask(app: Flask, embedded: EmbeddedScorer) -> Ask:
    """What is answered to Coral's request (services/perspective/perspective.ts)."""
    scorer.install(app, embedded)
    client, key = browser(app), keys.add_key(label="Coral", scopes=["analyze"])

    def post(text: str, language: str | None, attribute: str = "TOXICITY", **more: Any) -> Any:
        body = {
            "comment": {"text": text},
            "doNotStore": True,
            "requestedAttributes": {attribute: {}},
            **({"languages": [language]} if language else {}),
            **more,
        }
        return client.post(f"/v1alpha1/comments:analyze?key={key}", json=body)

    return post


def score_of(answer: Any, attribute: str = "TOXICITY") -> float:
    assert answer.status_code == 200, answer.text
    value: float = answer.json["attributeScores"][attribute]["summaryScore"]["value"]
    return value


def refused_for(answer: Any) -> dict[str, Any]:
    """What Google says of a language that an attribute does not support."""
    assert answer.status_code == 400, answer.text
    error = answer.json["error"]
    assert (error["code"], error["status"]) == (400, "INVALID_ARGUMENT")
    assert " does not support request languages: " in error["message"]
    (detail,) = error["details"]
    assert detail["errorType"] == "LANGUAGE_NOT_SUPPORTED_BY_ATTRIBUTE"
    facts: dict[str, Any] = detail["languageNotSupportedByAttributeError"]
    return facts


@every_row("named", [*CORAL_KNOWS, None, "own"])
@every_row("language", TEXTS)
def test_it_works(ask: Ask, language: str, named: str | None) -> None:
    rude, short, kind = TEXTS[language]
    asked_as = language if named == "own" else named
    for text in (rude, short, kind):
        answer = ask(text, asked_as)
        if answer.status_code != 200:
            facts = refused_for(answer)
            assert facts["attribute"] == "TOXICITY"
            assert facts["detectedLanguages"] == [language] or text is short
            assert facts.get("requestedLanguages") == ([asked_as] if asked_as else None)
        elif text is not kind:
            assert score_of(answer) > 0.1, (text, named)
    if language in SCORED and asked_as != "fr":
        assert score_of(ask(rude, asked_as)) > 2 * score_of(ask(kind, asked_as))
    elif language not in SCORED:
        refused_for(ask(kind, asked_as))


@pytest.mark.parametrize("language", TEXTS)
def test_what_a_language_is_not_scored_for_is_said_and_not_made_up(ask: Ask, language: str) -> None:
    rude = TEXTS[language][0]
    for named in (language, "en"):
        assert refused_for(ask(rude, named, "INSULT"))["attribute"] == "INSULT"
    if language in SCORED:
        both: dict[str, Any] = {"requestedAttributes": {"TOXICITY": {}, "INSULT": {}}}
        assert refused_for(ask(rude, language, **both))["attribute"] == "INSULT"
        kept = ask(rude, language, **both, dropUnsupportedAttributes=True)
        assert set(kept.json["attributeScores"]) == {"TOXICITY"}


class Second(StubScorer):
    """What a chain asks about the rest."""

    name = "second"

    def _one(self, text: str, language: str) -> Scores | Unscored:
        if language not in ("fr", "it", "ru"):
            return Unscored("language", "second/1", language)
        value = 0.9 if text in (TEXTS[language][0], TEXTS[language][1]) else 0.01
        return Scores({"toxicity": value, "insult": value}, "second/1", language)


@every_row("named", ["en", "own", None])
@every_row("language", TEXTS)
def test_with_a_chain_all_of_them_have_scores(
    app: Flask, ask: Ask, embedded: EmbeddedScorer, language: str, named: str | None
) -> None:
    scorer.install(app, ChainScorer([embedded, Second()]))
    asked_as = language if named == "own" else named
    rude, short, kind = (score_of(ask(text, asked_as)) for text in TEXTS[language])
    assert rude > 2 * kind and short > 2 * kind


def test_english_counts_whatever_language_is_named(ask: Ask) -> None:
    insult = "You are a stupid idiot and a liar."
    assert min(score_of(ask(insult, named)) for named in (*CORAL_KNOWS, None)) > 0.8
    assert score_of(ask("Thank you for this fine article.", "en")) < 0.1
    assert score_of(ask(insult, "en", "INSULT"), "INSULT") > 0.5
    # a word that other languages list too
    assert score_of(ask("My idiot brother", "en", "INSULT"), "INSULT") > 0.1


@pytest.mark.parametrize("language", SCORED)
def test_sentences_have_scores_and_offsets_in_every_language(ask: Ask, language: str) -> None:
    rude, _, kind = TEXTS[language]
    kind, rude = f"{kind.rstrip('.')} 😀👩‍👩‍👧.", f"{rude.rstrip('.')}!"
    text = f"{kind} {rude}"
    answer = ask(text, language, spanAnnotations=True)
    spans = answer.json["attributeScores"]["TOXICITY"]["spanScores"]
    units = text.encode("utf-16-le")
    cut = [units[2 * each["begin"] : 2 * each["end"]].decode("utf-16-le") for each in spans]
    assert cut == [kind, rude]
    assert spans[1]["score"]["value"] > spans[0]["score"]["value"]
