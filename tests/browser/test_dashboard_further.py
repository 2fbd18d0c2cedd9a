"""In a real browser: the next page of the queue, by keyboard, and a search that takes several pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from commentsvc.moderation.commands import decide
from commentsvc.moderation.desk import queue
from commentsvc.sites.commands import set_policy
from tests.browser.held import Held
from tests.factories import post

if TYPE_CHECKING:
    from tests.browser.conftest import Open
    from tests.people import Cast

pytestmark = pytest.mark.browser
PAGE = 25  # cards of a page


def test_it_works_by_keyboard(open_as: Open, people: Cast) -> None:
    """Show more leads to the first new card, `j` to those that are still on their way; and when the
    last card is decided, the message about it has the focus."""
    made = [
        post(people.site, f"You idiot, {n}.", name=f"P{n}").comment for n in range(2 * PAGE + 3)
    ]
    ids = [each.public_id for each in made]
    page = open_as("mona", "/dashboard/?order=oldest")
    cards = page.locator("#cards .card")
    page.get_by_role("link", name="Show more").press("Enter")
    expect(page.locator(f"#c-{ids[PAGE]}")).to_be_focused()
    expect(cards).to_have_count(2 * PAGE)
    page.keyboard.press("j")
    last, first = (page.locator(f"#c-{ids[2 * PAGE - n]}") for n in (1, 0))
    expect(page.locator(f"#c-{ids[PAGE + 1]}")).to_be_focused()
    last.focus()
    held = Held(page, "**/dashboard/?*after=*")
    for key in "jjj":
        page.keyboard.press(key)
    held.wait()
    page.keyboard.press("f")  # would decide the card that was left
    held.let_go()
    expect(page.locator(f"#c-{ids[-1]}")).to_be_focused()
    expect(cards).to_have_count(2 * PAGE + 3)
    expect(first).to_have_count(1)
    expect(page.locator("#more")).to_have_count(0)
    for each in ids[:-1]:
        decide(each, action="approve", by=people.olga)
    page.reload()
    expect(cards).to_have_count(1)
    page.keyboard.press("j")
    page.keyboard.press("f")
    expect(page.locator("#empty")).to_be_focused()
    expect(page.locator("#empty")).to_contain_text("All caught up")
    page.keyboard.press("u")
    expect(cards).to_be_focused()


def test_a_search_over_several_pages_says_how_far_it_is(
    open_as: Open, people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While there is more to search, nothing claims that there is no match; and the count is never
    below what is shown."""
    monkeypatch.setattr(queue, "MOST_SEARCHED", 2)
    monkeypatch.setattr(queue, "SEARCHES_ON_FOR", 0.0)
    for number in range(14):  # seven pages: the first, five at one press, the last
        text = "I will kill you" if number < 2 else "You idiot."
        post(people.site, f"{text} {number}", name=f"P{number}")
    page = open_as("mona", "/dashboard/?order=newest&label=threat&at_least=0.8")
    nothing, more = page.locator("#empty"), page.get_by_role("link", name="Show more")
    so_far = page.locator("#so-far")
    expect(so_far).to_contain_text("No matches so far.")
    expect(nothing).to_be_hidden()
    more.press("Enter")
    expect(page.locator("#announcer")).to_contain_text("No matches so far.")
    expect(more).to_be_focused()
    more.press("Enter")
    expect(page.locator("#cards .card")).to_have_count(2)
    expect(page.locator("#cards .card").first).to_be_focused()
    expect(so_far).to_have_count(0)
    expect(page.locator("#matches")).to_contain_text("2")


def test_a_record_follows_decisions(open_as: Open, people: Cast) -> None:
    """What other cards of the author say is right after each decision and each undo."""
    set_policy(people.site, {"slow_seconds": 0}, by=people.olga)
    made = [post(people.site, f"You idiot, {n}.", user=people.rita).comment for n in range(3)]
    page = open_as("mona", "/dashboard/?order=oldest")
    card = page.locator(f"#c-{made[2].public_id}")
    record, others = card.locator("[data-record]"), card.locator(".wave > summary")
    expect(record).to_have_text("3 comments waiting, none published yet")
    expect(others).to_contain_text("2 more by this author")
    page.keyboard.press("j")
    page.keyboard.press("f")
    expect(record).to_have_text("1 published · 0 rejected")
    expect(others).to_contain_text("1 more by this author")
    page.keyboard.press("2")
    expect(record).to_have_text("1 published · 1 rejected")
    expect(others).to_be_hidden()
    page.keyboard.press("u")
    page.keyboard.press("u")
    expect(record).to_have_text("3 comments waiting, none published yet")
    expect(others).to_contain_text("2 more by this author")
