"""Signing in from the box without a password, in a Chromium that blocks cookies of third parties."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import select

from commentsvc.accounts import frames
from commentsvc.accounts.models import Credential
from commentsvc.accounts.providers import kept
from commentsvc.core.db import db
from commentsvc.core.jobs import run_due
from commentsvc.notifications.mail import MemoryMailer, mailer
from commentsvc.settings import settings
from commentsvc.sites.commands import set_policy
from tests.browser.conftest import Pages, Server, box
from tests.browser.held import closes
from tests.browser.members import come_back
from tests.real_provider import serving

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.people import Cast

pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),  # of the provider’s server
]


def ask_for_email(page: Page, email: str) -> Page:
    """Press "Sign in" in the box and have a code and a link sent; the window that waits for them."""
    with page.context.expect_page() as popup:
        box(page).locator("#me [data-action=sign-in]").click()
    window = popup.value
    window.get_by_label("Email").fill(email)
    window.get_by_role("button", name="Email me a code").click()
    expect(window.get_by_role("heading", name="Check your email")).to_be_visible()
    run_due()
    return window


def test_an_address_that_was_typed_goes_along_to_the_password(
    page: Page, people: Cast, article: str, live: Server
) -> None:
    mailer.install(live.app, MemoryMailer(reaches_people=True))
    page.goto(article)
    with page.context.expect_page() as popup:
        box(page).locator("#me [data-action=sign-in]").click()
    window = popup.value
    window.get_by_label("Email").fill("rita@example.org")
    window.get_by_role("link", name="Use a password instead").click()
    expect(window.get_by_label("Password")).to_be_visible()
    expect(window.get_by_label("Email")).to_have_value("rita@example.org")
    window.reload()
    expect(window.get_by_label("Email")).to_have_value("")


def test_a_code_by_email_where_the_page_cuts_its_windows_off(
    new_context: Callable[..., BrowserContext], people: Cast, pages: Pages, live: Server
) -> None:
    office = MemoryMailer(reaches_people=True)
    mailer.install(live.app, office)
    pages.headers(Cross_Origin_Opener_Policy="same-origin")
    page = new_context().new_page()
    page.goto(pages.write(pages.tag()))
    frame = box(page)
    window = ask_for_email(page, "nele@example.org")
    expect(window.get_by_label("Code")).to_be_focused()  # and so by keyboard, without a Tab
    # a phone may throw the window away while its reader is reading the email
    window.reload()
    expect(window.locator("main bdi").first).to_have_text("nele@example.org")
    run_due()
    assert len(office.sent) == 1
    expect(window.get_by_label("Code")).to_be_focused()
    window.keyboard.type(office.sent[-1].subject[:7])
    window.keyboard.press("Enter")
    expect(window.get_by_label("Display name")).to_be_focused()
    window.reload()
    expect(window.get_by_label("Display name")).to_be_focused()
    window.keyboard.type("Nele")
    closes(window, lambda: window.keyboard.press("Enter"))
    expect(frame.locator("#me bdi")).to_have_text("Nele")
    page.goto(f"{live.url}/account/")
    expect(page.get_by_role("heading", name="Your account")).to_be_visible()


def test_a_link_by_email_closes_the_window_that_asked(
    new_context: Callable[..., BrowserContext], people: Cast, article: str, live: Server
) -> None:
    office = MemoryMailer(reaches_people=True)
    mailer.install(live.app, office)
    page = new_context().new_page()
    page.goto(article)
    frame = box(page)
    window = ask_for_email(page, "rita@example.org")
    (link,) = re.findall(r"http\S+/account/link\S+", office.sent[-1].body)
    with window.expect_event("close"):
        other = page.context.new_page()
        other.goto(link)
        other.get_by_role("button", name="Sign in").click()
        page.bring_to_front()
    expect(frame.locator("#me bdi")).to_have_text("Rita")


def test_a_provider_and_back(
    new_context: Callable[..., BrowserContext],
    people: Cast,
    pages: Pages,
    live: Server,
) -> None:
    settings.install(live.app, replace(settings.of(live.app), webhook_private=True))
    with serving() as issuer:
        given = {"issuer": issuer, "client_id": "ours", "client_secret": "x", "label": "Example ID"}
        kept.put(people.site.id, people.site.key, "oidc", given)
        pages.headers(Cross_Origin_Opener_Policy="same-origin")
        page = new_context().new_page()
        page.goto(pages.write(pages.tag()))
        frame = box(page)
        with page.context.expect_page() as popup:
            frame.locator("#me [data-action=sign-in]").click()
        window = popup.value
        window.get_by_role("button", name="Continue with Example ID").click()
        window.get_by_role("button", name="nele").click()
        expect(window.get_by_label("Display name")).to_have_value("Nele Niemand")
        closes(window, window.get_by_role("button", name="Create account").click)
        expect(frame.locator("#me bdi")).to_have_text("Nele Niemand")
        page.reload()
        expect(box(page).locator("#me bdi")).to_have_text("Nele Niemand")


@pytest.mark.parametrize("nudge", [True, False])
def test_who_has_signed_out_elsewhere_posts_under_no_other_name(
    page: Page, people: Cast, article: str, nudge: bool
) -> None:
    """The text stays in the form, which says why, and asks for a name or to sign in."""
    set_policy(people.site, {"nudge": nudge}, by=people.olga)
    frame = come_back(page, article, people.rita, people.site)
    frame.evaluate("localStorage.setItem('commentsvc:harbour:name', '\"A guest\"')")
    frame.locator("#write textarea").click()
    expect(frame.get_by_text("Writing as Rita")).to_be_visible()
    for session in list(db.session.scalars(select(Credential).filter_by(kind="refresh"))):
        frames.end(session)
    frame.locator("#write textarea").fill("As Rita.")
    frame.locator("#write .go").click()
    expect(frame.get_by_text("Your sign-in has expired. Sign in again.")).to_be_visible()
    expect(frame.locator("#write textarea")).to_have_value("As Rita.")
    expect(frame.locator("#me [data-action=sign-in]")).to_be_visible()
    expect(frame.locator("#write").get_by_role("textbox", name="Your name")).to_be_visible()
    expect(frame.locator("#list > .c")).to_have_count(0)
