"""What is decided on a comment's own page, and undone on another: Back, the queue and the log show it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import status
from tests.browser.desk import OLDEST
from tests.browser.held import until
from tests.browser.test_dashboard_hour import card, held

if TYPE_CHECKING:
    from tests.browser.conftest import Open
    from tests.people import Cast

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("act", ["f", "1", "click", "ban"])
def test_it_works(open_as: Open, people: Cast, act: str) -> None:
    """One Back leads to the queue, and `u` there brings the card to its place."""
    ids = held(people, 3)
    page = open_as("mona", OLDEST, reduced_motion="reduce")
    for key in ("j", "j", "o"):
        page.keyboard.press(key)
    page.wait_for_url(re.compile(f"/comments/{ids[1]}"))
    if act == "click":
        page.locator(".approve-form button").click()
    elif act == "ban":
        page.keyboard.press("q")
        page.keyboard.press("1")
    else:
        page.keyboard.press(act)
    expect(page.locator(".timeline")).to_contain_text("Mona")
    expect(page.locator(".toast .num")).to_be_visible()
    page.go_back()
    page.wait_for_url(re.compile(re.escape(OLDEST)))
    expect(page.locator("#cards .card")).to_have_count(2)
    expect(page.locator(".toast .num")).to_be_visible()
    page.keyboard.press("u")
    expect(card(page, ids[1])).to_be_visible()
    shown = page.locator("#cards .card").evaluate_all("all => all.map(each => each.dataset.id)")
    assert shown == ids
    with page.expect_response(re.compile("/dashboard/live")):
        pass  # what it counts is no news
    expect(page.locator("[data-count=pending]")).to_have_text("3")
    expect(page.locator("#fresh")).to_be_hidden()
    assert [status(each) for each in ids] == ["pending"] * 3


def test_one_at_a_time_counts_what_comes_back(open_as: Open, people: Cast) -> None:
    """The position is shown again once the card is back."""
    ids = held(people, 4)
    page = open_as("mona", OLDEST, reduced_motion="reduce")
    position = page.locator("#position")
    for key in ("z", "j", "o"):
        page.keyboard.press(key)
    page.wait_for_url(re.compile(f"/comments/{ids[1]}"))
    page.keyboard.press("f")
    expect(page.locator(".timeline")).to_contain_text("Mona")
    page.go_back()
    expect(position).to_have_text("2 of 3")
    page.keyboard.press("u")
    expect(card(page, ids[1])).to_be_visible()
    expect(page.locator("[data-count=pending]")).to_have_text("4")
    expect(position).to_have_text("2 of 4")
    page.keyboard.press("k")
    expect(position).to_have_text("1 of 4")


def test_a_refused_decision_leaves_the_page(open_as: Open, people: Cast) -> None:
    """It says why, and the card can be decided again."""
    (only,) = held(people, 1)
    page = open_as("mona", f"/dashboard/comments/{only}")
    page.context.set_offline(True)
    page.keyboard.press("f")
    expect(page.locator(".toast")).to_contain_text("Can’t reach the server")
    page.context.set_offline(False)
    until(page, lambda: page.locator("#offline").is_hidden(), "the page does not know it is online")
    page.keyboard.press("f")
    expect(page.locator(".timeline")).to_contain_text("Mona")
    assert status(only) == "published"
