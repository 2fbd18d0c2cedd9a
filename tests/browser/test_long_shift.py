"""A tab that a moderator keeps open all day: what it holds does not grow with what was decided."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.browser.held import until
from tests.browser.test_moderators_day import look_again
from tests.drills.figures import figure
from tests.factories import post

if TYPE_CHECKING:
    from tests.browser.conftest import Open
    from tests.people import Cast

pytestmark = pytest.mark.browser

CARDS = 26  # one more than a page holds
#: The seconds in which a decision can be undone begin with its answer.
ANSWERED = "window.shown.every((card) => card.ariaBusy !== 'true')"


def held(page: Page) -> dict[str, float]:
    """What the tab holds after its rubbish was collected."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    for _ in range(3):
        session.send("HeapProfiler.collectGarbage")
    found = session.send("Performance.getMetrics")["metrics"]
    session.detach()
    return {each["name"]: each["value"] for each in found}


@pytest.mark.parametrize("rounds", [2, pytest.param(12, marks=pytest.mark.drill)])
def test_it_does_not_grow(open_as: Open, people: Cast, rounds: int) -> None:
    # in a browser that nobody has used: what they left would count
    page: Page = open_as("mona", viewport={"width": 1281, "height": 720})
    page.add_init_script(
        "const now = Date.now; window.ahead = 0; Date.now = () => now() + window.ahead;"
    )
    page.reload()
    after: list[dict[str, float]] = []
    for number in range(rounds):
        for each in range(CARDS):
            post(people.site, f"idiot {number}, {each}", name=f"P{each}")
        look_again(page)
        page.locator("#fresh button").click()
        expect(page.locator("#cards .card").first).to_be_visible()
        page.evaluate("window.shown = [...document.querySelectorAll('#cards .card')]")
        for left in range(CARDS - 1, -1, -1):
            if left == 0:  # what can no longer be undone is forgotten by the next decision
                until(page, lambda: page.evaluate(ANSWERED), "a decision has no answer")
                page.evaluate("window.ahead += 3600 * 1000")
            page.keyboard.press("f")
            expect(page.locator("[data-count=pending]")).to_have_text(str(left))
        expect(page.locator("#cards > li")).to_have_count(0)  # the last one has faded out
        after.append(held(page))
    first, last = after[0], after[-1]
    figure("long shift", "decisions", rounds * CARDS)
    for name in ("Nodes", "JSEventListeners", "JSHeapUsedSize"):
        figure("long shift", f"{name}, last over first round", last[name] / first[name])
        assert last[name] < 1.5 * first[name], name
