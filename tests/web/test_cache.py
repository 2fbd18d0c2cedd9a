"""Finished answers: the same bytes, quickly, and never older than they may be."""

from __future__ import annotations

import gzip
import re
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import brotli
import pytest
from sqlalchemy import create_engine, event, text

from commentsvc.core.db import db
from commentsvc.moderation.commands import decide
from commentsvc.observe import CACHED
from commentsvc.sites import commands as sites
from commentsvc.sites.models import Site
from commentsvc.threads import commands as threads
from commentsvc.threads import likes
from commentsvc.threads.models import Thread
from commentsvc.web import cache
from commentsvc.web.cache import FinishedAnswers, answers
from commentsvc.web.finished import MAX_AGE
from commentsvc.web.freshness import RowWatch, Unknown
from tests.factories import HREF, post
from tests.laws import ROOT
from tests.web.asking import NEWS, bearer, body, browser, settle

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Flask

    from tests.people import Cast

pytestmark = pytest.mark.engines

FRAME = f"/embed/thread?site=harbour&href={HREF}&locale=en"
COUNTS = f"/api/v1/counts?site=harbour&href={HREF}"


def page(cast: Cast) -> str:
    """The address of a thread's first page, for programs."""
    thread = threads.find_thread(cast.site, HREF)
    assert thread is not None
    return f"/api/v1/threads/{thread.public_id}/comments"


@contextmanager
def queries() -> Iterator[list[str]]:
    """What the application asks the database meanwhile."""
    asked: list[str] = []

    def note(_c: Any, _cur: Any, statement: str, *_: Any) -> None:
        asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def hits() -> int:
    return sum(CACHED.values())


def test_it_works(app: Flask, cast: Cast) -> None:
    post(cast.site, "What a bridge.")
    for path in (FRAME, page(cast), COUNTS, f"/api/v1/threads?site=harbour&href={HREF}"):
        first = browser(app).get(path)
        before = hits()
        with queries() as asked:
            again = browser(app).get(path)
        assert first.status_code == again.status_code == 200
        assert again.data == first.data and again.headers["ETag"] == first.headers["ETag"]
        assert asked == [] and hits() == before + 1, path


@pytest.mark.parametrize(
    "write",
    [
        lambda cast, comment: post(cast.site, "Something new."),
        lambda cast, comment: likes.like(comment, cast.rita),
        lambda cast, comment: decide(
            comment.public_id,
            action="reject",
            reason="spam",
            by=cast.mona,
            seen_version=comment.version,
        ),
        lambda cast, comment: threads.set_closed(
            db.session.get_one(Thread, comment.thread_id), True
        ),
        lambda cast, comment: sites.set_policy(cast.site, {"announcement": "Hello."}, by=cast.olga),
        lambda cast, comment: sites.set_origins(cast.site, [NEWS, "https://new.example.org"]),
    ],
)
def test_what_is_written_is_seen(app: Flask, cast: Cast, write: Callable[..., Any]) -> None:
    comment = post(cast.site, "What a bridge.").comment
    client = browser(app)
    paths = [FRAME, page(cast), f"/api/v1/threads?site=harbour&href={HREF}"]
    before = [(each.data, dict(each.headers)) for each in map(client.get, paths)]
    write(cast, comment)
    settle()
    after = [(each.data, dict(each.headers)) for each in map(client.get, paths)]
    assert before != after


def test_counts_follow_every_thread_of_the_site(app: Flask, cast: Cast) -> None:
    client, path = browser(app), f"{COUNTS}&href={NEWS}/other"
    assert client.get(path).get_json()["counts"] == {HREF: 0, f"{NEWS}/other": 0}
    post(cast.site)
    settle()
    assert client.get(path).get_json()["counts"] == {HREF: 1, f"{NEWS}/other": 0}
    post(cast.site, href=f"{NEWS}/other")
    settle()
    assert client.get(path).get_json()["counts"] == {HREF: 1, f"{NEWS}/other": 1}


def test_the_first_comment_of_a_thread_is_seen(app: Flask, cast: Cast) -> None:
    client = browser(app)
    assert "What a bridge" not in client.get(FRAME).text
    assert client.post("/api/v1/comments", json=body(text="What a bridge.")).status_code == 201
    assert "What a bridge" in client.get(FRAME).text  # at once, on the node that took it


