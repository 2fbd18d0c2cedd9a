"""Files that come when they are needed: one that fails once is fetched again, and nothing typed is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import ARTICLE, Pages, box
from tests.browser.held import press_until_fetched, until
from tests.browser.test_loading import THREAD, state
from tests.factories import post

if TYPE_CHECKING:
    from tests.people import Cast

pytestmark = pytest.mark.browser
LOST = "This couldn’t be loaded. Check your connection and try again."


def refused(route: Route) -> None:
    route.abort("connectionrefused")


@pytest.mark.parametrize("lost", ["line.js", "after.js"])
def test_the_box_tries_again_without_its_words(
    page: Page, people: Cast, article: str, lost: str
) -> None:
    """The loader's own line stands there, and nothing tells that the service is back."""
    post(people.site, "Back again.")
    page.clock.install()
    for each in (THREAD, f"**/embed/{lost}*"):
        page.route(each, refused)
    page.goto(article)
    state(page, "away")
    own = page.get_by_role("link", name="The comments can’t be reached right now.")
    expect(own).to_have_count(1)
    for each in (THREAD, f"**/embed/{lost}*"):
        page.unroute(each)
    state(page, "shown")
    expect(box(page).locator(".text")).to_have_text("Back again.")
    expect(own).to_have_count(0)
    assert page.locator("iframe").count() == 1


def test_counts_come_later(page: Page, people: Cast, pages: Pages) -> None:
    post(people.site, "One.")
    page.clock.install()
    counting = "**/embed/counting.js*"
    lost: list[Route] = []
    page.route(counting, lambda route: (lost.append(route), refused(route)))
    page.goto(pages.write(f'<b data-commentsvc-count="{ARTICLE}"></b>{pages.tag(lazy="false")}'))
    until(page, lambda: lost, "nobody asked for counts")
    page.unroute(counting)
    number = page.locator("b")
    for _ in range(200):
        if number.text_content() == "1":
            break
        page.clock.run_for(500)
        page.wait_for_timeout(20)
    expect(number).to_have_text("1")


def test_writing_that_was_lost_comes_again(page: Page, people: Cast, article: str) -> None:
    """By a press; what was typed meanwhile is sent."""
    writing = "**/embed/script/*/writing/*"
    page.route(writing, refused)
    page.goto(article)
    frame = box(page)
    area, said = frame.locator("#write textarea"), frame.locator("p.tell", has_text=LOST)
    area.click()
    expect(said).to_be_visible()
    area.press_sequentially("Kept ")
    page.unroute(writing)
    area.click()
    expect(frame.locator("#write .go")).to_be_visible()
    expect(said).to_have_count(0)
    area.press_sequentially("and sent.")
    frame.locator("#write label input").fill("Edda")
    frame.locator("#write .go").click()
    expect(frame.locator("#list .text")).to_have_text("Kept and sent.")


def test_writing_that_was_lost_comes_by_itself(page: Page, people: Cast, article: str) -> None:
    page.clock.install()
    writing = "**/embed/script/*/writing/*"
    page.route(writing, refused)
    page.goto(article)
    frame = box(page)
    said = frame.locator("p.tell", has_text=LOST)
    frame.locator("#write textarea").click()
    expect(said).to_be_visible()
    page.unroute(writing)
    for _ in range(100):
        if frame.locator("#write .go").is_visible():
            break
        page.clock.run_for(500)
        page.wait_for_timeout(20)
    expect(frame.locator("#write .go")).to_be_visible()
    expect(said).to_have_count(0)


#: Part of the box -> what is pressed, and what comes then.
PRESSES = {
    "typing": ("#write [data-do='typing.help']", "#write .signs"),
    "emoji": ("#write [data-do='emoji.pick']", "#write .smiles"),
    "checking": ("#write [data-do=preview]", "#write .look"),
    "menu": ("#list .dots summary", "#list [role=menu]"),
    "person": ("#list [data-action=person]", "#list .card"),
}


def test_a_part_that_was_lost_comes_with_the_next_press(
    page: Page, people: Cast, article: str
) -> None:
    """Nothing typed is lost, a sentence says what happened, and it goes once the press works."""
    post(people.site, "A comment.", user=people.rita)
    for part in PRESSES:
        page.route(f"**/embed/script/*/{part}/*", refused)
    page.goto(article)
    frame = box(page)
    area, said = (
        frame.locator("#write textarea"),
        frame.locator("p.tell", has_text="Check your connection"),
    )
    press_until_fetched(page, area, "en.js")
    area.fill("Kept.")
    for part, (pressed, comes) in PRESSES.items():
        button = frame.locator(pressed).first
        button.dispatch_event("click")
        expect(said, part).to_be_visible()
        page.unroute(f"**/embed/script/*/{part}/*")
        button.dispatch_event("click")
        expect(frame.locator(comes).first, part).to_be_visible()
        expect(said, part).to_have_count(0)
        expect(area, part).to_have_value("Kept.")
        if part in ("emoji", "checking"):
            button.dispatch_event("click")


#: What hears of the page's colors in a frame without its script: what the page in it contains.
WITHOUT_SCRIPT = {
    "lost": ("**/embed/script/**", ARTICLE, "shown"),
    "refused": ("**/nothing", "https://elsewhere.example/", "refused"),
}


@pytest.mark.parametrize("kind", WITHOUT_SCRIPT)
def test_a_frame_without_its_script_gets_dark_with_the_page(
    page: Page, people: Cast, pages: Pages, kind: str
) -> None:
    """The loader waits for no style sheet, and one that is late can make the page dark."""
    lost, href, ends = WITHOUT_SCRIPT[kind]
    page.route(lost, refused)
    held: list[Route] = []
    page.route("**/late.css", lambda route: held.append(route))
    address = pages.write(pages.tag(href=href), head="<link rel=stylesheet href=late.css>")
    page.goto(address, wait_until="commit")
    frame = page.locator("iframe")
    expect(frame).to_have_attribute("data-commentsvc", ends)
    root = frame.content_frame.locator("html")
    expect(root).to_have_attribute("data-scheme", "light")
    for each in held:
        each.fulfill(content_type="text/css", body="body { background: #111; color: #eee }")
    expect(frame).to_have_css("color-scheme", "dark")
    expect(root).to_have_attribute("data-scheme", "dark")
    page.evaluate("commentsvc.scheme(document.body, 'light')")
    expect(root).to_have_attribute("data-scheme", "light")
