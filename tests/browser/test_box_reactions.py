"""Reactions other than likes, by keyboard and by touch, for guests and members."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from commentsvc.sites import commands as sites
from commentsvc.threads.likes import like
from tests.browser.conftest import box
from tests.factories import post

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.people import Cast

pytestmark = pytest.mark.browser


def test_it_works(page: Page, people: Cast, article: str) -> None:
    """Chosen, changed and taken back by keys, as a guest; it is still there when the page comes again."""
    sites.set_policy(people.site, {"reactions": "named"}, by=people.olga)
    made = post(people.site, "I took the tram.", user=people.max).comment
    like(made, people.mona, kind="laugh")
    page.goto(article)
    frame = box(page)
    comment = frame.locator(f"#c-{made.public_id}")
    opener, chips = comment.locator(".react summary"), comment.locator(".kinds button:visible")
    expect(chips).to_have_count(1)
    expect(chips).to_have_attribute("aria-label", "Funny: 1 person")
    opener.press("Enter")
    items = frame.get_by_role("menuitemradio")
    expect(items.first).to_be_focused()
    expect(items).to_have_text(["👍Like", "❤️Love", "😂Funny", "😮Wow", "😢Sad", "😡Angry"])
    for key in ("ArrowDown", "ArrowRight", "Enter"):
        page.keyboard.press(key)
    laughed = frame.get_by_role("button", name="Funny: 2 people")
    expect(laughed).to_be_focused()
    expect(laughed).to_have_attribute("aria-pressed", "true")
    expect(frame.locator("#say")).to_have_text("Funny: 2 people")
    opener.press("Enter")
    expect(items.nth(2)).to_be_focused()
    expect(items.nth(2)).to_have_attribute("aria-checked", "true")
    for key in ("ArrowUp", "Enter"):
        page.keyboard.press(key)
    expect(frame.get_by_role("button", name="Love: 1 person")).to_be_focused()
    expect(frame.get_by_role("button", name="Funny: 1 person")).to_have_attribute(
        "aria-pressed", "false"
    )
    page.reload()
    loved = box(page).get_by_role("button", name="Love: 1 person")
    expect(loved).to_have_attribute("aria-pressed", "true")
    loved.press("Enter")
    expect(box(page).locator(".react summary")).to_be_focused()
    expect(box(page).locator(".kinds button:visible")).to_have_count(1)


def test_by_touch(new_context: Callable[..., BrowserContext], people: Cast, article: str) -> None:
    """Thumbs up or down; targets are large enough, and one's own comment has nothing to press."""
    sites.set_policy(people.site, {"reactions": "dislike"}, by=people.olga)
    made = post(people.site, "I walked.", user=people.max).comment
    context = new_context(viewport={"width": 360, "height": 700}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(article)
    frame = box(page)
    chips = frame.locator(f"#c-{made.public_id} .kinds button")
    expect(chips).to_have_count(2)
    expect(frame.locator(".react")).to_have_count(0)
    for size in [each.bounding_box() for each in chips.all()]:
        assert size and min(size["width"], size["height"]) >= 40
    for name, pressed in (("Dislike: 1 person", "true"), ("Dislike", "false")):
        chips.last.tap()
        expect(chips.last).to_have_attribute("aria-label", name)
        expect(chips.last).to_have_attribute("aria-pressed", pressed)
    sites.set_policy(people.site, {"reactions": "named"}, by=people.olga)
    page.reload()
    frame = box(page)
    frame.locator(".react summary").tap()
    for item in frame.get_by_role("menuitemradio").all():
        size = item.bounding_box()
        assert size and min(size["width"], size["height"]) >= 40
        assert size["x"] >= 0 and size["x"] + size["width"] <= 360


def test_to_the_page_itself(
    page: Page, new_context: Callable[..., BrowserContext], people: Cast, article: str
) -> None:
    """By keys as a guest, where nobody has commented yet; others see it without loading the page again,
    and it is still one's own afterwards."""
    sites.set_policy(people.site, {"page_reactions": True}, by=people.olga)
    other = new_context().new_page()
    other.clock.install()
    for each in (page, other):
        each.goto(article)
        expect(box(each).locator(".page-kinds button")).to_have_count(6)
    row = box(page).get_by_role("group", name="React to this page")
    love = row.get_by_role("button", name="Love")
    love.press("Enter")
    expect(love).to_have_attribute("aria-pressed", "true")
    expect(love).to_have_attribute("aria-label", "Love: 1 person")
    expect(love).to_be_focused()
    expect(box(page).locator("#say")).to_have_text("Love: 1 person")
    other.clock.run_for(10_000)
    seen = box(other).get_by_role("button", name="Love: 1 person")
    expect(seen).to_have_attribute("aria-pressed", "false")
    seen.press("Enter")
    expect(box(other).get_by_role("button", name="Love: 2 people")).to_be_focused()
    page.reload()
    again = box(page).get_by_role("button", name="Love: 2 people")
    expect(again).to_have_attribute("aria-pressed", "true")
    again.press("Enter")
    expect(box(page).get_by_role("button", name="Love: 1 person")).to_have_attribute(
        "aria-pressed", "false"
    )
    page.route("**/threads/reaction", lambda route: route.abort())
    page.reload()
    box(page).get_by_role("button", name="Wow").press("Enter")
    expect(box(page).locator(".page-kinds .tell")).not_to_be_empty()
    expect(box(page).get_by_role("button", name="Wow")).to_have_attribute("aria-pressed", "false")


PLACES = {"form_place": "below", "sort_place": "heading", "reactions_place": "end"}


@pytest.mark.parametrize("width", [360, 1000])
def test_what_is_seen_is_what_is_read(
    new_context: Callable[..., BrowserContext], people: Cast, article: str, width: int
) -> None:
    """Wherever an owner puts the parts, the order of the page is the order of the eye."""
    for number in range(2):
        post(people.site, f"Comment {number}.", user=people.max)
    page = new_context(viewport={"width": width, "height": 900}).new_page()
    seen = []
    for places in ({}, PLACES):
        sites.set_policy(people.site, {"page_reactions": True, **places}, by=people.olga)
        page.goto(article)
        parts = box(page).locator("#count, #me.known, #sort, .page-kinds, #write, #list")
        expect(parts).to_have_count(6)
        expect(box(page).locator("#write")).to_be_visible()
        spots = parts.evaluate_all(
            "all => all.map((each) => { const { left, top, bottom } = each.getBoundingClientRect();"
            " return { name: each.id || 'reactions', left, top, bottom } })"
        )
        for before, after in itertools.pairwise(spots):
            below = after["top"] >= before["bottom"] - 1
            beside = after["left"] > before["left"] and after["top"] < before["bottom"]
            assert below or beside, (before, after)
        seen.append([each["name"] for each in spots])
    assert seen == [
        ["reactions", "count", "me", "write", "sort", "list"],
        ["count", "me", "sort", "list", "write", "reactions"],
    ]