def test_another_process_is_noticed(app: Flask, cast: Cast) -> None:
    post(cast.site, "What a bridge.")
    client = browser(app)
    assert "1 comment" in client.get(FRAME).text
    # Over a connection of its own, which nothing in this process listens to.
    other = create_engine(db.engine.url)
    with other.begin() as connection:
        connection.execute(
            text(
                "UPDATE thread SET version = version + 1, comment_count = 7 WHERE comment_count = 1"
            )
        )
    other.dispose()
    db.session.remove()  # this test holds one context open, and with it an older view
    settle()
    assert "7 comments" in client.get(FRAME).text


def test_two_nodes_differ_for_less_than_a_second(
    app: Flask, cast: Cast, make_app: Callable[..., Flask]
) -> None:
    other = make_app()
    post(cast.site, "What a bridge.")
    path = page(cast)
    assert len(browser(other).get(path).get_json()["items"]) == 1
    browser(app).post("/api/v1/comments", json=body(text="And a ferry."))
    time.sleep(0.7)
    with other.app_context():
        assert len(browser(other).get(path).get_json()["items"]) == 2


def test_a_write_elsewhere_does_not_make_it_again(app: Flask, cast: Cast) -> None:
    post(cast.site, "What a bridge.")
    client = browser(app)
    first = client.get(FRAME)
    post(cast.site, href=f"{NEWS}/other")
    settle()
    with queries() as asked:
        assert client.get(FRAME).headers["ETag"] == first.headers["ETag"]
    assert all("comment" not in each for each in asked)


@pytest.mark.parametrize(
    ("accepted", "open_"), [("br", brotli.decompress), ("gzip", gzip.decompress), ("", bytes)]
)
def test_each_encoding_is_the_same_text(
    app: Flask, cast: Cast, accepted: str, open_: Callable[[bytes], bytes]
) -> None:
    post(cast.site, "What a bridge.")
    client = browser(app)
    plain = client.get(FRAME, headers={"Accept-Encoding": ""})
    for _ in range(2):
        answer = client.get(FRAME, headers={"Accept-Encoding": accepted})
        assert open_(answer.data) == plain.data
        assert answer.headers.get("Content-Encoding", "") == accepted
        assert int(answer.headers["Content-Length"]) == len(answer.data)
        assert "accept-encoding" in answer.headers["Vary"].lower()
        assert (answer.headers["ETag"] == plain.headers["ETag"]) == (accepted == "")


def test_what_a_reader_has_is_not_sent_again(app: Flask, cast: Cast) -> None:
    post(cast.site, "What a bridge.")
    client = browser(app)
    for accepted in ("br", "gzip", ""):
        tag = client.get(FRAME, headers={"Accept-Encoding": accepted}).headers["ETag"]
        for asked in (tag, f"W/{tag}", f'"other", {tag}', "*"):
            answer = client.get(
                FRAME, headers={"If-None-Match": asked, "Accept-Encoding": accepted}
            )
            assert (answer.status_code, answer.data) == (304, b"")
            assert answer.headers["ETag"] == tag and "Content-Encoding" not in answer.headers
    assert client.get(FRAME, headers={"If-None-Match": '"other"'}).status_code == 200
    post(cast.site, "And a ferry.")
    settle()
    assert client.get(FRAME, headers={"If-None-Match": tag}).status_code == 200


def test_head_is_get_without_a_body(app: Flask, cast: Cast) -> None:
    client = browser(app)
    got = client.get(FRAME)
    answer = client.head(FRAME)
    assert (answer.status_code, answer.data) == (200, b"")
    assert answer.headers["ETag"] == got.headers["ETag"]


def test_languages_are_told_apart(app: Flask, cast: Cast) -> None:
    path = f"/embed/thread?site=harbour&href={HREF}"
    client = browser(app)
    for _ in range(2):
        for wanted in ("de", "en", "ar"):
            answer = client.get(path, headers={"Accept-Language": wanted})
            assert f'lang="{wanted}"' in answer.text
            assert "accept-language" in answer.headers["Vary"].lower()


