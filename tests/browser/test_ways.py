"""Every way to sign in, walked by a reader on a page of another site, with a phone and at a desk. This
Chromium blocks cookies and storage of third parties."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from commentsvc.accounts.providers import kept
from commentsvc.core.jobs import run_due
from commentsvc.notifications.mail import MemoryMailer, mailer
from commentsvc.settings import settings
from tests.answering import answering
from tests.browser.conftest import Pages, Server, box
from tests.browser.held import press_last
from tests.browser.test_passkeys import authenticator
from tests.browser.test_site_login import token_of
from tests.browser.test_touch import PHONE
from tests.dashboard.test_second_step import code_of, set_up
from tests.people import PASSWORD, Cast
from tests.real_provider import serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import BrowserContext, Frame, Page


pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),  # of the provider’s server
]
DESK: dict[str, Any] = {"viewport": {"width": 1280, "height": 900}}


@dataclass
class Reader:
    """A reader's browser with the article open, and what the service sends by email."""

    page: Page
    frame: Frame
    office: MemoryMailer

    def window(self) -> Page:
        """Press “Sign in”; the window that opens."""
        with self.page.context.expect_page() as popup:
            self.frame.locator("#me [data-action=sign-in]").click()
        return popup.value

    def by_password(self, name: str) -> Page:
        """Type address and password; the window, which may ask for more."""
        window = self.window()
        window.get_by_role("link", name="Use a password instead").click()
        window.get_by_label("Email").fill(f"{name}@example.org")
        window.get_by_label("Password").fill(PASSWORD)
        press_last(window, window.get_by_role("button", name="Sign in", exact=True).click)
        return window

    def is_in(self, name: str) -> None:
        """The box shows this name; sign out again, there and in the window."""
        expect(self.frame.locator("#me bdi")).to_have_text(name)
        if (menu := self.frame.locator("#me summary")).is_visible():  # in a narrow box
            menu.click()
            self.frame.get_by_role("menuitem", name="Sign out").click()
        else:
            self.frame.get_by_role("button", name="Sign out").click()
        expect(self.frame.locator("#me [data-action=sign-in]")).to_be_visible()


@pytest.fixture
def home(live: Server, people: Cast) -> Iterator[str]:
    """The service under a name, with a real provider: browsers make no passkeys for addresses."""
    url = live.url.replace("127.0.0.1", "localhost")
    assert live.app is not None
    now = replace(settings.of(live.app), public_url=url, webhook_private=True)
    settings.install(live.app, now)
    with serving() as issuer:
        given = {"issuer": issuer, "client_id": "ours", "client_secret": "x", "label": "Example ID"}
        kept.put(people.site.id, people.site.key, "oidc", given)
        yield url


@pytest.fixture
def reader(
    home: str, live: Server, tmp_path: Path, new_context: Callable[..., BrowserContext]
) -> Iterator[Callable[[dict[str, Any]], Reader]]:
    with ExitStack() as stack:

        def make(device: dict[str, Any]) -> Reader:
            pages = Pages(tmp_path, home, "127.0.0.1")
            stack.enter_context(answering(pages.http))
            office = MemoryMailer(reaches_people=True)
            assert live.app is not None
            mailer.install(live.app, office)
            page = new_context(**device).new_page()
            page.goto(pages.write(pages.tag()))
            frame = box(page)
            frame.evaluate("document.cookie = 'third=party; SameSite=None; Secure'")
            assert frame.evaluate("document.cookie") == ""  # blocked
            return Reader(page, frame, office)

        yield make


def credential_made(page: Page, home: str) -> dict[str, Any]:
    """Make a passkey on the account page, where the window has signed in, too; what the device keeps."""
    tab = page.context.new_page()
    tab.goto(f"{home}/account/security")
    session, device = authenticator(tab)
    tab.fill("#p-name", "Phone")
    tab.get_by_role("button", name="Add a passkey").click()
    expect(tab.locator("ol.codes li")).to_have_count(10)
    found = session.send("WebAuthn.getCredentials", {"authenticatorId": device})["credentials"]
    tab.close()
    (credential,) = found
    return credential


@pytest.mark.parametrize(
    "device",
    [pytest.param(DESK, id="desk", marks=pytest.mark.drill), pytest.param(PHONE, id="phone")],
)
def test_it_works(
    device: dict[str, Any], reader: Callable[[dict[str, Any]], Reader], people: Cast, home: str
) -> None:
    one = reader(device)
    _by_code(one)
    one.by_password("rita")
    one.is_in("Rita")
    _with_an_app(one, people)
    _by_passkey(one, home)
    _by_provider(one)
    one.page.evaluate("token => commentsvc.signIn(token)", token_of(people, "17"))
    one.is_in("Reader 17")


def _by_code(one: Reader) -> None:
    window = one.window()
    window.get_by_label("Email").fill("nora@example.org")
    window.get_by_role("button", name="Email me a code").click()
    expect(window.get_by_role("heading", name="Check your email")).to_be_visible()
    run_due()
    window.get_by_label("Code").fill(one.office.sent[-1].subject[:7])
    window.get_by_role("button", name="Sign in").click()
    window.get_by_label("Display name").fill("Nora")
    press_last(window, window.get_by_role("button", name="Continue").click)
    one.is_in("Nora")


def _with_an_app(one: Reader, people: Cast) -> None:
    secret, codes = set_up(people.max)
    for code in (code_of(secret, steps=1), codes[0]):  # the app; and without it, if it is lost
        window = one.by_password("max")
        window.get_by_label("Code").fill(code)
        press_last(window, window.get_by_role("button", name="Sign in").click)
        one.is_in("Max")


def _by_passkey(one: Reader, home: str) -> None:
    one.by_password("mona")
    expect(one.frame.locator("#me bdi")).to_have_text("Mona")
    credential = credential_made(one.page, home)
    one.is_in("Mona")
    window = one.window()
    session, device = authenticator(window)  # of this window alone: it gets what the other has made
    given = {"authenticatorId": device, "credential": credential}
    session.send("WebAuthn.addCredential", given)
    press_last(window, window.get_by_role("button", name="Sign in with a passkey").click)
    one.is_in("Mona")


def _by_provider(one: Reader) -> None:
    """The window that comes back from the provider makes a passkey: the second step from then on."""
    window = one.window()
    session, device = authenticator(window)
    window.get_by_role("button", name="Continue with Example ID").click()
    window.get_by_role("button", name="nele").click()
    window.get_by_role("button", name="Create account").click()
    window.get_by_role("button", name="Add a passkey").click()
    expect(window.locator(".codes li")).to_have_count(10)
    found = session.send("WebAuthn.getCredentials", {"authenticatorId": device})
    press_last(window, window.get_by_role("button", name="I’ve saved them").click)
    one.is_in("Nele Niemand")
    window = one.window()
    session, device = authenticator(window)
    for credential in found["credentials"]:
        given = {"authenticatorId": device, "credential": credential}
        session.send("WebAuthn.addCredential", given)
    window.get_by_role("button", name="Continue with Example ID").click()
    window.get_by_role("button", name="nele").click()
    press_last(window, window.get_by_role("button", name="Use a passkey").click)
    one.is_in("Nele Niemand")
