"""Limits from what people can read: what is chosen, and the laws of the ladder."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commentsvc.core.errors import Invalid
from commentsvc.sites.ladder import NEWS, RUNGS, limits_at
from commentsvc.sites.policy import Policy, from_dict
from commentsvc.sites.workload import Rung, chosen, measured, policy_for
from commentsvc.toxicity.labels import LABELS

many = st.integers(1, 100_000)


def test_it_works() -> None:
    assert policy_for(1000, 50)["hold_at"]["toxicity"] == 0.60
    assert policy_for(1000, 20)["hold_at"]["toxicity"] == 0.95
    assert policy_for(1000, 1)["hold_at"]["toxicity"] == RUNGS[0]


def test_a_new_site_stands_on_the_rung_for_news() -> None:
    policy = Policy()
    assert {"hold_at": policy.hold_at, "flag_at": policy.flag_at} == limits_at(NEWS)
    assert tuple(policy.hold_at) == LABELS and NEWS in RUNGS
    rung = next(each for each in measured().rungs if each.toxicity == NEWS)
    assert rung.held < 0.05 and rung.found is not None and rung.found.share > 0.3


def test_what_was_measured_is_of_this_ladder() -> None:
    assert tuple(each.toxicity for each in measured().rungs) == RUNGS
    assert measured().source and measured().model


def test_lower_rungs_hold_whatever_higher_ones_do() -> None:
    held = [each.held for each in measured().rungs]
    found = [each.found.share for each in measured().rungs if each.found]
    assert held == sorted(held) and found == sorted(found)
    for higher, lower in pairwise(RUNGS):
        high, low = limits_at(higher), limits_at(lower)
        assert all(low["hold_at"][label] <= high["hold_at"][label] for label in LABELS)
        assert low["flag_at"]["toxicity"] < low["hold_at"]["toxicity"]
        assert from_dict(low).hold_at == low["hold_at"]


@given(many, many, many)
def test_who_can_read_more_gets_lower_limits(comments: int, one: int, other: int) -> None:
    less, more = sorted((one, other))
    few, many = policy_for(comments, less)["hold_at"], policy_for(comments, more)["hold_at"]
    assert all(many[label] <= few[label] for label in LABELS)


@given(many, many, many)
def test_who_gets_more_comments_has_higher_limits(one: int, other: int, readable: int) -> None:
    less, more = sorted((one, other))
    calm, busy = policy_for(less, readable)["hold_at"], policy_for(more, readable)["hold_at"]
    assert all(calm[label] <= busy[label] for label in LABELS)


@given(many, many)
def test_no_more_is_held_than_can_be_read(comments: int, readable: int) -> None:
    rungs = measured().rungs
    rung = chosen(rungs, comments=comments, readable=readable)
    assert rung.held * comments <= readable or rung == rungs[0]


@pytest.mark.parametrize(("comments", "readable"), [(0, 5), (5, 0), (-1, 5), (10**9, 5)])
def test_numbers_that_nobody_has(comments: int, readable: int) -> None:
    with pytest.raises(Invalid):
        policy_for(comments, readable)


def test_a_tie_goes_to_the_rung_that_finds_more() -> None:
    rungs = [Rung(0.9, 0.01, 0, None), Rung(0.8, 0.01, 0, None)]
    assert chosen(rungs, comments=100, readable=1).toxicity == 0.8
