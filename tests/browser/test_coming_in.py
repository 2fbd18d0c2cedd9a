"""A guest who signs in keeps what they wrote; other boxes and tabs notice. This Chromium blocks
cookies and storage of third parties."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from commentsvc.sites import commands as sites
from tests.browser.conftest import box, choose, write
from tests.browser.test_sign_in import NO_STORAGE, sign_in
from tests.browser.test_site_login import token_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import BrowserContext, Frame, Page

    from tests.people import Cast

pytestmark = pytest.mark.browser


@pytest.fixture
def held(page: Page, people: Cast, article: str) -> Frame:
    """The box of a guest who wrote a comment that all can see, and one that is held, and then signed in."""
    page.goto(article)
    frame = box(page)
    write(frame, "I took the tram.")
    expect(frame.locator("#list .done")).to_be_visible()
    sites.set_policy(people.site, {"premoderate_all": True}, by=people.olga)
    write(frame, "Then I walked.", name=None)
    expect(frame.locator(".pending .text")).to_have_text("Then I walked.")
    sign_in(page, frame)
    return frame


def test_it_works(page: Page, held: Frame) -> None:
    offer, waiting = held.locator("#claim"), held.locator(".pending")
    expect(offer).to_contain_text("2 comments were written as a guest in this browser.")
    expect(offer).to_contain_text("The name shown changes from “Edda” to “Rita”.")
    expect(waiting.locator(".by")).to_have_text("Edda")
    waiting.locator("[data-action=edit]").click()  # it is still the guest's
    waiting.locator("form textarea").fill("Then I took a bus.")
    waiting.locator("form .go").click()
    expect(waiting.locator(".text")).to_have_text("Then I took a bus.")
    page.reload()
    held = box(page)
    expect(held.locator(".pending .text")).to_have_text("Then I took a bus.")
    yes = held.get_by_role("button", name="Add to my account")
    yes.focus()
    held.locator(".pending").evaluate("(node) => { node.dataset.old = '' }")
    look(held)  # what is held is asked for again; the question stays
    expect(held.locator("[data-old]")).to_have_count(0)
    expect(yes).to_be_focused()
    yes.press("Enter")
    expect(held.locator(".top .tell")).to_have_text("The comments are now yours.")
    expect(held.locator("#count")).to_be_focused()
    expect(held.locator("#list .by")).to_have_text(["Rita", "Rita"])
    expect(held.locator("#list .guest")).to_have_count(0)
    expect(held.locator("#claim")).to_have_count(0)
    choose(held.locator(".pending"), "withdraw")
    held.locator(".pending .panel .do").click()
    expect(held.locator(".pending")).to_have_count(0)
    page.reload()
    expect(box(page).locator("#list [data-action=edit]")).to_be_visible()
    expect(box(page).locator("#claim")).to_have_count(0)


def test_nobody_has_to(page: Page, held: Frame) -> None:
    """On a shared computer they are somebody else's. Nothing is asked twice but after another comment."""
    held.get_by_role("button", name="No, thanks").click()
    expect(held.locator(".top .tell")).to_contain_text("Nothing was added.")
    expect(held.locator(".pending")).to_have_count(0)
    expect(held.locator("#list [data-action=edit]")).to_have_count(0)
    page.reload()
    held = box(page)
    expect(held.locator("#bell")).to_be_visible()
    expect(held.locator("#claim")).to_have_count(0)
    held.get_by_role("button", name="Sign out").click()
    expect(held.locator(".pending .text")).to_have_text("Then I walked.")
    write(held, "And swam.", name=None)
    expect(held.locator(".pending")).to_have_count(2)
    sign_in(page, held)
    expect(held.locator("#claim")).to_contain_text("3 comments")


def test_the_sites_own_sign_in_offers_it_too(page: Page, people: Cast, article: str) -> None:
    page.goto(article)
    frame = box(page)
    write(frame, "I took the tram.")
    expect(frame.locator("#list .done")).to_be_visible()
    page.evaluate("token => commentsvc.signIn(token)", token_of(people, "17"))
    frame.get_by_role("button", name="Add to my account").click()
    expect(frame.locator("#list .by")).to_have_text("Reader 17")


@pytest.mark.parametrize("storage", [True, False])
def test_another_tab_notices(
    new_context: Callable[..., BrowserContext], people: Cast, article: str, storage: bool
) -> None:
    context = new_context()
    if not storage:  # where cookies take its place, nothing tells that they have changed
        context.add_init_script(NO_STORAGE)
    here, there = context.new_page(), context.new_page()
    for each in (here, there):
        each.goto(article)
    one, other = box(here), box(there)
    asked: list[str] = []
    there.on("request", lambda request: asked.append(request.url.partition("?")[0]))
    other.locator("#write textarea").fill("Half a")
    look(other)
    assert not [url for url in asked if url.endswith(("/refresh", "/sign_in/en.js"))]
    sign_in(here, one)
    look(other)
    expect(other.locator("#me bdi")).to_have_text("Rita")
    expect(other.locator("#write textarea")).to_have_value("Half a")
    other.get_by_role("button", name="Sign out").click()
    expect(other.locator("#me [data-action=sign-in]")).to_be_visible()
    look(one)
    expect(one.locator("#me [data-action=sign-in]")).to_be_visible()


def look(frame: Frame) -> None:
    """Come back to the tab: in this Chromium every tab counts as seen."""
    frame.evaluate("document.dispatchEvent(new Event('visibilitychange', {bubbles: true}))")
