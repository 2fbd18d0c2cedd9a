"""What the shipped filter makes of advertisements and of people who talk about the same things."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commentsvc.moderation.judging.spam.model import SHIPPED, load, reading_of, shipped
from commentsvc.moderation.judging.traits import scan_links
from commentsvc.sites.policy import Policy
from commentsvc.toxicity.normalise import normalise
from tests.tables import every_row

LIMIT = Policy().spam_at
CALM = (
    "The council has met for three hours and decided nothing about the bridge, as always in autumn. "
    * 4
)


def share(text: str, *, linked_name: bool = False) -> float:
    reading = reading_of(text, normalise(text))
    return shipped().said(reading, scan_links(text), linked_name=linked_name)[0]


SPAM = (
    "Win at the best online casino with 100 free spins, sign up at jackpot-city.bet",
    "I earn $700 a day from home, message me on WhatsApp to learn how",
    "My husband came back after the love spell of Doctor Ade, contact him on WhatsApp +2348123456789",
    "Hi guys, check out my channel and please subscribe!",
    "We offer cheap loans without credit check, email us at fastloan@mail.example",
    "Invest $200 in bitcoin with this trader and double your money, contact her on Telegram",
)


@pytest.mark.parametrize("text", SPAM)
def test_it_works(text: str) -> None:
    assert share(text) >= LIMIT


@pytest.mark.parametrize("text", SPAM)
def test_calm_sentences_around_it_change_nothing(text: str) -> None:
    assert share(f"{CALM}{text}. {CALM}") >= LIMIT - 0.1


@every_row(
    "text",
    [
        "The casino brought nothing but debt to this town.",
        "Bitcoin fell again. Who still buys that?",
        "The loan was approved in June, the houses still have no roof.",
        "The minister's letter is here: https://www.parliament.example.org/letters/12",
        "Our parents have a WhatsApp group, the school does not.",
        "I have read this paper for thirty years and will not cancel my subscription.",
        "She earns 3,000 euros a month as a nurse, and that is not enough for a flat here.",
        "",
        "🎉🎉🎉",
        CALM,
    ],
)
def test_what_only_talks_about_it_is_left_alone(text: str) -> None:
    assert share(text) < LIMIT


def test_disguises_change_little() -> None:
    plain, hidden = (
        "Best online casino, free spins",
        "B\u00ebst onl1ne c\u0430sino, fr\u0435e sp\u200bins",
    )
    assert share(hidden) == pytest.approx(share(plain), abs=0.1)


def test_the_signs_are_what_stands_in_the_text() -> None:
    text = f"I live here. {SPAM[1]}"
    signs = shipped().said(reading_of(text, normalise(text)), scan_links(text))[1]
    assert signs
    assert all(text[each.start : each.end].startswith(each.entry) for each in signs)
    assert any("WhatsApp" in each.entry or "earn" in each.entry for each in signs)


def test_a_link_in_the_name_counts() -> None:
    text = "Great article, very informative."
    assert share(text, linked_name=True) > share(text)


def test_the_file_is_small() -> None:
    assert SHIPPED.stat().st_size < 200_000
    assert load(SHIPPED).weights.any()


@given(st.text(max_size=400))
def test_any_text_has_a_share_and_places_in_it(text: str) -> None:
    share, signs = shipped().said(reading_of(text, normalise(text)), scan_links(text))
    assert 0 <= share <= 1
    places = sorted((each.start, each.end) for each in signs)
    assert all(0 <= start < end <= len(text) for start, end in places)
    assert all(one[1] <= two[0] for one, two in pairwise(places))
