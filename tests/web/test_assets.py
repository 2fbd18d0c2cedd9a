"""Static files: small, quick, for ever, and nothing but static files."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import brotli
import pytest

from commentsvc.core.errors import NotFound
from commentsvc.web.assets import asset, best_encoding, text_of
from tests.tables import every_row
from tests.web.asking import browser

if TYPE_CHECKING:
    from flask import Flask


@pytest.mark.parametrize(
    ("accepted", "encoding", "open_"),
    [("br, gzip", "br", brotli.decompress), ("gzip", "gzip", gzip.decompress), ("", None, bytes)],
)
def test_it_works(app: Flask, accepted: str, encoding: str | None, open_: object) -> None:
    answer = browser(app).get(asset("embed/embed.js"), headers={"Accept-Encoding": accepted})
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert answer.headers.get("Content-Encoding") == encoding
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert open_(answer.data).decode() == text_of("embed/embed.js")  # type: ignore[operator]


def test_what_is_there_already_is_not_sent_again(app: Flask) -> None:
    client = browser(app)
    first = client.get(asset("embed/embed.js"))
    again = client.get(asset("embed/embed.js"), headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_a_path_out_of_the_folder_leads_nowhere(app: Flask) -> None:
    with pytest.raises(NotFound):
        text_of("../commentsvc/locales/en/problems.json")


def test_an_older_page_gets_the_file_of_today(app: Flask) -> None:
    answer = browser(app).get("/static/0123456789ab/embed/embed.js")
    assert answer.status_code == 200 and answer.headers["Cache-Control"] == "public, no-cache"


@pytest.mark.parametrize(
    "path",
    [
        "../pyproject.toml",
        "../commentsvc/app.py",
        "../commentsvc/locales/en/problems.json",
        "..%2fcommentsvc%2flocales%2fen%2fproblems.json",
        "..%2f..%2fpyproject.toml",
        "embed/../../pyproject.toml",
        "embed/%00.js",
        "embed",
        "embed/",
        "embed/README.md",
        "a" * 4000 + ".js",
        "%2e%2e/pyproject.toml",
        "/etc/passwd",
    ],
)
def test_nothing_else_can_be_fetched(app: Flask, path: str) -> None:
    answer = browser(app).get(f"/static/x/{path}", follow_redirects=True)
    assert answer.status_code == 404
    assert (
        "too_large" not in answer.text
        and "build-system" not in answer.text
        and "root:" not in answer.text
    )


@every_row(
    ("header", "expected"),
    [
        ("", "identity"),
        ("gzip, deflate, br, zstd", "br"),
        ("gzip, br;q=0", "gzip"),
        ("br;q=0.1, gzip;q=1", "br"),
        ("*", "br"),
        ("*;q=0, identity", "identity"),
        ("gzip;q=0", "identity"),
        ("br;q=x", "identity"),
        ("BR", "br"),
        ("identity", "identity"),
        ("\x00,;;==", "identity"),
    ],
)
def test_the_smallest_form_that_is_taken(header: str, expected: str) -> None:
    assert best_encoding(header) == expected
