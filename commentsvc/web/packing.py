"""Compresses responses for one reader; finished responses and files are compressed once, elsewhere.

The compressed length reveals whether sent text also occurs in a page (BREACH). So the token of our
forms is masked differently each time (csrf.py), and neither pages that show a secret nor responses
to POST requests are compressed.
"""

from __future__ import annotations

import gzip

import brotli
from flask import Flask, Response, request

from .assets import best_encoding
from .cache import is_finished

SMALLEST = 1000  # bytes; smaller ones fit into one packet anyway
_KINDS = frozenset(
    (
        *("text/html", "text/css", "text/javascript", "text/plain", "text/csv"),
        *("application/json", "application/problem+json", "application/atom+xml"),
    )
)
_BROTLI_QUALITY, _GZIP_LEVEL = 4, 5
_PLAIN = "commentsvc.plain"


def register(app: Flask) -> None:
    """Compress the responses of `app`; offer `shows_secret()` to templates."""
    app.after_request(_pack)
    app.jinja_env.globals["shows_secret"] = shows_secret


def shows_secret() -> str:
    """Declare that this response shows a secret, so that it is not compressed."""
    request.environ[_PLAIN] = True
    return ""


def _pack(answer: Response) -> Response:
    may = request.method == "GET" and answer.status_code == 200 and answer.mimetype in _KINDS
    if not may or answer.is_streamed or "Content-Encoding" in answer.headers or is_finished():
        return answer
    if _PLAIN in request.environ or "ETag" in answer.headers:
        return answer
    answer.vary.add("Accept-Encoding")
    body = answer.get_data()
    encoding = best_encoding(request.headers.get("Accept-Encoding", ""))
    if encoding == "identity" or len(body) < SMALLEST:
        return answer
    if encoding == "br":
        answer.set_data(brotli.compress(body, quality=_BROTLI_QUALITY))
    else:
        answer.set_data(gzip.compress(body, _GZIP_LEVEL, mtime=0))
    answer.headers["Content-Encoding"] = encoding
    return answer
