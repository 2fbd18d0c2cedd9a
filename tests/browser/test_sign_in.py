"""Signing in from inside the frame. This Chromium blocks cookies and storage of third parties."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import BrowserContext, Frame, Page, Route, expect

from commentsvc.sites import commands as sites
from tests.browser.conftest import Pages, Server, box, write
from tests.browser.held import press_last, until
from tests.people import PASSWORD, Cast

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.browser


def sign_in(page: Page, frame: Frame, email: str = "rita@example.org") -> None:
    with page.context.expect_page() as popup:
        frame.locator("#me [data-action=sign-in]").click()
    window = popup.value
    window.get_by_label("Email").fill(email)
    window.get_by_label("Password").fill(PASSWORD)
    press_last(window, window.get_by_role("button", name="Sign in").click)
    expect(frame.locator("#me bdi")).to_be_visible()


#: What some browsers do to frames of other sites, beyond blocking their cookies.
NO_STORAGE = """Object.defineProperty(window, "localStorage", {
    get() { throw new DOMException("Access is denied for this document.", "SecurityError") },
});"""


@pytest.mark.parametrize("storage", [True, False])
def test_it_works(
    new_context: Callable[..., BrowserContext],
    people: Cast,
    article: str,
    storage: bool,
) -> None:
    context = new_context()
    if not storage:
        context.add_init_script(NO_STORAGE)
    page = context.new_page()
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    page.goto(article)
    frame = box(page)
    frame.evaluate("document.cookie = 'third=party; SameSite=None; Secure'")
    assert frame.evaluate("document.cookie") == ""  # this browser blocks third-party cookies
    sign_in(page, frame)
    expect(frame.locator("#me bdi")).to_have_text("Rita")
    write(frame, "As myself.", name=None)
    expect(frame.locator("#list .by")).to_have_text("Rita")
    page.reload()
    frame = box(page)
    expect(frame.locator("#me bdi")).to_have_text("Rita")
    expect(frame.locator("#list [data-action=edit]")).to_be_visible()
    kept = [str(each["value"]) for each in context.cookies() if "refresh" in str(each["name"])]
    if storage:
        assert kept == []
        kept = frame.evaluate(
            "Object.entries(localStorage).filter(([key]) => key.includes('refresh')).map(String)"
        )
    secret = re.findall(r"[\w-]{20,}", kept[0].replace("%22", " "))[-1]
    assert not any(secret in url for url in asked)
    frame.get_by_role("button", name="Sign out").click()
    expect(frame.locator("#me [data-action=sign-in]")).to_be_visible()
    page.reload()
    expect(box(page).locator("#me [data-action=sign-in]")).to_be_visible()


def test_a_second_site_does_not_know_the_reader(
    new_context: Callable[..., BrowserContext], people: Cast, pages: Pages, article: str
) -> None:
    page = new_context().new_page()
    page.goto(article)
    sign_in(page, box(page))
    page.goto(pages.write(pages.tag("mountain", "https://mountain.example.net/a"), "other.html"))
    with page.context.expect_page() as popup:
        box(page).locator("#me [data-action=sign-in]").click()
    popup.value.get_by_role("button", name="Continue as Rita").click()
    expect(box(page).locator("#me bdi")).to_have_text("Rita")


def test_an_account_is_made_there_too(page: Page, people: Cast, article: str) -> None:
    page.goto(article)
    frame = box(page)
    with page.expect_popup() as popup:
        frame.locator("#me [data-action=sign-in]").click()
    window = popup.value
    window.get_by_role("link", name="Create an account").click()
    window.get_by_label("Display name").fill("Nora")
    window.get_by_label("Email").fill("rita@example.org")
    window.get_by_label("Password").fill("a long enough one")
    press_last(window, window.get_by_role("button", name="Create account").click)
    expect(window.locator("#problem")).to_be_visible()
    expect(window.get_by_label("Display name")).to_have_value("Nora")
    window.get_by_label("Email").fill("nora@example.org")
    window.get_by_label("Password").fill("a long enough one")
    press_last(window, window.get_by_role("button", name="Create account").click)
    expect(frame.locator("#me bdi")).to_have_text("Nora")


def test_a_wrong_password_and_a_closed_window(page: Page, people: Cast, article: str) -> None:
    page.goto(article)
    frame = box(page)
    with page.expect_popup() as popup:
        frame.locator("#me [data-action=sign-in]").click()
    window = popup.value
    window.get_by_label("Email").fill("rita@example.org")
    window.get_by_label("Password").fill("not the password")
    press_last(window, window.get_by_role("button", name="Sign in").click)
    expect(window.get_by_role("alert")).to_contain_text("Wrong email or password")
    window.close()
    expect(frame.locator("#me .tell")).to_contain_text("Sign-in was canceled.")


def test_the_window_opens_before_its_script_is_there(
    page: Page, people: Cast, article: str
) -> None:
    """Safari opens one only in the press itself. A script that does not come takes it away again."""
    waiting: list[Route] = []
    page.route("**/sign_in/*.js", lambda route: waiting.append(route))
    page.goto(article)
    frame = box(page)
    with page.expect_popup() as popup:
        frame.locator("#me [data-action=sign-in]").click()
    expect(popup.value.get_by_label("Email")).to_be_visible()
    with popup.value.expect_event("close"):
        waiting[0].abort()
    expect(frame.locator(".top .tell")).to_have_text("Something went wrong. Please try again.")


def test_a_blocked_window_can_be_opened_by_a_link(page: Page, people: Cast, article: str) -> None:
    page.add_init_script("window.open = () => null")
    page.goto(article)
    frame = box(page)
    frame.locator("#me [data-action=sign-in]").click()
    with page.expect_popup() as popup:
        frame.get_by_role("link", name="Open it here").click()
    window = popup.value
    window.get_by_label("Email").fill("rita@example.org")
    window.get_by_label("Password").fill(PASSWORD)
    press_last(window, window.get_by_role("button", name="Sign in").click)
    expect(frame.locator("#me bdi")).to_have_text("Rita")


def test_a_page_that_cuts_its_windows_off(
    new_context: Callable[..., BrowserContext], people: Cast, pages: Pages, article: str
) -> None:
    """Cross-Origin-Opener-Policy: the frame gets no window, the window no opener."""
    pages.headers(Cross_Origin_Opener_Policy="same-origin")
    page = new_context().new_page()
    page.goto(article)
    sign_in(page, box(page))
    expect(box(page).locator("#me bdi")).to_have_text("Rita")
    expect(box(page).locator("#asking")).to_have_count(0)


def test_a_page_of_the_service_that_cuts_its_windows_off(
    page: Page, people: Cast, pages: Pages, live: Server
) -> None:
    """As the demo's: the window that was cut off says that it is closed while it is open."""
    sites.set_origins(people.site, [live.url])
    body = f"<!doctype html><title>The bridge</title>{pages.tag(href=None)}"
    headers = {"Cross-Origin-Opener-Policy": "same-origin", "Content-Type": "text/html"}
    address = f"{live.url}/demo/bridge"
    page.route(address, lambda route: route.fulfill(body=body, headers=headers))
    page.clock.install()
    page.goto(address)
    frame = box(page)
    with page.context.expect_page() as popup:
        frame.locator("#me [data-action=sign-in]").click()
    window = popup.value
    window.get_by_label("Email").fill("rita@example.org")
    for pause in (1000, 1250):
        with page.expect_response("**/sign-in/exchange"):
            page.clock.run_for(pause)
    expect(frame.locator("#asking")).to_contain_text("Use the other window")
    window.get_by_label("Password").fill(PASSWORD)
    press_last(window, window.get_by_role("button", name="Sign in").click)
    expect(frame.locator("#me bdi")).to_have_text("Rita")


