"""Comments that name groups: which words count, the rates with their bands, what is refused."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from commentsvc.moderation.commands import decide
from commentsvc.sites import commands as sites
from commentsvc.toxicity import identity
from commentsvc.tuning import fairness
from commentsvc.tuning.fairness import FEWEST, compared, group_of, named_in
from tests.factories import post

if TYPE_CHECKING:
    from tests.people import Cast

Known = list[tuple[set[str], bool, bool | None]]


def invented(seed: int, *, named: float, others: float, count: int = 3000) -> Known:
    """Comments of which these shares are held although nobody would reject them; 8 % are bad and held;
    half of what is held was decided."""
    dice, known = random.Random(seed), []
    for number in range(count):
        group = number % 2 == 0
        bad = dice.random() < 0.08
        held = bad or dice.random() < (named if group else others) / 0.92
        read = held and dice.random() < 0.5
        known.append(({"muslims"} if group else set(), held, bad if read else None))
    return known


def test_it_works() -> None:
    others, named = compared(invented(1, named=0.12, others=0.03))
    assert (others.group, named.group) == ("others", "muslims")
    assert others.wrongly and named.wrongly and named.approved and others.approved
    assert others.wrongly.low <= 0.03 <= others.wrongly.high
    assert named.wrongly.low <= 0.12 <= named.wrongly.high
    assert named.apart and named.approved.share > others.approved.share


def test_no_difference_is_seldom_seen_as_one() -> None:
    """And the bands cover the truth at least as often as they say."""
    apart = covered = 0
    for seed in range(40):
        others, named = compared(invented(seed, named=0.05, others=0.05))
        assert others.wrongly and named.wrongly
        apart += named.apart
        covered += named.wrongly.low <= 0.05 <= named.wrongly.high
    assert apart == 0 and covered >= 36


def test_too_few_are_refused() -> None:
    known: Known = [({"jews"}, True, False)] * (FEWEST - 1)
    known += [(set(), True, False)] * FEWEST
    others, jews = compared(known)
    assert others.wrongly and jews.wrongly is None and jews.approved is None and not jews.apart
    assert compared([])[0].wrongly is None


def test_every_word_has_a_group() -> None:
    terms = {*identity.PEOPLE, *identity.ONE, *identity.ADJECTIVES}
    assert [each for each in sorted(terms) if group_of(each) is None] == []
    assert {group_of(each) for each in terms} == set(fairness.GROUPS)


@pytest.mark.parametrize(
    ("text", "groups"),
    [
        ("Many Muslims voted.", {"muslims"}),
        ("A gay man and a Black woman.", {"orientation", "black", "men", "women"}),
        ("Middle-aged people, wheelchair users.", {"age", "disability"}),
        ("Trans women are women.", {"gender", "women"}),
        ("The black ice on the old pole of the blind alley", set()),
        ("Command, woke, romance, mentor", set()),
    ],
)
def test_which_words_count(text: str, groups: set[str]) -> None:
    assert named_in(text) == groups


@pytest.mark.engines
def test_from_the_tables(cast: Cast) -> None:
    sites.set_policy(cast.site, {"flood_count": 1000}, by=cast.olga)
    held = post(cast.site, "You idiot, muslims voted.").comment
    decide(held.public_id, action="approve", by=cast.mona)
    post(cast.site, "Some muslims came.")
    post(cast.site, "Links, muslims. " + "http://a.example/ " * 4)  # held, and not by a score
    post(cast.site, "A calm word.")
    post(cast.site, "You idiot, say muslims.", user=cast.mona)  # staff is never held
    post(cast.other, "You idiot.", href="https://mountain.example.net/a")
    others, named = fairness.fairness([cast.site])
    assert (others.comments, others.held) == (1, 0)
    assert (named.group, named.comments, named.held, named.decided) == ("muslims", 3, 1, 1)
