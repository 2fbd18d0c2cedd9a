"""The next card stands where the last one was, below the bar; nothing else on the page moves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.factories import post

if TYPE_CHECKING:
    from tests.browser.conftest import Open
    from tests.people import Cast

pytestmark = pytest.mark.browser

TOP = "() => document.querySelector('#cards > .current').getBoundingClientRect().top"

#: A smooth scroll takes as long as the machine is slow: ten frames without a move.
AT_REST = f"""() => new Promise((done) => {{
  const top = {TOP};
  let last = NaN, still = 0;
  const look = () => {{
    still = top() === last ? still + 1 : 0;
    last = top();
    if (still > 10) done(); else requestAnimationFrame(look);
  }};
  look();
}})"""


def top(page: Page) -> float:
    return round(page.evaluate(TOP))


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_each_card_stands_where_the_last_one_was(open_as: Open, people: Cast, motion: str) -> None:
    for number in range(6):
        post(
            people.site,
            f"You idiot {number}. " + "More words. " * 40 * (number % 3),
            name=f"P{number}",
        )
    page: Page = open_as("mona")
    page.emulate_media(reduced_motion="reduce" if motion == "reduce" else "no-preference")
    page.reload()
    page.keyboard.press("j")
    page.keyboard.press("j")
    bar = page.evaluate("document.querySelector('header.top').getBoundingClientRect().bottom")
    room = page.evaluate("innerHeight")
    for left, keys in ((5, "d1"), (4, "f"), (3, "d2"), (2, "d1")):
        page.evaluate(AT_REST)
        before = top(page)
        for each in keys:
            page.keyboard.press(each)
        expect(page.locator("[data-count=pending]")).to_have_text(str(left))
        expect(page.locator("#cards > li")).to_have_count(left)
        size = page.evaluate("document.querySelector('#cards > .current').offsetHeight")
        least = min(before, room - size - 24)
        assert abs(top(page) - max(least, 72)) <= 2, (left, keys, before, top(page))
        assert top(page) >= bar
        assert page.evaluate("document.activeElement.closest('.current') !== null")