def test_a_wait_that_is_cancelled_is_over(page: Page, people: Cast, pages: Pages) -> None:
    pages.headers(Cross_Origin_Opener_Policy="same-origin")
    page.clock.install()
    page.goto(pages.write(pages.tag()))
    frame = box(page)
    button = frame.locator("#me [data-action=sign-in]")
    with page.context.expect_page() as popup:
        button.click()
    popup.value.close()
    expect(frame.locator("#asking")).to_contain_text("Use the other window")
    with page.context.expect_page() as popup:
        frame.get_by_role("link", name="Open it here").click()
    came_from = popup.value.evaluate("document.referrer")
    assert came_from.startswith(f"{pages.service}/embed/asking-")
    popup.value.close()
    frame.get_by_role("button", name="Cancel").click()
    expect(frame.locator("#asking")).to_have_count(0)
    expect(button).to_be_focused()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for _ in range(3):  # it asked after a second first, then after ever more
        page.clock.run_for(5000)
        frame.evaluate("fetch('/embed/asking')")
    assert [url for url in asked if "exchange" in url] == []


def test_two_boxes_wait_and_one_window_is_enough(page: Page, people: Cast, pages: Pages) -> None:
    other = "https://news.example.org/2026/ferry"
    page.goto(pages.write(pages.tag() + pages.tag(href=other)))
    frames = [page.locator("iframe").nth(at).content_frame for at in (0, 1)]
    windows = []
    for each in frames:
        with page.expect_popup() as popup:
            each.locator("#me [data-action=sign-in]").click()
        windows.append(popup.value)
    first, second = windows
    second.get_by_label("Email").fill("rita@example.org")
    second.get_by_label("Password").fill(PASSWORD)
    second.get_by_role("button", name="Sign in").click()
    expect(frames[1].locator("#me bdi")).to_have_text("Rita")
    expect(frames[0].locator("#me bdi")).to_have_text("Rita")
    expect(frames[0].locator("#asking")).to_have_count(0)
    until(page, first.is_closed, "the other window is open")


