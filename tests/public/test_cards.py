"""One comment for other sites: its page says what it is about, and oEmbed quotes it. Nothing but what is
published."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest

from commentsvc.posting.commands import withdraw
from commentsvc.threads.views import permalink
from tests.factories import HREF, post
from tests.web.asking import HOST

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from tests.people import Cast

HOSTILE = 'A "ferry" <script>alert(1)</script> & more'


def ask(client: FlaskClient, url: str, **more: str) -> TestResponse:
    return client.get("/oembed", base_url=HOST, query_string={"url": url, **more})


def test_it_works(cast: Cast, client: FlaskClient) -> None:
    comment = post(cast.site, HOSTILE, name="Ann <b>").comment.public_id
    page = client.get(f"/threads/comments/{comment}.html", base_url=HOST)
    told = {
        name: unescape(said)
        for name, said in re.findall(
            r'<meta (?:property|name)="([^"]+)" content="([^"]*)"', page.text
        )
    }
    assert told["og:description"] == HOSTILE and told["og:title"].startswith("Ann <b> · ")
    assert "<script>alert" not in page.text and told["robots"] == "noindex"
    assert told["og:site_name"] == cast.site.name and told["twitter:card"] == "summary"
    assert permalink(HREF, comment) in unescape(page.text)
    (found,) = re.findall(r'type="application/json\+oembed" href="([^"]+)"', page.text)
    address = urlsplit(unescape(found))
    [url] = parse_qs(address.query)["url"]
    assert url == told["og:url"]
    said: Any = ask(client, url).json
    assert (said["version"], said["type"], said["width"]) == ("1.0", "rich", 550)
    assert said["author_name"] == "Ann <b>" and said["provider_name"] == cast.site.name
    assert "<script" not in said["html"] and "&lt;script&gt;alert(1)" in said["html"]
    assert said["html"].startswith('<blockquote class="commentsvc-quote"')


def test_every_form_of_a_permalink(cast: Cast, client: FlaskClient) -> None:
    comment = post(cast.site).comment.public_id
    for url in (
        permalink(HREF, comment),
        f"{HREF}?commentsvc={comment}",
        f"{HREF}?fb_comment_id=fbc_1_{comment}",
        f"{HREF}?fb_comment_id=1_{comment}#top",
    ):
        answer = ask(client, url)
        assert answer.status_code == 200 and answer.headers["Access-Control-Allow-Origin"] == "*", (
            url
        )
    for url in (
        "",
        HREF,
        "https://elsewhere.example.com/threads/comments/x.html",
        f"{HREF}#commentsvc=nobody",
    ):
        assert ask(client, url).status_code == 404, url


def test_nothing_that_readers_do_not_see(cast: Cast, client: FlaskClient) -> None:
    held = post(cast.site, "You idiot.", user=cast.rita).comment.public_id
    gone = post(cast.site, "Withdrawn words.", user=cast.rita).comment.public_id
    withdraw(gone, user=cast.rita)
    for each in (held, gone, "nobody"):
        assert client.get(f"/threads/comments/{each}.html", base_url=HOST).status_code == 404
        assert ask(client, permalink(HREF, each)).status_code == 404


@pytest.mark.parametrize(("given", "width"), [("300", 300), ("9000", 550), ("1", 220)])
def test_no_wider_than_asked(cast: Cast, client: FlaskClient, given: str, width: int) -> None:
    url = permalink(HREF, post(cast.site).comment.public_id)
    said: Any = ask(client, url, maxwidth=given).json
    assert said["width"] == width
    assert ask(client, url, maxwidth="wide").status_code == 422
    assert ask(client, url, format="xml").status_code == 501


def test_an_address_of_another_site_is_none_of_its_comments(
    cast: Cast, client: FlaskClient
) -> None:
    comment = post(cast.site).comment.public_id
    for url in (f"http://evil.example/#commentsvc={comment}", f"javascript:x#commentsvc={comment}"):
        assert ask(client, url).status_code == 404
    own = f"{HOST}/threads/comments/{comment}.html"
    assert ask(client, f"{own}?utm_source=feed#x").status_code == 200
    assert ask(client, own, maxwidth="9999999999").json["width"] == 550
