"""Everything under a path of the newspaper's own host: the box, signing in, the dashboard."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import BrowserContext, Page, Response, expect

from commentsvc.settings import settings
from tests.browser.conftest import ARTICLE, Server, box, write
from tests.browser.held import press_last
from tests.factories import post
from tests.people import PASSWORD, make_cast

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.browser

PREFIX = "/comments"
STORY = """<!doctype html><html lang=en><meta charset=utf-8><link rel=icon href="data:,">
<title>The bridge</title><p><span data-commentsvc-count="{href}"></span> comments</p>
<script async src="{prefix}/embed.js" data-site="harbour" data-href="{href}"></script>"""


@pytest.fixture
def host(live: Server, make_app: Callable[..., Any]) -> Iterator[str]:
    """A newspaper's host: its article, and the service under a path, which the proxy passes on."""
    before = live.app
    assert before is not None
    given = replace(settings.of(before), public_url=live.url + PREFIX)
    app = make_app(settings=given)
    inner = app.wsgi_app

    def proxy(environ: dict[str, Any], start_response: Any) -> Any:
        if environ["PATH_INFO"].startswith(f"{PREFIX}/"):
            return inner(environ, start_response)
        found = environ["PATH_INFO"] == "/story"
        start_response("200 OK" if found else "404 Gone", [("Content-Type", "text/html")])
        return [STORY.format(prefix=PREFIX, href=ARTICLE).encode() if found else b"not ours"]

    app.wsgi_app = proxy
    live.app = app
    yield live.url
    live.app = before


def test_it_works(host: str, new_context: Callable[..., BrowserContext]) -> None:
    cast = make_cast()
    first = post(cast.site, "The ferry was late again.").comment
    post(cast.site, "Never mind.", parent=first.public_id)
    post(cast.site, "What an idiot.")
    context = new_context(viewport={"width": 1100, "height": 900})
    wrong: list[str] = []
    context.on("response", lambda answer: _look(answer, wrong))
    page = context.new_page()
    page.goto(f"{host}/story")
    expect(page.locator("[data-commentsvc-count]")).to_have_text("2")
    frame = box(page)
    write(frame, "I was on that ferry.")
    expect(frame.get_by_text("I was on that ferry.")).to_be_visible()
    _sign_in(page)
    expect(frame.locator("#me bdi")).to_have_text("Mona")
    frame.locator("#list [data-action=like]").last.click()
    expect(frame.locator("#list [data-action=like]").last).to_have_attribute("aria-pressed", "true")
    _read_the_bell(page)
    _moderate(context, host)
    assert wrong == []


def _look(answer: Response, wrong: list[str]) -> None:
    path = answer.url.partition("://")[2].partition("/")[2]
    stray = not f"/{path}".startswith((f"{PREFIX}/", "/story"))
    if stray or answer.status >= 400:
        wrong.append(f"{answer.status} {answer.url}")


def _sign_in(page: Page) -> None:
    with page.context.expect_page() as popup:
        box(page).locator("#me [data-action=sign-in]").click()
    window = popup.value
    window.get_by_label("Email").fill("mona@example.org")
    window.get_by_label("Password").fill(PASSWORD)
    press_last(window, window.get_by_role("button", name="Sign in").click)


def _read_the_bell(page: Page) -> None:
    frame = box(page)
    frame.locator("#bell").click()
    expect(frame.locator("#told")).to_be_visible()


def _moderate(context: BrowserContext, host: str) -> None:
    """The queue, one card at a time with what is around it, and a decision by a key."""
    page = context.new_page()
    page.goto(f"{host}{PREFIX}/dashboard/")
    page.keyboard.press("z")
    expect(page.locator(".conversation").first).to_be_visible()
    page.keyboard.press("e")
    expect(page.locator(".toast")).to_contain_text("Featured")
    expect(page.locator("#cards .card")).to_have_count(0)
    page.keyboard.press("Escape")  # one at a time shows nothing else
    page.keyboard.press("Control+k")
    page.get_by_role("combobox").press_sequentially("ferry")
    page.get_by_role("option", name="Search comments").click()
    page.locator("#cards .card", has_text="I was on that ferry.").focus()
    page.keyboard.press("r")
    page.locator(".reply-form:visible textarea").fill("So was I.")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".toast")).to_contain_text("Reply published.")
    page.get_by_role("link", name="Log").click()
    expect(page.locator("main")).to_contain_text("Mona")
    page.goto(f"{host}{PREFIX}/account/")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_label("Password")).to_be_visible()  # an earlier visit would cancel it
    page.goto(f"{host}{PREFIX}/dashboard/log")
    assert page.url.startswith(f"{host}{PREFIX}/account/sign-in?next=")
    page.get_by_label("Email").fill("mona@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.locator("main")).to_contain_text("Mona")
    assert page.url == f"{host}{PREFIX}/dashboard/log"
