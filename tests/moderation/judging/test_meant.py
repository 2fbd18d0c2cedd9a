"""What looks bad and is not meant: our own labelled sentences, of which half were never looked at while the
phrases were written, and what no phrase may excuse."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from commentsvc.moderation.judging.meant import stretches, with_rest, without
from commentsvc.moderation.judging.scored import reading, verdict_on, with_rest_by
from commentsvc.moderation.judging.verdict import Action
from commentsvc.sites.policy import Policy
from commentsvc.toxicity.backends.embedded import EmbeddedScorer
from commentsvc.toxicity.scorer import Scores, Unscored
from tests.growth import costs_at_most
from tests.tables import every_row

if TYPE_CHECKING:
    from collections.abc import Sequence

    from commentsvc.moderation.judging.verdict import Verdict

FILE = Path(__file__).parent / "labelled" / "meant.txt"


@cache
def model() -> EmbeddedScorer:
    return EmbeddedScorer()


def verdict(text: str, **policy: str) -> Verdict:
    said = with_rest_by(model(), [text], model().score([text]))[0]
    chosen = Policy().with_changes(policy)
    return verdict_on(chosen, reading(chosen, text), said)


def rows(half: str, sign: str) -> list[str]:
    lines = [each[2:] for each in FILE.read_text("utf-8").splitlines() if each[0] == sign]
    even = {each for each in lines if hashlib.sha256(each.encode()).digest()[0] % 2 == 0}
    return [each for each in lines if (each in even) is (half == "tuned on")]


def test_it_works() -> None:
    text = 'A man shouted "you stupid whore" at her, and nobody helped.'
    found = verdict(text)
    assert [(each.rule, each.action) for each in found.findings] == [("quoted", Action.REVIEW)]
    start, end = found.findings[0].evidence["spans"][-1]
    assert "stupid whore" in text[start:end]
    assert verdict("Kill all the lights.").action == Action.PASS
    assert verdict("He is a stupid whore.").holds


# Before there was any of this, 28 % of the harmless and 78 % of the others were held in the half held back.
@pytest.mark.parametrize(("half", "least"), [("tuned on", 0.89), ("held back", 0.77)])
def test_what_is_not_meant_passes_and_what_is_stays(half: str, least: float) -> None:
    calm, meant = rows(half, "-"), rows(half, "+")
    assert min(len(calm), len(meant)) >= 55
    wrong = [each for each in calm if verdict(each).holds]
    assert len(wrong) <= 0.03 * len(calm), wrong
    missed = [each for each in meant if not verdict(each).holds]
    assert len(missed) <= (1 - least) * len(meant), missed


@pytest.mark.parametrize(
    "text",
    [
        "luv u, stoopid phone died again",
        "Love you, stupid phone died again",
        "My stupid printer ate the form.",
        "stoopid weather ruined our picnic",
        "I luv my stoopid dog",
        "dis stoopid game crashd again",
    ],
)
def test_a_stupid_thing_insults_nobody_however_it_is_spelled(text: str) -> None:
    assert not verdict(text).holds


@every_row(
    "text",
    [
        "u r stoopid",
        "You stupid tool",
        "Go home, you stoopid dog",
        "You stupid phone addict, get lost",
        "Those stupid books people are morons",
        "The stupid car broke and you are an idiot",
        "my stoopid phone died, u idyut",
        "That dumb hoe phone is you, bitch",
    ],
)
def test_a_thing_beside_it_excuses_no_insult(text: str) -> None:
    assert verdict(text).holds


@every_row(
    "text",
    [
        'He said "women are stupid cows" and he is right.',
        'She wrote "you are a worthless whore", and it is true.',
        "I told her she is a stupid whore.",
        'You "stupid fucking bitch" should shut up.',
        '"Fuck off, you stupid bitch"',
        "He is not an idiot, he is a fucking retard.",
        "The woman who wrote this is a filthy lying whore.",
        "Immigrants are not human.",
        "Shit, you people are all retarded.",
        "The mayor is a piece of shit.",
        "Kill the lights, then kill the Jews.",
        "Everybody says you are a stupid bitch.",
        'I say "kill all Muslims".',
        '"All women are stupid cows." True.',
    ],
)
def test_words_around_it_excuse_nothing_that_is_meant(text: str) -> None:
    assert verdict(text).holds


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ('As they say, "kill all the Jews".', "threats"),
        ("Mein Opa sagte immer „alle Juden ins Gas“.", "threats"),
        ('He wrote "I will kill you" to my daughter.', "threats"),
        ("It is said that gypsies are vermin.", "dehumanizing"),
        ('They wrote "kill yourself" under her photo.', "self_harm_urged"),
    ],
)
def test_what_a_finder_finds_in_a_quotation_is_shown_to_a_moderator(text: str, rule: str) -> None:
    found = verdict(text)
    assert found.action == Action.REVIEW
    assert rule in {each.rule for each in found.findings}


@pytest.mark.parametrize(
    "text",
    ["Smash the shop windows of the Jews.", "Burn the hotel.", "Torch the church.", "Bloody Jews"],
)
def test_what_may_be_against_people_is_no_figure_of_speech(text: str) -> None:
    assert stretches(text) == []


def test_a_site_that_holds_swearing_holds_a_cry_too() -> None:
    text = "For fuck's sake, it rains into the library again."
    assert verdict(text).action == Action.REVIEW
    assert verdict(text, swearing="publish").action == Action.PASS
    assert verdict(text, swearing="hold").holds


def test_only_what_scores_high_is_asked_about_twice() -> None:
    asked: list[str] = []

    def ask(texts: Sequence[str], language: str | None) -> list[Scores | Unscored]:
        asked.extend(texts)
        return model().score(texts, language=language)

    texts = ["That killed the mood.", "Thanks, a good read.", "Kill the lights!", "!!!"]
    answers = with_rest(texts, model().score(texts), ask)
    assert [getattr(each, "rest", None) is not None for each in answers] == [0, 0, 1, 0]
    assert asked == []  # nothing is left of it


def test_a_scorer_that_fails_the_second_time_leaves_the_score_as_it_was() -> None:
    text = 'He shouted "you stupid whore" at her.'
    slow = Unscored("slow", "slow/1", "en")
    answer = with_rest([text], model().score([text]), lambda texts, _: [slow for _ in texts])[0]
    assert isinstance(answer, Scores) and answer.rest is None


def test_blanks_keep_all_else_in_its_place() -> None:
    text = "For fuck's sake,\nit rains."
    assert without(text, stretches(text)) == "               ,\nit rains."


@pytest.mark.parametrize(
    "part", ["he said she said ", '"a" ', "is not a ", "kill the the ", "not "]
)
def test_the_work_grows_with_the_text(part: str) -> None:
    few, many = (part * (size // len(part)) for size in (700, 2800))
    assert costs_at_most(5.2, lambda: stretches(many), lambda: stretches(few))
    assert stretches(part * 1000) == []  # a longer text is judged as it stands
