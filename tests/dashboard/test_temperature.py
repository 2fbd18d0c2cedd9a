"""The page of heated conversations: what it shows, slow mode on and off, the call in the dashboard."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from commentsvc.core.db import db
from commentsvc.moderation.cases.cooling import take_temperatures
from commentsvc.sites import commands as sites
from commentsvc.threads.models import Thread
from tests.dashboard.conftest import BASE, Staff, charts
from tests.factories import HREF, post

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.people import Cast

HOST = BASE.removeprefix("https://")
PAGE = "/dashboard/temperature"


@pytest.fixture
def thread(cast: Cast) -> Thread:
    changes = {"heat_comments": 3, "heat_slow_seconds": 60, "flood_count": 1000}
    sites.set_policy(cast.site, changes, by=cast.olga)
    for _ in range(3):
        comment = post(cast.site).comment
    return db.session.get_one(Thread, comment.thread_id)


def test_it_works(thread: Thread, mona: Staff) -> None:
    take_temperatures()
    page = mona.page(PAGE)
    assert "100% of the limit" in page and "slow mode: 60 s" in page
    (spark,) = charts(page)
    assert spark["series"][0]["values"][-1] == 1.0
    assert "1 heated conversation" in mona.page("/dashboard/")
    assert "heated conversation" not in mona.page("/dashboard/log")  # only beside the queue
    mona.client.set_cookie("commentsvc_heated", "1", domain=HOST)  # dismissed, until there are more
    assert "heated conversation" not in mona.page("/dashboard/")
    assert "heated conversation" not in mona.get("/dashboard/live").text
    mona.client.set_cookie("commentsvc_heated", "no number", domain=HOST)
    assert "heated conversation" in mona.page("/dashboard/")
    mona.post(f"/dashboard/threads/{thread.public_id}/slow", seconds="0")
    assert "slow mode ended" in mona.page(PAGE)
    answer = mona.post(f"/dashboard/threads/{thread.public_id}/slow", seconds="15")
    assert answer.status_code == 303
    page = mona.page(PAGE)
    assert "slowed down: 15 seconds" in page and "Mona" in page


def test_readers_are_told(thread: Thread, mona: Staff) -> None:
    shown = f"/embed/thread?site=harbour&href={HREF}"
    assert "once every" not in mona.page(shown)
    take_temperatures()
    assert "each person can comment only once every 60 seconds" in mona.page(shown)
    read = mona.get(f"/api/v1/threads/{thread.public_id}").get_json()
    assert read["slow_seconds"] == 60
    mona.post(f"/dashboard/threads/{thread.public_id}/slow", seconds="0")
    assert "once every" not in mona.page(shown)


@pytest.mark.parametrize("seconds", ["", "x", "-1", "3601", "٧", "99999999"])
def test_what_is_refused(thread: Thread, mona: Staff, seconds: str) -> None:
    path = f"/dashboard/threads/{thread.public_id}/slow"
    assert mona.post(path, json=True, seconds=seconds).status_code == 422
    assert thread.slow_seconds == 0


def test_pre_moderation_on_and_off(thread: Thread, cast: Cast, mona: Staff) -> None:
    path = f"/dashboard/threads/{thread.public_id}/premoderation"
    shown = f"/dashboard/comments/{post(cast.site).comment.public_id}"
    for page in (PAGE, shown):
        assert "Pre-moderate the conversation" in mona.page(page)
    answer = mona.post(path, on="1", back=PAGE)
    assert (answer.status_code, answer.location) == (303, PAGE)
    assert "each new comment waits for a moderator" in mona.page(PAGE)
    for page in (PAGE, shown):
        assert "Stop pre-moderating" in mona.page(page)
    held = post(cast.site, user=cast.rita).comment
    assert "this conversation is pre-moderated" in mona.page(
        f"/dashboard/comments/{held.public_id}"
    )
    mona.post(path)
    page = mona.page(PAGE)
    assert "no longer pre-moderated" in page and "pre-moderation ended" in page
    assert post(cast.site, user=cast.rita).comment.status == "published"


def test_all_is_calm(mona: Staff) -> None:
    assert "All is calm" in mona.page(PAGE)


def test_another_site_is_not_there(
    thread: Thread, cast: Cast, sign_in: Callable[[str | None], Staff]
) -> None:
    take_temperatures()
    stranger = sign_in("max")
    page = stranger.page(PAGE)
    assert "All is calm" in page and thread.public_id not in page
    assert "heated conversation" not in page
    path = f"/dashboard/threads/{thread.public_id}/slow"
    assert stranger.post(path, seconds="15").status_code == 404
    path = f"/dashboard/threads/{thread.public_id}/premoderation"
    assert stranger.post(path, on="1").status_code == 404


def test_few_queries(thread: Thread, mona: Staff, queries: Callable[[], Any]) -> None:
    with queries() as asked:
        mona.page(PAGE)
    assert len([each for each in asked if each.startswith(("SELECT", "UPDATE"))]) <= 12
