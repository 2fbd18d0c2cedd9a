"""Guests are reached by no email: staff see whether a guest has been shown a sanction yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from commentsvc.accounts.models import User
from commentsvc.core.db import db
from commentsvc.moderation.cases.sanctions import sanction
from tests.exchange.reporting.test_report import later
from tests.factories import post
from tests.web.asking import HOST, browser, guest

if TYPE_CHECKING:
    from flask import Flask

    from tests.dashboard.conftest import Staff
    from tests.people import Cast

SAYS = "will see it on their next visit"


def test_it_works(app: Flask, cast: Cast, mona: Staff) -> None:
    posted = post(cast.site, name="Gus")
    person = db.session.get_one(User, posted.comment.author_id)
    page = f"/dashboard/people/{person.public_id}"
    sanction(
        cast.site,
        person,
        "suspend",
        by=cast.mona,
        reason="spam",
        message="Stop that.",
        until=later(),
    )
    assert mona.page(page).count(SAYS) == 1
    said = (
        browser(app)
        .get("/api/v1/me?site=harbour", base_url=HOST, headers=guest(posted.edit_token or ""))
        .get_json()["sanction"]
    )
    assert (said["kind"], said["reason"], said["message"]) == ("suspend", "Spam", "Stop that.")
    assert said["until"] and said["can_appeal"]
    assert SAYS not in mona.page(page)


def test_what_is_replaced_or_over_is_not_announced(cast: Cast, mona: Staff) -> None:
    person = db.session.get_one(User, post(cast.site).comment.author_id)
    sanction(cast.site, person, "suspend", by=cast.mona, reason="spam", until=later())
    sanction(cast.site, person, "ban", by=cast.mona, reason="spam")
    page = f"/dashboard/people/{person.public_id}"
    assert mona.page(page).count(SAYS) == 1
    sanction(cast.site, person, "lift", by=cast.mona)
    assert SAYS not in mona.page(page)


def test_members_are_notified_otherwise(cast: Cast, mona: Staff) -> None:
    sanction(cast.site, cast.rita, "ban", by=cast.mona, reason="spam")
    assert SAYS not in mona.page(f"/dashboard/people/{cast.rita.public_id}")
