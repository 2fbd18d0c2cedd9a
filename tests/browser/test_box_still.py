"""Nothing jumps: what appears in the box stands in a place that was held for it, or over what is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import BrowserContext, Frame, Page, expect

from commentsvc.sites import commands as sites
from tests.browser.conftest import Pages, box
from tests.browser.members import come_back
from tests.browser.test_box import LOOKS_AGAIN, page_with_a_clock
from tests.browser.test_box_early import Held
from tests.factories import post

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.people import Cast

pytestmark = pytest.mark.browser


SHIFTS = """() => {
    window.shifts = 0;
    new PerformanceObserver((list) => {
        for (const each of list.getEntries()) shifts += each.value;
    }).observe({type: "layout-shift"});
}"""


def top(frame: Frame) -> float:
    """Where the comments begin."""
    found: float = frame.locator("#list").evaluate("(node) => node.getBoundingClientRect().top")
    return found


def asked_in_place(page: Page, frame: Frame, button: str) -> None:
    """Signing in from there moves no comment, and what it says is whole."""
    before = [each.bounding_box() for each in frame.locator(".comment").all()]
    with page.context.expect_page() as popup:
        frame.locator(button).click()
    asking = frame.locator("#asking")
    expect(asking).to_contain_text("Use the other window to sign in.")
    assert [each.bounding_box() for each in frame.locator(".comment").all()] == before
    assert asking.evaluate(
        """(node) => {
            const {left, right, bottom} = node.getBoundingClientRect();
            return left >= 0 && right <= innerWidth && bottom <= document.body.offsetHeight;
        }"""
    )
    asking.get_by_role("button", name="Cancel").click()
    expect(asking).to_have_count(0)
    popup.value.close()


@pytest.mark.parametrize("width", [320, pytest.param(1280, marks=pytest.mark.drill)])
def test_it_works(
    new_context: Callable[..., BrowserContext], people: Cast, pages: Pages, width: int
) -> None:
    """Before the script, once it is there, and while somebody signs in, from the head and from a form."""
    post(people.site, "I took the tram.", user=people.max)
    post(people.site, "I walked.", user=people.mona)
    context = new_context(
        viewport={"width": width, "height": 700}, has_touch=width == 320, is_mobile=width == 320
    )
    page = context.new_page()
    script = Held(page, "**/embed/script/**")
    page.goto(pages.write(pages.tag()), wait_until="commit")
    script.wait()
    handle = page.locator("iframe").element_handle()
    frame = handle.content_frame() if handle else None
    assert frame is not None
    expect(frame.locator("#list .text")).to_have_count(2)
    expect(frame.locator("#me")).to_be_hidden()
    before = top(frame)
    script.let_go()
    expect(frame.locator("#me [data-action=sign-in]")).to_be_visible()
    assert top(frame) == before
    asked_in_place(page, frame, "#me [data-action=sign-in]")
    frame.locator("#list [data-action=reply]").last.press("Enter")
    expect(frame.locator("#list form.open")).to_be_visible()
    asked_in_place(page, frame, "#list form [data-action=sign-in]")


@pytest.mark.parametrize("width", [pytest.param(360, marks=pytest.mark.drill), 1280])
def test_a_member_who_comes_back(
    new_context: Callable[..., BrowserContext], people: Cast, article: str, width: int
) -> None:
    """The line of who is signed in, the bell and what follows the conversation come late and move nothing."""
    for number in range(8):
        post(people.site, f"Number {number}.", user=people.max)
    page = new_context(
        viewport={"width": width, "height": 700}, has_touch=width == 360, is_mobile=width == 360
    ).new_page()
    come_back(page, article, people.rita, people.site)
    script = Held(page, "**/embed/script/**")
    page.reload(wait_until="commit")
    script.wait()
    handle = page.locator("iframe").element_handle()
    frame = handle.content_frame() if handle else None
    assert frame is not None
    expect(frame.locator("#list .text")).to_have_count(8)
    before = top(frame)
    frame.evaluate(SHIFTS)
    script.let_go()
    expect(frame.get_by_role("button", name="Follow this conversation")).to_be_attached()
    expect(frame.locator("#bell")).to_be_visible()
    narrow = frame.locator("#me summary")  # which opens a menu
    expect(narrow.or_(frame.get_by_role("button", name="Sign out"))).to_be_visible()
    assert abs(top(frame) - before) < 1
    assert frame.evaluate("shifts") < 0.05
    if width == 360:
        narrow.press("Enter")
    frame.locator("#me [data-action=sign-out]").click()
    expect(frame.locator(".top > #me [data-action=sign-in]")).to_be_visible()
    expect(frame.locator("#bell, .follow")).to_have_count(0)


def test_an_error_goes_when_the_reader_goes_on(page: Page, people: Cast, article: str) -> None:
    post(people.site, "I walked.", user=people.mona)
    sites.set_policy(people.site, {"guests_may_like": False}, by=people.olga)
    page.route(
        "**/sign-in/exchange", lambda route: route.fulfill(status=403, json={"detail": "No."})
    )
    page.goto(article)
    frame = box(page)
    for _ in range(2):
        with page.context.expect_page() as popup:
            frame.get_by_role("button", name="Like").press("Enter")
        expect(frame.locator("#asking")).to_have_text("No.")
        popup.value.close()
        frame.locator("#count").click()
        expect(frame.locator("#asking")).to_have_count(0)


# the height that a finger can hit
HIT = """button => {
  const {x, y, width, height} = button.getBoundingClientRect();
  const way = (by) => {
    let at = y + height / 2;
    while (document.elementFromPoint(x + width / 2, at) === button) at += by;
    return Math.abs(at - y - height / 2);
  };
  return way(1) + way(-1);
}"""


def between(frame: Frame, above: str, below: str) -> None:
    """The button that offers new comments touches neither of its neighbors, and a finger can press it:
    also a little above and below. Without it, they are no further apart than two comments are."""
    places = [frame.locator(each).first.bounding_box() for each in (above, "#new button", below)]
    assert all(places)
    over, button, under = [each for each in places if each]
    assert over["y"] + over["height"] <= button["y"]
    assert button["y"] + button["height"] <= under["y"]
    assert under["y"] - over["y"] - over["height"] <= 30
    assert frame.locator("#new button").evaluate(HIT) >= 39


def test_new_comments_are_offered_above_what_is_read(
    new_context: Callable[..., BrowserContext], people: Cast, article: str
) -> None:
    """The button stands in the gap above the list, and covers nothing, whether or not the form is open."""
    for text in ("I walked.", "I ran."):
        post(people.site, text, user=people.mona)
    page = page_with_a_clock(
        new_context(viewport={"width": 320, "height": 700}, has_touch=True, is_mobile=True)
    )
    page.goto(article)
    frame = box(page)
    expect(frame.locator("#me [data-action=sign-in]")).to_be_visible()
    before = frame.locator("#list").bounding_box()
    post(people.site, "I took the tram.", user=people.max)
    page.clock.fast_forward(LOOKS_AGAIN)
    button = frame.locator("#new button")
    expect(button).to_have_text("1 new comment")
    assert frame.locator("#list").bounding_box() == before
    for _ in range(2):
        between(frame, "#sort", "#list header")
        frame.locator("#write textarea").tap()
        expect(frame.locator("#write.open")).to_be_visible()
    button.tap()
    expect(frame.locator("#list > .c")).to_have_count(3)
    expect(frame.locator("#list > .c").first).to_contain_text("I took the tram.")
    frame.get_by_role("link", name="Oldest").tap()
    expect(frame.locator("#list > .c").last).to_contain_text("I took the tram.")
    for name in ("One", "Two"):
        post(people.site, f"{name} more.", user=people.max)
    page.clock.fast_forward(LOOKS_AGAIN)
    button.tap()
    expect(frame.locator("#list > .c")).to_have_count(5)
    expect(frame.locator("#list > .c").nth(3)).to_be_focused()
    expect(frame.locator("#list > .c").last).to_contain_text("Two more.")
