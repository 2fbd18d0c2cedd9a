"""In a real browser: narrowing the queue down by keys, and counts that are right after every act."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from commentsvc.moderation.commands import decide
from commentsvc.sites.commands import set_policy
from tests.browser.desk import OLDEST
from tests.browser.held import until
from tests.browser.test_dashboard_hour import PAGE, card, held
from tests.browser.test_moderators_day import look_again
from tests.factories import post

if TYPE_CHECKING:
    from tests.browser.conftest import Open
    from tests.people import Cast

pytestmark = pytest.mark.browser


@pytest.fixture
def waiting(people: Cast) -> list[str]:
    """Held comments: two by Rita, one by a guest; public ids, the newest first."""
    set_policy(people.site, {"slow_seconds": 0}, by=people.olga)
    writers: list[dict[str, object]] = [
        {"user": people.rita},
        {"user": people.rita},
        {"name": "Kim"},
    ]
    texts = ("You idiot.", "You idiot, again.", "What an idiot wrote this?")
    made = [post(people.site, text, **who) for text, who in zip(texts, writers, strict=True)]
    return [each.comment.public_id for each in reversed(made)]


def test_it_works_by_keys(open_as: Open, waiting: list[str]) -> None:
    page = open_as("mona", "/dashboard/?order=oldest")
    cards = page.locator("#cards .card")
    page.keyboard.press("j")
    page.keyboard.press("p")
    page.wait_for_url(re.compile("author="))
    expect(cards).to_have_count(2)
    expect(page.locator("#matches")).to_have_text("Matches: 2 of 3")
    expect(page.locator(".chips")).to_contain_text("Author: Rita")
    page.keyboard.press("j")
    page.keyboard.press("f")  # what is decided here no longer matches
    expect(page.locator("#matches")).to_have_text("Matches: 1 of 2")
    page.keyboard.press("u")
    expect(page.locator("#matches")).to_have_text("Matches: 2 of 3")
    page.keyboard.press("v")
    page.wait_for_url(re.compile("thread="))
    expect(page.locator(".chips")).to_contain_text("Article: ")
    page.keyboard.press("c")
    page.wait_for_url(re.compile(r"\?order=oldest$"))
    expect(cards).to_have_count(3)
    expect(page.locator(".chips")).to_have_count(0)


def test_counts_follow_every_act(open_as: Open, people: Cast, waiting: list[str]) -> None:
    page = open_as("mona")
    pending, rejected = (page.locator(f"[data-count={each}]") for each in ("pending", "rejected"))
    page.keyboard.press("j")
    page.keyboard.press("d")
    page.keyboard.press("2")
    expect(rejected).to_have_text("1")
    expect(page).to_have_title(re.compile(r"^Pending \(2\)"))
    page.keyboard.press("u")
    expect(rejected).to_have_text("0")
    expect(page).to_have_title(re.compile(r"^Pending \(3\)"))
    decide(waiting[0], action="reject", reason="spam", by=people.olga)  # somebody else's act
    look_again(page)
    expect(rejected).to_have_text("1")
    expect(pending).to_have_text("2")


def test_the_tools_stand_in_one_row(open_as: Open, waiting: list[str]) -> None:
    """And so do a site's tabs, and what the log says of when and who."""
    page = open_as("olga", viewport={"width": 1280, "height": 800})
    middles = """(selector) => [...document.querySelectorAll(selector)].map((each) => {
        const box = each.getBoundingClientRect(); return Math.round(box.top + box.height / 2); })"""
    for path, selector in (
        ("/dashboard/?q=idiot", ".tools > *"),
        ("/dashboard/sites/harbour/policy", "nav.tabs > *"),
    ):
        page.goto(page.url.partition("/dashboard")[0] + path)
        found = page.evaluate(middles, selector)
        assert len(found) > 4 and max(found) - min(found) <= 1, (path, found)
    page.goto(page.url.partition("/dashboard")[0] + "/dashboard/log")
    heights = (
        "[...document.querySelectorAll('td time')].map((each) => each.getClientRects().length)"
    )
    assert set(page.evaluate(heights)) == {1}


