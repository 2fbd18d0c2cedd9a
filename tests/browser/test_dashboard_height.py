"""The card that one judges stays where it is: what opens, closes or comes by itself moves nothing
for good."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from commentsvc.moderation.sharing import filters as saving
from commentsvc.sites.commands import set_policy
from tests.browser.desk import OLDEST, four_held
from tests.browser.held import until
from tests.browser.test_dashboard_hour import card, held
from tests.browser.test_moderators_day import look_again
from tests.factories import post

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from tests.browser.conftest import Open
    from tests.people import Cast

pytestmark = pytest.mark.browser


def _top(place: Locator) -> float:
    return float(place.evaluate("each => each.getBoundingClientRect().top"))


def _current(page: Page, presses: int) -> Locator:
    for _ in range(presses):
        page.keyboard.press("j")
    return page.locator("#cards > .current .card")


def _stands_at(page: Page, place: Locator, top: float, why: str) -> None:
    until(page, lambda: abs(_top(place) - top) < 2, f"{why}: {top} became {_top(place)}")


@pytest.mark.parametrize("width", [360, 1280])
def test_the_text_is_seen_beside_what_is_open(open_as: Open, people: Cast, width: int) -> None:
    """On the first card, on one low in the window, and on the last of the page."""
    held(people, 7)
    page = open_as("mona", OLDEST, viewport={"width": width, "height": 760})
    for presses in (1, 2, 4):
        current = _current(page, presses)
        page.evaluate("scrollBy({ top: -120, behavior: 'instant' })")
        text = current.locator(".reading")
        for key, form in (("d", ".reject .picker"), ("r", ".reply-form")):
            before = _top(current)
            page.keyboard.press(key)
            box = current.locator(form)
            expect(box).to_be_in_viewport(ratio=0.99)
            expect(text).to_be_in_viewport(ratio=0.99)
            seen, over = text.bounding_box(), box.bounding_box()
            assert seen and over and seen["y"] + seen["height"] <= over["y"] + 1
            page.keyboard.press("Escape")
            _stands_at(page, current, before, f"{key} {presses}")


@pytest.mark.parametrize("width", [360, 1280])
def test_a_comments_own_page_stays_as_long_as_it_was(
    open_as: Open, people: Cast, width: int
) -> None:
    """Whatever was opened and closed there."""
    one, *_ = four_held(people)
    page = open_as("mona", OLDEST, viewport={"width": width, "height": 760})
    for key in "jo":
        page.keyboard.press(key)
    page.wait_for_url(f"**/comments/{one}")
    whole = "document.documentElement.scrollHeight"
    before = page.evaluate(whole)
    open_ones = page.locator(".card").locator("details[open] .picker, .reply-form:not([hidden])")
    for key in "dqry":
        page.keyboard.press(key)
        expect(open_ones).to_be_visible()
        page.keyboard.press("Escape")
        expect(open_ones).to_have_count(0)
        assert page.evaluate(whole) == before, key


@pytest.mark.parametrize("key", [";", "i", "/", "z"])
def test_escape_leads_back_to_the_same_height(open_as: Open, people: Cast, key: str) -> None:
    held(people, 6)
    page = open_as("mona", OLDEST, viewport={"width": 1280, "height": 700})
    current = _current(page, 4)
    page.evaluate("scrollBy({ top: -90, behavior: 'instant' })")
    before = _top(current)
    page.keyboard.press(key)
    if key == "z":
        expect(page.locator(".single-bar")).to_be_visible()
    else:
        expect(current).not_to_be_focused()
    page.keyboard.press("Escape")
    expect(current).to_be_focused()
    _stands_at(page, current, before, key)


@pytest.mark.parametrize("width", [360, 1280])
def test_who_else_looks_moves_nothing(open_as: Open, people: Cast, width: int) -> None:
    set_policy(people.site, {"slow_seconds": 0}, by=people.olga)
    name = "Bartholomew Featherstonehaugh of Cholmondeley"
    only = post(people.site, "You idiot.", name=name).comment.public_id
    page = open_as("mona", OLDEST, viewport={"width": width, "height": 760})
    page.keyboard.press("j")
    text, acts = (card(page, only).locator(each) for each in (".reading", ".acts"))
    before = [_top(text), _top(acts)]
    other = open_as("olga", OLDEST)
    other.keyboard.press("j")
    with other.expect_response("**/live?*"):
        look_again(other)
    look_again(page)
    pill = card(page, only).locator(".looking")
    expect(pill).to_be_visible()
    assert [_top(text), _top(acts)] == before
    expect(pill).to_be_in_viewport(ratio=0.9)


def test_a_saved_filter_counts_what_is_left(open_as: Open, people: Cast) -> None:
    set_policy(people.site, {"slow_seconds": 0}, by=people.olga)
    for text in ("You idiot.", "You idiot, again.", "What an idiot wrote this?"):
        post(people.site, text, user=people.rita)
    what = saving.Narrowed("pending", "oldest", {"author": people.rita.public_id})
    saving.save("Rita", what, site=people.site, by=people.mona)
    page = open_as("mona", OLDEST)
    number = page.locator(".saved .pill")
    expect(number).to_have_text("3")
    page.keyboard.press("j")
    page.keyboard.press("f")
    expect(number).to_have_text("2")
    page.keyboard.press("u")
    expect(number).to_have_text("3")


def test_one_at_a_time_outlives_a_bulk_action(open_as: Open, people: Cast) -> None:
    held(people, 4)
    page = open_as("mona", OLDEST)
    page.keyboard.press("j")
    page.keyboard.press("z")
    page.keyboard.press("x")
    page.keyboard.press("2")
    page.wait_for_url("**/bulk/**")
    page.get_by_role("button", name="Reject 1 comment").press("Enter")
    expect(page.locator("#cards .card")).to_have_count(3)
    expect(page.locator(".single-bar")).to_be_visible()
