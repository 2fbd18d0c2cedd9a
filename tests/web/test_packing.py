"""What is made for one reader is compressed, unless it shows a secret."""

from __future__ import annotations

import gzip
import re
from typing import TYPE_CHECKING

import brotli
import pytest

from tests.web.asking import HOST, browser, csrf_of, signed_in

if TYPE_CHECKING:
    from flask import Flask

    from tests.people import Cast

QUEUE = "/dashboard/"


def _same(page: str) -> str:
    """A page without what is another word each time."""
    return re.sub(r"[\w-]{60,}={0,2}", "", page)


def test_it_works(app: Flask, cast: Cast) -> None:
    client, _ = signed_in(app, cast.mona)
    plain = client.get(QUEUE)
    assert "Content-Encoding" not in plain.headers and len(plain.data) > 5000
    for encoding, opened in (("br", brotli.decompress), ("gzip", gzip.decompress)):
        packed = client.get(QUEUE, headers={"Accept-Encoding": encoding})
        assert packed.headers["Content-Encoding"] == encoding
        assert "Accept-Encoding" in packed.headers["Vary"]
        assert int(packed.headers["Content-Length"]) == len(packed.data) < len(plain.data) / 3
        page = opened(packed.data).decode()
        assert _same(page) == _same(plain.text)


def test_a_page_that_shows_a_secret_is_sent_as_it_is(app: Flask, cast: Cast) -> None:
    client, token = signed_in(app, cast.olga)
    path, form = "/dashboard/sites/harbour/secret", {"csrf_token": token}
    page = client.post(path, data=form, headers={"Accept-Encoding": "br"})
    assert page.status_code == 200 and "Content-Encoding" not in page.headers
    assert cast.site.secrets[0] in page.text


def test_kept_answers_are_compressed_once(app: Flask, cast: Cast) -> None:
    path = "/api/v1/counts?site=harbour&href=https://news.example.org/a"
    answer = browser(app).get(path, headers={"Accept-Encoding": "br"})
    assert answer.headers["Content-Encoding"] == "br"
    assert brotli.decompress(answer.data).startswith(b"{")
    assert answer.headers["ETag"].endswith('-br"')


def test_the_token_is_another_word_each_time(app: Flask, cast: Cast) -> None:
    client, _ = signed_in(app, cast.mona)
    words = {csrf_of(client.get("/account/").text) for _ in range(5)}
    assert len(words) == 5
    for word in words:
        form = {"name": "Mona", "csrf_token": word}
        assert client.post("/account/name", data=form, headers={"Origin": HOST}).status_code < 400


@pytest.mark.parametrize("word", ["", "a", "Zm9v", "é", "A" * 64, "=" * 8, "\x00"])
def test_another_word_is_no_token(app: Flask, cast: Cast, word: str) -> None:
    client, _ = signed_in(app, cast.mona)
    form = {"name": "M", "csrf_token": word}
    assert client.post("/account/name", data=form, headers={"Origin": HOST}).status_code == 403
