"""When things go wrong: no text is lost, nothing is posted twice, the page is not disturbed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, Route, expect
from sqlalchemy import func, select

from commentsvc.core.db import db
from commentsvc.moderation import commands as moderation
from commentsvc.sites import commands as sites
from commentsvc.threads import commands as threads
from commentsvc.threads.models import Comment
from tests.browser.conftest import LIMITS, Pages, Server, box, write
from tests.factories import post

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from tests.people import Cast

pytestmark = pytest.mark.browser


def count() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Comment)) or 0


def test_the_network_drops_after_sending(page: Page, people: Cast, article: str) -> None:
    page.clock.install()
    page.goto(article)
    frame = box(page)
    lost: list[str] = []

    def answer_is_lost(route: Route) -> None:
        if len(lost) < 2:
            lost.append(route.request.headers["idempotency-key"])
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.route("**/api/v1/comments?*", answer_is_lost)
    write(frame, "Only once, please.")
    until_tried_again(page, frame.locator("#list .text"))
    expect(frame.locator("#list .text")).to_have_text("Only once, please.")
    assert count() == 1
    assert len(set(lost)) == 1


def until_tried_again(page: Page, over: Locator) -> None:
    """It tries again by itself, after longer and longer pauses, which pass at once."""
    expect(box(page).locator(".tell").first).to_contain_text("No connection")
    for _ in range(200):
        if over.is_visible():
            break
        page.clock.fast_forward(1000)
        page.wait_for_timeout(20)
    expect(over).to_be_visible()


def test_a_lost_answer_and_a_reload_are_one_comment(page: Page, people: Cast, article: str) -> None:
    page.clock.install()
    page.goto(article)
    frame = box(page)

    def answer_is_lost(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route("**/api/v1/comments?*", answer_is_lost)
    write(frame, "Only once.")
    until_tried_again(page, frame.get_by_role("button", name="Try again"))
    expect(frame.locator(".tell").first).to_contain_text("we’ve kept your text")
    page.unroute("**/api/v1/comments?*")
    page.reload()
    frame = box(page)
    expect(frame.locator("#write textarea")).to_have_value("Only once.")
    frame.locator("#write .go").click()
    expect(frame.locator("#write textarea")).to_have_value("")
    expect(frame.locator("#list .text")).to_have_text("Only once.")
    assert count() == 1


def test_a_double_press_is_one_comment(page: Page, people: Cast, article: str) -> None:
    page.goto(article)
    frame = box(page)
    frame.locator("#write textarea").click()
    frame.locator("#write textarea").fill("Twice pressed.")
    frame.locator("#write label input").fill("Edda")
    frame.locator("#write .go").dblclick()
    expect(frame.locator("#list .text")).to_have_text("Twice pressed.")
    page.wait_for_timeout(100)
    assert count() == 1


def test_the_draft_outlives_failure_and_reload(page: Page, people: Cast, article: str) -> None:
    page.goto(article)
    frame = box(page)
    page.route("**/api/v1/comments?*", lambda route: route.fulfill(status=500, body="<html>"))
    write(frame, "A long thought.")
    expect(frame.locator(".tell").first).to_have_text("Something went wrong. Please try again.")
    expect(frame.locator("#write textarea")).to_have_value("A long thought.")
    page.reload()
    frame = box(page)
    expect(frame.locator("#write textarea")).to_have_value("A long thought.")
    expect(frame.locator("#write label input")).to_have_value("Edda")
    page.unroute("**/api/v1/comments?*")
    frame.locator("#write .go").click()
    expect(frame.locator("#list .text")).to_have_text("A long thought.")
    page.reload()
    expect(box(page).locator("#write textarea")).to_have_value("")


def test_a_like_that_fails_speaks_of_no_text(page: Page, people: Cast, article: str) -> None:
    post(people.site, "A calm thought.")
    page.goto(article)
    page.route("**/api/v1/comments/*/like", lambda route: route.abort())
    frame = box(page)
    frame.get_by_role("button", name="Like").first.click()
    expect(frame.locator("#list .tell")).to_have_text(
        "This wasn’t saved. Check your connection and try again."
    )


def test_too_fast_counts_down_and_keeps_the_text(
    page: Page, people: Cast, article: str, make_live: Callable[..., Flask]
) -> None:
    make_live(limits=f"{LIMITS};post=2/3 minutes")
    page.clock.install()
    page.goto(article)
    frame = box(page)
    for text in ("One.", "Two."):
        write(frame, text)
        expect(frame.locator("#write textarea")).to_have_value("")
    write(frame, "Three.")
    expect(frame.locator(".tell").first).to_contain_text("You can post again in 3 minutes.")
    expect(frame.locator("#write .go")).to_be_disabled()
    expect(frame.locator("#write textarea")).to_have_value("Three.")
    page.clock.run_for(100_000)
    expect(frame.locator(".tell").first).to_have_text(re.compile(r"in [5-8]\d seconds\."))
    make_live()
    page.clock.run_for(80_000)
    expect(frame.locator("#list > .c .text").first).to_have_text("Three.")
    expect(frame.locator("#list > .c")).to_have_count(3)
    expect(frame.locator("#write textarea")).to_have_value("")


def test_a_broken_question_never_blocks(page: Page, people: Cast, article: str) -> None:
    page.goto(article)
    page.route("**/api/v1/score", lambda route: route.fulfill(status=503, body="?"))
    write(box(page), "You are an idiot.")
    expect(box(page).locator(".pending")).to_be_visible()


@pytest.mark.parametrize(
    "broken",
    ["down", "bad json", "hangs"],
)
def test_the_page_stays_calm(page: Page, people: Cast, article: str, broken: str) -> None:
    post(people.site, "First.")
    errors: list[Any] = []
    page.on("pageerror", lambda error: errors.append(error))
    page.clock.install()
    page.goto(article)
    frame = box(page)
    page.route(
        "**/api/**",
        {
            "down": lambda route: route.fulfill(status=500, body="down"),
            "bad json": lambda route: route.fulfill(status=200, body="{"),
            "hangs": lambda route: None,
        }[broken],
    )
    frame.locator("[data-action=like]").first.click()
    frame.get_by_role("link", name="Sign in").or_(
        frame.get_by_role("button", name="Sign in")
    ).first.is_visible()
    for _ in range(4):
        page.clock.run_for(3000)
        page.wait_for_timeout(20)
    assert errors == []


def test_the_whole_service_is_down(page: Page, people: Cast, article: str, live: Server) -> None:
    errors: list[Any] = []
    page.on("pageerror", lambda error: errors.append(error))
    live.down = True
    page.goto(article)
    page.wait_for_timeout(100)
    live.down = False
    assert errors == []
    expect(page.locator("footer")).to_be_visible()


def test_a_closed_conversation_reads(page: Page, people: Cast, article: str) -> None:
    made = post(people.site, "Last word.").comment
    threads.set_closed(threads.thread_of(made), True)
    page.goto(article)
    frame = box(page)
    expect(frame.locator(".text")).to_have_text("Last word.")
    expect(frame.locator(".note")).to_contain_text("closed")
    expect(frame.locator("#write")).to_have_count(0)


def test_the_author_learns_why_it_was_rejected(page: Page, people: Cast, article: str) -> None:
    sites.set_policy(people.site, {"undo_seconds": 0}, by=people.olga)
    post(people.site, "First.")
    page.goto(article)
    frame = box(page)
    write(frame, "A quiet word.")
    mine = frame.locator("#list > .c").first
    expect(mine.locator(".text")).to_have_text("A quiet word.")
    public_id = mine.get_attribute("data-id")
    comment = threads.comment_by_public_id(str(public_id))
    moderation.decide(
        comment.public_id,
        action="reject",
        reason="spam",
        message="Please read the rules.",
        by=people.mona,
        seen_version=comment.version,
    )
    page.reload()
    rejected = box(page).locator(".rejected")
    expect(rejected).to_contain_text("Not published")
    expect(rejected).to_contain_text("A moderator made this decision.")
    expect(rejected).to_contain_text("spam")
    expect(rejected).to_contain_text("Please read the rules.")


def test_a_page_with_a_strict_policy(page: Page, people: Cast, pages: Pages, live: Server) -> None:
    post(people.site, "First.")
    pages.headers(
        Content_Security_Policy=f"default-src 'none'; script-src {live.url}; frame-src {live.url}"
    )
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(pages.write(pages.tag()))
    expect(box(page).locator(".text")).to_have_text("First.")
    ours = [each for each in said if "favicon" not in each and "data:" not in each]
    assert ours == []


HOSTILE = """<script>
    for (const name of ["push", "splice", "slice", "map", "forEach", "indexOf", "filter"])
        Array.prototype[name] = function () { throw new Error("no " + name) };
    Array.prototype.toJSON = function () { return "broken" };
    Object.prototype.extra = function () {};
    window.postMessage = function () { throw new Error("no messages") };
    Object.freeze(window.postMessage);
    window.Promise = function () { throw new Error("no promises") };
    window.URL = window.fetch = window.JSON = undefined;
