"""Heated conversations: what is measured, slow mode by rules and by people, pre-moderation by people."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from commentsvc.core import clock
from commentsvc.core.db import db
from commentsvc.core.errors import Invalid, NotAllowed
from commentsvc.moderation import audit
from commentsvc.moderation.cases import cooling
from commentsvc.moderation.cases.cooling import take_temperatures
from commentsvc.moderation.cases.models import ThreadMeasure
from commentsvc.moderation.cases.temperature import hottest, readings
from commentsvc.moderation.commands import flag
from commentsvc.posting.commands import TooFast
from commentsvc.sites import commands as sites
from commentsvc.threads.models import Thread
from commentsvc.threads.pages import view_of
from tests.factories import HREF, post

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from tests.people import Cast

QUIET = f"{HREF}/quiet"


@pytest.fixture(autouse=True)
def policy(cast: Cast) -> Iterator[None]:
    changes = {"heat_comments": 12, "heat_slow_seconds": 60, "flood_count": 1000}
    sites.set_policy(cast.site, changes, by=cast.olga)
    with clock.frozen(clock.now()):
        yield


def heat(cast: Cast, count: int = 12, text: str | None = None) -> Thread:
    for _ in range(count):
        comment = post(cast.site, text).comment
    return db.session.get_one(Thread, comment.thread_id)


def kinds() -> list[str]:
    return list(db.session.scalars(select(ThreadMeasure.kind).order_by(ThreadMeasure.id)))


@pytest.mark.engines
def test_it_works(cast: Cast) -> None:
    thread = heat(cast)
    post(cast.site, user=cast.rita)
    post(cast.site, user=cast.rita)
    post(cast.site, user=cast.rita, href=QUIET)
    take_temperatures()
    assert kinds() == ["hot", "slow"] and view_of(thread, cast.site).slow_seconds == 60
    clock.move(timedelta(seconds=20))
    with pytest.raises(TooFast, match="once every 60 seconds") as refused:
        post(cast.site, user=cast.rita)
    assert refused.value.retry_after == 41
    assert post(cast.site, user=cast.rita, href=QUIET)  # only there
    entry = audit.page(cast.site.id).items[0]
    assert (entry.kind, entry.data["action"], entry.data["automated"]) == ("thread", "slow", True)
    assert thread.public_id not in str(entry.data)
    assert audit.verify(cast.site.id)[1] is None


@pytest.mark.engines
def test_it_cools_down_by_itself(cast: Cast) -> None:
    thread = heat(cast)
    take_temperatures()
    clock.move(timedelta(minutes=29))
    take_temperatures()
    assert thread.hot_since is not None and view_of(thread, cast.site).slow_seconds == 60
    clock.move(timedelta(minutes=2))
    take_temperatures()
    assert thread.hot_since is None and kinds() == ["hot", "slow", "cool"]
    before = thread.version
    clock.move(timedelta(minutes=30))
    assert view_of(thread, cast.site).slow_seconds == 0  # whether or not a worker is there
    post(cast.site, user=cast.rita)
    assert post(cast.site, user=cast.rita)
    take_temperatures()
    db.session.refresh(thread)
    assert (thread.slow_seconds, thread.slow_until) == (0, None)
    assert kinds()[-1] == "normal" and thread.version > before
    take_temperatures()
    assert len(kinds()) == 4


def test_toxicity_and_reports_count_as_well(cast: Cast) -> None:
    sites.set_policy(cast.site, {"heat_comments": 0, "heat_reports": 1}, by=cast.olga)
    thread = heat(cast, 9, "What rubbish.")
    now = readings([cast.site])[thread.id]
    assert (now.comments, now.toxicity, now.temperature) == (9, None, 0)  # nine are too few
    heat(cast, 1, "You idiot.")
    assert readings([cast.site])[thread.id].toxicity == pytest.approx((9 * 0.65 + 0.95) / 10)
    sites.set_policy(cast.site, {"heat_toxicity": 0.0}, by=cast.olga)
    comment = post(cast.site, href=QUIET).comment
    for each in (cast.rita, cast.max):
        flag(comment.public_id, user=each, reason="spam")
    assert readings([cast.site])[comment.thread_id].is_hot
    clock.move(timedelta(minutes=31))
    assert readings([cast.site]) == {}


def test_without_slow_mode_moderators_are_only_called(cast: Cast) -> None:
    sites.set_policy(cast.site, {"heat_slow_seconds": 0}, by=cast.olga)
    thread = heat(cast)
    take_temperatures()
    assert thread.hot_since is not None and view_of(thread, cast.site).slow_seconds == 0
    assert kinds() == ["hot"]


def test_what_a_person_set_stays(cast: Cast) -> None:
    thread = heat(cast, 2)
    cooling.slow_down(thread, 15, by=cast.mona)
    heat(cast)
    take_temperatures()
    assert (thread.slow_seconds, thread.slow_until) == (15, None)
    clock.move(timedelta(days=2))
    take_temperatures()
    assert view_of(thread, cast.site).slow_seconds == 15
    cooling.let_go(thread, by=cast.mona)
    cooling.let_go(thread, by=cast.mona)  # twice is once
    assert kinds() == ["slow", "hot", "cool", "normal"]
    names = [name for _, _, name in cooling.history([cast.site])]
    assert names == ["Mona", None, None, "Mona"]


def test_what_a_person_ended_is_not_begun_again(cast: Cast) -> None:
    thread = heat(cast)
    take_temperatures()
    cooling.let_go(thread, by=cast.mona)
    heat(cast)
    take_temperatures()
    assert thread.slow_seconds == 0


def test_what_is_refused(cast: Cast) -> None:
    thread = heat(cast, 1)
    for seconds in (0, -1, 3601):
        with pytest.raises(Invalid):
            cooling.slow_down(thread, seconds, by=cast.mona)
    for each in (cast.rita, cast.max):
        with pytest.raises(NotAllowed):
            cooling.slow_down(thread, 60, by=each)
        with pytest.raises(NotAllowed):
            cooling.let_go(thread, by=each)
        with pytest.raises(NotAllowed):
            cooling.premoderate(thread, True, by=each)
    assert kinds() == [] and not thread.premoderate


def test_a_conversation_can_be_pre_moderated(cast: Cast) -> None:
    thread, other = heat(cast, 1), post(cast.site, href=QUIET).comment.thread_id
    cooling.premoderate(thread, True, by=cast.mona)
    cooling.premoderate(thread, True, by=cast.mona)  # twice is once
    held = post(cast.site, user=cast.rita).comment
    assert held.status == "pending"
    assert post(cast.site, user=cast.rita, href=QUIET).comment.thread_id == other
    assert [each.thread.id for each in hottest([cast.site])][:1] == [thread.id]
    cooling.premoderate(thread, False, by=cast.olga)
    assert post(cast.site, user=cast.rita).comment.status == "published"
    db.session.refresh(held)
    assert held.status == "pending" and kinds() == ["hold", "unhold"]
    assert [name for _, _, name in cooling.history([cast.site])] == ["Olga", "Mona"]
    log = [each.data for each in audit.page(cast.site.id).items if each.kind == "thread"]
    assert [each["action"] for each in log] == ["unpremoderate", "premoderate"]
    assert thread.public_id not in str(log) and audit.verify(cast.site.id)[1] is None


def test_a_calm_pre_moderated_conversation_stays_on_the_page(cast: Cast) -> None:
    thread = heat(cast, 1)
    cooling.premoderate(thread, True, by=cast.mona)
    clock.move(timedelta(days=1))
    take_temperatures()
    assert [each.thread.id for each in hottest([cast.site])] == [thread.id]
    cooling.premoderate(thread, False, by=cast.mona)
    assert hottest([cast.site]) == []


def test_one_site_says_nothing_of_another(cast: Cast) -> None:
    heat(cast)
    take_temperatures()
    assert [each.thread.site_id for each in hottest([cast.site])] == [cast.site.id]
    assert hottest([cast.other]) == [] and cooling.history([cast.other]) == []


def test_it_costs_no_query_of_a_post(
    cast: Cast, count_queries: Callable[[], AbstractContextManager[list[Any]]]
) -> None:
    thread = heat(cast, 1)
    post(cast.site, user=cast.rita)
    sites.set_policy(cast.site, {"slow_seconds": 1}, by=cast.olga)
    clock.move(timedelta(minutes=5))
    post(cast.site, user=cast.rita)  # reads the site as it is now
    clock.move(timedelta(minutes=5))
    with count_queries() as before:
        post(cast.site, user=cast.rita)
    cooling.slow_down(thread, 60, by=cast.mona)
    clock.move(timedelta(minutes=5))
    assert cast.rita.name == "Rita"  # read, as by the request that posts
    with count_queries() as after:
        post(cast.site, user=cast.rita)
    assert len(after) == len(before)
    take_temperatures()
    with count_queries() as seen:
        take_temperatures()
    assert len(seen) <= 5
