"""What the bell lists: one line for many likes or new comments, and nothing that is gone again."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from commentsvc.core import clock
from commentsvc.exchange.exporting.personal import personal_data
from commentsvc.notifications.following.commands import follow
from commentsvc.notifications.queries import mark_read, notifications_for, unread_count
from commentsvc.posting import commands as posting
from commentsvc.posting.liking import like
from commentsvc.threads.commands import comment_by_public_id, thread_of
from commentsvc.threads.likes import unlike
from tests.factories import post
from tests.web.asking import bearer, browser

if TYPE_CHECKING:
    from flask import Flask

    from commentsvc.accounts.models import User
    from commentsvc.threads.models import Comment
    from tests.notifications.conftest import Later
    from tests.people import Cast

pytestmark = [pytest.mark.engines, pytest.mark.usefixtures("noon")]


@pytest.fixture
def mine(cast: Cast) -> Comment:
    """A comment of rita's."""
    return post(cast.site, "I took the tram.", user=cast.rita).comment


def lines(user: User, cast: Cast) -> list[tuple[str, str | None, int]]:
    found = notifications_for(user, cast.site).items
    assert len(found) == unread_count(user, cast.site) or any(each.read for each in found)
    return [(each.kind, each.by, each.count) for each in found]


def test_it_works(cast: Cast, mine: Comment, later: Later) -> None:
    for each in (cast.olga, cast.mona, cast.max):
        like(mine, each)
        later()
    assert lines(cast.rita, cast) == [("like", "Max", 3)]
    mark_read(cast.rita)
    like(mine, cast.ada)
    later()
    assert lines(cast.rita, cast) == [("like", "Ada", 1), ("like", "Ada", 4)]
    assert unread_count(cast.rita, cast.site) == 1


def test_whoever_changes_their_mind_rings_once(cast: Cast, mine: Comment, later: Later) -> None:
    like(mine, cast.mona)
    later()
    unlike(mine, cast.mona)
    assert lines(cast.rita, cast) == []
    mark_read(cast.rita)
    like(mine, cast.mona)
    later()
    assert unread_count(cast.rita, cast.site) == 0


def test_guests_have_no_bell_and_no_name_in_it(cast: Cast, mine: Comment, later: Later) -> None:
    like(mine, None)
    guests = post(cast.site, name="Ann").comment
    like(guests, cast.rita)
    later()
    assert lines(cast.rita, cast) == [("like", None, 1)]


def test_new_comments_are_one_line(cast: Cast, mine: Comment, later: Later) -> None:
    follow(cast.olga, thread_of(mine), "never")
    clock.move(timedelta(seconds=1))
    first = post(cast.site, user=cast.max).comment
    later()
    post(cast.site, user=cast.mona)
    post(cast.site, user=cast.olga)  # one's own is no news
    later()
    assert lines(cast.olga, cast) == [("follow", None, 2)]
    posting.withdraw(first.public_id, user=cast.max)
    assert lines(cast.olga, cast) == [("follow", None, 1)]
    mark_read(cast.olga)
    post(cast.site, user=cast.max)
    later()
    assert lines(cast.olga, cast)[0] == ("follow", None, 1)
    assert [each["emails"] for each in personal_data(cast.olga)["follows"]] == ["never"]


def test_a_reply_is_not_counted_among_the_new_comments(
    cast: Cast, mine: Comment, later: Later
) -> None:
    follow(cast.rita, thread_of(mine), "never")
    clock.move(timedelta(seconds=1))
    post(cast.site, "So did I.", user=cast.max, parent=mine.public_id)
    later()
    assert lines(cast.rita, cast) == [("reply", "Max", 1)]
    post(cast.site, "The tram runs again.", user=cast.mona)
    later()
    assert sorted(lines(cast.rita, cast)) == [("follow", None, 1), ("reply", "Max", 1)]


def test_a_reply_that_is_gone_is_not_listed(cast: Cast, mine: Comment, later: Later) -> None:
    reply = post(cast.site, "So did I.", user=cast.max, parent=mine.public_id).comment
    later()
    assert lines(cast.rita, cast) == [("reply", "Max", 1)]
    posting.withdraw(reply.public_id, user=cast.max)
    assert comment_by_public_id(reply.public_id).status == "withdrawn"
    assert lines(cast.rita, cast) == []


def test_by_the_api(app: Flask, cast: Cast, mine: Comment, later: Later) -> None:
    for number in range(3):
        post(cast.site, f"Number {number}.", user=cast.max, parent=mine.public_id)
        later()
    client, rita = browser(app), bearer(cast.rita, cast.site)
    address = "/api/v1/notifications?site=harbour&limit=2"
    first = client.get(address, headers=rita).get_json()
    assert [each["by"] for each in first["items"]] == ["Max", "Max"] and first["unread"] == 3
    rest = client.get(f"{address}&after={first['next']}", headers=rita).get_json()
    assert len(rest["items"]) == 1 and rest["next"] is None
    up_to = {"up_to": rest["items"][0]["id"]}
    assert client.post("/api/v1/notifications/read", json=up_to, headers=rita).status_code == 204
    me = client.get("/api/v1/me?site=harbour", headers=rita).get_json()
    assert me["unread"] == 2
    nobody = bearer(cast.olga, cast.site)
    assert client.get(address, headers=nobody).get_json()["items"] == []