</script>
<form id="commentsvc"><input name="mount"></form>
<img name="currentScript"><img name="querySelectorAll"><img name="createElement2">
<style>iframe { height: 20px !important; width: 30px !important; display: none !important }</style>"""


def test_a_hostile_page(page: Page, people: Cast, pages: Pages) -> None:
    post(people.site, "First.")
    page.goto(pages.write(HOSTILE + pages.tag()))
    frame = box(page)
    expect(frame.locator(".text")).to_have_text("First.")
    size = page.locator("iframe").bounding_box()
    assert size is not None and size["width"] > 500 and size["height"] > 100


def test_other_readers_browsers(
    new_context: Callable[..., BrowserContext], people: Cast, article: str
) -> None:
    """Going offline and coming back, and the page out of the browser's history."""
    context = new_context()
    page = context.new_page()
    page.clock.install()
    page.goto(article)
    frame = box(page)
    frame.locator("#write textarea").click()
    frame.locator("#write textarea").fill("From the train.")
    frame.locator("#write label input").fill("Edda")
    context.set_offline(True)
    frame.locator("#write .go").click()
    expect(frame.locator(".tell").first).to_contain_text("No connection")
    context.set_offline(False)
    page.clock.fast_forward(3000)
    expect(frame.locator("#list .text")).to_have_text("From the train.")
    page.goto("about:blank")
    page.go_back()
    expect(box(page).locator("#list .text")).to_have_text("From the train.")
