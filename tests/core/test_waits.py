"""How long a wait is: in seconds below two minutes, in minutes below two hours, in hours from then on."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from commentsvc.core import clock
from commentsvc.core.clock import duration
from commentsvc.core.errors import again_in
from commentsvc.core.locale import available
from commentsvc.moderation.cases.cooling import slow_down
from commentsvc.posting.commands import TooFast
from commentsvc.sites import commands as sites
from commentsvc.threads import commands as threads
from tests.factories import post
from tests.tables import every_row
from tests.web.asking import bearer, body, browser

if TYPE_CHECKING:
    from flask import Flask

    from tests.people import Cast

CASES = [
    (0, "1 second"),
    (1, "1 second"),
    (119, "119 seconds"),
    (120, "2 minutes"),
    (121, "3 minutes"),
    (432, "8 minutes"),
    (7199, "2 hours"),
    (7200, "2 hours"),
    (7201, "3 hours"),
    (86_400, "24 hours"),
]


@every_row(("seconds", "words"), CASES)
def test_it_works(seconds: int, words: str) -> None:
    assert duration(seconds) == words
    assert again_in(seconds, "en") == f"Try again in {words}."


@every_row("locale", available())
def test_every_language_says_long_waits_in_minutes(locale: str) -> None:
    every = TooFast("too_fast.slowed_minutes", retry_after=432, minutes=8)
    assert "432" not in every.say(locale) and again_in(432, locale) in every.say(locale)
    assert "480" not in again_in(432, locale)


def test_a_pause_of_minutes(app: Flask, cast: Cast) -> None:
    thread = threads.thread_of(post(cast.site).comment)
    slow_down(thread, 300, by=cast.mona)
    page = browser(app).get("/embed/thread", query_string={"site": "harbour", "href": thread.href})
    assert "once every 5 minutes" in page.text and "300" not in page.text.partition("</main>")[0]
    with clock.frozen(clock.now()):
        rita = bearer(cast.rita, cast.site)
        assert browser(app).post("/api/v1/comments", json=body(), headers=rita).status_code == 201
        clock.move(timedelta(seconds=10))
        answer = browser(app).post("/api/v1/comments", json=body(text="More."), headers=rita)
    said = answer.get_json()
    assert (answer.status_code, said["retry_after"]) == (429, 291)
    assert said["detail"].endswith("only once every 5 minutes. Try again in 5 minutes.")


def test_a_pause_of_the_site_says_how_long(app: Flask, cast: Cast) -> None:
    sites.set_policy(cast.site, {"slow_seconds": 600}, by=cast.olga)
    with clock.frozen(clock.now()):
        rita = bearer(cast.rita, cast.site)
        browser(app).post("/api/v1/comments", json=body(), headers=rita)
        answer = browser(app).post("/api/v1/comments", json=body(text="More."), headers=rita)
    assert answer.get_json()["detail"] == "You’re posting too quickly. Try again in 10 minutes."
