"""Common insults in many languages: found under disguises, weighed, and only in the languages they are of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from commentsvc.moderation.judging.lists.insults import (
    any_insults,
    foreign,
    insults_of,
    languages,
)
from commentsvc.moderation.judging.rules import RULES, judge
from commentsvc.moderation.judging.verdict import Action, Listed, Submission, submission_from
from commentsvc.toxicity.labels import LABELS
from commentsvc.toxicity.normalise import normalise
from tests.tables import every_row

if TYPE_CHECKING:
    from collections.abc import Sequence


def found(
    text: str, language: str | None, likely: str | None = None, **more: bool
) -> list[tuple[str, int, bool]]:
    matches = any_insults(text, normalise(text))
    listed = insults_of(matches, text, language=language, likely=likely, **more)
    return [(text[each.start : each.end], each.severity, each.sure) for each in listed]


def test_where_people_are_told_to_go() -> None:
    for text in ("Пошёл на хуй", "Пошли нахуй"):
        assert max(each[1] for each in found(text, "ru")) == 2


LONG = " and this is what all of us were told by the mayor on Monday"


def test_it_works() -> None:
    assert found("Quel connard, ce maire, il ne comprend rien", "fr") == [("connard", 2, True)]
    assert found("Quel c0nnard, ce maire, il ne comprend rien", "fr") == [("c0nnard", 2, True)]
    assert len(languages()) >= 24


@every_row(
    "language, text",
    [
        ("ar", "يا ابن الكلب"), ("cs", "ty seš zmrd"), ("da", "din kælling"), ("de", "du Arschloch"),
        ("el", "είσαι ηλίθιος"), ("en", "you asshole"), ("es", "eres gilipollas"), ("fi", "senkin kusipää"),
        ("fr", "espèce d’abruti"), ("hi", "तू चूतिया है"), ("hu", "te köcsög"), ("it", "sei uno stronzo"),
        ("ja", "早く死ねよ"), ("ko", "이 병신아"), ("nl", "jij klootzak"), ("no", "din drittsekk"),
        ("pl", "ty skurwysynu"), ("pt", "seu arrombado"), ("ro", "ești prost"), ("ru", "ты мразь"),
        ("sv", "din fitta"), ("tr", "şerefsiz herif"), ("uk", "ти покидьок"), ("zh", "你这个傻逼"),
    ],
)  # fmt: skip
def test_every_language_has_its_insults(language: str, text: str) -> None:
    assert [(grave, sure) for _, grave, sure in found(text + LONG, language)] == [(2, True)]


def test_a_word_counts_in_its_own_language_only() -> None:
    assert found("He spoke of Luder and of a barom in the hora" + LONG, "en") == []
    assert found("Dat is een trut" + LONG, "nl") != found("Dat is een trut" + LONG, "de") == []
    # The site's language is looked up too, and languages that are easily confused.
    assert found("Dat is een trut" + LONG, "de", "nl-BE") == [("trut", 2, True)]
    assert found("ти покидьок" + LONG, "ru") == [("покидьок", 2, True)]


def test_a_word_of_a_longer_insult_is_not_another_one() -> None:
    assert found("The printer is a piece of shit" + LONG, "en") == [("piece of shit", 2, True)]
    assert found("È un pezzo di merda" + LONG, "it") == [("pezzo di merda", 2, True)]
    twice = found("It is a piece of shit, and I have had enough of this shit" + LONG, "en")
    assert twice == [("piece of shit", 2, True), ("shit", 1, True)]


def test_a_short_text_in_doubt_may_be_in_any_language() -> None:
    assert found("klootzak", "en") == found("klootzak", None) == [("klootzak", 2, False)]
    assert found("merde", "en") == []  # swearing in who knows which language
    assert found("klootzak" + LONG, "en") == []
    assert found("klootzak", "en", "nl") == [("klootzak", 2, False)]


def test_one_word_counts_once() -> None:
    assert found("din idiot, din idiot" + LONG, "da") == [("idiot", 2, True)] * 2
    assert found("You idiot", "en") == [("idiot", 2, False)]


def test_a_short_text_that_nobody_read_may_be_in_any_language() -> None:
    short = "Zamknij ryj, debilu"  # taken for French
    assert found(short, "fr", "en") == []
    assert found(short, "fr", "en", scored=False) == [("debilu", 2, False)]
    assert found(f"{short}, {LONG}", "fr", "en", scored=False) == []


@pytest.mark.parametrize(
    ("text", "taken_for", "language"),
    [
        ("vaffanculo", "en", "it"),
        ("Sale connard", "en", "fr"),
        ("Sale connard", "de", "fr"),
        ("Sale connard", "fr", None),
        ("You idiot", "de", None),
        ("The ferry was late", "en", None),
        (f"vaffanculo {LONG}", "en", None),
    ],
)
def test_insults_tell_the_language_of_a_short_text(
    text: str, taken_for: str, language: str | None
) -> None:
    assert foreign(text, taken_for=taken_for) == language


def verdict(
    *severities: int,
    sure: bool = True,
    scored: Sequence[str] = (),
    wanted: str = "hold",
    language: str = "en",
) -> Action:
    insults = tuple(Listed(f"w{at}", at, at + 1, each, sure) for at, each in enumerate(severities))
    scores = dict.fromkeys(scored, 0.1) or None
    limits = {"common_insults": wanted, "unscored": "publish"}
    facts = Submission(
        text="x", plain="x", scores=scores, insults=insults, limits=limits, language=language
    )
    again = submission_from(facts.as_dict(), text="x", plain="x")
    assert again == facts
    return judge(RULES, facts).action


def test_slurs_are_held_where_nobody_scored_and_the_rest_is_flagged() -> None:
    assert verdict(3) == Action.HOLD
    assert verdict(2) == verdict(1, 1) == verdict(3, sure=False) == Action.REVIEW
    assert verdict(1) == Action.PASS
    assert verdict(3, wanted="flag") == Action.REVIEW
    assert verdict(3, wanted="off") == Action.PASS


def test_what_was_scored_is_never_held_by_the_list() -> None:
    assert verdict(3, scored=LABELS) == verdict(2, 1, scored=LABELS) == Action.REVIEW
    assert verdict(2, scored=LABELS) == Action.PASS
    # what knows toxicity alone, as in languages beside English, misses insults that the list has
    for severity, action in ((1, Action.PASS), (2, Action.REVIEW), (3, Action.REVIEW)):
        assert verdict(severity, scored=["toxicity"], language="tr") == action
    assert verdict(2, scored=["toxicity"], language="en") == Action.PASS
    assert verdict(2, scored=LABELS, language="tr") == Action.PASS  # by a multilingual model


def test_a_slur_is_held_where_the_score_is_too_rough_to_find_it() -> None:
    for severity, action in ((1, Action.PASS), (2, Action.REVIEW), (3, Action.HOLD)):
        assert verdict(severity, scored=["toxicity"], language="fr") == action
    assert verdict(3, scored=["toxicity"], language="fr", sure=False) == Action.REVIEW
    assert verdict(3, scored=["toxicity"], language="fr", wanted="flag") == Action.REVIEW
    assert verdict(3, scored=LABELS, language="fr") == Action.REVIEW  # by a multilingual model
