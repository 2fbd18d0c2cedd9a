"""Pages of conversations, counts, and what is new."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from commentsvc.threads.commands import find_thread, set_closed
from commentsvc.threads.likes import like
from tests.factories import post
from tests.tables import every_row
from tests.web.asking import HREF, NEWS, bearer, browser, settle

if TYPE_CHECKING:
    from flask import Flask

    from tests.people import Cast

pytestmark = pytest.mark.engines


def thread_id(cast: Cast) -> str:
    thread = find_thread(cast.site, HREF)
    assert thread is not None
    return thread.public_id


def walk(app: Flask, path: str, after: str = "") -> list[str]:
    """Ids of all pages, by their cursors."""
    ids: list[str] = []
    while True:
        page = browser(app).get(f"{path}&after={after}" if after else path).get_json()
        ids += [each["id"] for each in page["items"]]
        after = page["next"]
        if not after:
            return ids


def test_it_works(app: Flask, cast: Cast) -> None:
    made = [post(cast.site).comment for _ in range(7)]
    path = f"/api/v1/threads/{thread_id(cast)}/comments?limit=3"
    newest = [each.public_id for each in reversed(made)]
    assert walk(app, f"{path}&sort=newest") == newest
    assert walk(app, f"{path}&sort=oldest") == newest[::-1]
    like(made[2], cast.rita)
    assert walk(app, f"{path}&sort=top")[0] == made[2].public_id
    assert set(walk(app, f"{path}&sort=top")) == set(newest)


def test_all_replies_can_be_reached(app: Flask, cast: Cast) -> None:
    above = post(cast.site).comment
    made = [post(cast.site, parent=above.public_id).comment.public_id for _ in range(8)]
    path = f"/api/v1/threads/{thread_id(cast)}/comments"
    first = browser(app).get(path).get_json()["items"][0]
    shown = [each["id"] for each in first["replies"]]
    assert first["reply_count"] == 8 and shown == made[: len(shown)] and first["more_replies"]
    rest = walk(app, f"{path}?parent={above.public_id}&limit=2", first["more_replies"])
    assert shown + rest == made


def test_new_comments_do_not_move_the_next_page(app: Flask, cast: Cast) -> None:
    made = [post(cast.site).comment.public_id for _ in range(4)]
    path = f"/api/v1/threads/{thread_id(cast)}/comments?sort=newest&limit=2"
    first = browser(app).get(path).get_json()
    post(cast.site)
    second = browser(app).get(f"{path}&after={first['next']}").get_json()
    assert [each["id"] for each in first["items"] + second["items"]] == made[::-1]


@every_row(
    "query",
    [
        "sort=best",
        "limit=0",
        "limit=101",
        "limit=x",
        "after=!",
        "after=abcd",
        "after=W10",
        "after=WzEsMl0x",
        "parent=a.b",
        "include=json",
        "locale=%00",
    ],
)
def test_a_wrong_question_is_refused(app: Flask, cast: Cast, query: str) -> None:
    post(cast.site)
    answer = browser(app).get(f"/api/v1/threads/{thread_id(cast)}/comments?{query}")
    assert answer.status_code == 422 and answer.get_json()["errors"]


def test_what_nobody_asked_for_is_let_be(app: Flask, cast: Cast) -> None:
    post(cast.site)
    assert browser(app).get(f"/api/v1/threads/{thread_id(cast)}/comments?_=1").status_code == 200


def test_markup_is_sent_when_asked_for_in_the_language(app: Flask, cast: Cast) -> None:
    post(cast.site)
    path = f"/api/v1/threads/{thread_id(cast)}/comments"
    assert browser(app).get(path).get_json()["items"][0]["html"] is None
    english = browser(app).get(f"{path}?include=html").get_json()["items"][0]["html"]
    german = browser(app).get(f"{path}?include=html&locale=de_DE").get_json()["items"][0]["html"]
    assert "<article" in english and english != german


def test_what_is_new_is_counted_from_a_cursor(app: Flask, cast: Cast) -> None:
    post(cast.site)
    path = f"/api/v1/threads/{thread_id(cast)}/changes"
    now = browser(app).get(path)
    assert now.get_json()["new"] == 0
    cursor = now.get_json()["cursor"]
    asked = f"{path}?since={cursor}"
    first = browser(app).get(asked)
    assert first.get_json() == {"new": 0, "cursor": cursor, "reactions": None}
    same = browser(app).get(asked, headers={"If-None-Match": first.headers["ETag"]})
    assert same.status_code == 304
    post(cast.site)
    post(cast.site, "You idiot.")
    settle()
    later = browser(app).get(asked, headers={"If-None-Match": first.headers["ETag"]})
    assert later.status_code == 200 and later.get_json()["new"] == 1
    assert browser(app).get(f"{path}?since=zzzz").status_code == 422


def test_many_counts_are_one_request(app: Flask, cast: Cast) -> None:
    post(cast.site)
    hrefs = [HREF, f"{HREF}/?utm_source=x", "not an address", f"{NEWS}/none"]
    answer = browser(app).get(
        "/api/v1/counts", query_string=[("site", "harbour"), *(("href", each) for each in hrefs)]
    )
    assert answer.get_json()["counts"] == dict(zip(hrefs, [1, 1, 0, 0], strict=True))
    many = [("site", "harbour"), *(("href", f"{NEWS}/{n}") for n in range(201))]
    assert browser(app).get("/api/v1/counts", query_string=many).status_code == 422


def test_one_odd_address_fails_no_other(app: Flask, cast: Cast) -> None:
    post(cast.site)
    long = f"{NEWS}/long?" + "&".join(f"p{n}={n}" for n in range(150))
    hrefs = [HREF, long, "http://[", "http://[::1", "http://a:99999999/", "//\u2100/", "xn--"]
    answer = browser(app).get(
        "/api/v1/counts", query_string=[("site", "harbour"), *(("href", each) for each in hrefs)]
    )
    assert answer.get_json()["counts"] == {**dict.fromkeys(hrefs, 0), HREF: 1}
    found = browser(app).get("/api/v1/threads", query_string={"site": "harbour", "href": long})
    assert found.status_code == 200


def test_a_moderator_closes_a_thread(app: Flask, cast: Cast) -> None:
    post(cast.site)
    path, mona = f"/api/v1/threads/{thread_id(cast)}", bearer(cast.mona, cast.site)
    for closed in (True, False):
        answer = browser(app).patch(path, json={"closed": closed}, headers=mona)
        assert answer.get_json()["closed"] is closed
        assert browser(app).get(path).get_json()["closed"] is closed
    for wrong in ({"closed": "yes"}, {"closed": 1}, {}, {"closed": None}):
        assert browser(app).patch(path, json=wrong, headers=mona).status_code == 422


def test_a_closed_thread_can_be_read(app: Flask, cast: Cast) -> None:
    post(cast.site)
    thread = find_thread(cast.site, HREF)
    assert thread is not None
    set_closed(thread, True)
    sent = {"site": "harbour", "href": HREF, "name": "Ann", "text": "Late."}
    answer = browser(app).post("/api/v1/comments", json=sent)
    assert (answer.status_code, answer.get_json()["code"]) == (409, "thread_closed")
    assert browser(app).get(f"/api/v1/threads/{thread.public_id}/comments").status_code == 200
