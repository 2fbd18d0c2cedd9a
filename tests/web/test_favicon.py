"""The icon where browsers look for one that a page does not name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.web.asking import browser

if TYPE_CHECKING:
    from flask import Flask


def test_it_works(app: Flask) -> None:
    answer = browser(app).get("/favicon.ico")
    assert (answer.status_code, answer.content_type) == (200, "image/svg+xml")
    assert answer.data.startswith(b"<svg") and len(answer.data) < 2000
    assert answer.headers["Cache-Control"] == "public, max-age=86400"
    tag = {"If-None-Match": answer.headers["ETag"]}
    assert browser(app).get("/favicon.ico", headers=tag).status_code == 304
