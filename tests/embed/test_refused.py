"""What cannot be shown: a page that any site may frame, kind to readers, with a word for the owner."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from commentsvc.sites import commands as sites
from tests.factories import HREF, post
from tests.tables import every_row

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from tests.people import Cast

LISTED = ["https://example.org", "https://www.example.net:8443", "https://*.example.com"]


def ask(client: FlaskClient, page: str, **query: str) -> TestResponse:
    asked = {"site": "harbour", "href": HREF, "page": page, **query}
    return client.get("/embed/thread", query_string=asked)


def framed_by(answer: TestResponse) -> list[str]:
    policy = answer.headers["Content-Security-Policy"]
    return policy.split("frame-ancestors ")[1].split(";")[0].split()


def test_it_works(client: FlaskClient, cast: Cast) -> None:
    post(cast.site, "A secret of the site.")
    answer = ask(client, "https://elsewhere.example")
    assert answer.status_code == 403
    assert framed_by(answer) == ["*"] and "X-Frame-Options" not in answer.headers
    assert "https://elsewhere.example" in answer.text and 'data-refused="unlisted"' in answer.text
    assert "A secret" not in answer.text
    assert (
        ".apart{background:Canvas}" in answer.text
    )  # where the page's own is between light and dark


@every_row(
    ("page", "may"),
    [
        ("https://example.org", True),
        ("https://www.example.org", True),
        ("https://example.net:8443", True),
        ("https://a.example.com", True),
        ("http://localhost", True),  # the service's own
        ("http://www.example.org", False),
        ("https://example.net", False),
        ("https://example.com", False),
        ("https://www.www.example.org", False),
        ("https://m.example.org", False),
        ("https://example.org.evil.example", False),
        ("https://example.org https://evil.example", False),  # the page stands in another
        ("https://www.example.org https://a.example.com", True),
        ("https://example.org,https://evil.example", False),
        ("https://www.example.org,https://a.example.com", True),
        ("null", False),
        ("null,https://example.org", False),
        ("https://", False),
        ("https://example-org.translate.goog", True),  # shows pages of example.org alone
        ("https://a-example-com.translate.goog", True),
        ("https://example-org.translate.goog https://evil.example", False),
        ("https://evil-example.translate.goog", False),
        ("https://1-example-org.translate.goog", False),
        ("http://example-org.translate.goog", False),
        ("https://example-org.cdn.ampproject.org", False),
        ("https://webcache.googleusercontent.com", False),
        ("https://web.archive.org", False),
        ("https://example.org/;script-src", True),  # never said again as it is written
    ],
)
def test_pages_on_the_list_and_their_twins(
    client: FlaskClient, cast: Cast, page: str, may: bool
) -> None:
    sites.set_origins(cast.site, [*LISTED, "https://news.example.org"])
    answer = ask(client, page)
    assert answer.status_code == (200 if may else 403)
    if may:
        shown = framed_by(answer)
        assert "*" not in shown and not any("/;" in each for each in shown)
        assert set(re.sub("/;script-src|,", " ", page).split()) <= {*shown, "http://localhost"}
    elif page.startswith("null"):  # to the browser it is nobody, not anybody
        assert "frame-ancestors" not in answer.headers["Content-Security-Policy"]
        assert "X-Frame-Options" not in answer.headers
    else:
        assert framed_by(answer) == ["*"]


def test_another_owner_lists_the_twin(client: FlaskClient, cast: Cast) -> None:
    """Without a key the site that lists the origin as it is written is meant."""
    sites.set_origins(cast.site, ["https://example.org", "https://news.example.org"])
    sites.set_origins(cast.other, ["https://www.example.org"])
    for page, key in (("https://example.org", "harbour"), ("https://www.example.org", "mountain")):
        text = client.get("/embed/thread", query_string={"href": f"{page}/a", "page": page}).text
        assert f'data-site="{key}"' in text


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ({"site": "nobody"}, "unknown_site"),
        ({"site": "", "href": "https://elsewhere.example/"}, "unlisted"),
        ({"href": "https://elsewhere.example/a"}, "foreign_address"),
        ({"href": "{{ url }}"}, "not_an_article"),
    ],
)
@pytest.mark.parametrize("locale", ["en", "de", "fr", "es", "ar"])
def test_every_refusal_says_why(
    client: FlaskClient, cast: Cast, query: dict[str, str], word: str, locale: str
) -> None:
    page = "https://elsewhere.example" if word == "unlisted" else "https://news.example.org"
    answer = ask(client, page, locale=locale, **query)
    assert f'data-refused="{word}"' in answer.text
    assert framed_by(answer) == ["*"]
    assert "{origin}" not in answer.text
    if word in ("unlisted", "foreign_address"):
        assert "https://elsewhere.example" in answer.text


def test_a_conversation_from_elsewhere_that_is_there_is_shown(
    client: FlaskClient, cast: Cast
) -> None:
    sites.set_origins(cast.site, ["https://news.example.org", "https://old.example"])
    post(cast.site, "From the old address.", href="https://old.example/a")
    sites.set_origins(cast.site, ["https://news.example.org"])
    answer = ask(client, "https://news.example.org", href="https://old.example/a")
    assert "From the old address." in answer.text
