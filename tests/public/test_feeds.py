"""Atom feeds: well-formed whatever was written, and only what is published."""

from __future__ import annotations

from typing import TYPE_CHECKING

from defusedxml.ElementTree import fromstring

from commentsvc.core.db import db
from commentsvc.posting.commands import withdraw
from commentsvc.threads.models import Thread
from tests.factories import post
from tests.web.asking import HOST

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from tests.people import Cast

ATOM = "{http://www.w3.org/2005/Atom}"


def entries(client: FlaskClient, path: str) -> list[str]:
    answer = client.get(path, base_url=HOST)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"].startswith("application/atom+xml")
    feed = fromstring(answer.data)
    return [str(each.findtext(f"{ATOM}content")) for each in feed.iter(f"{ATOM}entry")]


def test_it_works(cast: Cast, client: FlaskClient) -> None:
    first = post(
        cast.site, "First **one** <script>alert(1)</script> & more", name="Ann <b>"
    ).comment
    post(cast.site, "You idiot.", user=cast.rita)
    post(cast.other, "Elsewhere.", href="https://mountain.example.net/a")
    thread = db.session.get_one(Thread, first.thread_id)
    for path in ("/feeds/sites/harbour.atom", f"/feeds/threads/{thread.public_id}.atom"):
        found = entries(client, path)
        assert len(found) == 1 and "<strong>one</strong>" in found[0]
        assert "<script>" not in found[0]


def test_what_is_withdrawn_is_gone(cast: Cast, client: FlaskClient) -> None:
    comment = post(cast.site, user=cast.rita).comment
    withdraw(comment.public_id, user=cast.rita)
    assert entries(client, "/feeds/sites/harbour.atom") == []


def test_there_is_no_such_feed(cast: Cast, client: FlaskClient) -> None:
    for path in ("/feeds/sites/nowhere.atom", "/feeds/threads/nothing.atom"):
        assert client.get(path, base_url=HOST).status_code == 404
