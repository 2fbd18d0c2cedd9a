"""Strikes: the step that is suggested about a person, by what was rejected and done, and how long ago."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from commentsvc.core import clock
from commentsvc.moderation.cases.sanctions import acknowledge, sanction
from commentsvc.moderation.cases.strikes import STEPS, suggested
from commentsvc.moderation.commands import decide
from commentsvc.moderation.undoing import undo
from commentsvc.sites.commands import set_policy
from tests.factories import post

if TYPE_CHECKING:
    from datetime import datetime

    from tests.people import Cast

pytestmark = pytest.mark.engines


@pytest.fixture
def now(cast: Cast) -> datetime:
    set_policy(cast.site, {"premoderate_all": True}, by=cast.olga)
    return clock.now() + timedelta(days=400)


def rejected(cast: Cast, at: datetime, *, reason: str = "spam") -> str:
    with clock.frozen(at):
        waits = post(cast.site, f"Text of {at}.", user=cast.rita).comment
        return decide(waits.public_id, action="reject", reason=reason, by=cast.mona).public_id


def warned(cast: Cast, at: datetime) -> None:
    with clock.frozen(at):
        made = sanction(cast.site, cast.rita, "warn", by=cast.mona, reason="spam")
        acknowledge(made.public_id, user=cast.rita)


def step(cast: Cast, at: datetime) -> Any:
    with clock.frozen(at):
        return suggested(cast.rita, [cast.site, cast.other]).get(cast.site.id)


def test_it_works(cast: Cast, now: datetime) -> None:
    """Two rejections suggest a warning; each after the last sanction suggests more, up to a ban."""
    assert step(cast, now) is None
    rejected(cast, now)
    assert step(cast, now) is None
    for number in range(len(STEPS)):
        now += timedelta(hours=1)
        rejected(cast, now - timedelta(minutes=2))
        rejected(cast, now - timedelta(minutes=1))
        found = step(cast, now)
        assert (found.kind, found.length) == STEPS[number]
        assert (found.rejected, found.sanctions) == (2 * number + 3, number)
        warned(cast, now)
        assert step(cast, now) is None  # nothing since


def test_time_heals(cast: Cast, now: datetime) -> None:
    for _ in range(4):
        rejected(cast, now)
        now += timedelta(seconds=1)
    assert step(cast, now).strikes == 4
    assert step(cast, now + timedelta(days=30)).strikes == 2
    assert step(cast, now + timedelta(days=35)) is None
    warned(cast, now)
    late = now + timedelta(days=100)
    for _ in range(2):
        late += timedelta(seconds=1)
        rejected(cast, late)
    assert step(cast, late).kind == "warn"  # the first has faded


def test_a_comment_is_one_strike(cast: Cast, now: datetime) -> None:
    """However often it is rejected; the latest time counts."""
    with clock.frozen(now):
        comment = post(cast.site, "Once.", user=cast.rita).comment.public_id
    for minutes, action in enumerate(("reject", "approve", "reject")):
        with clock.frozen(now + timedelta(minutes=minutes)):
            decide(comment, action=action, reason="spam", by=cast.mona)
    assert step(cast, now + timedelta(minutes=3)) is None
    rejected(cast, now + timedelta(minutes=4))
    found = step(cast, now + timedelta(minutes=5))
    assert (found.rejected, found.strikes) == (2, 2)


def test_what_does_not_count(cast: Cast, now: datetime) -> None:
    """Out of concern, undone, or approved later."""
    rejected(cast, now)
    rejected(cast, now + timedelta(seconds=1), reason="care")
    gone = rejected(cast, now + timedelta(seconds=2))
    with clock.frozen(now + timedelta(seconds=3)):
        undo(gone, by=cast.mona)
    assert step(cast, now + timedelta(minutes=1)) is None
    rejected(cast, now + timedelta(minutes=2))
    assert step(cast, now + timedelta(minutes=3)).rejected == 2
