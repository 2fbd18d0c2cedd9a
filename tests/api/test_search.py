"""Programs search a queue as moderators do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.factories import post
from tests.web.asking import api_key

if TYPE_CHECKING:
    from flask import Flask

    from tests.people import Cast


def test_it_works(app: Flask, cast: Cast) -> None:
    held = post(cast.site, "You idiot, walnut.").comment.public_id
    post(cast.site, "You idiot, acorn.", name="Another")
    key = api_key(cast.mona, "read", "moderate", site=cast.site)
    answer = app.test_client().get("/api/v1/queue?site=harbour&words=walnut", headers=key)
    assert [each["id"] for each in answer.json["items"]] == [held]


def test_too_much_is_refused(app: Flask, cast: Cast) -> None:
    key = api_key(cast.mona, "read", "moderate", site=cast.site)
    for words in ("x" * 201, "+".join("abcdefghijk")):
        answer = app.test_client().get(f"/api/v1/queue?site=harbour&words={words}", headers=key)
        assert answer.status_code == 422
