"""From a new site to comments on a page: the tag, a check of the owner's page, a test email."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from commentsvc.notifications.mail import MailFailed, MemoryMailer, mailer
from commentsvc.settings import settings
from commentsvc.sites.commands import set_origins
from tests.sites.test_tag import TAG, serving

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from tests.dashboard.conftest import Staff
    from tests.people import Cast

SITE = "/dashboard/sites/harbour"


@pytest.fixture
def nearby(app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages of this machine may be opened, and show the site."""
    given = replace(settings.of(app), webhook_private=True)
    monkeypatch.setitem(app.extensions, "commentsvc.settings", given)
    set_origins(cast.site, ["http://localhost:*"])


def test_it_works(nearby: None, olga: Staff) -> None:
    start = olga.page(f"{SITE}/start")
    assert "data-site=&#34;harbour&#34;" in start and 'name="page"' in start
    with serving(TAG) as address:
        answer = olga.post(f"{SITE}/check", page=f"{address}/article", on="start")
        assert answer.status_code == 200 and "<h1>Show comments on your pages" in answer.text
        assert "This check found no problems." in answer.text
        assert f'value="{address}/article"' in answer.text
        on_site = olga.post(f"{SITE}/check", page=address, on="site").text
    assert (
        "<h1><bdi>The Harbour Post" in on_site and "The tag is on the page, on line 1." in on_site
    )


def test_what_is_wrong_is_said_and_the_address_kept(cast: Cast, olga: Staff) -> None:
    answer = olga.post(f"{SITE}/check", page="no <address>", on="start")
    assert "This check found a problem." in answer.text
    assert 'value="no &lt;address&gt;"' in answer.text
    private = olga.post(f"{SITE}/check", page="http://127.0.0.1/", on="site").text
    assert "127.0.0.1 is a private address" in private
    assert "This page couldn’t be checked from here." in private
    assert "commentsvc check --site harbour --page http://127.0.0.1/" in private


def test_a_test_email(
    app: Flask, cast: Cast, sign_in: Callable[[str | None], Staff], olga: Staff
) -> None:
    ada = sign_in("ada")
    assert "No mail server is set" in ada.page(f"{SITE}/start")
    assert "Send yourself a test email" not in olga.page(f"{SITE}/start")
    box = MemoryMailer(reaches_people=True)
    before = mailer.of(app)
    mailer.install(app, box)
    try:
        assert "Send a test email to ada@example.org" in ada.page(f"{SITE}/start")
        sent = ada.post(f"{SITE}/test-email")
        assert (sent.status_code, sent.location) == (303, f"{SITE}/start")
        assert [(each.to, each.subject) for each in box.sent] == [("ada@example.org", "Test email")]
        assert "has been sent to ada@example.org" in ada.page(f"{SITE}/start")

        def refuse(mail: object) -> None:
            raise MailFailed("The mail server answered 550.")

        box.send = refuse  # type: ignore[method-assign]
        ada.post(f"{SITE}/test-email")
        assert "couldn’t be sent: The mail server answered 550." in ada.page(f"{SITE}/start")
    finally:
        mailer.install(app, before)


def test_checks_are_counted(cast: Cast, olga: Staff) -> None:
    answers = [olga.post(f"{SITE}/check", page="no", on="start").status_code for _ in range(8)]
    assert answers[:6] == [200] * 6 and 429 in answers