def test_the_same_card_is_meant_without_the_filter(open_as: Open, waiting: list[str]) -> None:
    page = open_as("mona", "/dashboard/?order=oldest&q=again")
    page.keyboard.press("j")
    page.keyboard.press("c")
    expect(page.locator("#cards .card")).to_have_count(3)
    expect(page.locator(f"#c-{waiting[1]}")).to_be_focused()


def test_the_reject_button_stays_where_it_is(open_as: Open, waiting: list[str]) -> None:
    page = open_as("mona", "/dashboard/?order=oldest")
    card = page.locator(f"#c-{waiting[2]}")
    button, approve = card.locator(".reject > summary"), card.locator(".approve-form button")
    across = button.bounding_box()
    page.keyboard.press("j")
    page.keyboard.press("d")
    expect(card.locator(".reject .picker")).to_be_visible()
    opened, beside = button.bounding_box(), approve.bounding_box()
    assert across and opened and beside
    assert (opened["x"], opened["y"]) == (across["x"], beside["y"])


@pytest.mark.parametrize("width", [1280, 360])
def test_what_opens_comes_below_its_button(open_as: Open, waiting: list[str], width: int) -> None:
    page = open_as("mona", viewport={"width": width, "height": 800})
    buttons = [page.locator(f".{each} > summary") for each in ("filters", "many")]
    if width < 760:
        page.get_by_role("button", name="Tools").click()
    before = [each.bounding_box() for each in buttons]
    for button in buttons:
        button.click()
    assert [each.bounding_box() for each in buttons] == before
    for form in (page.locator(".filters > form"), page.locator("#bulk")):
        expect(form).to_be_visible()
        at = form.bounding_box()
        assert at and all(each and at["y"] >= each["y"] + each["height"] for each in before)


def test_what_only_a_rejection_asks_is_hidden_beside_an_approval(
    open_as: Open, waiting: list[str]
) -> None:
    page = open_as("mona")
    page.locator(".many > summary").click()
    form = page.locator("#bulk")
    asked = [form.locator("[name=reason]"), form.locator("[name=ban]")]
    for each in asked:
        expect(each).to_be_hidden()
    form.locator("[name=action]").select_option("reject")
    for each in asked:
        expect(each).to_be_visible()


def test_the_list_of_keys_begins_at_its_top(open_as: Open, waiting: list[str]) -> None:
    page = open_as("mona")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()


@pytest.mark.parametrize("way", ["v c", "p c", "p chip", "v j j c"])
def test_clearing_a_filter_leads_back(open_as: Open, people: Cast, way: str) -> None:
    """To the card before it, where it was in the window, however far down; or to the one that was
    current with the filter."""
    ids = held(people, PAGE + 5)
    page = open_as("mona", OLDEST, viewport={"width": 1280, "height": 700})
    page.get_by_role("link", name="Show more").press("Enter")
    deep = card(page, ids[PAGE + 2])
    expect(deep).to_be_attached()
    deep.focus()
    top = deep.evaluate("each => each.getBoundingClientRect().top")
    narrow, *keys = way.split()
    page.keyboard.press(narrow)
    page.wait_for_url(re.compile("thread=" if narrow == "v" else "author="))
    for key in keys:
        if key == "chip":
            page.locator(".chips li a").press("Enter")
        else:
            page.keyboard.press(key)
    page.wait_for_url(re.compile(re.escape(OLDEST) + "$"))
    there = card(page, ids[1]) if "j" in keys else deep
    expect(there).to_be_focused()
    if there is deep:
        now = "each => each.getBoundingClientRect().top"
        until(page, lambda: abs(deep.evaluate(now) - top) < 3, "the card is not where it was")
    page.locator("nav.tabs a").first.press("Enter")  # which begins at the top
    page.wait_for_url("**queue=pending**")
    expect(page.locator("#cards > .current")).to_have_count(0)
