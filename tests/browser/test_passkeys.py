"""A passkey in a real browser, held by Chromium's virtual authenticator: made, used alone, used as a second
step and as a fresh proof."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from commentsvc.accounts.factors import factors_of, passkeys
from commentsvc.core import clock
from commentsvc.core.db import db
from commentsvc.core.jobs import run_due
from commentsvc.notifications.mail import MemoryMailer, mailer
from commentsvc.settings import settings
from tests.browser.axe import serious
from tests.browser.conftest import Open, Pages, box
from tests.browser.held import closes, press_last
from tests.browser.test_sign_in_without_password import ask_for_email
from tests.people import PASSWORD, Cast

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import BrowserContext, CDPSession, Page

    from tests.browser.conftest import Server

pytestmark = pytest.mark.browser


@pytest.fixture
def home(live: Server) -> str:
    """The service under a name: browsers make no passkeys for addresses."""
    url = live.url.replace("127.0.0.1", "localhost")
    assert live.app is not None
    settings.install(live.app, replace(settings.of(live.app), public_url=url))
    return url


def authenticator(page: Page) -> tuple[CDPSession, str]:
    """A device with a fingerprint sensor that always knows its owner, and what it is called."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True}
    sure = {"hasUserVerification": True, "isUserVerified": True}
    waits = {"automaticPresenceSimulation": True}
    made = session.send(
        "WebAuthn.addVirtualAuthenticator", {"options": {**options, **sure, **waits}}
    )
    return session, made["authenticatorId"]


def by_password(page: Page, home: str) -> None:
    page.goto(f"{home}/account/sign-in?next=/account/security")
    page.fill("#f-email", "mona@example.org")
    page.fill("#f-password", PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def test_it_works(home: str, people: Cast, new_context: Callable[..., BrowserContext]) -> None:
    page = new_context().new_page()
    by_password(page, home)
    page.wait_for_url(f"{home}/account/security")
    authenticator(page)
    page.fill("#p-name", "Laptop at work")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.locator("ol.codes li")).to_have_count(10)
    page.evaluate("delete Navigator.prototype.clipboard")  # as on plain HTTP
    page.get_by_role("button", name="Copy").click()
    expect(page.locator(".saving [role=status]")).to_have_text("Copied")
    page.reload()  # nothing is sent again
    expect(page.get_by_label("Name of the passkey Laptop at work")).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)
    _alone(page, home)
    _as_second_step(page, home)
    _as_fresh_proof(page, home, people)


def _alone(page: Page, home: str) -> None:
    """Offered where the email address is typed: the device answers, and nothing is pressed."""
    page.goto(f"{home}/account/out")
    page.locator("main form button").click()
    page.wait_for_url(f"{home}/dashboard/")


def _as_second_step(page: Page, home: str) -> None:
    page.context.clear_cookies()
    page.route("**/passkey/options", lambda route: route.abort())  # no offer before the password
    by_password(page, home)
    second = page.get_by_role("button", name="Use a passkey")
    expect(second).to_be_visible()  # the page before would still offer it
    page.unroute("**/passkey/options")
    second.click()
    page.wait_for_url(f"{home}/account/security")


def _as_fresh_proof(page: Page, home: str, people: Cast) -> None:
    with clock.frozen(clock.now() + timedelta(minutes=20)):
        page.get_by_role("button", name="Remove the passkey Laptop at work").click()
        expect(page.get_by_role("heading")).to_have_text("Confirm it’s you")
        page.get_by_role("button", name="Use a passkey").click()
        expect(page.get_by_text("The passkey has been removed.")).to_be_visible()
    db.session.expire_all()
    assert not factors_of(people.mona) and not passkeys.passkeys_of(people.mona)


@pytest.fixture
def away(live: Server, pages: Pages) -> Pages:
    """Pages of another site than the service, which has a name."""
    url = live.url.replace("127.0.0.1", "comments.localhost")
    assert live.app is not None
    settings.install(live.app, replace(settings.of(live.app), public_url=url))
    pages.service = url
    return pages


@pytest.fixture
def office(live: Server) -> MemoryMailer:
    made = MemoryMailer(reaches_people=True)
    mailer.install(live.app, made)
    return made


def signing_in(page: Page, office: MemoryMailer) -> Page:
    """Rita signs in from the box by a code; the window, as it is after that."""
    window = ask_for_email(page, "rita@example.org")
    authenticator(window)
    window.get_by_label("Code").fill(office.sent[-1].subject[:7])
    press_last(window, window.get_by_role("button", name="Sign in").click)
    return window


def faults_of(page: Page) -> list[Any]:
    """What axe finds in light and in dark, each at once."""
    found = []
    page.emulate_media(reduced_motion="reduce")
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)
        found += serious(page)
    return found


