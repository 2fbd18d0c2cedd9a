"""Opening hours and the end of a conversation, as readers and moderators meet them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from commentsvc.core import clock
from commentsvc.core.db import db
from commentsvc.core.errors import Invalid
from commentsvc.posting import commands as posting
from commentsvc.posting.commands import TooFast
from commentsvc.sites.commands import set_policy
from commentsvc.sites.sections.commands import add_section, set_section_policy
from commentsvc.threads import pages
from commentsvc.threads.commands import set_closed, thread_of
from commentsvc.threads.rules import ThreadClosed, closing, set_closes_at
from commentsvc.tuning.replay import replay
from tests.factories import HREF, post
from tests.web.asking import browser

if TYPE_CHECKING:
    from flask import Flask

    from tests.people import Cast

FRAME = f"/embed/thread?site=harbour&href={HREF}"
OPEN = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)  # a Monday
NIGHT = datetime(2026, 11, 30, 21, 30, tzinfo=UTC)
HOURS = {"open_hours": ["1-5 8:00-22:00"], "hours_zone": "Europe/Berlin"}


def test_it_works(app: Flask, cast: Cast) -> None:
    with clock.frozen(OPEN):
        set_policy(cast.site, {**HOURS, "edit_seconds": 86400}, by=cast.olga)
        comment = post(cast.site, user=cast.rita).comment
        assert 'id="write"' in browser(app).get(FRAME).text
    with clock.frozen(NIGHT):
        with pytest.raises(ThreadClosed) as found:
            post(cast.site)
        assert "They open again on Dec 1, 2026, 8:00\u202fAM GMT+01:00." in found.value.say("en")
        with pytest.raises(ThreadClosed):
            posting.edit(comment.public_id, "Other words.", user=cast.rita)
        view = pages.view_of(thread_of(comment), cast.site)
        assert view.closed and view.opens_at == datetime(2026, 12, 1, 7, 0, tzinfo=UTC)
        there = "https://news.example.org/never/written"
        assert pages.thread_view(cast.site, there).closed
        said = browser(app).get(f"/api/v1/threads?site=harbour&href={there}").get_json()
        assert said["closed"] and said["opens_at"].startswith("2026-12-01T08:00:00+01:00")
        page = browser(app).get(f"{FRAME}&locale=de").text
        when = '<time class="opens" datetime="2026-12-01T08:00:00+01:00">01.12.2026, 08:00'
        assert f"Wieder offen: {when}" in page and 'id="write"' not in page
        assert 'data-shut="closed"' in page


def test_held_outside_and_only_there(cast: Cast) -> None:
    with clock.frozen(OPEN):
        set_policy(cast.site, {**HOURS, "outside_hours": "hold"}, by=cast.olga)
        assert post(cast.site).comment.status == "published"
        clock.move(NIGHT - OPEN)
        held = post(cast.site).comment
        assert held.status == "pending"
        assert post(cast.site, user=cast.mona).comment.status == "published"  # staff


def test_slow_outside(cast: Cast) -> None:
    more = {"outside_hours": "slow", "outside_seconds": 300}
    with clock.frozen(OPEN):
        set_policy(cast.site, {**HOURS, **more}, by=cast.olga)
        thread = thread_of(post(cast.site, user=cast.rita).comment)
        clock.move(timedelta(seconds=10))
        post(cast.site, user=cast.rita)
        clock.move(NIGHT - clock.now())
        post(cast.site, user=cast.rita)
        clock.move(timedelta(seconds=200))
        with pytest.raises(TooFast):
            post(cast.site, user=cast.rita)
        assert pages.view_of(thread, cast.site).slow_seconds == 300
        clock.move(timedelta(seconds=101))
        post(cast.site, user=cast.rita)


def test_a_section_has_hours_of_its_own(cast: Cast) -> None:
    add_section(cast.site, name="Sport", patterns=["/sport"], by=cast.olga)
    set_section_policy(cast.site, "sport", HOURS, by=cast.olga)
    with clock.frozen(NIGHT):
        assert post(cast.site).comment.status == "published"
        with pytest.raises(ThreadClosed):
            post(cast.site, href="https://news.example.org/sport/1")


def test_a_conversation_has_an_end_of_its_own(cast: Cast) -> None:
    with clock.frozen(OPEN):
        set_policy(cast.site, {"close_after_days": 2}, by=cast.olga)
        thread = thread_of(post(cast.site).comment)
        before = thread.version
        set_closes_at(thread, OPEN + timedelta(days=5), by=cast.mona)
        db.session.refresh(thread)
        assert thread.version > before
        with pytest.raises(Invalid):
            set_closes_at(thread, OPEN, by=cast.mona)
        clock.move(timedelta(days=3))
        post(cast.site)
        clock.move(timedelta(days=2))
        with pytest.raises(ThreadClosed):
            post(cast.site)
        set_closes_at(thread, None, by=cast.mona)
        policy = set_policy(cast.site, {"close_after_days": 0}, by=cast.olga)
        assert closing(thread, policy) is None
        set_closed(thread, True, by=cast.mona)
        found = closing(thread, policy)
        assert found is not None and found.why == "hand"


def test_it_does_not_say_that_it_opens_where_it_does_not(cast: Cast) -> None:
    with clock.frozen(OPEN):
        policy = set_policy(cast.site, {**HOURS, "close_after_days": 1}, by=cast.olga)
        thread = thread_of(post(cast.site).comment)
        clock.move(NIGHT - OPEN)
        found = closing(thread, policy)
        assert found is not None and found.opens_at is not None
        set_closes_at(thread, NIGHT + timedelta(hours=1), by=cast.mona)
        found = closing(thread, policy)
        assert found is not None and (found.why, found.opens_at) == ("hours", None)


def test_what_would_have_been(cast: Cast) -> None:
    with clock.frozen(OPEN):
        post(cast.site)
        clock.move(NIGHT - OPEN)
        post(cast.site)
        moves = {key: change.count for key, change in replay(cast.site, HOURS).moves.items()}
        assert moves == {("published", "refused"): 1}
        held = replay(cast.site, {**HOURS, "outside_hours": "hold"})
        assert (held.held_now, held.held_then) == (0, 1)


def test_over_the_api(app: Flask, cast: Cast) -> None:
    from tests.web.asking import api_key

    thread = thread_of(post(cast.site).comment)
    address, key = f"/api/v1/threads/{thread.public_id}", api_key(cast.mona, "moderate")
    client = browser(app)
    end = "2099-01-01T00:00:00+01:00"
    assert client.patch(address, json={"closes_at": end}, headers=key).status_code == 200
    db.session.refresh(thread)
    assert thread.closes_at == datetime(2098, 12, 31, 23, tzinfo=UTC)
    assert client.patch(address, json={"closes_at": None}, headers=key).status_code == 200
    past = client.patch(address, json={"closes_at": "2001-01-01T00:00:00Z"}, headers=key)
    assert past.status_code == 422
