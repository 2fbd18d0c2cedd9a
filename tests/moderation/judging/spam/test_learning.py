"""What decisions of one site add to the shipped filter."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from commentsvc.moderation.judging.spam.learning import (
    MINIMUM,
    Learned,
    Lesson,
    alike,
    learn,
    lesson_of,
)
from commentsvc.moderation.judging.spam.lessons import (
    learned_as_dict,
    learned_from,
    lesson_as_dict,
    lesson_from,
)
from commentsvc.moderation.judging.spam.model import reading_of, shipped
from commentsvc.moderation.judging.traits import scan_links
from commentsvc.toxicity.normalise import normalise
from tests.growth import costs_at_most

if TYPE_CHECKING:
    from commentsvc.moderation.judging.spam.model import Reading

NAMES = ("My sister", "An uncle", "The baker", "A colleague", "Grandma", "Our teacher")
PAINS = ("had sore knees", "slept badly", "was tired all day", "could not walk far")
CALM = (
    "The bridge will be closed until June, says the council.",
    "I took the ferry yesterday and it was on time for once.",
    "My sister works at the hospital, and they are short of nurses.",
    "Who pays for the new school roof? Nobody says.",
)


@cache
def read(text: str) -> tuple[Reading, tuple[str, ...]]:
    return reading_of(text, normalise(text)), tuple(scan_links(text))


def lesson(text: str, *, spam: bool) -> Lesson:
    return lesson_of(shipped(), *read(text), spam=spam)


def wave(count: int) -> list[str]:
    pairs = [(name, pain) for pain in PAINS for name in NAMES]
    return [f"{n} {p} until Flexora drops came. Ask for them." for n, p in pairs[:count]]


def share(learned: Learned, text: str) -> float:
    return learned.said(*read(text))[0]


def learned_from_wave(count: int = 20) -> Learned:
    return learn([lesson(each, spam=True) for each in wave(count)])


def test_it_works() -> None:
    learned = learned_from_wave()
    share_of_next, words = learned.said(*read(wave(24)[-1]))
    assert share_of_next >= 0.9
    assert {"Flexora", "drops"} <= {each.entry for each in words}


@pytest.mark.parametrize("text", CALM)
def test_other_texts_stay_as_they_are(text: str) -> None:
    before = shipped().said(*read(text))[0]
    assert share(learned_from_wave(), text) < max(0.3, before + 0.2)


def test_ten_decisions_say_nothing() -> None:
    assert not learned_from_wave(10).speaks
    assert not learned_from_wave(MINIMUM - 1).speaks
    assert learned_from_wave(MINIMUM).speaks


def test_one_text_a_hundred_times_is_one_text() -> None:
    many = learn([lesson("The harbor tax doubles, number 7, dear all.", spam=True)] * 100)
    assert not many.speaks
    assert many.was_rejected(*read("Dear all: the harbor tax DOUBLES, number 12."))
    assert not many.was_rejected(*read("The harbor tax is what it was, dear all."))
    flood = [*(lesson(each, spam=True) for each in wave(20)), *[lesson(CALM[0], spam=True)] * 100]
    once = [*(lesson(each, spam=True) for each in wave(20)), lesson(CALM[0], spam=True)]
    assert np.array_equal(learn(flood).weights, learn(once).weights)


def test_approvals_weigh_against_rejections() -> None:
    spam = [lesson(each, spam=True) for each in wave(20)]
    talk = "Flexora drops are sold at the pharmacy, my sister uses Flexora drops and sleeps well."
    about_it = [
        lesson(f"{name} asked at the pharmacy for Flexora drops {pain}", spam=False)
        for name in NAMES
        for pain in PAINS
    ]
    assert share(learn([*spam, *about_it]), talk) < share(learn(spam), talk)


def test_the_last_decision_about_a_text_counts() -> None:
    text = wave(1)[0]
    learned = learn([lesson(text, spam=True), lesson(text, spam=False)])
    assert not learned.was_rejected(*read(text))


def test_short_texts_are_nobodys() -> None:
    assert alike(*read("Thanks!")) is None
    assert alike(*read("Thanks! https://a.example/1")) is not None
    assert not learn([lesson("Thanks!", spam=True)] * 30).was_rejected(*read("Thanks!"))


_TEXTS = st.sampled_from([*wave(24), *CALM])
_TOLD = st.lists(st.tuples(_TEXTS, st.booleans()), max_size=40)


@given(_TOLD, _TOLD)
def test_what_is_unlearned_was_never_learned(
    kept: list[tuple[str, bool]], undone: list[tuple[str, bool]]
) -> None:
    """Decisions are undone by leaving their lessons out."""
    before = [lesson(text, spam=spam) for text, spam in kept]
    more = [*before, *(lesson(text, spam=spam) for text, spam in undone)]
    learn(more)
    again, first = learn(more[: len(before)]), learn(before)
    assert np.array_equal(again.weights, first.weights)
    assert (again.decisions, again.rejected) == (first.decisions, first.rejected)


@given(_TOLD, st.text(max_size=80))
def test_nothing_moves_farther_than_decisions_allow(
    told: list[tuple[str, bool]], text: str
) -> None:
    learned = learn([lesson(each, spam=spam) for each, spam in told])
    before = min(0.9999, max(0.0001, shipped().said(*read(text))[0]))
    after = min(0.9999, max(0.0001, share(learned, text)))
    moved = np.log(after / (1 - after)) - np.log(before / (1 - before))
    farthest = 12 * learned.decisions / (learned.decisions + 10)
    assert -farthest / 2 - 0.6 <= moved <= farthest + 0.6  # shares are rounded


@given(_TOLD)
def test_what_is_stored_is_read_again(told: list[tuple[str, bool]]) -> None:
    lessons = [lesson(text, spam=spam) for text, spam in told]
    assert [lesson_from(lesson_as_dict(each), spam=each.spam) for each in lessons] == lessons
    learned = learn(lessons)
    again = learned_from(learned_as_dict(learned))
    assert (again.decisions, again.rejected) == (learned.decisions, learned.rejected)
    assert np.allclose(again.weights, learned.weights, atol=0.01)
    assert learned_as_dict(again) == learned_as_dict(learned)


def test_twice_the_lessons_are_at_most_twice_the_work() -> None:
    texts = [f"{each} {number} {word}" for each in CALM for number in range(50) for word in NAMES]
    lessons = [lesson(text, spam=bool(at % 2)) for at, text in enumerate(texts)]
    assert costs_at_most(2.6, lambda: learn(lessons), lambda: learn(lessons[: len(lessons) // 2]))