def test_the_window_offers_one_after_a_sign_in(
    new_context: Callable[..., BrowserContext], people: Cast, away: Pages, office: MemoryMailer
) -> None:
    """Whoever takes it sees their recovery codes; the box has noticed before that."""
    page = new_context().new_page()
    page.goto(away.write(away.tag()))
    window = signing_in(page, office)
    expect(window.get_by_role("heading", name="Sign in faster next time")).to_be_visible()
    expect(box(page).locator("#me bdi")).to_have_text("Rita")
    assert faults_of(window) == []
    window.keyboard.press("Tab")
    expect(window.get_by_role("button", name="Add a passkey")).to_be_focused()
    window.keyboard.press("Enter")
    expect(window.locator(".codes li")).to_have_count(10)
    assert passkeys.passkeys_of(people.rita)
    assert faults_of(window) == []
    _kept(window)
    closes(window, window.get_by_role("button", name="I’ve saved them").click)
    run_due()
    assert "passkey" in office.sent[-1].body


def _kept(window: Page) -> None:
    """The codes are copied and downloaded, by keyboard."""
    codes = window.locator(".codes li").all_inner_texts()
    window.keyboard.press("Tab")
    expect(window.get_by_role("button", name="Copy")).to_be_focused()
    window.keyboard.press("Enter")
    expect(window.locator(".saving [role=status]")).to_have_text("Copied")
    window.context.grant_permissions(["clipboard-read"])
    assert window.evaluate("navigator.clipboard.readText()").split() == codes
    window.keyboard.press("Tab")
    with window.expect_download() as got:
        window.keyboard.press("Enter")
    assert got.value.suggested_filename == "recovery-codes-comments.localhost.txt"
    title, _, *lines = got.value.path().read_text("utf-8").splitlines()
    assert title.startswith("Recovery codes · comments.localhost:") and lines == codes
    window.keyboard.press("Tab")
    expect(window.get_by_role("button", name="I’ve saved them")).to_be_focused()


def test_the_window_offers_it_once(
    new_context: Callable[..., BrowserContext], people: Cast, away: Pages, office: MemoryMailer
) -> None:
    page = new_context().new_page()
    page.goto(away.write(away.tag()))
    window = signing_in(page, office)
    closes(window, window.get_by_role("button", name="Not now").click)
    expect(box(page).locator("#me bdi")).to_have_text("Rita")
    box(page).get_by_role("button", name="Sign out").click()
    page.context.clear_cookies()  # of the window, which would only be asked whether to go on
    again = signing_in(page, office)
    if not again.is_closed():
        again.wait_for_event("close")
    expect(box(page).locator("#me bdi")).to_have_text("Rita")
    assert not passkeys.passkeys_of(people.rita)


def is_offered(page: Page) -> bool:
    """What the page has decided, once it has."""
    return bool(
        page.evaluate(
            """import(document.querySelector('script[src$="offer.js"]').src).then(it => it.offers)"""
        )
    )


def test_a_link_by_email_leads_to_the_offer(
    new_context: Callable[..., BrowserContext], people: Cast, away: Pages, office: MemoryMailer
) -> None:
    """In the tab of the link, since the window that waited closes; after “Not now”, not for six weeks."""
    page = new_context().new_page()
    page.goto(away.write(away.tag()))
    window = ask_for_email(page, "rita@example.org")
    (link,) = re.findall(r"http\S+/account/link\S+", office.sent[-1].body)
    tab = page.context.new_page()
    authenticator(tab)
    tab.goto(link)
    tab.get_by_role("button", name="Sign in").click()
    offer = tab.get_by_role("region", name="Sign in faster next time")
    offer.get_by_role("button", name="Not now").click()
    expect(offer).to_be_hidden()
    expect(tab.get_by_role("main")).to_be_focused()
    page.bring_to_front()
    expect(box(page).locator("#me bdi")).to_have_text("Rita")
    if not window.is_closed():
        window.wait_for_event("close")
    tab.bring_to_front()  # browsers make no passkey for a page without the focus
    for weeks, again in ((5, False), (7, True)):
        tab.clock.set_fixed_time(clock.now() + timedelta(weeks=weeks))
        tab.reload()
        assert is_offered(tab) is again
    assert faults_of(tab) == []
    offer.get_by_role("button", name="Add a passkey").click()
    expect(tab.locator("ol.codes li")).to_have_count(10)
    assert passkeys.passkeys_of(people.rita)
    tab.goto(f"{away.service}/account/")
    expect(tab.get_by_role("heading", name="Rita")).to_be_visible()
    assert tab.locator("#offer").count() == 0


def test_at_an_address_nobody_is_asked_for_a_passkey(
    home: str, live: Server, people: Cast, open_as: Open
) -> None:
    """A server that has a name can be visited at its IP address as well, where browsers make none."""
    page = open_as("rita", "/account/")
    assert is_offered(page) is False
    page.goto(f"{live.url}/account/security")
    expect(page.get_by_text("At this address, use an authenticator app.")).to_be_visible()
    expect(page.get_by_role("button", name="Add a passkey")).to_be_hidden()
