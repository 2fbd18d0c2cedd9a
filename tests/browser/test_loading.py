"""Every way a load can end: shown, refused with a word for the owner, or away with one quiet line."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Error, Page, Route, expect

from commentsvc.sites import commands as sites
from commentsvc.threads import commands as threads
from tests.browser.conftest import ARTICLE, Pages, box
from tests.browser.held import press_until_fetched, until
from tests.factories import post

if TYPE_CHECKING:
    from tests.people import Cast

pytestmark = pytest.mark.browser

THREAD = "**/embed/thread?*"
NGINX = "<html><body><center><h1>502 Bad Gateway</h1></center><hr>nginx/1.24.0</body></html>"
STATES = (
    """commentsvc.on("state", ({ state }) => (window.states = window.states || []).push(state))"""
)


def broken(route: Route) -> None:
    route.fulfill(status=502, content_type="text/html", body=NGINX)


def foreign(route: Route) -> None:
    route.fulfill(
        status=200, content_type="text/html", headers={"X-Frame-Options": "DENY"}, body=NGINX
    )


def without_scripts(route: Route) -> None:
    answer = route.fetch()
    answer_headers = {**answer.headers, "content-security-policy": "script-src 'none'"}
    route.fulfill(response=answer, headers=answer_headers)


#: What happens to the request for the frame's page; None: it is never answered.
FAULTS: dict[str, Any] = {
    # a host that is not found is the same to the page
    "refused connection": lambda route: route.abort("connectionrefused"),
    "proxy's error page": broken,
    "not to be framed": foreign,
    "never answered": lambda route: None,
    "scripts forbidden": without_scripts,
}


def state(page: Page, wanted: str) -> None:
    """Wait until the box is in this state; time flies."""
    page.locator("iframe").wait_for(state="attached")
    for _ in range(60):
        if page.locator("iframe").get_attribute("data-commentsvc") == wanted:
            return
        page.clock.run_for(500)
        page.wait_for_timeout(20)
    expect(page.locator("iframe")).to_have_attribute("data-commentsvc", wanted)


def line(page: Page) -> Any:
    return page.get_by_role("status").filter(has=page.get_by_role("button"))


@pytest.mark.parametrize("fault", FAULTS)
def test_it_works(page: Page, people: Cast, article: str, fault: str) -> None:
    """Away: one line, nothing of what came instead. Then the service is back, and the reader tries again."""
    post(people.site, "Back again.")
    page.clock.install()
    page.route(THREAD, FAULTS[fault])
    page.goto(article, wait_until="commit")
    frame = page.locator("iframe")
    expect(frame).to_have_attribute("data-commentsvc", "waiting")
    assert "linear-gradient" in str(frame.get_attribute("style"))  # the gray surface
    state(page, "away")
    expect(line(page)).to_contain_text("can’t be reached")
    size = page.locator("iframe").bounding_box()
    assert size is None or size["height"] == 0
    assert line(page).bounding_box()["height"] < 80
    expect(page.locator("footer")).to_be_in_viewport()
    opened = line(page).get_by_role("link").get_attribute("href")
    assert opened is not None and "/embed/thread?" in opened and "#" not in opened
    line(page).get_by_role("button").click()
    expect(line(page).get_by_role("button")).to_be_disabled()
    expect(line(page).get_by_role("button")).to_be_focused()
    state(page, "away")
    page.unroute(THREAD)
    if fault != "never answered":  # the last request is let through now
        with suppress(Error):  # unless the box was faster: it tries by itself as well
            line(page).get_by_role("button").click(timeout=2000)
    state(page, "shown")
    expect(box(page).locator(".text")).to_have_text("Back again.")
    expect(line(page)).to_have_count(0)
    assert page.locator("iframe").count() == 1
    expect(page.locator("iframe")).to_be_focused()


def test_an_answer_that_comes_late_is_shown(page: Page, people: Cast, article: str) -> None:
    post(people.site, "At last.")
    held: list[Route] = []
    page.clock.install()
    page.route(THREAD, lambda route: held.append(route))
    page.goto(article, wait_until="commit")
    state(page, "away")
    held[0].continue_()
    state(page, "shown")
    expect(box(page).locator(".text")).to_have_text("At last.")
    expect(line(page)).to_have_count(0)


def test_a_box_far_below_waits_for_its_reader(page: Page, people: Cast, pages: Pages) -> None:
    """It has not been asked for yet, so nothing is wrong."""
    page.clock.install()
    page.goto(pages.write(f'<div style="height: 9000px"></div>{pages.tag()}'))
    page.locator("iframe").wait_for(state="attached")
    page.clock.run_for(60_000)
    expect(page.locator("iframe")).to_have_attribute("data-commentsvc", "waiting")
    page.locator("iframe").scroll_into_view_if_needed()
    state(page, "shown")


def test_the_network_comes_back(page: Page, people: Cast, article: str) -> None:
    page.clock.install()
    page.route(THREAD, FAULTS["refused connection"])
    page.goto(article)
    state(page, "away")
    page.unroute(THREAD)
    page.evaluate("dispatchEvent(new Event('online'))")
    state(page, "shown")


def test_the_network_comes_back_during_a_try(page: Page, people: Cast, article: str) -> None:
    """That try began without a network and would fail: another one begins at once."""
    post(people.site, "Back again.")
    page.clock.install()
    page.route(THREAD, FAULTS["refused connection"])
    page.goto(article)
    state(page, "away")
    page.unroute(THREAD)
    tries: list[Route] = []

    def only_the_first_hangs(route: Route) -> None:
        tries.append(route)
        if len(tries) > 1:
            route.continue_()

    page.route(THREAD, only_the_first_hangs)
    line(page).get_by_role("button").click()
    expect(line(page).get_by_role("button")).to_be_disabled()
    until(page, lambda: tries, "nothing is tried")
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(box(page).locator(".text")).to_have_text("Back again.")
    expect(line(page)).to_have_count(0)
    assert page.locator("iframe").count() == 1


def test_the_line_speaks_the_pages_language(page: Page, people: Cast, pages: Pages) -> None:
    page.clock.install()
    page.route(THREAD, FAULTS["refused connection"])
    words = {
        "de-AT": "Erneut versuchen",
        "ar": "إعادة المحاولة",
        "fr": "Réessayer",
        "es": "Reintentar",
        "xx": "Try again",
    }
    for lang, said in words.items():
        page.goto(pages.write(pages.tag(), lang=lang))
        state(page, "away")
        expect(line(page).get_by_role("button"), lang).to_have_text(said)


def test_the_line_speaks_what_an_earlier_visit_has_fetched(
    page: Page, people: Cast, pages: Pages
) -> None:
    """The loader itself has the words of few languages; the browser has kept the others."""
    address = pages.write(pages.tag(), lang="pl")
    page.goto(address)
    press_until_fetched(page, box(page).locator("body"), "wording.js")
    page.route(THREAD, FAULTS["refused connection"])
    page.clock.install()
    page.goto(address, wait_until="commit")
    state(page, "away")
    expect(line(page)).to_contain_text("Nie można teraz wczytać komentarzy.")


@pytest.mark.parametrize("lost", ["refused", "broken", "hangs"])
def test_a_lost_script_hides_no_comment(page: Page, people: Cast, article: str, lost: str) -> None:
    """The comments are there in full; what cannot work is not offered; a press loads the rest."""
    for number in range(12):
        post(people.site, f"Comment {number}.")
    script = "**/embed/script/**"
    page.clock.install()
    page.route(
        script,
        {
            "refused": lambda route: route.abort("connectionrefused"),
            "broken": broken,
            "hangs": lambda route: None,
        }[lost],
    )
    page.goto(article, wait_until="commit")
    state(page, "shown")
    page.clock.run_for(15_000)
    frame = page.frame_locator("iframe")
    note = frame.locator("#lost")
    expect(note).to_be_visible()
    inside = frame.locator("body").evaluate("node => node.offsetHeight")
    expect(page.locator("iframe")).to_have_js_property("offsetHeight", inside)
    assert inside > 1000
    assert frame.locator("main button:visible").count() == 1
    expect(frame.locator("#write")).to_be_hidden()
    frame.locator("[data-sort=oldest]").click()  # a link leads on, and the box stays
    expect(frame.locator("#list .text").first).to_have_text("Comment 0.")
    page.clock.run_for(15_000)
    state(page, "shown")
    expect(note).to_be_visible()
    page.unroute(script)
    note.get_by_role("button").click()
    expect(frame.locator("#write textarea")).to_be_visible()
    expect(note).to_be_hidden()
    expect(frame.get_by_role("button", name="Reply").first).to_be_visible()


#: why -> what the tag says wrongly, the word for the owner
REFUSALS: dict[str, tuple[dict[str, str], str]] = {
    "unknown_site": ({"site": "nobody"}, "data-site"),
    "foreign_address": ({"href": "https://elsewhere.example/a"}, "https://elsewhere.example"),
    "not_an_article": ({"href": "javascript:alert(1)"}, "data-href"),
    "unlisted": ({}, "http://localhost:"),
}


def test_a_refusal_says_why(page: Page, people: Cast, pages: Pages) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    for why, (tag, words) in REFUSALS.items():
        if why == "unlisted":
            sites.set_origins(people.site, ["https://news.example.org"])
        page.goto(pages.write(pages.tag(**tag) + "<footer>Footer</footer>"))
        expect(page.locator("iframe"), why).to_have_attribute("data-commentsvc", "refused")
        expect(page.frame_locator("iframe").get_by_role("alert"), why).to_contain_text(words)
        assert any(why in each for each in said)
        assert page.locator("iframe").evaluate("node => node.offsetHeight") > 40
        said.clear()


def test_a_page_within_a_page_that_is_not_listed(page: Page, people: Cast, pages: Pages) -> None:
    inner = pages.write(pages.tag(), "inner.html")
    outer = inner.replace("localhost", "127.0.0.1").replace("inner", "outer")
    pages.write(f'<iframe src="{inner}" width=800 height=700></iframe>', "outer.html")
    sites.set_origins(people.site, ["http://localhost:*"])
    page.goto(outer)
    alert = page.frame_locator("iframe").frame_locator("iframe").get_by_role("alert")
    expect(alert).to_contain_text("http://127.0.0.1:")


def test_a_page_without_an_origin(page: Page, people: Cast, pages: Pages) -> None:
    """In a sandbox: it is told so, and sees how tall that is."""
    inner = pages.write(pages.tag(), "inner.html")
    page.goto(
        pages.write(f'<iframe sandbox="allow-scripts" src="{inner}" width=800 height=700></iframe>')
    )
    inside = page.frame_locator("iframe")
    expect(inside.locator("iframe")).to_have_attribute("data-commentsvc", "refused")
    expect(inside.frame_locator("iframe").get_by_role("alert")).to_contain_text("null")


def test_www_of_a_listed_host(page: Page, people: Cast, pages: Pages) -> None:
    sites.set_origins(people.site, ["https://example.org"])
    page.route(
        "https://www.example.org/",
        lambda route: route.fulfill(
            body=f"<!doctype html><body>{pages.tag(href='https://www.example.org/a')}",
            content_type="text/html",
        ),
    )
    page.goto("https://www.example.org/")
    expect(box(page).locator("#empty")).to_be_visible()


def test_a_closed_conversation_is_shown(page: Page, people: Cast, article: str) -> None:
    threads.set_closed(threads.thread_of(post(people.site, "Last word.").comment), True)
    page.goto(article)
    expect(page.locator("iframe")).to_have_attribute("data-commentsvc", "shown")
    expect(box(page).locator(".text")).to_have_text("Last word.")


def test_the_page_is_told(page: Page, people: Cast, pages: Pages, live: Any) -> None:
    page.goto(
        pages.write("<div id=spot></div>", head=f'<script src="{live.url}/embed.js"></script>')
    )
    page.evaluate(STATES)
    page.evaluate(f'commentsvc.mount(spot, {{site: "harbour", href: "{ARTICLE}", lazy: "no"}})')
    page.wait_for_function("window.states && states.join() === 'waiting,shown'")


def test_comments_in_the_page_stay_until_the_box_is_there(
    page: Page, people: Cast, pages: Pages
) -> None:
    written = '<section class="commentsvc-comments" style="height: 300px">Written by the server.</section>'
    container = f'<div class="commentsvc" data-site="harbour">{written}</div>'
    tag = f'<script async src="{pages.service}/embed.js"></script>'
    page.clock.install()
    page.route(THREAD, FAULTS["refused connection"])
    page.goto(pages.write(container + tag))
    state(page, "away")
    expect(page.get_by_text("Written by the server.")).to_be_visible()
    page.unroute(THREAD)
    line(page).get_by_role("button").click()
    state(page, "shown")
    expect(page.get_by_text("Written by the server.")).to_have_count(0)
    expect(page.locator("iframe")).to_be_visible()
