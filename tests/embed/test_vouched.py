"""What the box's page allows for readers of a site's own sign-in, and only where an owner wants it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from commentsvc.core.db import unit_of_work
from commentsvc.sites.commands import set_policy
from tests.factories import HREF, post

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from tests.people import Cast


def page(client: FlaskClient) -> TestResponse:
    return client.get("/embed/thread", query_string={"site": "harbour", "href": HREF})


def vouch(cast: Cast, **said: object) -> None:
    with unit_of_work():
        cast.rita.profile = {"site": cast.site.id, **said}


def test_it_works(client: FlaskClient, cast: Cast) -> None:
    post(cast.site, user=cast.rita)
    vouch(cast, badges=["gold"], picture="https://img.example.org/1.png", url=f"{HREF}/rita")
    lines = ["gold | Gold & <b>more</b> | #c90"]
    pictures = ["https://img.example.org", "https://*.cdn.example:*"]
    set_policy(cast.site, {"badges": lines, "picture_origins": pictures}, by=None)
    for _ in range(2):  # made, and kept
        answer = page(client)
        images = answer.headers["Content-Security-Policy"].split("img-src ")[1].split(";")[0]
        assert images.split() == ["'self'", "data:", *pictures]
        assert answer.headers["Cross-Origin-Embedder-Policy"] == "credentialless"
        assert '<img src="https://img.example.org/1.png" alt=""' in answer.text
        assert 'class="badge b-gold">Gold &amp; &lt;b&gt;more&lt;/b&gt;<' in answer.text
        assert f'href="{HREF}/rita"' in answer.text and ".badge.b-gold{color:" in answer.text


def test_an_owner_who_wants_none_gets_none(client: FlaskClient, cast: Cast) -> None:
    post(cast.site, user=cast.rita)
    before = len(page(client).text)
    vouch(cast, badges=["gold"], picture="https://img.example.org/1.png", url="")
    set_policy(cast.site, {"max_links": 3}, by=None)  # another page is made
    answer = page(client)
    assert "img.example.org" not in answer.text and "b-gold" not in answer.text
    assert answer.headers["Cross-Origin-Embedder-Policy"] == "require-corp"
    assert len(answer.text) == before


def test_what_one_site_says_is_not_shown_on_another(client: FlaskClient, cast: Cast) -> None:
    post(cast.site, user=cast.rita)
    set_policy(cast.site, {"badges": ["gold | Gold"]}, by=None)
    with unit_of_work():
        cast.rita.profile = {"site": cast.other.id, "badges": ["gold"], "url": f"{HREF}/rita"}
    text = page(client).text
    assert "b-gold" not in text and f"{HREF}/rita" not in text
