"""The next card stands where the last one was, below the bar; nothing else on the page moves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from commentsvc.toxicity.scorer import scorer
from tests.browser.desk import told
from tests.browser.held import scrolled
from tests.browser.test_moderators_day import look_again
from tests.factories import post

if TYPE_CHECKING:
    from playwright.sync_api import Route

    from tests.browser.conftest import Open, Server
    from tests.people import Cast

pytestmark = pytest.mark.browser

TOP = "Math.round(document.querySelector('#cards > .current').getBoundingClientRect().top)"
CARDS = 30  # more than a page holds


def waiting(people: Cast, cards: int = CARDS) -> None:
    """Comments of very different lengths; some are blurred."""
    for number in range(cards):
        words = "I will kill you" if number % 6 == 5 else "You idiot"
        said = f"{words}, number {number} says {number * 7}. " + "More words. " * 40 * (number % 3)
        post(people.site, said, name=f"P{number}")


def saved(page: Page, left: int) -> None:
    """Wait until so many are left, on the page and for the server."""
    expect(page.locator("[data-count=pending]")).to_have_text(str(left))
    words = "None left." if left == 0 else f"{left} left."
    expect(page.locator("#announcer")).to_contain_text(words)


@pytest.mark.parametrize(
    ("cards", "motion"),
    [(9, "no-preference"), pytest.param(CARDS, "reduce", marks=pytest.mark.drill)],
)
def test_each_card_stands_where_the_last_one_was(
    open_as: Open, people: Cast, cards: int, motion: str
) -> None:
    """By keys: a card a press or two, nothing is scrolled, and no card stands elsewhere."""
    waiting(people, cards)
    page: Page = open_as("mona", viewport={"width": 1280, "height": 800}, reduced_motion=motion)
    page.keyboard.press("j")
    stood, presses = page.evaluate(TOP), 1
    for left in range(cards - 1, -1, -1):
        for key in {0: "d1", 1: "3"}.get(left % 5, "f"):
            page.keyboard.press(key)
            presses += 1
            if left or key == "d":
                assert abs(page.evaluate(TOP) - stood) <= 2, (left, key)
        if left:
            assert page.evaluate("document.activeElement.closest('.current') !== null")
    saved(page, 0)
    expect(page.get_by_text("All caught up")).to_be_visible()
    assert presses <= cards * 4 / 3


def test_with_the_mouse_and_the_list_of_reasons(open_as: Open, people: Cast) -> None:
    """The list lies over what follows it, whole in the window, and moves nothing."""
    waiting(people, 5)
    page: Page = open_as("mona", viewport={"width": 1280, "height": 800})
    card = page.locator("#cards > .current .card")
    page.locator("#cards .card .name").first.focus()
    page.mouse.wheel(0, 60)
    scrolled(page, 60)
    stood = page.evaluate(TOP)
    for left, reason in ((4, ""), (3, "Spam"), (2, "Abusive"), (1, "")):
        if reason:
            card.locator(".reject > summary").click()
            box = card.locator(".reject .picker").bounding_box()
            assert box is not None and box["y"] >= 56 and box["y"] + box["height"] <= 800
            assert abs(page.evaluate(TOP) - stood) <= 2
            card.locator(".reject .picker").get_by_text(reason, exact=True).click()
            card.locator(".reject .picker").get_by_role("button", name="Reject").click()
        else:
            card.get_by_role("button", name="Approve").click()
        saved(page, left)
        assert abs(page.evaluate(TOP) - stood) <= 2, (left, reason)


def test_no_key_waits_for_the_server(open_as: Open, people: Cast) -> None:
    """The next card is there before the server has answered; what it refuses comes back."""
    waiting(people, 4)
    page: Page = open_as("mona", viewport={"width": 1280, "height": 800})
    held: list[Route] = []
    page.route("**/decisions", lambda route: held.append(route))
    page.keyboard.press("j")
    first = page.locator("#cards .card").first.get_attribute("data-id")
    page.keyboard.press("f")
    page.keyboard.press("f")
    expect(page.locator("[data-count=pending]")).to_have_text("2")
    expect(page.locator("#cards > li")).to_have_count(2)
    stood = page.evaluate(TOP)
    assert len(held) == 2
    held[1].continue_()
    told(page, "Approved.")
    held[0].abort()
    expect(page.locator(".toast")).to_contain_text("Can’t reach the server")
    expect(page.locator("#cards .card").first).to_have_attribute("data-id", str(first))
    expect(page.locator("[data-count=pending]")).to_have_text("3")
    assert abs(page.evaluate(TOP) - stood) <= 2
    page.unroute("**/decisions")
    page.keyboard.press("u")
    expect(page.locator("[data-count=pending]")).to_have_text("4")


def test_what_comes_meanwhile_moves_nothing(open_as: Open, people: Cast, live: Server) -> None:
    waiting(people, 2)
    page: Page = open_as("mona", viewport={"width": 1280, "height": 800})
    page.keyboard.press("j")
    page.keyboard.press("j")
    stood = page.evaluate(TOP)
    post(people.site, "You idiot, again.", name="Late")
    scorer.of(live.app).broken = "model_missing"  # type: ignore[attr-defined]
    look_again(page)
    expect(page.locator("#fresh button")).to_be_visible()
    expect(page.locator("#health .notice")).to_have_count(1)
    assert abs(page.evaluate(TOP) - stood) <= 2


def test_the_only_card_comes_back_where_it_was(open_as: Open, people: Cast) -> None:
    """Undone after the list was empty, below whatever is above it."""
    waiting(people, 1)
    page: Page = open_as("mona", viewport={"width": 1280, "height": 800})
    page.keyboard.press("j")
    stood = page.evaluate(TOP)
    page.keyboard.press("f")
    saved(page, 0)
    expect(page.locator("#cards > li")).to_have_count(0)
    page.keyboard.press("u")
    expect(page.locator("#cards > .current")).to_be_visible()
    assert page.evaluate(TOP) == stood
