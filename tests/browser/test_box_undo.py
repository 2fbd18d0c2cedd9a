"""An undo that is pressed in time holds: it waits where it has to, and stays where it cannot be sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Frame, Locator, Page, Route, expect

from tests.browser.conftest import box, choose, write
from tests.browser.held import until
from tests.factories import post

if TYPE_CHECKING:
    from tests.people import Cast

pytestmark = pytest.mark.browser

ONE = "**/api/v1/comments/*"
WAIT = "Try again in 5 seconds."
TOO_MANY: dict[str, Any] = {
    "status": 429,
    "headers": {"Retry-After": "5"},
    "json": {"status": 429, "code": "too_many_requests", "title": "Too many", "detail": WAIT},
}


def refuse(page: Page, where: str) -> None:
    """The next request that changes something there comes too soon."""

    def answer(route: Route) -> None:
        if route.request.method == "GET":
            return route.continue_()
        route.fulfill(**TOO_MANY)
        return page.unroute(where)

    page.route(where, answer)


def undone(page: Page, frame: Frame, text: str) -> None:
    area = frame.locator("#write.open textarea")

    def is_back() -> bool:
        page.clock.run_for(500)
        return area.is_visible() and area.input_value() == text

    until(page, is_back, "the text did not come back")
    expect(frame.locator("#list > .c")).to_have_count(0)


def posted(page: Page, article: str, text: str) -> tuple[Frame, Locator, Locator]:
    """The box on a page whose clock a test moves, the comment just posted there, and its Undo."""
    page.clock.install()
    page.goto(article)
    frame = box(page)
    write(frame, text)
    mine = frame.locator("#list > .c")
    undo = mine.get_by_role("button", name="Undo")
    expect(undo).to_be_visible()
    return frame, mine, undo


def test_it_works(page: Page, people: Cast, article: str) -> None:
    frame, mine, undo = posted(page, article, "Too quick.")
    refuse(page, ONE)
    undo.click()
    expect(mine.locator(".tell")).to_have_text(WAIT)
    expect(undo).to_have_text("Undo5")
    expect(undo).to_be_focused()
    undone(page, frame, "Too quick.")


def test_without_a_connection_it_is_tried_again(page: Page, people: Cast, article: str) -> None:
    """What it says stands beside it, not in the offer of emails."""
    frame, mine, undo = posted(page, article, "In a tunnel.")
    expect(mine.locator(".offer")).to_be_visible()
    page.route(ONE, lambda route: route.abort())
    undo.click()
    expect(mine.locator("article > .own + .tell")).to_have_text("No connection. Trying again…")
    page.clock.run_for(30_000)
    expect(undo).to_be_visible()
    expect(mine.locator(".tell")).to_have_count(1)
    page.unroute(ONE)
    undone(page, frame, "In a tunnel.")


def test_deleting_without_a_connection(page: Page, people: Cast, article: str) -> None:
    """The question says that it failed, also above the offer of emails."""
    page.goto(article)
    frame = box(page)
    write(frame, "In a tunnel.")
    mine = frame.locator("#list > .c")
    expect(mine.locator(".offer")).to_be_visible()
    choose(mine, "withdraw")
    page.route(ONE, lambda route: route.abort())
    mine.locator("form.panel .do").last.click()
    told = mine.locator("form.panel .tell", has_text="Check your connection")
    expect(told).to_be_in_viewport()
    page.unroute(ONE)
    mine.locator("form.panel .do").last.click()
    expect(frame.locator("#list > .c")).to_have_count(0)


def test_a_wait_that_is_over_is_said_no_more(page: Page, people: Cast, article: str) -> None:
    """Whatever was pressed too often; it can be pressed again."""
    made = post(people.site, "First.", name="Bo").comment.public_id
    page.clock.install()
    page.goto(article)
    frame = box(page)
    first = frame.locator(f"#c-{made}")
    told = first.locator(".tell")
    refuse(page, "**/like*")
    first.locator("[data-action=like]").click()
    expect(told).to_have_text(WAIT)
    page.clock.run_for(6_000)
    expect(told).to_have_count(0)
    choose(first, "flag")
    first.get_by_label("Spam or advertising").check()
    refuse(page, "**/flags")
    send = first.get_by_role("button", name="Send report")
    send.click()
    expect(told).to_have_text(WAIT)
    page.clock.run_for(6_000)
    expect(told).to_have_count(0)
    send.click()
    expect(told).to_have_text("Thank you. A moderator will look at it.")


def begin(frame: Frame, text: str, act: str) -> None:
    """Post, and begin an edit of it or a reply to it."""
    write(frame, text)
    mine = frame.locator("#list > .c").first
    expect(mine.get_by_role("button", name="Undo")).to_be_visible()
    mine.locator(f"> article [data-action={act}]").click()
    expect(mine.locator("form.write.open")).to_be_visible()


def test_the_edit_in_progress_is_what_comes_back(page: Page, people: Cast, article: str) -> None:
    page.goto(article)
    frame = box(page)
    begin(frame, "The old words.", "edit")
    mine = frame.locator("#list > .c").first
    mine.locator("form textarea").fill("The new words.")
    mine.get_by_role("button", name="Undo").click()
    area = frame.locator("#write.open textarea")
    expect(area).to_have_value("The new words.")
    page.reload()
    expect(box(page).locator("#write.open textarea")).to_have_value("The new words.")
    expect(box(page).locator(".begun")).to_have_count(0)


@pytest.mark.parametrize("way", ["undo", "delete"])
def test_a_reply_that_is_being_written_is_not_lost(
    page: Page, people: Cast, article: str, way: str
) -> None:
    """The comment above it goes: its words move to the form, after what is there."""
    page.goto(article)
    frame = box(page)
    begin(frame, "Mine.", "reply")
    mine = frame.locator("#list > .c").first
    mine.locator("form textarea").fill("And one more thing.")
    if way == "undo":
        mine.get_by_role("button", name="Undo").click()
        text = "Mine.\n\nAnd one more thing."
    else:
        frame.locator("#write textarea").click()
        frame.locator("#write textarea").fill("Something else.")
        choose(mine, "withdraw")
        mine.get_by_role("button", name="Delete").click()
        text = "Something else.\n\nAnd one more thing."
    expect(frame.locator("#list > .c")).to_have_count(0)
    expect(frame.locator("#write.open textarea")).to_have_value(text)
    page.reload()
    expect(box(page).locator("#write.open textarea")).to_have_value(text)


def test_nothing_moves_when_undo_is_over(page: Page, people: Cast, article: str) -> None:
    """Also where it had a line of its own."""
    page.set_viewport_size({"width": 360, "height": 700})
    frame, mine, undo = posted(page, article, "The ferry was late again.")
    line = mine.locator("article > .own")
    two = line.evaluate("(node) => node.offsetHeight")
    page.clock.run_for(10_500)
    expect(undo).to_have_count(0)
    frame.locator("#write textarea").focus()
    assert line.evaluate("(node) => node.offsetHeight") == two
    assert line.evaluate("(node) => node.scrollHeight") == two


def test_a_notice_that_is_over_leaves_no_hole(page: Page, people: Cast, article: str) -> None:
    """It folds away where it is seen, unless the reader writes there; several leave none."""
    page.clock.install()
    page.goto(article)
    frame = box(page)
    for text in ("One.", "Two."):
        write(frame, text, name="Edda")
        expect(frame.locator("#list > .c", has_text=text).locator(".done")).to_be_visible()
    first = frame.locator("#list > .c").first
    first.locator("> article [data-action=reply]").click()
    expect(first.locator("form.open")).to_be_visible()
    page.clock.run_for(15_000)
    expect(frame.locator(".done button")).to_have_count(0)
    expect(frame.locator(".done")).to_have_count(2)
    first.locator("form [data-do=shut]").click()

    def are_gone() -> bool:
        page.clock.run_for(1_100)
        return frame.locator(".done").count() == 0

    until(page, are_gone, "a notice stayed")
    gaps = frame.evaluate(
        """() => [...document.querySelectorAll("#list > .c")].map((node) =>
            node.querySelector("header").getBoundingClientRect().top
            - node.querySelector("article").getBoundingClientRect().top)"""
    )
    assert gaps == [0, 0]
