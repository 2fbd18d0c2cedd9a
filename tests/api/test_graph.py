"""Facebook's Graph API for reading: its shapes, its pages, its errors; public comments and no others."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commentsvc.accounts import commands as accounts
from commentsvc.core import clock
from commentsvc.core.db import db, unit_of_work
from commentsvc.exchange.formats import read
from commentsvc.exchange.graph.asked import Refused, parse
from commentsvc.posting.commands import withdraw
from commentsvc.sites.commands import set_app_ids
from commentsvc.threads import commands as threads
from commentsvc.threads import likes
from commentsvc.threads.merging import merge
from tests.factories import HREF, post

if TYPE_CHECKING:
    from pathlib import Path

    from flask.testing import FlaskClient

    from commentsvc.sites.models import Site
    from tests.people import Cast

PAGE = quote(HREF, safe="")


def get(client: FlaskClient, path: str, status: int = 200) -> Any:
    answer = client.get(path)
    assert answer.status_code == status, answer.text
    assert answer.content_type == "application/json; charset=UTF-8"
    return answer.json


def follow(client: FlaskClient, link: str) -> Any:
    parts = urlsplit(link)
    assert parts.netloc == "comments.example.com"
    return get(client, f"{parts.path}?{parts.query}")


def texts(answer: Any) -> list[str]:
    return [each["message"] for each in answer["data"]]


def talk(site: Site, n: int = 5) -> list[str]:
    return [post(site, f"number {each}", name=f"P{each}").comment.public_id for each in range(n)]


@pytest.mark.engines
def test_it_works(cast: Cast, client: FlaskClient) -> None:
    first = post(cast.site, "Hello **all**", name="Ann").comment
    post(cast.site, "Hello Ann", name="Bob", parent=first.public_id)
    likes.like(first, cast.rita)
    found = get(client, f"/v2.8/comments?id={PAGE}&summary=1")
    (one,) = found["data"]
    thread = threads.thread_of(first)
    assert one["id"] == f"{thread.public_id}_{first.public_id}"
    assert one["from"]["name"] == "Ann" and one["message"] == "Hello all"
    assert one["like_count"] == 1 and one["user_likes"] is False and one["can_remove"] is False
    assert one["created_time"] == first.created_at.strftime("%Y-%m-%dT%H:%M:%S+0000")
    (reply,) = one["comments"]["data"]
    assert reply["message"] == "Hello Ann" and reply["parent"] == {"id": one["id"]}
    assert found["summary"] == {"order": "chronological", "total_count": 1, "can_comment": True}
    assert set(found["paging"]) == {"cursors"}


def test_a_page_tells_its_counts(cast: Cast, client: FlaskClient) -> None:
    talk(cast.site, 3)
    found = get(client, f"/v18.0/?id={PAGE}&fields=engagement,og_object{{id,title}}")
    assert found["id"] == HREF
    assert found["engagement"] == {
        "reaction_count": 0,
        "comment_count": 3,
        "share_count": 0,
        "comment_plugin_count": 3,
    }
    assert set(found["og_object"]) == {"id", "title"}
    plain = get(client, f"/graph/?id={PAGE}")
    assert plain["share"] == {"comment_count": 3, "share_count": 0}
    assert plain["og_object"]["id"] == found["og_object"]["id"]
    only = get(client, f"/v18.0?id={PAGE}&fields=engagement{{comment_plugin_count}}")
    assert only == {"id": HREF, "engagement": {"comment_plugin_count": 3}}


def test_pages_that_nobody_knows_have_nothing(client: FlaskClient, cast: Cast) -> None:
    for href in ("https://news.example.org/none", "https://elsewhere.example/", "nonsense"):
        found = get(client, f"/v2.8/?id={quote(href)}&fields=engagement")
        assert found["engagement"]["comment_plugin_count"] == 0 and found["id"] == href
        assert get(client, f"/v2.8/comments?id={quote(href)}&summary=1")["data"] == []


def test_several_pages_at_once(cast: Cast, client: FlaskClient) -> None:
    talk(cast.site, 2)
    other = "https://mountain.example.net/a,b"
    post(cast.other, "Of the mountains.", href=other)
    ids = quote(f"{HREF},{other}")
    found = get(client, f"/v2.8/?ids={ids}&fields=engagement")
    assert [found[each]["engagement"]["comment_count"] for each in (HREF, other)] == [2, 1]
    assert [len(each["data"]) for each in get(client, f"/v2.8/comments?ids={ids}").values()] == [
        2,
        1,
    ]
    old = get(client, f"/graph/comments?ids={quote(json.dumps([HREF, other]))}")
    assert texts(old[other]["comments"]) == ["Of the mountains."]
    many = ",".join(f"https://news.example.org/{n}" for n in range(51))
    assert get(client, f"/v2.8/?ids={quote(many)}", 400)["error"]["code"] == 100


@pytest.mark.engines
@pytest.mark.parametrize("order", ["chronological", "reverse_chronological"])
def test_pages_of_comments_lead_to_each_other(cast: Cast, client: FlaskClient, order: str) -> None:
    talk(cast.site, 7)
    wanted = [f"number {n}" for n in range(7)]
    if order != "chronological":
        wanted.reverse()
    seen, at = [], f"/v2.8/comments?id={PAGE}&limit=3&order={order}&access_token=a%7Csecret"
    page = get(client, at)
    while True:
        seen += texts(page)
        if "next" not in page["paging"]:
            break
        assert "secret" not in page["paging"]["next"]
        page = follow(client, page["paging"]["next"])
    assert seen == wanted and len(page["data"]) == 1
    back = follow(client, page["paging"]["previous"])
    assert texts(back) == wanted[3:6]
    first = follow(client, back["paging"]["previous"])
    assert texts(first) == wanted[:3] and "previous" not in first["paging"]


def test_answers_are_found_in_every_way(cast: Cast, client: FlaskClient) -> None:
    first = post(cast.site, "one").comment
    second = post(cast.site, "two", parent=first.public_id).comment
    post(cast.site, "three", parent=second.public_id)
    stream = get(client, f"/v2.8/comments?id={PAGE}&filter=stream")
    assert texts(stream) == ["one", "two", "three"]
    assert [each.get("parent", {}).get("id", "").split("_")[-1] for each in stream["data"]] == [
        "",
        first.public_id,
        second.public_id,
    ]
    assert "comments" not in stream["data"][0]
    own_id = stream["data"][0]["id"]
    assert texts(get(client, f"/v2.8/{own_id}/comments")) == ["two"]
    assert texts(get(client, f"/v2.8/{own_id.split('_')[0]}/comments")) == ["one"]
    asked = "message,comments.limit(1).summary(true){message,comments{message}}"
    nested = get(client, f"/v2.8/{own_id}?fields={quote(asked)}")
    assert nested["comments"]["summary"]["total_count"] == 1
    assert nested["comments"]["data"][0]["comments"]["data"][0]["message"] == "three"
    assert set(nested) == {"id", "message", "comments"}


def test_only_so_many_answers_stand_within_a_comment(cast: Cast, client: FlaskClient) -> None:
    first = post(cast.site, "one").comment
    for n in range(4):
        post(cast.site, f"answer {n}", parent=first.public_id)
    page = get(client, f"/v2.8/comments?id={PAGE}&fields=comments.limit(2)")
    nested = page["data"][0]["comments"]
    assert texts(nested) == ["answer 0", "answer 1"]
    assert texts(follow(client, nested["paging"]["next"])) == ["answer 2", "answer 3"]


def test_since_and_until(cast: Cast, client: FlaskClient) -> None:
    from datetime import UTC, datetime, timedelta

    start = datetime(2024, 1, 1, tzinfo=UTC)
    for day in range(4):
        with clock.frozen(start + timedelta(days=day)):
            post(cast.site, f"day {day}")
    found = get(client, f"/v2.8/comments?id={PAGE}&since=2024-01-02&until=2024-01-03T12:00:00Z")
    assert texts(found) == ["day 1", "day 2"]
    moment = int((start + timedelta(days=3)).timestamp())
    assert texts(get(client, f"/v2.8/comments?id={PAGE}&since={moment}")) == ["day 3"]
    unix = get(client, f"/v2.8/comments?id={PAGE}&date_format=U")
    assert unix["data"][0]["created_time"] == int(start.timestamp())


def test_only_what_is_public_is_told(cast: Cast, client: FlaskClient) -> None:
    gone = post(cast.site, "I take this back.", user=cast.rita).comment
    post(cast.site, "An answer to it.", parent=gone.public_id)
    held = post(cast.site, "You idiot").comment
    shown = post(cast.site, "What do you say?").comment
    post(cast.site, "That you are an idiot", parent=shown.public_id)
    post(cast.site, "An answer to that.", parent=shown.public_id)
    withdraw(gone.public_id, user=cast.rita)
    said = "".join(
        client.get(each).text
        for each in (
            f"/v2.8/comments?id={PAGE}&filter=stream&summary=1",
            f"/v2.8/comments?id={PAGE}",
            f"/v2.8/?id={PAGE}&fields=og_object{{comments}}",
            f"/v2.8/{shown.public_id}/comments",
            f"/v2.8/{shown.public_id}?fields=comments{{message}}",
        )
    )
    assert (
        "An answer to it." in said
        and "An answer to that." in said
        and "take this back" not in said
        and "idiot" not in said
    )
    thread = threads.thread_of(held).public_id
    for comment in (held, gone):
        error = get(client, f"/v2.8/{thread}_{comment.public_id}", 400)["error"]
        assert (error["code"], error["error_subcode"]) == (100, 33)


def test_erased_people_have_no_name(cast: Cast, client: FlaskClient) -> None:
    post(cast.site, "Words stay.", user=cast.rita)
    accounts.erase(cast.rita)
    (one,) = get(client, f"/v2.8/comments?id={PAGE}")["data"]
    assert one["message"] == "Words stay." and "from" not in one


def test_a_closed_site_tells_nothing(cast: Cast, client: FlaskClient) -> None:
    first = post(cast.site, "Hello").comment
    thread = threads.thread_of(first).public_id
    with unit_of_work():
        cast.site.closed_at = clock.now()
    assert get(client, f"/v2.8/comments?id={PAGE}")["data"] == []
    assert "error" in get(client, f"/v2.8/{thread}/comments", 400)
    assert "error" in get(client, f"/v2.8/{first.public_id}", 400)


def test_other_spellings_and_merged_pages_are_the_page(cast: Cast, client: FlaskClient) -> None:
    talk(cast.site, 2)
    href = quote(HREF.replace("https://", "http://www.") + "/?utm_source=x")
    assert len(get(client, f"/v2.8/comments?id={href}")["data"]) == 2
    old = "https://news.example.org/old"
    one = post(cast.site, "Of the old page.", href=old).comment
    thread = threads.thread_of(one)
    merge(thread, threads.thread_of(threads.comment_by_public_id(
        get(client, f"/v2.8/comments?id={PAGE}")["data"][0]["id"].split("_")[1])), by=None)  # fmt: skip
    assert len(get(client, f"/v2.8/comments?id={quote(old)}")["data"]) == 3
    assert len(get(client, f"/v2.8/{thread.public_id}/comments")["data"]) == 3


def test_an_app_id_names_the_site_of_a_page_that_moved(cast: Cast, client: FlaskClient) -> None:
    from commentsvc.threads.remap import add_alias

    talk(cast.site, 2)
    set_app_ids(cast.site, ["1234567"])
    add_alias(cast.site, "http://old.example/*", "https://news.example.org/*", by=None)
    href = quote("http://old.example/2026/bridge")
    assert get(client, f"/v2.8/comments?id={href}")["data"] == []
    db.session.expire_all()
    assert len(get(client, f"/v2.8/comments?id={href}&access_token=1234567%7Cx")["data"]) == 2


@pytest.mark.parametrize(
    ("path", "status", "code", "said"),
    [
        ("/v2.8/", 400, 100, "id is required"),
        ("/v2.8/comments", 400, 100, "id is required"),
        ("/v2.8/nothing", 400, 100, "Unsupported get request"),
        ("/v2.8/nothing/comments", 400, 100, "Unsupported get request"),
        ("/v2.8/me/feed/more", 404, 803, "aliases"),
        ("/v2.8/comments?id={page}&limit=-1", 400, 100, "non-negative"),
        ("/v2.8/comments?id={page}&limit=x", 400, 100, "non-negative"),
        ("/v2.8/comments?id={page}&order=best", 400, 100, "order must be"),
        ("/v2.8/comments?id={page}&filter=all", 400, 100, "filter must be"),
        ("/v2.8/comments?id={page}&after=nonsense", 400, 100, "Invalid cursor"),
        ("/v2.8/comments?id={page}&since=yesterday", 400, 100, "since"),
        ("/v2.8/comments?id={page}&fields=wishes", 400, 100, "nonexisting field (wishes)"),
        ("/v2.8/?id={page}&fields=engagement{{x}}", 400, 100, "nonexisting field (x)"),
        ("/v2.8/?id={page}&fields=a{{", 400, 2500, "Syntax error"),
        ("/v2.8/?ids=[1", 400, 100, "list"),
    ],
)
def test_errors_have_graphs_shape(
    cast: Cast, client: FlaskClient, path: str, status: int, code: int, said: str
) -> None:
    talk(cast.site, 1)
    error = get(client, path.format(page=PAGE), status)["error"]
    assert error["code"] == code and said in error["message"], error
    assert error["type"] in ("OAuthException", "GraphMethodException") and error["fbtrace_id"]


def test_nothing_can_be_written(cast: Cast, client: FlaskClient) -> None:
    for method in ("post", "put", "delete", "patch"):
        answer = getattr(client, method)(f"/v2.8/{'x' * 13}/likes")
        assert answer.status_code == 400 and "Unsupported" in answer.json["error"]["message"]


def test_pages_of_the_site_may_read_it_and_others_not(cast: Cast, client: FlaskClient) -> None:
    talk(cast.site, 1)
    for origin, allowed in (("https://news.example.org", True), ("https://evil.example", False)):
        answer = client.get(f"/v2.8/comments?id={PAGE}", headers={"Origin": origin})
        assert (answer.headers.get("Access-Control-Allow-Origin") == origin) is allowed


def test_what_is_told_can_be_brought_in(cast: Cast, client: FlaskClient, tmp_path: Path) -> None:
    """Whoever saves our answers has saved the comments: the importer reads them."""
    first = post(cast.site, "Hello", name="Ann").comment
    post(cast.site, "Hello Ann", name="Bob", parent=first.public_id)
    for name, path in (
        ("a", f"/v2.8/comments?id={PAGE}"),
        ("b", f"/v2.8/comments?id={PAGE}&filter=stream"),
        ("c", f"/graph/comments?ids={PAGE}"),
        ("d", f"/v2.8/?ids={PAGE}&fields=og_object{{id,title,url,comments}}"),
    ):
        file = tmp_path / f"{name}.json"
        file.write_bytes(client.get(path).data)
        with read(file) as reading:
            assert reading.counts["comments"] == 2 and reading.counts["replies"] == 1, name


def test_queries_do_not_grow_with_the_page(cast: Cast, client: FlaskClient) -> None:
    from sqlalchemy import event

    def many() -> int:
        seen: list[str] = []

        def note(*given: Any) -> None:
            seen.append(given[2])

        event.listen(db.engine, "before_cursor_execute", note)
        client.get(f"/v2.8/comments?id={PAGE}&summary=1")
        event.remove(db.engine, "before_cursor_execute", note)
        return len(seen)

    def add(n: int) -> None:
        for each in talk(cast.site, n):
            post(cast.site, "an answer", parent=each)

    add(1)
    few = many()
    add(12)
    assert many() == few


@given(st.text("abc{}(),. 1", max_size=40))
def test_any_fields_are_read_or_refused(text: str) -> None:
    try:
        parse(text)
    except Refused as error:
        assert error.message.startswith("(#")