def test_who_is_known_is_never_answered_from_here(app: Flask, cast: Cast) -> None:
    post(cast.site, "What a bridge.")
    path = page(cast)
    browser(app).get(path)
    before = hits()
    assert browser(app).get(path, headers=bearer(cast.rita, cast.site)).status_code == 200
    assert browser(app).get(path, headers={"Authorization": "Bearer nobody"}).status_code == 401
    assert browser(app).get(path, headers={"X-Api-Key": "nobody"}).status_code == 401
    assert hits() == before


def test_no_cookie_is_ever_kept(app: Flask, cast: Cast) -> None:
    for _ in range(2):
        answer = browser(app).get(FRAME)
        assert "Set-Cookie" not in answer.headers and "Cookie" not in answer.headers["Vary"]
        assert not any(name.startswith("RateLimit") for name, _ in answer.headers)
        assert answer.headers["Cache-Control"] == "public, max-age=0, s-maxage=1"


def test_mistakes_are_not_kept(app: Flask, cast: Cast) -> None:
    client = browser(app)
    path = "/api/v1/threads/2345678/comments"
    assert [client.get(path).status_code for _ in range(3)] == [404] * 3
    layer = answers.of(app)
    assert layer is not None and layer.figures()["entries"] == 0


# --- the layer by itself --------------------------------------------------------------------------


class FakeWatch:
    """A database that does what a test says."""

    trust = float("inf")

    def __init__(self) -> None:
        self.now = 1
        self.rows: dict[int, tuple[int, int]] = {1: (1, 1)}
        self.broken = False

    def state(self) -> int:
        if self.broken:
            raise Unknown
        return self.now

    def versions(self, thread_id: int) -> tuple[int, int] | None:
        if self.broken:
            raise Unknown
        return self.rows.get(thread_id)


class Origin:
    """An application that counts how often it is asked."""

    def __init__(self, watch: FakeWatch, *, thread: int | None = 1) -> None:
        self.watch, self.thread = watch, thread
        self.begun, self.go_on = threading.Event(), threading.Event()
        self.go_on.set()
        self.asked = 0
        self.size = 10

    def __call__(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
        self.asked += 1
        versions = self.watch.rows[self.thread] if self.thread else None
        environ["commentsvc.finished"] = cache.Mark("test", self.thread, versions)
        self.begun.set()
        assert self.go_on.wait(30)
        start_response("200 OK", [("Content-Type", "text/plain"), ("RateLimit-Limit", "1")])
        return [b"x" * self.size]


def ask(layer: FinishedAnswers, path: str = "/embed/thread", **environ: str) -> str:
    said: list[str] = []
    given = {"REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": "", **environ}
    list(layer(given, lambda status, headers, *_: said.append(status)))
    return said[0]


def test_a_crowd_on_a_cold_page_makes_it_once() -> None:
    watch = FakeWatch()
    origin = Origin(watch)
    origin.go_on.clear()
    layer = FinishedAnswers(origin, watch)
    crowd = [threading.Thread(target=ask, args=(layer,)) for _ in range(20)]
    for each in crowd:
        each.start()
    assert origin.begun.wait(30)
    origin.go_on.set()
    for each in crowd:
        each.join()
    assert origin.asked == 1


def test_what_was_written_while_it_was_made_is_not_lost() -> None:
    watch = FakeWatch()
    origin = Origin(watch)
    origin.go_on.clear()
    layer = FinishedAnswers(origin, watch)
    slow = threading.Thread(target=ask, args=(layer,))
    slow.start()
    assert origin.begun.wait(30)
    watch.rows[1] = (2, 1)
    watch.now += 1
    origin.go_on.set()
    slow.join()
    ask(layer)
    assert origin.asked == 2


def test_only_the_thread_counts() -> None:
    watch = FakeWatch()
    origin = Origin(watch)
    layer = FinishedAnswers(origin, watch)
    ask(layer)
    watch.now += 1
    ask(layer)
    assert origin.asked == 1
    for changed in ((2, 1), (2, 2), None):
        before = origin.asked
        watch.rows[1] = changed  # type: ignore[assignment]
        watch.now += 1
        if changed is None:
            watch.rows[1] = (9, 9)
        ask(layer)
        ask(layer)
        assert origin.asked == before + 1


def test_without_a_thread_any_write_counts() -> None:
    watch = FakeWatch()
    origin = Origin(watch, thread=None)
    layer = FinishedAnswers(origin, watch)
    ask(layer), ask(layer)
    watch.now += 1
    ask(layer), ask(layer)
    assert origin.asked == 2


def test_while_the_database_is_away_readers_read_on(monkeypatch: pytest.MonkeyPatch) -> None:
    watch = FakeWatch()
    origin = Origin(watch)
    layer = FinishedAnswers(origin, watch)
    ask(layer)
    watch.broken = True
    assert ask(layer) == "200 OK" and origin.asked == 1
    moment = time.monotonic() + MAX_AGE
    monkeypatch.setattr(cache.time, "monotonic", lambda: moment)
    ask(layer)
    assert origin.asked == 2  # but not for ever


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "MOST_BYTES", 200_000)
    watch = FakeWatch()
    origin = Origin(watch)
    origin.size = 10_000
    layer = FinishedAnswers(origin, watch)
    for n in range(100):
        ask(layer, QUERY_STRING=f"after={n}")
        ask(layer, QUERY_STRING="href=favourite")
        assert layer.figures()["bytes"] <= 200_000
    assert layer.figures()["entries"] > 5
    before = origin.asked
    ask(layer, QUERY_STRING="href=favourite")
    assert origin.asked == before


