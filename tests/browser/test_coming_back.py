"""A box whose first try failed tries again by itself, as often as helps and while somebody may see it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import box
from tests.browser.held import until
from tests.browser.test_loading import NGINX, THREAD, line, state
from tests.factories import post

if TYPE_CHECKING:
    from tests.people import Cast

pytestmark = pytest.mark.browser

AFTER = "**/embed/after.js*"
ONLINE = "dispatchEvent(new Event('online'))"
HIDDEN = """(hidden) => {
    Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
}"""


class Lost:
    """Requests that find no network, until it is back."""

    def __init__(self, page: Page, *what: str) -> None:
        self.count = 0
        self.back = False
        for each in what:
            page.route(each, self._answer)

    def _answer(self, route: Route) -> None:
        self.count += 1
        if self.back:
            route.continue_()
        else:
            route.abort("internetdisconnected")


def test_it_works(page: Page, people: Cast, article: str) -> None:
    """The network comes back during the first try, before anything hears of it."""
    post(people.site, "Back again.")
    page.clock.install()
    lost = Lost(page, THREAD)
    page.goto(article)
    until(page, lambda: lost.count, "nothing is tried")
    lost.back = True
    page.evaluate(ONLINE)
    state(page, "shown")
    expect(box(page).locator(".text")).to_have_text("Back again.")
    expect(line(page)).to_have_count(0)
    assert page.locator("iframe").count() == 1


def test_without_the_script_that_sees_to_it(page: Page, people: Cast, article: str) -> None:
    """It could not be fetched either: the network's return brings it, and it does the rest."""
    post(people.site, "Back again.")
    page.clock.install()
    lost = Lost(page, THREAD, AFTER)
    page.goto(article)
    state(page, "away")
    expect(page.get_by_role("link", name="can’t be reached")).to_be_visible()
    lost.back = True
    page.evaluate(ONLINE)
    state(page, "shown")
    expect(box(page).locator(".text")).to_have_text("Back again.")
    expect(page.get_by_role("link", name="can’t be reached")).to_have_count(0)


def test_a_service_that_comes_back_is_found(page: Page, people: Cast, article: str) -> None:
    """No event tells of that. Nobody presses anything, and the focus stays where it was."""
    post(people.site, "Back again.")
    page.clock.install()
    down = True
    page.route(
        THREAD,
        lambda route: (
            route.fulfill(status=502, content_type="text/html", body=NGINX)
            if down
            else route.continue_()
        ),
    )
    page.goto(article)
    state(page, "away")
    down = False
    state(page, "shown")
    expect(box(page).locator(".text")).to_have_text("Back again.")
    expect(line(page)).to_have_count(0)
    assert page.evaluate("document.activeElement === document.body")


def test_a_few_tries_while_somebody_may_see_it(page: Page, people: Cast, article: str) -> None:
    page.clock.install()
    lost = Lost(page, THREAD)
    page.goto(article)
    state(page, "away")
    expect(line(page)).to_be_visible()
    page.evaluate(HIDDEN, True)
    tried = lost.count
    page.clock.run_for(900_000)
    page.wait_for_timeout(100)
    assert lost.count == tried
    page.evaluate(HIDDEN, False)
    until(page, lambda: lost.count > tried, "it does not try again once it is seen")
    for _ in range(90):
        page.clock.run_for(10_000)
        page.wait_for_timeout(20)
    assert lost.count == 6
    line(page).get_by_role("button").click()
    until(page, lambda: lost.count == 7, "a press does not try")
