"""The advisor on sites whose truth is known, its bands, replaying, applying and taking back."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from commentsvc.core import clock
from commentsvc.core.bands import Band, Stratum, combined, part_of, wilson
from commentsvc.core.db import db, unit_of_work
from commentsvc.core.errors import Conflict, Invalid, NotFound
from commentsvc.moderation.commands import decide
from commentsvc.moderation.judging.rules import RULES
from commentsvc.moderation.models import Flag
from commentsvc.sites import commands as sites
from commentsvc.sites.queries import policy_of
from commentsvc.tuning import advisor, applied
from commentsvc.tuning.advisor import Case
from commentsvc.tuning.history import history
from commentsvc.tuning.models import PolicyChange
from commentsvc.tuning.replay import replay
from tests.factories import post

if TYPE_CHECKING:
    from tests.people import Cast


def invented(seed: int, *, comments: int = 4000, limit: float = 0.8) -> tuple[list[Case], float]:
    """A site where a score of s is bad with probability s²; moderators read all that is held and a
    small sample of the rest. Also the true share of bad ones at 0.5 and above."""
    dice = random.Random(seed)
    moment, found, over = clock.now(), [], []
    for number in range(comments):
        score = dice.random()
        bad = dice.random() < score**2
        if score >= 0.5:
            over.append(bad)
        held = score >= limit
        read = held or dice.random() < 0.05
        at = moment - timedelta(minutes=number)
        found.append(
            Case({"toxicity": score}, "held" if held else "rest", bad if read else None, at)
        )
    return found, sum(over) / len(over)


def naive(known: list[Case], limit: float) -> float:
    read = [each for each in known if each.bad is not None and each.scores["toxicity"] >= limit]
    return sum(bool(each.bad) for each in read) / len(read)


def test_it_works() -> None:
    known, truth = invented(1)
    (effect,) = advisor.effects(known, "toxicity", [0.5])
    assert abs(effect.right.share - truth) < 0.08
    assert effect.right.low <= truth <= effect.right.high
    assert 0.8 < effect.found.share <= 1


def test_bands_cover_as_often_as_they_say_and_counting_alone_misleads() -> None:
    covered = wrong = right = 0.0
    for seed in range(60):
        known, truth = invented(seed, comments=2000)
        (effect,) = advisor.effects(known, "toxicity", [0.5])
        covered += effect.right.low <= truth <= effect.right.high
        right += abs(effect.right.share - truth)
        wrong += abs(naive(known, 0.5) - truth)
    assert covered >= 54  # 95 % of 60 are 57, and chance may take three
    assert wrong > 2 * right


def test_a_higher_limit_holds_less_and_more_rightly() -> None:
    found = advisor.effects(invented(2)[0], "toxicity")
    held = [each.a_week for each in found]
    assert held == sorted(held, reverse=True)
    assert found[-1].right.share > found[4].right.share
    assert found[-1].found.share < found[4].found.share
    best = advisor.advised(found, wanted=0.6)
    assert best is not None and best.right.low >= 0.6
    assert all(each.right.low < 0.6 for each in found if each.limit < best.limit)


def test_too_little_is_no_advice() -> None:
    known = invented(3, comments=60)[0]
    assert advisor.advised(advisor.effects(known, "toxicity"), wanted=0.1) is None
    assert advisor.advised([], wanted=0.1) is None
    moment = clock.now()
    alike = [Case({"toxicity": 0.7}, "held", True, moment)] * 60
    best = advisor.advised(advisor.effects(alike, "toxicity"), wanted=0.5)
    assert best is not None and best.limit == 0.7  # lower ones hold the same
    (effect,) = advisor.effects([], "toxicity", [0.5])
    assert (effect.decided, effect.right) == (0, Band(0.5, 0.0, 1.0))
    with pytest.raises(Invalid):
        advisor.effects([], "rudeness")


def test_bands() -> None:
    assert wilson(0, 0) == Band(0.5, 0.0, 1.0)
    assert wilson(0, 20).low == 0 and 0.1 < wilson(0, 20).high < 0.2
    assert wilson(5, 10).low < 0.5 < wilson(5, 10).high
    one = combined([Stratum(100, 10, 5)])
    assert (one.low, one.high) == pytest.approx((wilson(5, 10).low, wilson(5, 10).high))
    unread = combined([Stratum(100, 50, 50), Stratum(900, 0, 0)])
    assert unread.high - unread.low > 0.85  # who has not looked does not know
    assert part_of(Band(1, 1, 1), 10, Band(0, 0, 0), 90) == Band(1.0, 1.0, 1.0)


# --- from the tables ------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def no_waiting(cast: Cast) -> None:
    sites.set_policy(cast.site, {"slow_seconds": 0, "flood_count": 1000}, by=cast.olga)


def test_what_counts(cast: Cast) -> None:
    held = post(cast.site, "You idiot.").comment
    called = post(cast.site, "What rubbish.").comment
    by_chance = post(cast.site, "A calm word.").comment
    looked_at = post(cast.site, "Another calm word.").comment
    with unit_of_work():
        db.session.add(
            Flag(
                comment_id=by_chance.id,
                revision_id=by_chance.revision_id,
                site_id=cast.site.id,
                rule="audit",
                reason="audit",
                weight=0.0,
                created_at=clock.now(),
            )
        )
    for each in (held, called, by_chance, looked_at):
        decide(each.public_id, action="reject", reason="spam", by=cast.mona)
    post(cast.site, "Written by staff, idiot.", user=cast.mona)
    post(cast.other, "You idiot.", href="https://mountain.example.net/a")
    found = sorted((each.kind, each.bad) for each in advisor.cases(cast.site) if each.bad)
    assert found == [("called", True), ("held", True), ("rest", True)]
    assert len(advisor.cases(cast.site)) == 4


def test_replaying_without_a_change_changes_nothing(cast: Cast) -> None:
    for text in ("You idiot.", "What rubbish.", "A calm word.", "x http://a.example/ " * 4):
        post(cast.site, text)
    found = replay(cast.site, {})
    assert (found.comments, found.held_now, found.held_then) == (4, 2, 2)
    shuffled = list(RULES)
    random.Random(4).shuffle(shuffled)
    assert replay(cast.site, {}, rules=shuffled) == found


def test_replaying_under_other_limits_and_words(cast: Cast) -> None:
    idiot = post(cast.site, "You idiot.").comment.public_id
    rubbish = post(cast.site, "What rubbish.").comment.public_id
    walnut = post(cast.site, "A walnut.").comment.public_id
    decide(rubbish, action="reject", reason="spam", by=cast.mona)
    lower = replay(cast.site, {"hold_at": {"toxicity": 0.6}})
    assert (lower.held_now, lower.held_then, lower.caught.count) == (1, 2, 1)
    assert (lower.caught.rejected, lower.caught.examples) == (
        1,
        [(rubbish, "What rubbish.", False)],
    )
    higher = replay(cast.site, {"hold_at": {}})
    assert [each[0] for each in higher.released.examples] == [idiot]
    words = replay(cast.site, {"banned_words": ["walnut"]})
    assert [each[0] for each in words.caught.examples] == [walnut]
    with pytest.raises(Invalid):
        replay(cast.site, {"hold_at": {"toxicity": 2}})
    assert policy_of(cast.site).banned_words == ()


@pytest.mark.engines
def test_applying_and_taking_back(cast: Cast) -> None:
    before = dict(policy_of(cast.site).hold_at)
    change = applied.apply(cast.site, {"hold_at": {**before, "toxicity": 0.7}}, by=cast.olga)
    assert policy_of(cast.site).hold_at["toxicity"] == 0.7
    assert post(cast.site, "A calm word.").comment.status == "published"
    with pytest.raises(NotFound):
        applied.roll_back(cast.other, change.public_id, by=cast.max)
    applied.roll_back(cast.site, change.public_id, by=cast.olga)
    assert policy_of(cast.site).hold_at == before
    with pytest.raises(Conflict):
        applied.roll_back(cast.site, change.public_id, by=cast.olga)
    ((row, name),) = history(PolicyChange, cast.site)
    assert (row.undone_by_id, name) == (cast.olga.id, cast.olga.name)


def test_what_somebody_changed_since_stays(cast: Cast) -> None:
    change = applied.apply(cast.site, {"hold_at": {"toxicity": 0.7}}, by=cast.olga)
    sites.set_policy(cast.site, {"hold_at": {"toxicity": 0.9}}, by=cast.olga)
    with pytest.raises(Conflict):
        applied.roll_back(cast.site, change.public_id, by=cast.olga)
    assert policy_of(cast.site).hold_at == {"toxicity": 0.9}
