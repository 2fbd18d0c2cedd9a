"""One card at a time in a real browser: it fills the window, and nothing jumps from one to the next."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from commentsvc.sites.commands import set_policy
from tests.factories import post

if TYPE_CHECKING:
    from tests.browser.conftest import Open
    from tests.people import Cast

pytestmark = pytest.mark.browser


@pytest.fixture(autouse=True)
def waiting(people: Cast) -> None:
    """Held comments of very different lengths, in a conversation."""
    set_policy(people.site, {"slow_seconds": 0}, by=people.olga)
    for number in range(3):
        post(people.site, f"Calm word {number}. " + "It goes on. " * 20, name="Ann")
    for text in ("You idiot.", "You idiot. " + "A long story. " * 60, "You idiot, again."):
        post(people.site, text, user=people.rita)


def places(page: Page) -> list[int]:
    """Where the card begins and ends, and where its buttons are."""
    found: list[int] = page.evaluate(
        """() => { const card = document.querySelector("#cards > .current .card");
        const [a, b] = [card, card.querySelector(".acts")].map((each) => each.getBoundingClientRect());
        return [a.top, a.bottom, b.top, b.bottom].map(Math.round); }"""
    )
    return found


def is_whole(page: Page) -> bool:
    """Whether nothing of the comment is cut off, however long the conversation around it is."""
    found: bool = page.evaluate(
        """() => { const said = document.querySelector("#cards > .current .said");
        return said.scrollHeight <= said.clientHeight + 1; }"""
    )
    return found


def settled(page: Page) -> list[int]:
    """The same once a scroll has come to rest."""
    before: list[int] = []
    while before != (before := places(page)):
        page.wait_for_timeout(120)
    return before


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (360, 740)])
def test_it_works(open_as: Open, width: int, height: int) -> None:
    page = open_as("mona", viewport={"width": width, "height": height}, reduced_motion="reduce")
    page.keyboard.press("j")
    page.keyboard.press("z")
    card = page.locator("#cards > .current .card")
    expect(card.locator(".conversation")).to_contain_text("Calm word 2.")
    expect(card.locator(".history li")).to_have_count(2)
    first = settled(page)
    top, bottom, _, end = first
    assert bottom - top > 0.8 * (height - 120) and end <= height
    assert is_whole(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.keyboard.press("j")
    expect(card.locator(".conversation")).to_be_visible()
    again = settled(page)
    assert abs(again[0] - top) <= 1 and abs(again[3] - end) <= 1
    page.keyboard.press("s")
    assert is_whole(page)
    page.keyboard.press("f")  # a decision: the next card stands in its place
    expect(page.locator("#cards .card")).to_have_count(2)
    expect(card.locator(".conversation")).to_be_visible()
    again = settled(page)
    assert abs(again[0] - top) <= 1 and abs(again[3] - end) <= 1
    page.reload()
    expect(card.locator(".conversation")).to_be_visible()
    page.keyboard.press("z")
    expect(page.locator(".conversation").first).to_be_hidden()


LONG = "You idiot. " + "They should read it before they write. " * 30
FORMS = "details[open] .picker, .reply-form:not([hidden])"


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (1440, 900), (900, 800)])
def test_a_form_is_as_wide_as_in_the_list(
    open_as: Open, people: Cast, width: int, height: int
) -> None:
    """And the text is seen above it: a card that fills the window scrolls as the page does."""
    new = post(people.site, LONG, user=people.rita).comment.public_id
    page = open_as("mona", viewport={"width": width, "height": height}, reduced_motion="reduce")
    card = page.locator(f"#c-{new}")
    card.focus()
    page.keyboard.press("s")
    wide = {key: opened(page, key)["width"] for key in "dr"}
    page.keyboard.press("z")
    expect(card.locator(".conversation")).to_be_visible()
    before = settled(page)
    for key in "dr":
        form = opened(page, key)
        assert form["width"] >= wide[key] - 1 and not form["scrolls"] and form["end"] <= height
        assert form["text"] >= min(form["all"], 150)
        assert settled(page) == before


def opened(page: Page, key: str) -> dict[str, float]:
    """What this key opens, measured before it is closed again: how much of the text is seen, too."""
    page.keyboard.press(key)
    form = page.locator(f"#cards > .current :is({FORMS})")
    expect(form).to_be_visible()
    found: dict[str, float] = form.evaluate(
        """each => { const [box, text] = [each, each.closest(".card").querySelector(".reading")].map(
        (one) => one.getBoundingClientRect());
        return {width: box.width, end: box.bottom, scrolls: each.scrollHeight > each.clientHeight + 1,
            all: text.height, text: box.top - Math.max(text.top, 0)}; }"""
    )
    page.keyboard.press("Escape")
    expect(form).to_be_hidden()
    return found


def test_a_scrolled_card_is_seen_nowhere_beside_the_bar(open_as: Open) -> None:
    """Its ring is wider than the card."""
    page = open_as("mona", viewport={"width": 360, "height": 740}, reduced_motion="reduce")
    page.keyboard.press("j")
    page.keyboard.press("z")
    expect(page.locator("#cards > .current .conversation")).to_be_visible()
    bar, card = (
        page.locator(each).bounding_box() for each in (".single-bar", "#cards > .current .card")
    )
    assert bar and card and bar["x"] <= card["x"] - 1
    assert bar["x"] + bar["width"] >= card["x"] + card["width"] + 1
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (360, 740)])
def test_what_is_selected_has_one_bar(open_as: Open, width: int, height: int) -> None:
    """It never lies over half of the card's buttons, and all of the card is seen above it."""
    page = open_as("mona", viewport={"width": width, "height": height}, reduced_motion="reduce")
    page.keyboard.press("j")
    page.keyboard.press("z")
    card, bar = page.locator("#cards > .current .card"), page.locator("#selected")
    expect(card.locator(".conversation")).to_be_visible()
    page.keyboard.press("x")
    expect(bar).to_be_visible()
    expect(card.locator(".acts")).to_be_hidden()
    card.locator(".history").scroll_into_view_if_needed()
    page.evaluate("scrollTo(0, 1e6)")
    page.wait_for_function(
        """() => document.querySelector("#cards > .current .card").getBoundingClientRect().bottom
        <= document.querySelector("#selected").getBoundingClientRect().top"""
    )
    page.keyboard.press("x")
    expect(bar).to_be_hidden()
    expect(card.locator(".acts")).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("by", ["key", "hand"])
@pytest.mark.parametrize("way", ["Escape", "back"])
def test_it_is_left_when_nothing_is_selected(open_as: Open, way: str, by: str) -> None:
    """By Escape, and on a phone by Back: what was begun last ends first."""
    page = open_as("mona", viewport={"width": 360, "height": 740}, reduced_motion="reduce")
    for key in "jz":
        page.keyboard.press(key)
    if by == "key":
        page.keyboard.press("x")
    else:
        page.locator("#cards > .current .tick").click()
    whole, bar = page.locator("#position"), page.locator("#selected")
    expect(bar).to_be_visible()
    leave = page.go_back if way == "back" else lambda: page.keyboard.press(way)
    leave()
    expect(bar).to_be_hidden()
    expect(whole).to_be_visible()
    leave()
    expect(whole).to_be_hidden()
    expect(page.locator("#cards .card")).to_have_count(3)
