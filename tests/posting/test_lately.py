"""The site that posting keeps for half a second: its own changes count at once, and what others
change counts before anything is written."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from commentsvc.core.db import db, unit_of_work
from commentsvc.core.errors import NotFound
from commentsvc.posting import known
from commentsvc.posting.known import site_lately
from commentsvc.sites.commands import set_policy
from tests.web.asking import HREF, browser
from tests.web.test_cache import queries

if TYPE_CHECKING:
    from flask import Flask

    from tests.people import Cast

pytestmark = pytest.mark.engines


def answer(app: Flask, said: str = "A calm word about the ferry.") -> int:
    body = {"site": "harbour", "href": HREF, "text": said, "name": "Ann"}
    return browser(app).post("/api/v1/comments", json=body).status_code


def elsewhere(app: Flask, change: str) -> None:
    """Another process changes the site."""
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(text(f"UPDATE site SET {change} WHERE key = 'harbour'"))


def test_it_works(app: Flask, cast: Cast) -> None:
    """It is read once, and each session has an object of its own."""
    first = site_lately("harbour")
    db.session.remove()
    with queries() as asked:
        again = site_lately("harbour")
    assert not asked
    assert again is not first and again in db.session
    assert (again.key, again.policy, again.listed) == ("harbour", first.policy, first.listed)
    with pytest.raises(NotFound):
        site_lately("nobody")


def test_what_this_process_changes_counts_at_once(app: Flask, cast: Cast) -> None:
    assert answer(app) == 201
    set_policy(cast.site, {"min_length": 500}, by=None)
    assert answer(app) == 422


def test_a_change_that_is_undone_is_not_kept(app: Flask, cast: Cast) -> None:
    assert site_lately("harbour").name != "Undone"
    with pytest.raises(RuntimeError), unit_of_work():
        cast.site.name = "Undone"
        db.session.flush()
        site_lately("harbour")  # inside the unit, it is read with the change
        raise RuntimeError
    db.session.remove()
    assert site_lately("harbour").name != "Undone"


def test_what_another_process_changes_counts_before_anything_is_written(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(known, "TRUST_SECONDS", 3600)
    known._forget()
    assert answer(app) == 201
    elsewhere(app, """policy = '{"guests_may_post": false}', version = version + 1""")
    assert answer(app) == 403
    known._forget()


def test_others_changes_are_seen_after_a_moment(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert answer(app) == 201
    elsewhere(app, "closed_at = 1")
    later = time.monotonic() + known.TRUST_SECONDS + 1
    monkeypatch.setattr("commentsvc.posting.known.time.monotonic", lambda: later)
    assert answer(app) == 404


def test_what_was_read_before_a_change_is_not_kept(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another thread changes the site while this one reads it."""
    read = known.execute

    def meanwhile(*given: object) -> object:
        found = read(*given)
        known._forget()
        return found

    known._forget()
    monkeypatch.setattr(known, "execute", meanwhile)
    site_lately("harbour")
    assert not known._kept