def test_ones_own_comments_do_not_ask_again(page: Page, people: Cast, article: str) -> None:
    page.goto(article)
    frame = box(page)
    sign_in(page, frame)
    with page.expect_popup() as popup:
        frame.get_by_role("link", name="My comments").click()
    expect(popup.value.get_by_role("heading", name="Your account")).to_be_visible()
    popup.value.close()
    frame.get_by_role("button", name="Sign out").click()
    expect(frame.locator("#me [data-action=sign-in]")).to_be_visible()
    page.goto(f"{frame.url.partition('/embed')[0]}/account/")
    expect(page.get_by_label("Password")).to_be_visible()


def test_a_hostile_opener_gets_nothing(
    page: Page, people: Cast, pages: Pages, live: Server
) -> None:
    nonce = "ab" * 16
    page.goto(pages.write("<button>open</button>"))
    page.evaluate(
        f"""() => {{
            window.heard = [];
            addEventListener("message", (event) => window.heard.push(event.data));
            document.querySelector("button").onclick = () =>
                window.open("{live.url}/embed/sign-in?site=harbour&nonce={nonce}");
        }}"""
    )
    with page.expect_popup() as popup:
        page.click("button")
    window = popup.value
    window.get_by_label("Email").fill("rita@example.org")
    window.get_by_label("Password").fill(PASSWORD)
    press_last(window, window.get_by_role("button", name="Sign in").click)
    expect(window.locator("body")).to_have_attribute("data-state", "lost")
    window.wait_for_load_state()  # and has said all that it says
    assert page.evaluate("window.heard") == []


def test_the_window_cannot_be_framed(page: Page, people: Cast, pages: Pages, live: Server) -> None:
    nonce = "ab" * 16
    address = f"{live.url}/embed/sign-in?site=harbour&nonce={nonce}"
    with page.expect_console_message(lambda message: "frame-ancestors" in message.text):
        page.goto(pages.write(f'<iframe src="{address}"></iframe>'))


def test_messages_of_others_change_nothing(page: Page, people: Cast, article: str) -> None:
    page.goto(article)
    frame = box(page)
    height = page.locator("iframe").bounding_box()["height"]
    page.evaluate(
        """() => {
            const box = document.querySelector("iframe").contentWindow;
            for (const data of [
                {code: "x", nonce: ""}, {nonce: undefined}, {show: "<img src=x onerror=alert(1)>"},
                {scheme: "x\\"><b>"}, null, 7, "text", [], {height: 5}, {title: {}},
            ]) { box.postMessage(data, "*"); window.postMessage(data, "*"); }
            window.postMessage({commentsvc: 1, height: 9999, event: "comment.create"}, "*");
        }"""
    )
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    frame.evaluate("postMessage({code: 'somebody', nonce: 'else'}, location.origin)")
    page.wait_for_timeout(500)
    assert [url for url in asked if "exchange" in url] == []
    assert page.locator("iframe").bounding_box()["height"] == height
    assert frame.locator("#me [data-action=sign-in]").is_visible()
    assert "comment=" not in frame.url


def test_other_windows_of_the_page_are_not_heard(page: Page, people: Cast, pages: Pages) -> None:
    said = "{scheme: 'dark', show: 'abc'}, {height: 5, title: 'x', event: 'comment.create'}"
    hostile = (
        f"<script>setInterval(() => {{ for (const data of [{said}]) {{"
        "parent.postMessage(data, '*');"
        "for (let at = 0; at < parent.length; at++) parent[at].postMessage(data, '*');"
        "}}, 50)</script>"
    )
    pages.write(hostile, "hostile.html")
    page.goto(pages.write(f'{pages.tag()}<embed src="hostile.html"><iframe src="hostile.html">'))
    frame = box(page)
    page.wait_for_timeout(600)
    assert frame.locator("html").get_attribute("data-scheme") == "light"
    assert "comment=" not in frame.url
    size = page.locator("iframe").first.bounding_box()
    assert size is not None and size["height"] > 100
    assert page.locator("iframe").first.get_attribute("title") == "Comments"