def test_keys_are_part_of_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "MOST_BYTES", 400_000)
    watch = FakeWatch()
    layer = FinishedAnswers(Origin(watch), watch)
    for n in range(200):
        ask(layer, QUERY_STRING=f"href={n}{'x' * 15_000}")
        held = sum(len(part) for key in layer._entries for part in key)
        assert held <= layer.figures()["bytes"] <= 400_000
    ask(layer, "/api/v1/threads", QUERY_STRING="site=a", HTTP_ORIGIN="https://" + "o" * 20_000)
    assert layer.figures()["bytes"] >= 20_000


@pytest.mark.parametrize(
    "query",
    [
        "href=a&x=1",
        "utm_source=a&href=a",
        "href=a&&",
        "href=a&Href=b",
        "href=a&hr%65f%00=b",
        "href=a&;site=b",
        f"{'y' * 600}=1&href=a",
    ],
)
def test_what_no_view_reads_makes_no_other_answer(query: str) -> None:
    watch = FakeWatch()
    origin = Origin(watch)
    layer = FinishedAnswers(origin, watch)
    ask(layer, QUERY_STRING="href=a")
    ask(layer, QUERY_STRING=query)
    assert origin.asked == 1 and layer.figures()["entries"] == 1


@pytest.mark.parametrize(
    "query", ["hr%65f=a", "href=a&sort=top", "href=b", "sort=top&href=a", "href=a&href=b"]
)
def test_what_a_view_reads_does(query: str) -> None:
    watch = FakeWatch()
    origin = Origin(watch)
    layer = FinishedAnswers(origin, watch)
    ask(layer, QUERY_STRING="href=a")
    ask(layer, QUERY_STRING=query)
    assert origin.asked == 2


def test_every_parameter_that_a_kept_answer_reads_is_listed() -> None:
    from commentsvc.api.schemas import requests

    read = set()
    surfaces = ("embed/views.py", "embed/asked.py", "embed/page.py")
    for name in (*surfaces, "public/feeds.py", "public/conversations.py"):
        source = (ROOT / "commentsvc" / name).read_text("utf-8")
        read |= set(re.findall(r"""(?:args|query)(?:\.get\(|\[)["']([\w-]+)["']""", source))
    for schema in (
        requests.ThreadQuery,
        requests.PageQuery,
        requests.ChangesQuery,
        requests.CountsQuery,
    ):
        read |= set(schema().fields)
    read |= {"1", "2"}  # of count-data.js
    read -= {"thread"}  # /embed/new, which is not kept
    read |= {"page", "href"}  # asked.py reads them by a loop
    assert read == cache.PARAMETERS


def test_the_row_watch_reads_versions(app: Flask, cast: Cast) -> None:
    thread = db.session.get_one(Thread, post(cast.site).comment.thread_id)
    site = db.session.get_one(Site, thread.site_id)
    assert RowWatch(app).versions(thread.id) == (thread.version, site.version)
    assert RowWatch(app).versions(10**6) is None
    away = RowWatch(app)
    away._engine = create_engine("sqlite:////no/such/folder/comments.db")
    with pytest.raises(Unknown):
        away.versions(thread.id)
