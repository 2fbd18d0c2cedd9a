"""A page's tags in the dashboard, by keyboard alone: a section of a tag, its policy, the queue; and
tables on a phone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from commentsvc.core.db import db
from commentsvc.moderation.commands import decide
from commentsvc.sites.queries import policy_of
from tests.browser.test_moderators_day import press
from tests.factories import post

if TYPE_CHECKING:
    from tests.browser.conftest import Open, Server
    from tests.people import Cast

pytestmark = pytest.mark.browser

#: Where the texts of a table's cells begin, by row.
VALUES = """() => [...document.querySelectorAll(".table tbody tr")].map((row) =>
  [...row.querySelectorAll("td")].map((cell) => {
    const text = document.createRange();
    text.selectNodeContents(cell.firstChild);
    return Math.round(text.getBoundingClientRect().left);
  }))"""


def test_it_works(open_as: Open, people: Cast, live: Server) -> None:
    """By Tab and Enter from the policy of a site to that of a tag, and to its comments."""
    post(people.site, "You idiot.", tags="politics")
    post(people.site, "You idiot as well.", href="https://news.example.org/2", tags="sport")
    page = open_as("olga")
    page.goto(f"{live.url}/dashboard/sites/harbour/policy")
    press(page.get_by_role("link", name="Sections", exact=True))
    page.get_by_label("Name", exact=True).focus()
    page.keyboard.type("Politics")
    page.keyboard.press("Tab")  # past the addresses
    page.keyboard.press("Tab")
    page.keyboard.type("Politics, elections")
    page.keyboard.press("Enter")
    page.wait_for_url("**/policy?section=politics")
    guests = page.get_by_label("Guests may comment")
    press(guests, "Space")
    expect(guests).not_to_be_checked()
    with page.expect_navigation():
        guests.press("Enter")
    expect(page.get_by_label("Guests may comment")).not_to_be_checked()
    db.session.expire_all()
    assert policy_of(people.site).guests_may_post
    assert not policy_of(people.site, "https://news.example.org/x", ("politics",)).guests_may_post

    page.goto(f"{live.url}/dashboard/")
    expect(page.locator("#cards .card")).to_have_count(2)
    press(page.locator("#cards .card").get_by_role("link", name="politics"))
    expect(page.locator("#cards .card")).to_have_count(1)
    expect(page.locator("#cards .card")).to_contain_text("You idiot.")
    page.keyboard.press("c")
    expect(page.locator("#cards .card")).to_have_count(2)


@pytest.mark.parametrize("locale", [pytest.param("en", marks=pytest.mark.drill), "de", "ar"])
def test_values_are_aligned_on_a_phone(
    open_as: Open, people: Cast, live: Server, locale: str
) -> None:
    """Whatever the longest label is called."""
    held = post(people.site, "You idiot.").comment
    decide(held.public_id, action="reject", reason="spam", by=people.mona)
    page = open_as("mona", viewport={"width": 360, "height": 740}, locale=locale)
    page.goto(f"{live.url}/dashboard/shift")
    rows = page.evaluate(VALUES)
    assert len(rows) == 2 and len(rows[0]) == 4
    if locale != "ar":  # there they begin on the right
        assert all(len(set(row)) == 1 for row in rows), rows
